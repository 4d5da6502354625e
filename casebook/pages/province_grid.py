"""The tile grid: where the cases are, without a map's outlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casebook.pages.pagination import MOST_LISTED, address_part
from casebook.record.dataset import Dataset
from casebook.record.vocabulary import Region

# The index of all cases.
INDEX = "cases/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One province-level unit at its place in the grid, with how many cases lie in it.

    `address` is where they begin, empty where there is none.
    """

    region: Region
    column: int
    row: int
    cases: int
    address: str = ""


def list_tiles(dataset: Dataset) -> tuple[Tile, ...]:
    """Every province-level unit, row by row from the north, as the eye and the keyboard go."""
    slugs = _group_by_province(dataset)
    places = _find_places(slugs)
    tiles = [
        Tile(
            region=region,
            column=region.tile[0],
            row=region.tile[1],
            cases=len(slugs.get(region.code, ())),
            address=places.get(region.code, ""),
        )
        for region in dataset.regions.values()
        if region.tile is not None
    ]
    return tuple(sorted(tiles, key=lambda tile: (tile.row, tile.column)))


def _group_by_province(dataset: Dataset) -> Mapping[str, list[str]]:
    """The slugs of the cases in each unit, by its code."""
    groups: dict[str, list[str]] = {}
    for case in dataset.summaries:
        groups.setdefault(dataset.province(case.region).code, []).append(case.slug)
    return groups


def _find_places(slugs: Mapping[str, list[str]]) -> Mapping[str, str]:
    """The address at which each unit begins in the index of cases, which may have several pages."""
    places = {}
    before = 0
    for code, found in slugs.items():
        page = address_part(INDEX, 1 + before // MOST_LISTED)
        places[code] = f"cases/{found[0]}/" if len(found) == 1 else f"{page}#region-{code}"
        before += len(found)
    return places
