"""The tile grid: where the cases are, without a map's outlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casebook.dataset import Dataset
from casebook.model import Region
from casebook.pages.parts import MOST_LISTED, address_part
from casebook.pages.views import CaseLink, link_case

# The index of all cases.
INDEX = "cases/"


@dataclass(frozen=True, slots=True)
class Tile:
    """One province-level unit at its place in the grid, with the cases that lie in it.

    `address` is where the cases of the unit begin, empty where there is none.
    """

    region: Region
    column: int
    row: int
    cases: tuple[CaseLink, ...]
    address: str = ""


def list_tiles(dataset: Dataset) -> tuple[Tile, ...]:
    """Every province-level unit, row by row from the north, as the eye and the keyboard go."""
    cases = _group_by_province(dataset)
    places = _find_places(cases)
    tiles = [
        Tile(region, *region.tile, cases.get(region.code, ()), places.get(region.code, ""))
        for region in dataset.regions.values()
        if region.tile is not None
    ]
    return tuple(sorted(tiles, key=lambda tile: (tile.row, tile.column)))


def _group_by_province(dataset: Dataset) -> Mapping[str, tuple[CaseLink, ...]]:
    groups: dict[str, list[CaseLink]] = {}
    for case in dataset.cases:
        groups.setdefault(dataset.province(case).code, []).append(link_case(case, dataset))
    return {code: tuple(links) for code, links in groups.items()}


def _find_places(cases: Mapping[str, tuple[CaseLink, ...]]) -> Mapping[str, str]:
    """Where each unit begins in the index of cases, which has several pages where it is long."""
    places = {}
    before = 0
    for code, links in cases.items():
        page = address_part(INDEX, 1 + before // MOST_LISTED)
        places[code] = f"cases/{links[0].slug}/" if len(links) == 1 else f"{page}#region-{code}"
        before += len(links)
    return places
