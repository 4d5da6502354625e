"""A field of a record is declared once, and everything that knows the fields follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

import pytest
import yaml
from conftest import PROJECT
from records import case_of, dataset_of, figure, record, tiny_lists

from casebook.checks.limits import check_limits
from casebook.data import cases_json
from casebook.data.cases_json import describe_schema, dump_record
from casebook.messages import read_catalogue
from casebook.record import description, fields
from casebook.record.dataset import Dataset
from casebook.record.description import OWN_WORDS, described, described_class, fields_of, texts_of
from casebook.record.guide_tables import GUIDES, SHARED_TABLES, fill_tables
from casebook.record.json_schema import make_schema
from casebook.record.lists import ListReader
from casebook.record.model import Case, Document, Figure
from casebook.record.new_case import write_blank
from casebook.record.reader import CaseReader
from casebook.record.summary import pair_wordings
from casebook.record.vocabulary import Gone, Refusal, Region, Source, Vocabulary
from casebook.text import NO_TEXT, Text

GUIDE = "<!-- fields: documents -->\n\n| |\n\n<!-- fields: figures -->\n\n| |\n"


def add_field(monkeypatch: pytest.MonkeyPatch, holder: str, base: type, **options: Any) -> type:
    """Declare one more field of the records that a field of a case holds."""
    longer: type = described_class(
        type(
            base.__name__,
            (base,),
            {
                "__annotations__": {"remark": "Text"},
                "__module__": __name__,
                "remark": described("bilingual", default=NO_TEXT, **options),
            },
        )
    )
    field = Case.__dataclass_fields__[holder]
    (key, held) = next(iter(field.metadata.items()))
    monkeypatch.setattr(field, "metadata", MappingProxyType({key: replace(held, items=longer)}))
    return longer


@pytest.fixture
def longer(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Documents and figures with one more text field, which is only declared and given a note."""
    forget_plans()
    note = {"zh": "附带的话。", "en": "A remark."}
    monkeypatch.setitem(read_catalogue(), "fields.remark", note)
    add_field(monkeypatch, "documents", Document, role="note")
    add_field(monkeypatch, "figures", Figure, role="heading")
    yield
    monkeypatch.undo()
    forget_plans()


def forget_plans() -> None:
    """Clear the results that are computed once for each class."""
    for module in (description, fields, cases_json):
        for value in vars(module).values():
            if isinstance(value, type(cache(len))):
                value.cache_clear()


def written(remark: str = "第一次。", english: str = "The first.") -> str:
    """A record that uses both new fields."""
    lines = f"remark: {remark}\n    remark_en: {english}\n"
    paper = f"documents:\n  - title: 办法\n    state: issued\n    source: gazette-2016\n    {lines}"
    return record(figure() + f"    {lines}", rest=paper)


@pytest.mark.usefixtures("longer")
def test_a_field_that_is_declared_is_read() -> None:
    case: Any = case_of(written())

    assert case.documents[0].remark == Text("第一次。", "The first.")
    assert case.figures["paid"].remark == Text("第一次。", "The first.")


@pytest.mark.usefixtures("longer")
def test_it_is_in_the_schema_for_editors() -> None:
    properties = make_schema(tiny_lists())["properties"]
    expected = {
        "description": "附带的话。\nA remark.",
        "type": ["string", "number", "boolean", "null"],
    }

    assert properties["documents"]["items"]["properties"]["remark"] == expected
    assert properties["figures"]["additionalProperties"]["properties"]["remark"] == expected
    assert "remark_en" in properties["documents"]["items"]["properties"]


@pytest.mark.usefixtures("longer")
def test_it_is_in_cases_json_and_its_schema() -> None:
    dataset: Dataset = dataset_of(written())
    dumped: Any = dump_record(dataset.cases[0], dataset)
    defined: Any = describe_schema(dataset)["$defs"]

    for name, held in (("document", dumped["documents"][0]), ("figure", dumped["figures"][0])):
        assert held["remark"] == {"zh": "第一次。", "en": "The first."}
        assert list(held)[-1] == "remark"
        assert defined[name]["properties"]["remark"] == {"$ref": "#/$defs/text"}
        assert set(defined[name]["required"]) == set(held)


