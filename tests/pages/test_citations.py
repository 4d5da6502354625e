"""Citations in the formats that readers need, with the version of the cited thing."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace

import bibtexparser
import pytest
import rispy
from conftest import PROJECT
from yaml import safe_load

from casebook import __version__
from casebook.pages.citations import Citation, Kind, write_citation_file
from casebook.text import Languages

CITATION = Citation(
    kind="figure",
    name="haishu.paid_2013",
    title="海曙：2013年购买金额，120万元",
    site="案例簿",
    url="https://example.org/figures/haishu/#figure-paid_2013",
    updated="2026-01-05",
    lang="zh",
    version="0123456789ab",
)
# The kinds and fields in use, from the schema csl-data.json of citation-style-language/schema.
CSL_TYPES = {"dataset", "webpage", "figure"}
CSL_FIELDS = {"id", "type", "title", "author", "language", "issued", "version", "URL"}
# The keys that the Citation File Format 1.2.0 requires, and the optional keys in use.
CFF_REQUIRED = {"cff-version", "message", "title", "authors"}
CFF_OPTIONAL = {"type", "version", "date-released", "url", "license", "abstract", "keywords"}


def test_a_figure_is_cited_with_the_version_of_its_record() -> None:
    assert CITATION.gb_t_7714 == (
        "案例簿. 海曙：2013年购买金额，120万元[DS/OL]. 版本 0123456789ab. "
        "(2026-01-05)[填写引用日期]. https://example.org/figures/haishu/#figure-paid_2013."
    )
    assert CITATION.apa == (
        "案例簿. (2026, January 5). 海曙：2013年购买金额，120万元 (Version 0123456789ab) "
        "[Data set]. https://example.org/figures/haishu/#figure-paid_2013"
    )
    assert "  version = {0123456789ab},\n" in CITATION.bibtex


@pytest.mark.parametrize("kind", ["data", "case", "figure", "chart"])
def test_csl_json_has_the_words_of_its_schema(kind: Kind) -> None:
    (entry,) = json.loads(replace(CITATION, kind=kind).csl_json)

    assert entry.keys() == CSL_FIELDS
    assert entry["type"] in CSL_TYPES
    assert entry["author"] == [{"literal": "案例簿"}]
    assert entry["issued"] == {"date-parts": [[2026, 1, 5]]}


def test_what_is_not_known_is_left_out() -> None:
    bare = replace(CITATION, url="", updated="", version="")
    (entry,) = json.loads(bare.csl_json)

    assert entry.keys() == {"id", "type", "title", "author", "language"}
    assert bare.gb_t_7714 == "案例簿. 海曙：2013年购买金额，120万元[DS]. [填写引用日期]."


@pytest.mark.parametrize(
    ("kind", "ris_type"),
    [("data", "DATA"), ("case", "ELEC"), ("figure", "DATA"), ("chart", "FIGURE")],
)
def test_ris_says_to_a_reference_manager_what_the_entry_says(kind: Kind, ris_type: str) -> None:
    title = "海曙：\n2013年购买金额"
    (entry,) = rispy.loads(replace(CITATION, kind=kind, title=title).ris)

    assert entry == {
        "type_of_reference": ris_type,
        "id": "casebook-haishu.paid_2013-zh",
        "authors": ["案例簿"],
        "title": "海曙： 2013年购买金额",
        "year": "2026",
        "date": "2026/01/05/",
        "edition": "0123456789ab",
        "language": "zh-Hans",
        "urls": ["https://example.org/figures/haishu/#figure-paid_2013"],
    }


@pytest.mark.parametrize("title", ["数据", "50% of {x} & \\y_z #1", "a, b = c"])
def test_bibtex_is_one_entry_whatever_the_title_holds(title: str) -> None:
    library = bibtexparser.parse_string(replace(CITATION, title=title).bibtex)

    assert not library.failed_blocks
    (entry,) = library.entries
    assert entry.key == "casebook-haishu.paid_2013-zh"
    assert entry["author"] == "{案例簿}"
    assert entry["year"] == "2026"


@pytest.mark.parametrize("title", ["数据", 'a "b": c', "- x # y", "{{x}}\n"])
def test_a_citation_file_holds_any_title_and_the_keys_of_its_format(title: str) -> None:
    told = safe_load(write_citation_file(replace(CITATION, title=title)))

    assert told["title"] == title
    assert told["authors"] == [{"name": "案例簿"}]
    assert told.keys() >= CFF_REQUIRED
    assert told.keys() <= CFF_REQUIRED | CFF_OPTIONAL


def test_the_project_is_cited_in_its_own_version() -> None:
    told = safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert told["cff-version"] == "1.2.0"
    assert told.keys() >= CFF_REQUIRED
    assert told.keys() <= CFF_REQUIRED | CFF_OPTIONAL
    assert (told["version"], told["license"]) == (__version__, project["license"])


def test_the_style_of_the_standard_of_china_is_given_where_a_site_has_chinese() -> None:
    english = replace(CITATION, lang="en", languages=Languages(("en",)))

    assert [style for style, _ in CITATION.styles] == ["GB/T 7714", "APA"]
    assert [style for style, _ in english.styles] == ["APA"]
