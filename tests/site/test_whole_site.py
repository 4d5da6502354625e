"""The whole build from records to a site, with the tiny site and the real one."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from records import figure, record

from casebook.build.reading import read_dataset
from casebook.record.lanes import Gap
from casebook.values.digest import digest

ROOT = Path(__file__).resolve().parents[2]
ELEVENTH = (
    record(
        figure(amount="约300万元", quote="约300万元"),
        rest="events:\n  - {date: '2014', title: 添上的一件事, source: evening-2015-03-02}\n",
    )
    .replace("海曙：读书会由谁来办", "宁波：添上的案例")
    .replace("330203", "330200")
)


def build(project: Path, *arguments: str) -> Path:
    output = project / "output"
    done = subprocess.run(
        [sys.executable, "-m", "casebook", "--project", str(project), "build", *arguments],
        cwd=ROOT,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return output


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Document(HTMLParser):
    """The ids, the addresses and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append((tag, named))
        if named.get("id"):
            self.ids.append(str(named["id"]))
        self.links += [str(named[name]) for name in ("href", "src") if named.get(name) is not None]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def pages(site: Path) -> dict[str, Document]:
    return {
        path.relative_to(site).as_posix(): Document(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
    }


@pytest.fixture(scope="module")
def built_pages(built_site: Path) -> dict[str, Document]:
    """The pages of the site, parsed once for all tests."""
    return pages(built_site)


def test_every_page_of_every_case_is_there_in_both_languages(built_site: Path) -> None:
    slugs = {path.stem for path in (ROOT / "data" / "cases").glob("[!_]*.yaml")}
    expected = {f"{prefix}cases/{slug}/index.html" for slug in slugs for prefix in ("", "en/")}

    assert expected <= set(tree(built_site))
    assert {"index.html", "timeline/index.html", "404.html", "feed.xml"} <= set(tree(built_site))


def test_every_link_inside_leads_somewhere(
    built_site: Path, built_pages: dict[str, Document]
) -> None:
    found = built_pages
    dead = []
    for name, document in found.items():
        for link in document.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or name.endswith("404.html"):
                continue
            path = os.path.normpath(os.path.join(os.path.dirname(name), unquote(parts.path)))
            target = name if not parts.path else path
            if parts.path.endswith("/") or target == ".":
                target = os.path.normpath(os.path.join(target, "index.html"))
            ids = found[target].ids if target in found else [parts.fragment]
            if not (built_site / target).is_file() or parts.fragment not in ["", *ids]:
                dead.append((name, link))

    assert dead == []


def test_ids_are_used_once_on_a_page(built_pages: dict[str, Document]) -> None:
    twice = {
        name: sorted({i for i in document.ids if document.ids.count(i) > 1})
        for name, document in built_pages.items()
    }

    assert {name: ids for name, ids in twice.items() if ids} == {}


def test_no_page_asks_for_anything_elsewhere_or_runs_inline_code(
    built_pages: dict[str, Document],
) -> None:
    for name, document in built_pages.items():
        for tag, attributes in document.tags:
            where = (name, tag, attributes)
            assert "style" not in attributes, where
            assert tag != "style", where
            assert not any(key.startswith("on") for key in attributes), where
            if tag in ("script", "img", "iframe", "source"):
                address = attributes.get("src") or ""
                assert not urlsplit(address).netloc, where
                inline = tag == "script" and not address
                assert not inline or attributes.get("type") == "application/ld+json", where


def test_every_figure_stands_on_its_page_as_worded_with_its_source(
    built_site: Path, built_pages: dict[str, Document]
) -> None:
    found = built_pages
    with (built_site / "data" / "figures.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    assert len(rows) > 40
    for row in rows:
        document = found[f"cases/{row['case']}/index.html"]
        assert f"figure-{row['figure']}" in document.ids
        assert row["amount"] in document.text
        assert row["source"] != ""


def test_every_gap_and_every_time_of_the_timeline_is_named(
    built_pages: dict[str, Document],
) -> None:
    shown = built_pages["timeline/index.html"].text
    dataset, _ = read_dataset(ROOT)
    gaps = [item for item in dataset.timeline if isinstance(item, Gap)]
    times = {event.date.words("zh") for case in dataset.cases for event in case.events}

    assert times
    assert [gap for gap in gaps if not re.search(f"{gap.first}.{gap.last}", shown)] == []
    assert [time for time in times if time not in shown] == []


def test_feeds_and_site_maps_are_well_formed(built_site: Path) -> None:
    for path in built_site.rglob("*.xml"):
        ElementTree.parse(path)


@pytest.mark.of_cases("dongguan")
def test_the_manifest_lists_every_file_with_its_digest(built_site: Path) -> None:
    manifest = json.loads((built_site / "manifest.json").read_text(encoding="utf-8"))
    files = tree(built_site)
    files.pop("manifest.json")

    assert manifest["outputs"] == {path: digest(content) for path, content in files.items()}
    assert "data/cases/dongguan.yaml" in manifest["inputs"]
    assert set(manifest["versions"]) >= {"casebook", "pelican", "matplotlib"}


def test_the_same_input_gives_the_same_bytes(
    tiny_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tree(build(tiny_project))
    for name, value in (("TZ", "America/New_York"), ("PYTHONHASHSEED", "7"), ("COLUMNS", "20")):
        monkeypatch.setenv(name, value)
    second = tree(build(tiny_project, "--no-cache", "--jobs", "1"))

    assert second == first


def test_a_second_build_with_the_cache_gives_the_same_bytes(tiny_project: Path) -> None:
    first = tree(build(tiny_project))

    assert tree(build(tiny_project)) == first


def test_one_more_file_is_one_more_case_everywhere(tiny_project: Path) -> None:
    (tiny_project / "data" / "cases" / "ningbo.yaml").write_text(ELEVENTH, encoding="utf-8")

    site = build(tiny_project)
    found = pages(site)

    assert "约300万元" in found["cases/ningbo/index.html"].text
    assert "添上的一件事" in found["timeline/index.html"].text
    assert "place-ningbo" in found["index.html"].ids
    assert "ningbo,paid," in (site / "data" / "figures.csv").read_text(encoding="utf-8")
    assert "ningbo,2014," in (site / "data" / "events.csv").read_text(encoding="utf-8")
    assert "宁波：添上的案例" in (site / "feed.xml").read_text(encoding="utf-8")


def test_cases_of_one_place_and_title_are_no_regions_of_one_name(tiny_project: Path) -> None:
    more = ELEVENTH.replace("330200", "330203")
    (tiny_project / "data" / "cases" / "haishu-more.yaml").write_text(more, encoding="utf-8")

    site = build(tiny_project)
    found = [path.relative_to(site).as_posix() for path in site.rglob("*.html")]

    assert {name: names for name in found if (names := find_twice(site / name))} == {}


def find_twice(page: Path) -> set[str]:
    """The names that several regions of a page share."""
    html = page.read_text(encoding="utf-8")
    ids = re.findall(r'<section[^>]*aria-labelledby="([^"]+)"', html)
    heads = (re.search(rf'id="{name}"[^>]*>(.*?)</h', html, re.DOTALL) for name in ids)
    names = [re.sub("<[^>]+>", "", head[1]).strip() for head in heads if head]
    return {name for name in names if names.count(name) > 1}


def test_a_deleted_case_leaves_no_page(tiny_project: Path) -> None:
    build(tiny_project)
    (tiny_project / "data" / "cases" / "guangzhou.yaml").unlink()

    site = build(tiny_project)

    assert not (site / "cases" / "guangzhou").exists()
    assert b"guangzhou" not in b"".join(tree(site).values())


def test_a_draft_leaves_no_byte(tiny_project: Path) -> None:
    draft = ELEVENTH + "state: draft\n"
    (tiny_project / "data" / "cases" / "secret-draft.yaml").write_text(draft, encoding="utf-8")

    site = build(tiny_project)
    files = tree(site)
    files.pop("manifest.json")

    assert not [name for name in files if "secret-draft" in name]
    assert b"secret-draft" not in b"".join(files.values())


@pytest.mark.parametrize("count", [0, 1])
def test_a_site_of_few_cases_is_whole(tiny_project: Path, count: int) -> None:
    for path in sorted((tiny_project / "data" / "cases").glob("*.yaml"))[count:]:
        path.unlink()
    told = ("海曙2013年花去{{haishu.paid_2013}}。", "Haishu paid {{haishu.paid_2013}} in 2013.")
    for lead in (tiny_project / "content" / "stories").glob("lead*.md"):
        text = lead.read_text(encoding="utf-8")
        for gone in (*told, "[[chart:haishu-series]]"):
            text = text.replace(gone, "")
        lead.write_text(text, encoding="utf-8")

    site = build(tiny_project)

    assert len(list((site / "cases").glob("*/index.html"))) == count


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("<script>alert(self)</script>", id="script"),
        pytest.param('"><img src=x onerror=alert(self)>', id="attribute"),
        pytest.param("]]></script><script>alert(self)</script>", id="JSON-LD"),
        pytest.param("{% raw %}{%- endif %}", id="template"),
        pytest.param("$\\frac{a}{b}$", id="mathtext"),
        pytest.param("href=\"site:/x/\" & 'q'", id="link scheme"),
    ],
)
def test_hostile_text_is_shown_as_text(tiny_project: Path, hostile: str) -> None:
    quoted = hostile.replace("'", "''")
    path = tiny_project / "data" / "cases" / "haishu.yaml"
    text = path.read_text(encoding="utf-8")
    for old in (
        "海曙：读书会由谁来办",
        "据某晚报报道，海曙把读书会交给图书馆举办。",
        "2014年购买金额",
        "开始购买读书会服务",
    ):
        assert old in text
        text = text.replace(old, f"'{quoted}'")
    path.write_text(text, encoding="utf-8")

    site = build(tiny_project)

    for document in pages(site).values():
        tags = [tag for tag, _ in document.tags]
        assert all("onerror" not in attributes for _, attributes in document.tags)
        assert [tag for tag in tags if tag == "img"] == []
    assert hostile in pages(site)["cases/haishu/index.html"].text
    for path in site.rglob("*.xml"):
        ElementTree.parse(path)


@pytest.mark.parametrize(
    ("siteurl", "canonical"),
    [
        ("https://example.org", "https://example.org/cases/haishu/"),
        ("https://example.org/a/b/", "https://example.org/a/b/cases/haishu/"),
    ],
)
def test_addresses_for_others_are_absolute(
    tiny_project: Path, siteurl: str, canonical: str
) -> None:
    site = build(tiny_project, "--siteurl", siteurl)
    page = pages(site)["cases/haishu/index.html"]
    links = [a for tag, a in page.tags if tag == "link" and a.get("rel") == "canonical"]

    assert [link["href"] for link in links] == [canonical]
    assert canonical in (site / "sitemap.xml").read_text(encoding="utf-8")
    assert canonical in (site / "feed.xml").read_text(encoding="utf-8")
