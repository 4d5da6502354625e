"""New case files, whose name and region are checked first."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from casebook.messages import failure, say
from casebook.problems import CasebookError, Exit, Problem
from casebook.record.field_notes import write_blank
from casebook.record.lists import Lists, read_lists
from casebook.record.references import judge_slug
from casebook.record.regions import Regions
from casebook.record.vocabulary import LEVELS, Region
from casebook.text import Lang
from casebook.yaml.files import write_new_file

_CODE = re.compile(r"[0-9]{6}")
# More matches than this are no choice but a list to read.
_MOST_SHOWN = 12


def create_case(project: Path, slug: str, asked: str, lang: Lang) -> tuple[Path, Region]:
    """The path and the region of a new commented case file, for the code or name of a region.

    Raises CasebookError where the slug or the region will not do, or where the file exists.
    """
    lists = read_all_lists(project)
    require_free_slug(project, slug)
    region = choose_region(asked, lists.regions)
    text = write_blank(region, lists, lang)
    path = case_path(project, slug)
    write_new_file(path, text.encode("utf-8"))
    return path, region


def read_all_lists(project: Path) -> Lists:
    """Vocabulary, regions and sources; raises CasebookError where these have errors."""
    problems: list[Problem] = []
    lists = read_lists(project, problems)
    if any(problem.severity == "error" for problem in problems):
        raise failure("new.lists_are_wrong", status=Exit.CONTENT)
    return lists


def case_path(project: Path, slug: str) -> Path:
    """The path of the file of a case."""
    return project / "data" / "cases" / f"{slug}.yaml"


def require_free_slug(project: Path, slug: str) -> None:
    """Refuse a slug that no address can be made of, or that a file already has."""
    fault = judge_slug(slug)
    if fault:
        better = mend_slug(slug)
        key = "new.slug_with_offer" if better else "new.slug"
        why = say(fault, slug=slug)
        raise failure(key, status=Exit.USAGE, slug=slug[:60], why=why, better=better)
    folder = project / "data" / "cases"
    # On Windows and macOS Xihe.yaml and xihe.yaml are one file.
    taken = [path.name for path in folder.glob("*") if path.name.casefold() == f"{slug}.yaml"]
    if taken:
        raise failure("new.exists", status=Exit.USAGE, name=taken[0])


def mend_slug(written: str) -> str:
    """A slug that is allowed and near to what was written, or nothing."""
    plain = unicodedata.normalize("NFKD", written)
    ascii_only = "".join(c for c in plain if not unicodedata.combining(c))
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:80].rstrip("-")
    lost = any(c.isalpha() and not c.isascii() for c in ascii_only)
    return "" if lost or judge_slug(slug) else slug


def propose_slug(region: Region, regions: Regions) -> str:
    """The usual slug of a place: its name in letters, that of a county behind its parent's."""
    own = re.sub(r"[^a-z0-9]", "", region.short.inside("en").lower())
    parent = regions.get(region.parent) if region.level == "county" else None
    if parent is None:
        return own
    return re.sub(r"[^a-z0-9]", "", parent.short.inside("en").lower()) + "-" + own


def choose_region(asked: str, regions: Regions) -> Region:
    """The one region that is asked for; raises CasebookError where there is none or several."""
    found = find_regions(asked, regions)
    if len(found) == 1:
        return found[0]
    if not found:
        raise _unknown_region(asked, regions)
    said = {"asked": asked, "count": len(found), "code": found[0].code}
    places = _list_places(found[:_MOST_SHOWN], regions)
    raise failure("new.several_places", status=Exit.USAGE, places=places, **said)


def find_regions(asked: str, regions: Regions) -> tuple[Region, ...]:
    """The regions that a code or a name may mean, the exact ones alone where there are any."""
    word = _fold(asked)
    if not word:
        return ()
    code = unicodedata.normalize("NFKC", asked).strip()
    if code in regions:
        return (regions[code],)
    names = {region: _names(region, regions) for region in regions.every().values()}
    # 朝阳 is a district and a part of 朝阳县: who types the whole name means it.
    exact = tuple(region for region, own in names.items() if word in own)
    if exact:
        return exact
    return tuple(region for region, own in names.items() if any(word in name for name in own))


def describe_regions(found: Iterable[Region], regions: Mapping[str, Region]) -> Iterator[str]:
    """One line a region: its code, its name, and the unit that it lies in."""
    for region in found:
        parent = regions.get(region.parent)
        yield f"{region.code} {region.name.zh}" + (f"（{parent.name.zh}）" if parent else "")


def _list_places(found: Iterable[Region], regions: Mapping[str, Region]) -> str:
    return "".join(f"\n  {line}" for line in describe_regions(found, regions))


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
    """The names that a word is half like, the most alike first.

    A name of two characters of which one is wrong is known by the place of the right one.
    """
    scores = {}
    for name in names:
        ratio = difflib.SequenceMatcher(None, word, name).ratio()
        # 西禾 and 西河 share one character of two, which a ratio alone gives a hundred others too.
        same = sum(a == b for a, b in zip(word, name, strict=False))
        scores[name] = ratio + same / max(len(word), len(name), 1)
    return sorted((name for name in scores if scores[name] >= 1), key=lambda n: -scores[n])


def _unknown_region(asked: str, regions: Regions) -> CasebookError:
    every = regions.every()
    # Of places whose names are as near the larger is the likelier.
    ordered = sorted(every.values(), key=lambda region: LEVELS.index(region.level))
    by_name = {name: region for region in ordered for name in _names(region, regions)}
    # No name is as long; a whole text would be held against each of thousands.
    close = _nearest_names(_fold(asked[:80]), by_name)
    near = list({by_name[name].code: by_name[name] for name in close}.values())[:3]
    code = unicodedata.normalize("NFKC", asked).strip()
    if _CODE.fullmatch(code):
        cities = [key for key in every if key[:2] == code[:2] and key.endswith("00")]
        near = [
            every[key] for key in sorted(cities, key=lambda key: (key[:4] != code[:4], key))[:6]
        ]
    if not near:
        key = "new.no_place" if regions.is_standard else "new.unlisted"
        return failure(key, status=Exit.USAGE, asked=asked[:40])
    places = _list_places(near, regions)
    return failure("new.near_places", status=Exit.USAGE, asked=asked[:40], places=places)
