"""Cards of pages: their words, their layout, and when they are drawn."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import PROJECT
from PIL import Image
from records import dataset_of, figure, record, tiny_dataset

from casebook.build import published_media
from casebook.build.steps import BuildOptions, build_site
from casebook.build.theme import read_colours
from casebook.charts.standalone import CARD_HEIGHT, CARD_WIDTH, CardWords, compose_words, draw_words
from casebook.charts.text_layout import width_px
from casebook.pages.page import Site
from casebook.pages.sharing import MOST_CARDS, has_cards, list_cards
from casebook.record.settings import NO_SETTINGS, Settings
from casebook.text import Text

COLOURS = read_colours(PROJECT, NO_SETTINGS)
LONG = "上海市奉贤区南桥镇的社区文化活动中心与图书馆联合服务点，2012年度政府购买公共文化服务项目"


def cards_of(**fields: str) -> dict[str, CardWords]:
    settings = Settings(name=Text("小站", "Small site"), tagline=Text("题"))
    dataset = replace(dataset_of(record(figure(**fields))), settings=settings)
    return dict(list_cards(Site(dataset=dataset, charts={}, prose={})))


def test_a_card_of_a_case_holds_its_title_and_the_first_figure_with_its_qualifier() -> None:
    (card,) = (
        card for path, card in cards_of(amount="约8000万元").items() if path.startswith("cases/")
    )

    assert card.label.startswith("约8000万元：")
    assert "，" in card.label
    assert card.site == "小站"
    assert card.credit.startswith("来源：")


@pytest.mark.parametrize(
    "card",
    [
        pytest.param(CardWords(place="甲地", words="约8000万元", label="金额"), id="short"),
        pytest.param(
            CardWords(
                place=LONG, words=LONG, label=LONG, credit=f"来源：{LONG}；{LONG}", site="站"
            ),
            id="all texts long",
        ),
        pytest.param(
            CardWords(place="A", words="about 80 million yuan " * 4, label="Amount", site="Site"),
            id="English",
        ),
    ],
)
def test_the_words_of_a_card_lie_inside_it_and_on_nothing_else(card: CardWords) -> None:
    sheet = compose_words(card)
    rows = sorted((words.y, words.size) for words in sheet.words)

    for words in sheet.words:
        assert words.x >= 0
        assert words.x + width_px(words.text, words.size) <= CARD_WIDTH
        assert words.size <= words.y <= CARD_HEIGHT
    for (above, _), (below, size) in pairwise(rows):
        assert above == below or above <= below - 0.8 * size


def test_a_title_turns_at_a_mark_rather_than_inside_a_word() -> None:
    sheet = compose_words(CardWords(place="", words="北京：买项目的钱，说法不一"))

    assert [words.text for words in sheet.words if words.text] == [
        "北京：买项目的钱，",
        "说法不一",
    ]


def test_a_card_is_a_small_picture_of_the_size_that_is_asked_for() -> None:
    content = draw_words(CardWords(place="甲地", words="约8000万元", site="小站"), COLOURS)

    with Image.open(BytesIO(content)) as picture:
        corner = picture.convert("RGB").getpixel((0, 0))
        assert picture.size == (CARD_WIDTH, CARD_HEIGHT)
    assert corner == tuple(bytes.fromhex(COLOURS["paper"].removeprefix("#")))
    assert len(content) < 60_000
    assert content == draw_words(CardWords(place="甲地", words="约8000万元", site="小站"), COLOURS)


def test_only_a_small_site_with_an_address_has_cards_of_its_own() -> None:
    local = tiny_dataset()
    dataset = replace(local, settings=replace(local.settings, siteurl="https://example.org"))

    assert has_cards(dataset)
    assert not has_cards(local)
    assert not has_cards(replace(dataset, cases=dataset.cases * (MOST_CARDS // 2)))


def test_cards_that_say_what_they_said_are_not_drawn_again(
    tiny_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = BuildOptions(
        project=tiny_project, output=tiny_project / "output", siteurl="https://example.org"
    )
    build_site(options)
    drawn: list[CardWords] = []

    def draw(card: CardWords, _colours: dict[str, str]) -> bytes:
        drawn.append(card)
        return b""

    monkeypatch.setattr(published_media, "draw_words", draw)
    path = tiny_project / "data/cases/haishu.yaml"
    path.write_text(path.read_text("utf-8") + "# a note\n", encoding="utf-8")
    build_site(options)

    assert drawn == []