@pytest.mark.usefixtures("longer")
def test_it_is_checked_by_its_role() -> None:
    case = case_of(written())

    assert [
        (placed.path, placed.field.role, placed.at[0].line)
        for placed in texts_of(case, case.place_by_path)
        if placed.field.name == "remark"
    ] == [
        ("figures.paid.remark", "heading", 19),
        ("documents[1].remark", "note", 25),
    ]


@pytest.mark.usefixtures("longer")
def test_it_has_the_limit_of_its_role() -> None:
    names = list(check_limits(case_of(written("长" * 201))))
    notes = list(check_limits(case_of(written("长" * 2_001))))

    assert [problem.code for problem in names] == ["E302"]
    assert "the limit is 200" in names[0].message("en")
    assert ["the limit is 200" in problem.message("en") for problem in notes] == [True, False]


@pytest.mark.usefixtures("longer")
def test_its_english_is_held_beside_its_chinese() -> None:
    before = dict(pair_wordings(case_of(written())))
    after = dict(pair_wordings(case_of(written("改了。"))))

    assert before.keys() == after.keys() == {"figures", "documents"}
    assert all(before[part].zh != after[part].zh for part in before)
    assert all(before[part].en == after[part].en for part in before)


@pytest.mark.usefixtures("longer")
def test_it_is_in_a_new_case_and_in_the_guide() -> None:
    blank = write_blank(tiny_lists().regions["330203"], tiny_lists(), "zh")
    row = "| `remark`、`remark_en` | 附带的话。 |  |\n"

    assert f"    # {'remark:':24}# 附带的话。\n    # remark_en:\n" in blank
    assert f"#     {'remark:':26}# 附带的话。\n#     remark_en:\n" in blank
    assert fill_tables(GUIDE, "zh", {}).count(row) == 2


@pytest.mark.parametrize("name", GUIDES)
def test_the_tables_of_the_guide_are_those_of_the_fields(name: str) -> None:
    guide = (PROJECT / name).read_text(encoding="utf-8")
    shared = yaml.safe_load((PROJECT / SHARED_TABLES).read_text(encoding="utf-8"))

    assert fill_tables(guide, GUIDES[name], shared) == guide, "run: python3 build.py schema"


def described_classes() -> list[type]:
    """Every class of records in cases and in lists."""
    classes: list[type] = [Case, Vocabulary, Region, Source, Refusal, Gone]
    for cls in classes:
        inside = [one.items for one in fields_of(cls) if one.holds_records]
        classes += [one for one in dict.fromkeys(inside) if one not in classes]
    return classes


@pytest.mark.parametrize("cls", described_classes())
def test_every_kind_is_read_by_a_method(cls: type) -> None:
    reader = CaseReader if cls.__module__.endswith("model") else ListReader
    read_together = {"amount", "per", "formula"}
    kinds = {one.kind for one in fields_of(cls)} - read_together

    assert {kind for kind in kinds if not hasattr(reader, f"read_{kind}")} == set()


# The texts that are copied, or read by a grammar of their own, and not compared with records.
EXEMPT = {
    "Change.about word",
    "Change.from quote",
    "Change.to quote",
    "Document.issuer name",
    "Document.title official_title",
    "Elsewhere.quote quote",
    "Event.quote quote",
    "Figure.quote quote",
    "Figure.unit word",
    "Gone.moved_to word",
    "Picture.credit name",
    "Picture.licence name",
    "Refusal.case word",
    "Refusal.formula word",
    "Region.name name",
    "Region.parent word",
    "Region.pinyin name",
    "Region.short name",
    "Report.quote quote",
    "Source.publisher name",
    "Source.title official_title",
    "Vocabulary.letter official_title",
    "Vocabulary.letter_note official_title",
}


def test_every_text_is_our_own_words_or_exempt_by_its_role() -> None:
    texts = [
        (f"{cls.__name__}.{one.name}", one.role)
        for cls in described_classes()
        for one in fields_of(cls)
        if one.kind in ("bilingual", "block", "line", "quote", "text", "things")
    ]

    assert {f"{name} {role}" for name, role in texts if role not in OWN_WORDS} == EXEMPT
    assert {role for _, role in texts if role in OWN_WORDS} == {"heading", "prose", "note"}
