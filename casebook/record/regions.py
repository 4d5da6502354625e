"""The regions of a site: its own list, and behind it the units of GB/T 2260."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from casebook.record.vocabulary import LEVELS, Region
from casebook.text import Text

# Names of units that only group others; nobody says “the districts of a town” for a place.
_GROUPS: Final = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
# Latin spellings of Mongolian, Tibetan and Uyghur names differ from the pinyin of their characters.
_OTHER_LANGUAGES: Final = ("15", "54", "65")


@dataclass(frozen=True, slots=True)
class Regions(Mapping[str, Region]):
    """The regions of a project by code: those listed, and every unit of GB/T 2260 (2012).

    It goes through the listed ones only; `every` gives all. Of a list that is not `is_standard`,
    as that of another country, every region is listed, and the standard is not looked at.
    """

    listed: Mapping[str, Region]
    is_standard: bool = True

    def __getitem__(self, code: str) -> Region:
        if code in self.listed:
            return self.listed[code]
        if not self.is_standard:
            raise KeyError(code)
        return make_region(code)

    def __iter__(self) -> Iterator[str]:
        return iter(self.listed)

    def __len__(self) -> int:
        return len(self.listed)

    def every(self) -> Mapping[str, Region]:
        """All regions that a record may name, in the order of their codes."""
        codes = {*self.listed, *(read_table() if self.is_standard else ())}
        return {code: self[code] for code in sorted(codes)}


@cache
def read_table() -> Mapping[str, tuple[str, str, str]]:
    """Name, short name and short English name of each unit of GB/T 2260 (2012), by code.

    Codes and names: PyPI GB2260 0.4.1, which has them from the National Bureau of Statistics;
    pinyin: AreaCity-JsSpider-StatsGov (2025-01-14), where it has the unit.
    """
    text = (Path(__file__).parent / "gb2260.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {code: (name, short, english) for code, name, short, english in rows}


@cache
def make_region(code: str) -> Region:
    """A unit of GB/T 2260 by its code, of which its level and what it lies in follow."""
    table = read_table()
    name, short, english = table[code]
    whole, parent = english, ""
    level = LEVELS[0 if code.endswith("0000") else 1 if code.endswith("00") else 2]
    if level != "province":
        province, above = f"{code[:2]}0000", f"{code[:4]}00"
        is_below = level == "county" and above in table and table[above][0] not in _GROUPS
        parent = above if is_below else province
        # Of a name of two characters the second is part of the pinyin: Minxian.
        if " " not in english and len(name) > 2:
            whole += {"区": " District", "县": " County"}.get(name[-1], "")
    return Region(
        code=code,
        name=Text(name, whole),
        short=Text(short, english),
        level=level,
        parent=parent,
        pinyin=english,
        standard=True,
    )


def has_other_spelling(code: str) -> bool:
    """True of a unit whose usual Latin spelling may differ from its pinyin."""
    name = read_table()[code][0] if code in read_table() else ""
    return not code.endswith("0000") and (code[:2] in _OTHER_LANGUAGES or "自治" in name)
