"""Numbers that only refer, date, address or belong to a saying claim nothing; amounts do."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from conftest import TEN_CASES
from records import written

from casebook.build.reading import read_dataset
from casebook.checks.known_numbers import KnownNumbers
from casebook.checks.text_claims import check_passage
from casebook.record.dataset import Dataset
from casebook.record.regions import read_table
from casebook.text import Lang

INNOCENT = yaml.safe_load(Path(__file__).with_name("innocent.yaml").read_text(encoding="utf-8"))


@cache
def real_dataset() -> Dataset:
    return read_dataset(TEN_CASES)[0]


def codes(text: str, lang: Lang, slug: str = "beijing") -> list[str]:
    dataset = real_dataset()
    known = KnownNumbers(dataset.by_slug.get(slug), dataset)
    return [one.code for one in check_passage([written(text, lang)], known)]


@pytest.mark.parametrize("slug", ["beijing", "no case"])
@pytest.mark.parametrize(
    ("lang", "text"),
    [
        pytest.param(lang, text, id=f"{kind}: {text[:30]}")
        for lang, kinds in INNOCENT.items()
        for kind, texts in kinds.items()
        for text in texts
    ],
)
def test_what_claims_nothing_passes(lang: Lang, text: str, slug: str) -> None:
    assert codes(text, lang, slug) == []


def test_the_name_of_a_place_claims_nothing() -> None:
    names = {name for name, _, _ in read_table().values()}
    with_numeral = [name for name in names if re.search("[一二三四五六七八九十百千万两]", name)]

    assert len(with_numeral) > 70
    assert [name for name in with_numeral if codes(f"据{name}的公告，没有写。", "zh")] == []


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        *(("zh", f"{lead}9亿元。") for lead in ("电话", "图", "表", "附件", "第", "编号", "版本")),
        *(
            ("zh", words)
            for words in (
                "甲；9亿元。",
                "甲；9. 亿元。",
                "9.亿元",
                "3.5公里",
                "甲：9.亿元",
                "京A99999万元。",
                "3点到9亿元。",
            )
        ),
        *(("zh", f"{lead}9亿元。") for lead in ("热线", "邮编", "公式", "2012年", "“十二五”期间")),
        *(("zh", f"{lead}4278家机构。") for lead in ("热线", "图", "附件", "编号", "步骤", "方案")),
        ("zh", "（9）亿元。"),
        ("zh", "路旁有四百二十号人。"),
        ("zh", "网络5G投入4278万元。"),
        ("zh", "A4278万元。"),
        ("zh", "千万别忘了投入逾千万。"),
        ("zh", "成千上万的人受益。"),
        *(("en", f"{noun} 900 million yuan") for noun in ("No.", "Figure", "Room", "Call", "page")),
        *(("en", f"{noun} 900 projects") for noun in ("Table", "article", "level", "version")),
        ("en", "in part 300 million yuan"),
        ("en", "a two-million project"),
        ("en", "Item 4278 organisations"),
    ],
)
def test_no_name_lets_an_amount_pass(lang: Lang, text: str) -> None:
    assert codes(text, lang) != []
