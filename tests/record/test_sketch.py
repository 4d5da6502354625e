"""Sketches: blanks are marked, errors are left out, and there is always something to show."""

from __future__ import annotations

import pytest
from records import RECORD, figure, record, tiny_dataset

from casebook.build.aside import STAND_IN, sketch_case
from casebook.record.model import Case
from casebook.record.new_case import write_blank
from casebook.record.reader import is_draft
from casebook.text import Text

PATH = "data/cases/xihu.yaml"


def sketch(text: str | bytes) -> Case:
    data = text.encode() if isinstance(text, str) else text
    case, _ = sketch_case(data, PATH, tiny_dataset())
    return case


def test_a_sound_record_is_its_own_sketch() -> None:
    case = sketch(record(figure()))

    assert case.title.zh == "海曙：读书会由谁来办"
    assert list(case.figures) == ["paid"]


def test_a_new_case_has_marks_for_its_words_and_a_stand_in_for_its_topic() -> None:
    regions = tiny_dataset().regions
    case, lists = sketch_case(
        write_blank(regions["330203"], tiny_dataset(), "zh").encode(),  # type: ignore[arg-type]
        PATH,
        tiny_dataset(),
    )

    assert case.title == Text("〔待填：标题〕", "〔to fill in: Headline〕")
    assert case.region == "330203"
    assert lists.vocabulary.topics[case.topic].name.zh == "〔待填：主题〕"
    assert (case.figures, case.events) == ({}, ())


@pytest.mark.parametrize(
    ("text", "title", "figures"),
    [
        pytest.param("", "〔待填：标题〕", [], id="nothing"),
        pytest.param("title：x\n  y: [\nstate: draft\n", "〔待填：标题〕", [], id="no YAML"),
        pytest.param("- a\n- b\n", "〔待填：标题〕", [], id="a list"),
        pytest.param("标题".encode("gbk"), "〔待填：标题〕", [], id="another encoding"),
        pytest.param(b"\x00\x01", "〔待填：标题〕", [], id="no text"),
        pytest.param("title: 西湖\n", "西湖", [], id="a title alone"),
        pytest.param("titel: x\ntitle: 西湖\n", "西湖", [], id="a field that there is not"),
        pytest.param(
            record(figure() + "    labelx: 甲\n"),
            "海曙：读书会由谁来办",
            ["paid"],
            id="a field that no figure has goes alone",
        ),
        pytest.param(
            record(figure(), figure("other", amount="一些")),
            "海曙：读书会由谁来办",
            ["paid"],
            id="a faulty figure goes alone",
        ),
        pytest.param(
            record(figure(measure="nothing")) + "story: 见{{paid}}。\n",
            "海曙：读书会由谁来办",
            [],
            id="a figure that the story names",
        ),
        pytest.param(
            record(
                figure(),
                rest="conflicts:\n  - about: 甲\n    figures: [paid, none]\n    note: 乙\n",
            ),
            "海曙：读书会由谁来办",
            ["paid"],
            id="a conflict of what is not there",
        ),
        pytest.param(
            RECORD.replace("region: 330203", "region: 999999"),
            "海曙：读书会由谁来办",
            [],
            id="no such place",
        ),
        pytest.param("title: [西湖]\nregion: {a: b}\n", "〔待填：标题〕", [], id="of other kinds"),
        pytest.param("figures: 三\nevents: {a: b}\n", "〔待填：标题〕", [], id="no lists"),
    ],
)
def test_there_is_always_a_sketch(text: str | bytes, title: str, figures: list[str]) -> None:
    case = sketch(text)

    assert case.title.zh == title
    assert list(case.figures) == figures
    assert case.region in (STAND_IN, "330203")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"title: x\nstate: draft\n", True, id="plain"),
        pytest.param(b"title: [x\nstate: draft # no\r\n", True, id="no YAML"),
        pytest.param(b"title: x: y\nnote: |\n  state: draft\n", False, id="inside of a text"),
        pytest.param(b"title: [x\nstate: drafted\n", False, id="another word"),
        pytest.param(b"title: x\n", False, id="not said"),
    ],
)
def test_what_is_half_written_may_be_a_draft(data: bytes, expected: bool) -> None:
    assert is_draft(data) is expected
