"""The cost of a reader's first page: its bytes over the wire, and the requests that it makes.

python -m bench.reader [FOLDER]
"""

from __future__ import annotations

import gzip
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

# A placeholder for the address of the site, which the pages do not name.
_SITE = "http://site.invalid/"
# Files that are sent without compression; other files are text, which servers compress.
_PACKED = (".png", ".jpg", ".webp", ".woff2", ".zip", ".gz")
_RELATIONS = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}


@dataclass(frozen=True, slots=True)
class Cost:
    """Kilobytes (1000 bytes) over the wire, requests, and requested addresses of other sites."""

    kilobytes: float
    requests: int
    elsewhere: tuple[str, ...]


def weigh_page(site: Path, page: str = "index.html") -> Cost:
    """The cost of a page with all files that it loads without a click."""
    parser = _Loads()
    parser.feed((site / page).read_text(encoding="utf-8"))
    addresses = dict.fromkeys(urljoin(f"{_SITE}{page}", address) for address in parser.found)
    own = [address for address in addresses if address.startswith(_SITE)]
    elsewhere = tuple(address for address in addresses if address not in own)
    names = [page, *(urlsplit(address).path.lstrip("/") for address in own)]
    sizes = [_weigh(site / name) for name in names]
    return Cost(sum(sizes) / 1000, len(names) + len(elsewhere), elsewhere)


def _weigh(path: Path) -> int:
    content = path.read_bytes()
    if path.suffix in _PACKED:
        return len(content)
    return len(gzip.compress(content, 6, mtime=0))


class _Loads(HTMLParser):
    """Finds the addresses that a browser loads without a click, including lazy ones."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and _RELATIONS & set(given.get("rel", "").split()):
            self.found.append(given.get("href", ""))
        elif tag in ("script", "img", "iframe", "audio", "video", "source", "embed"):
            sources = [given.get("src", "")]
            sources += [part.split()[0] for part in given.get("srcset", "").split(",") if part]
            self.found += [source for source in sources if source and source[:5] != "data:"]
        elif tag == "use" and given.get("href", "")[:1] not in ("", "#"):
            self.found.append(given["href"])


def main() -> int:
    """Print the cost of the home page."""
    site = Path(sys.argv[1] if len(sys.argv) > 1 else "output")
    cost = weigh_page(site)
    print(f"{cost.kilobytes:.1f} kB in {cost.requests} requests, {len(cost.elsewhere)} elsewhere")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
