"""The regions of a site: its own list, then the units of GB/T 2260; and their search by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from casebook.messages import failure, say
from casebook.problems import CasebookError, Exit
from casebook.record.vocabulary import LEVELS, Region
from casebook.text import NO_TEXT, Lang, Text

# Names of units that only group others, such as 市辖区, and that nobody uses for a place.
_GROUPS: Final = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
# Latin spellings of Mongolian, Tibetan and Uyghur names differ from the pinyin of their characters.
_OTHER_LANGUAGES: Final = ("15", "54", "65")
_CODE: Final = re.compile(r"[0-9]{6}")
# The most matches that are shown, as nobody can choose among more.
_MOST_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Regions(Mapping[str, Region]):
    """The regions of a project by code: those listed, and every unit of GB/T 2260 (2012).

    Iteration gives only listed regions; `every` gives all. If `is_standard` is false, as for
    another country, only listed regions exist and the standard is not used.
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

    def find_near(self, word: str, lang: Lang) -> list[Region]:
        """Up to three regions that a word may mean that is not a code itself.

        It may be a name, a code with other words, or a spreadsheet's form of one: 3.30203E+05.
        """
        plain = re.sub("[,-]", "", unicodedata.normalize("NFKC", word))
        every = self.every()
        number = re.match(r"[0-9]{1,20}(?:\.[0-9]{1,20})?(?:[eE]\+?[0-9]{1,2})?", plain)
        code = str(int(Decimal(number[0]))) if number else ""
        if code in every:
            return [every[code]]
        if code:
            return [one for one in every.values() if code[4:] and one.code[:4] == code[:4]][:3]
        found = [one for one in every.values() if word and word in one.name.inside(lang)]
        # 宁波市海曙区: the name of a region behind the name of its parent.
        names = {one.name.inside(lang) for one in every.values()}
        longest = max(filter(word.endswith, names), key=len, default="")
        return (found or [one for one in every.values() if one.name.inside(lang) == longest])[:3]

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
def find_units(name: str) -> tuple[str, ...]:
    """The codes of the units of GB/T 2260 (2012) that have a name."""
    return tuple(code for code, names in read_table().items() if name == names[0])


@cache
def make_region(code: str) -> Region:
    """The unit of GB/T 2260 with a code, which also gives its level and its parent."""
    table = read_table()
    name, short, english = table[code]
    whole, parent = english, ""
    level = LEVELS[0 if code.endswith("0000") else 1 if code.endswith("00") else 2]
    if level != "province":
        province, above = f"{code[:2]}0000", f"{code[:4]}00"
        is_below = level == "county" and above in table and table[above][0] not in _GROUPS
        parent = above if is_below else province
        # In a name of two characters the second is part of the pinyin: Minxian.
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
    """True if the usual Latin spelling of a unit may differ from its pinyin."""
    name = read_table()[code][0] if code in read_table() else ""
    return not code.endswith("0000") and (code[:2] in _OTHER_LANGUAGES or "自治" in name)


def choose_region(asked: str, regions: Regions) -> Region:
    """The one region that is asked for; raises CasebookError if there is none or several."""
    found = find_regions(asked, regions)
    if len(found) == 1:
        return found[0]
    if not found:
        raise _unknown_region(asked, regions)
    said = {"asked": asked, "count": len(found), "code": found[0].code}
    places = _list_places(found[:_MOST_SHOWN], regions)
    raise failure("new.several_places", status=Exit.USAGE, places=places, **said)


def find_regions(asked: str, regions: Regions) -> tuple[Region, ...]:
    """The regions that a code or a name may mean; only exact matches if there are any."""
    word = _fold(asked)
    if not word:
        return ()
    code = unicodedata.normalize("NFKC", asked).strip()
    if code in regions:
        return (regions[code],)
    names = {region: _names(region, regions) for region in regions.every().values()}
    # 朝阳 is a short name and also part of 朝阳县; an exact match is the one that is meant.
    exact = tuple(region for region, own in names.items() if word in own)
    if exact:
        return exact
    return tuple(region for region, own in names.items() if any(word in name for name in own))


def describe_regions(found: Iterable[Region], regions: Mapping[str, Region]) -> Iterator[Text]:
    """One line for each region: its code, its name and its parent."""
    for region in found:
        line = Text(" ", " ").join((region.code, region.name))
        parent = regions.get(region.parent)
        yield say("record.in_brackets", words=line, more=parent.name) if parent else line


def _list_places(found: Iterable[Region], regions: Mapping[str, Region]) -> Text:
    return Text("\n  ", "\n  ").join(("", *describe_regions(found, regions)))


def _names(region: Region, regions: Mapping[str, Region]) -> set[str]:
    names = {region.name.zh, region.name.en, region.short.zh, region.short.en, region.pinyin}
    parent = regions.get(region.parent)
    if parent is not None:
        names |= {parent.short.zh + region.short.zh, parent.name.zh + region.name.zh}
        names.add(f"{parent.short.en} {region.short.en}")
    return {_fold(name) for name in names if name}


def _fold(name: str) -> str:
    """A name without case, tone marks, blanks and hyphens."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name)).casefold()
    return "".join(c for c in plain if c.isalnum())


def _nearest_names(word: str, names: Iterable[str]) -> list[str]:
    """The names that are at least half similar to a word, the most similar first.

    In a name of two characters with one wrong, the position of the right one also counts.
    """
    # Imported here, as most runs do not search for a misspelt name of a place.
    import difflib

    scores = {}
    for name in names:
        ratio = difflib.SequenceMatcher(None, word, name).ratio()
        # 西禾 shares one character of two with 西河; by ratio alone, so do a hundred other names.
        same = sum(a == b for a, b in zip(word, name, strict=False))
        scores[name] = ratio + same / max(len(word), len(name), 1)
    return sorted((name for name in scores if scores[name] >= 1), key=lambda n: -scores[n])


def _unknown_region(asked: str, regions: Regions) -> CasebookError:
    every = regions.every()
    # Of places with the same name, or names as similar, the larger is likelier.
    ordered = sorted(every.values(), key=lambda region: LEVELS.index(region.level))
    by_name: dict[str, Region] = {}
    for region in ordered:
        for name in _names(region, regions):
            by_name.setdefault(name, region)
    # No name is longer than 80; a whole text would be compared with thousands of names.
    close = _nearest_names(_fold(asked[:80]), by_name)
    near = list({by_name[name].code: by_name[name] for name in close}.values())[:3]
    code = unicodedata.normalize("NFKC", asked).strip()
    if _CODE.fullmatch(code):
        cities = [key for key in every if key[:2] == code[:2] and key.endswith("00")]
        near = [
            every[key] for key in sorted(cities, key=lambda key: (key[:4] != code[:4], key))[:6]
        ]
    said = say("new.near_places", places=_list_places(near, regions)) if near else NO_TEXT
    key = "new.no_place" if regions.is_standard else "new.unlisted"
    return failure(key, status=Exit.USAGE, asked=asked[:40], near=said)
