"""The widths of texts and the places where their lines break."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from casebook.charts.text_layout import clean, width_em, width_px, wrap_text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("东莞 7.2万元/岗位/年", id="Han, digits and a slash"),
        pytest.param("Beijing: 42.77 million yuan in 2010, about 80 million", id="English"),
        pytest.param("!\"#$%&'()*+,-./0123456789:;<=>?@[\\]^_`{|}~", id="ASCII signs"),
        pytest.param("约8000万元（本站计算），《指南》", id="full-width punctuation"),
    ],
)
def test_widths_agree_with_the_font_of_the_lock(text: str) -> None:
    font_tools = pytest.importorskip("fontTools.ttLib")
    spec = importlib.util.find_spec("notojp_matplotlib")
    if spec is None or spec.origin is None:
        pytest.skip("the font is not installed")
    file = next(Path(spec.origin).parent.rglob("NotoSansCJKjp-Regular.otf"))
    font = font_tools.TTFont(file, lazy=True)
    names, advances = font.getBestCmap(), font["hmtx"]
    expected = sum(advances[names[ord(char)]][0] for char in text) / font["head"].unitsPerEm

    assert width_em(text) == pytest.approx(expected, rel=0.01)


def test_room_is_never_less_than_the_text() -> None:
    assert width_px("2010 million", 10) > width_em("2010 million") * 10
    assert width_px("万元", 10) == 20


def test_room_is_left_where_browsers_space_chinese_and_latin() -> None:
    assert width_px("在2年", 10) == pytest.approx(10 + 5.55 * 1.1 + 10 + 2 * 1.25)
    assert width_px("在，年", 10) == 30


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        pytest.param("每个社工岗位", 48, ("每个社", "工岗位"), id="between Han characters"),
        pytest.param("共四千，另有", 48, ("共四", "千，另", "有"), id="no comma at a line start"),
        pytest.param("见《办法》", 40, ("见", "《办", "法》"), id="no bracket alone at an end"),
        pytest.param("约8000万元", 40, ("约", "8000", "万元"), id="numbers stay whole"),
        pytest.param(
            "不晚于2012年12月7日", 130, ("不晚于", "2012年12月7日"), id="dates stay whole"
        ),
        pytest.param("a total of ten", 60, ("a total", "of ten"), id="between words"),
        pytest.param("", 60, ("",), id="an empty text"),
    ],
)
def test_lines_break_where_a_reader_expects(
    text: str, width: float, lines: tuple[str, ...]
) -> None:
    assert wrap_text(text, width, 16) == lines


def test_a_word_wider_than_the_line_is_cut_and_nothing_is_lost() -> None:
    lines = wrap_text("A" * 200, 100, 16)

    assert "".join(lines) == "A" * 200
    assert all(width_px(line, 16) <= 100 for line in lines)


def test_what_xml_cannot_hold_is_replaced() -> None:
    assert clean("a\x00b\x1b\ud800c\n d") == "a\ufffdb\ufffd\ufffdc d"
