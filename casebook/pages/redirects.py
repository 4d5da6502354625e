"""What stands at addresses that are no more: the way to the new one, or why it is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from casebook.checks.addresses import follow_all, list_addresses, list_chart_addresses
from casebook.pages.page import Page, PageType, Site
from casebook.record.model import Gone
from casebook.text import LANGS, Text

# What a case offers beside its page is named after it.
_FILES = ("yaml", "json", "csv")


@dataclass(frozen=True, slots=True)
class Redirect:
    """Two addresses from the root of the site, for hosts that send readers on themselves."""

    old: str
    new: str


def make_moved(site: Site) -> Iterator[Page]:
    """A page at every address that was published and is no more, in both languages."""
    for address, fate in _follow_all(site):
        for lang in LANGS:
            if isinstance(fate, Gone):
                title = fate.title
                yield Page(
                    url=address,
                    lang=lang,
                    template="gone.html",
                    title=Text(f"已撤下：{title.zh}", f"Withdrawn: {title.en}" if title.en else ""),
                    description=Text("这里的内容已经撤下。", "What stood here was withdrawn."),
                    context=partial(dict, gone=fate),
                    indexed=False,
                )
            else:
                # Both languages are as deep, so that one path leads from either to its own. It
                # names the file, because on a disk a folder would be listed.
                path = "../" * address.count("/") + fate + "index.html"
                yield Page(
                    url=address,
                    lang=lang,
                    template="moved.html",
                    title=Text("已搬到新的地址", "Moved"),
                    description=Text("这一页有了新的地址。", "This page has a new address."),
                    context=partial(dict, target=fate, path=path),
                    indexed=False,
                )


def make_redirects(site: Site) -> Iterator[Page]:
    """The moved addresses in the form that several hosts read from `_redirects`, if there are."""
    redirects = []
    for old, new in _follow_all(site):
        if isinstance(new, Gone):
            continue
        for prefix in ("/", "/en/"):
            redirects.append(Redirect(prefix + old, prefix + new))
        if old.startswith("cases/") and new.startswith("cases/"):
            before, after = old.split("/")[1], new.split("/")[1]
            redirects += [
                Redirect(f"/{old}{before}.{ending}", f"/{new}{after}.{ending}") for ending in _FILES
            ]
    if redirects:
        yield Page(
            url="_redirects",
            lang=LANGS[0],
            template="redirects.txt",
            context=partial(dict, redirects=tuple(redirects)),
            indexed=False,
        )


def _follow_all(site: Site) -> Iterator[tuple[str, str | Gone]]:
    charts = dict.fromkeys(name for (name, _), drawn in site.charts.items() if drawn.offered)
    texts = (slug for slug, _ in site.prose)
    made = {*list_addresses(site.dataset, texts), *list_chart_addresses(charts)}
    yield from follow_all(site.dataset, made)


MOVED = PageType("moved", make_moved)
REDIRECTS = PageType("redirects", make_redirects)
