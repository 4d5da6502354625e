"""Regions: the units of GB/T 2260 (2012), and those that a site lists in addition."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.problems import Problem
from casebook.record.lists import read_lists
from casebook.record.regions import Regions, has_other_spelling, make_region, read_table
from casebook.text import Text
from tests.conftest import PROJECT


def read_regions(folder: Path, text: str) -> tuple[Regions, list[Problem]]:
    (folder / "data").mkdir()
    for name in ("vocabulary", "sources"):
        path = folder / "data" / f"{name}.yaml"
        path.write_bytes((PROJECT / "data" / f"{name}.yaml").read_bytes())
    (folder / "data/regions.yaml").write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    return read_lists(folder, problems).regions, problems


def test_the_table_holds_every_unit_of_the_standard_in_order() -> None:
    codes = list(read_table())

    assert (len(codes), codes[0], codes[-1]) == (3510, "110000", "820000")
    assert codes == sorted(codes)
    assert all(len(row) == 3 and all(row) for row in read_table().values())


@pytest.mark.parametrize(
    ("code", "name", "short", "level", "parent"),
    [
        pytest.param(
            "510100",
            ("成都市", "Chengdu"),
            ("成都", "Chengdu"),
            "prefecture",
            "510000",
            id="a city",
        ),
        pytest.param(
            "510107",
            ("武侯区", "Wuhou District"),
            ("武侯", "Wuhou"),
            "county",
            "510100",
            id="a district",
        ),
        pytest.param(
            "110101",
            ("东城区", "Dongcheng District"),
            ("东城", "Dongcheng"),
            "county",
            "110000",
            id="a district of a municipality lies in it, not in a group of districts",
        ),
        pytest.param(
            "429004",
            ("仙桃市", "Xiantao"),
            ("仙桃", "Xiantao"),
            "county",
            "420000",
            id="a city that a province administers itself",
        ),
        pytest.param(
            "621126",
            ("岷县", "Minxian"),
            ("岷县", "Minxian"),
            "county",
            "621100",
            id="two characters",
        ),
        pytest.param(
            "450000",
            ("广西壮族自治区", "Guangxi"),
            ("广西", "Guangxi"),
            "province",
            "",
            id="an autonomous region",
        ),
        pytest.param(
            "610000", ("陕西省", "Shaanxi"), ("陕西", "Shaanxi"), "province", "", id="Shaanxi"
        ),
        pytest.param(
            "141002",
            ("尧都区", "Yaodu District"),
            ("尧都", "Yaodu"),
            "county",
            "141000",
            id="the 都 of Yaodu is not read dōu",
        ),
    ],
)
def test_a_unit_follows_from_its_code(
    code: str, name: tuple[str, str], short: tuple[str, str], level: str, parent: str
) -> None:
    unit = make_region(code)

    assert (unit.name, unit.short, unit.level, unit.parent) == (
        Text(*name),
        Text(*short),
        level,
        parent,
    )


def test_a_listed_unit_says_only_what_differs(tmp_path: Path) -> None:
    regions, problems = read_regions(tmp_path, '"310115":\n  short: 浦东\n  short_en: Pudong\n')

    assert problems == []
    assert regions["310115"].short == Text("浦东", "Pudong")
    assert regions["310115"].name == Text("浦东新区", "Pudong New Area")
    assert regions["310115"].parent == "310000"
    assert list(regions) == ["310115"]
    assert len(regions.every()) == 3510


def test_a_unit_newer_than_the_standard_is_written_in_full(tmp_path: Path) -> None:
    text = '"440310":\n  name: 坪山区\n  short: 坪山\n  level: county\n  parent: 440300\n'
    regions, problems = read_regions(tmp_path, text + '"110000":\n  tile: {col: 4, row: 2}\n')

    assert problems == []
    assert regions["440310"].parent == "440300"
    assert len(regions.every()) == 3511


def test_a_list_of_another_country_stands_alone(tmp_path: Path) -> None:
    text = "JP-13:\n  name: 東京都\n  name_en: Tokyo\n  short: 東京\n  short_en: Tokyo\n"
    regions, problems = read_regions(tmp_path, f"{text}  level: province\n")

    assert problems == []
    assert list(regions.every()) == ["JP-13"]
    assert "110000" not in regions


def test_a_list_that_names_codes_otherwise_is_not_the_standard(tmp_path: Path) -> None:
    # 131024 is 香河县 in China.
    text = '"131000": {name: 东京都, name_en: Tokyo}\n'
    regions, problems = read_regions(
        tmp_path, f'{text}"131024": {{name: 中央区, name_en: Chuo, parent: "131000"}}\n'
    )

    assert problems == []
    assert not regions.is_standard
    chuo = regions["131024"]
    assert (chuo.short, chuo.parent, chuo.standard) == (Text("中央区", "Chuo"), "131000", False)
    assert (regions["131000"].level, chuo.level) == ("province", "county")


def test_a_new_unit_alone_lies_in_one_of_the_standard(tmp_path: Path) -> None:
    regions, problems = read_regions(tmp_path, '"440310": {name: 坪山区, parent: "440300"}\n')

    assert problems == []
    assert (regions["440300"].standard, regions["440310"].standard) == (True, False)


def test_a_site_need_not_list_regions_or_sources(tmp_path: Path) -> None:
    read_regions(tmp_path, "x: {name: x}\n")
    for name in ("regions", "sources"):
        (tmp_path / "data" / f"{name}.yaml").unlink()
    problems: list[Problem] = []
    lists = read_lists(tmp_path, problems)

    assert (problems, lists.whole) == ([], True)
    assert lists.regions["441900"].short == Text("东莞", "Dongguan")


def test_a_unit_in_no_list_is_named(tmp_path: Path) -> None:
    text = '"440310":\n  name: 坪山区\n  short: 坪山\n  level: county\n  parent: "440399"\n'
    _, problems = read_regions(tmp_path, text + '"110000":\n  tile: {col: 4, row: 2}\n')

    assert [(one.code, one.at.line, one.at.column) for one in problems] == [("E205", 5, 11)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("542300", True, id="Tibet"),
        pytest.param("653100", True, id="Xinjiang"),
        pytest.param("150700", True, id="Inner Mongolia"),
        pytest.param("513300", True, id="an autonomous prefecture elsewhere"),
        pytest.param("650000", False, id="a province-level unit has its English name"),
        pytest.param("510100", False, id="a city of Sichuan"),
    ],
)
def test_pinyin_is_doubted_where_names_come_from_other_languages(code: str, expected: bool) -> None:
    assert has_other_spelling(code) is expected


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        pytest.param("宁波市海曙区", ["330203"], id="with what it lies in"),
        pytest.param("海曙", ["330203"], id="a part of a name"),
        pytest.param("330203 海曙区", ["330203"], id="with its name"),
        pytest.param("330,203", ["330203"], id="as thousands"),
        pytest.param("330203.0", ["330203"], id="as a fraction"),
        pytest.param("3.30203E+05", ["330203"], id="as a power of ten"),
        pytest.param("３３０２０３", ["330203"], id="full-width"),
        pytest.param("330299", ["330200", "330201", "330203"], id="of the same city"),
        pytest.param("315000", [], id="a postal code"),
    ],
)
def test_a_place_is_found_by_what_was_written_for_its_code(written: str, codes: list[str]) -> None:
    assert [one.code for one in Regions({}).find_near(written, "zh")] == codes
