"""Standalone pictures of charts: sizes, colours and letters, the same bytes each time."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from chart_data import faults_of, table_of, tables_of, two_years
from conftest import TEN_CASES
from PIL import Image

from casebook.build.reading import read_dataset
from casebook.build.theme import CHART_ROLES
from casebook.charts.canvas import WIDE, Sheet
from casebook.charts.standalone import (
    Pictures,
    compose_card,
    compose_picture,
    draw_standalone,
    find_missing,
    write_picture,
)
from casebook.charts.text_layout import width_em

COLOURS = {role: f"#{index * 11:02x}4488" for index, role in enumerate(CHART_ROLES)}


def pictures_of(name: str) -> Pictures:
    table = table_of(name, two_years())
    return draw_standalone(table, "来源：社", COLOURS, "站")


def test_pictures_have_the_sizes_that_their_names_promise() -> None:
    pictures = pictures_of("one-series")
    picture, card = (Image.open(io.BytesIO(content)) for content in (pictures.png, pictures.card))

    assert picture.width == 2 * 768
    assert card.size == (1200, 630)


def test_the_same_chart_gives_the_same_pictures() -> None:
    assert pictures_of("one-series") == pictures_of("one-series")


def test_a_site_without_an_address_has_no_card_to_share() -> None:
    pictures = draw_standalone(table_of("one-series", two_years()), "来源：社", COLOURS)

    assert pictures.png
    assert pictures.card == b""


def test_a_chart_that_nobody_shares_has_no_png() -> None:
    table = replace(table_of("one-series", two_years()), pictured=False)
    pictures = draw_standalone(table, "来源：社", COLOURS, "站")

    assert pictures.svg
    assert (pictures.png, pictures.card) == (b"", b"")


def test_the_lone_svg_has_its_own_colours_and_well_formed_words() -> None:
    svg = pictures_of("one-series").svg.decode("utf-8")

    ElementTree.fromstring(svg)
    assert "var(" not in svg
    assert "style" not in svg
    assert "约2万元" in svg


def test_no_text_of_a_picture_or_card_is_cut_or_covered() -> None:
    records = read_dataset(TEN_CASES)[0]
    found = []
    for table in tables_of(records):
        for compose in (compose_picture, compose_card):
            sheet = compose(table, "来源：社")
            found += [f"{table.name} {table.lang} {fault}" for fault in faults_of(sheet)]

    assert found == []


def test_the_bundled_font_has_every_character_of_the_records() -> None:
    records = read_dataset(TEN_CASES)[0]
    missing: set[str] = set()
    for table in tables_of(records):
        missing |= find_missing(compose_picture(table))

    assert missing == set()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "text", ["$5 and $\\bad$", "a & b <c> %^_", "_开头", "😀 笑", "\U0002a6d6"]
)
def test_odd_characters_come_out_as_themselves_or_as_a_plain_mark(text: str) -> None:
    sheet = Sheet(style=WIDE, height=40)
    sheet.text(5, 25, text)

    assert write_picture(sheet, ".png", COLOURS).startswith(b"\x89PNG")
    assert write_picture(sheet, ".pdf", COLOURS).startswith(b"%PDF")


@pytest.mark.parametrize("compose", [compose_picture, compose_card])
def test_an_english_picture_has_the_quotation_marks_of_its_page(
    compose: Callable[..., Sheet],
) -> None:
    table = table_of("one-series", two_years(), "en")

    sheet = compose(replace(table, finding=f'Ma\'anshan: "{table.finding}"'), "Sources: Ma'anshan")

    words = " ".join(part.text for part in sheet.words)
    assert "Ma’anshan: “" in words
    assert "Sources: Ma’anshan" in words
    assert "'" not in words
    assert '"' not in words


def test_narrow_quotation_marks_take_the_room_that_they_are_measured_to_take() -> None:
    sheet = Sheet(style=WIDE, height=60)
    sheet.text(384, 40, "Ma’anshan “West”", size=40, anchor="middle")

    image = Image.open(io.BytesIO(write_picture(sheet, ".png", COLOURS))).convert("L")
    box = image.point(lambda level: 255 * (level != image.getpixel((0, 0)))).getbbox()

    assert box is not None
    assert (box[0] + box[2]) / 4 == pytest.approx(384, abs=3)
    assert (box[2] - box[0]) / 2 == pytest.approx(width_em("Ma’anshan “West”") * 40, abs=12)
