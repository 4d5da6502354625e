"""The tile grid: where the cases are, without a map's outlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casebook.dataset import Dataset
from casebook.model import Region
from casebook.pages.views import CaseLink, link_case


@dataclass(frozen=True, slots=True)
class Tile:
    """One province-level unit at its place in the grid, with the cases that lie in it."""

    region: Region
    column: int
    row: int
    cases: tuple[CaseLink, ...]


def list_tiles(dataset: Dataset) -> tuple[Tile, ...]:
    """Every province-level unit, row by row from the north, as the eye and the keyboard go."""
    cases = _group_by_province(dataset)
    tiles = [
        Tile(region, *region.tile, cases.get(region.code, ()))
        for region in dataset.regions.values()
        if region.tile is not None
    ]
    return tuple(sorted(tiles, key=lambda tile: (tile.row, tile.column)))


def _group_by_province(dataset: Dataset) -> Mapping[str, tuple[CaseLink, ...]]:
    groups: dict[str, list[CaseLink]] = {}
    for case in dataset.cases:
        groups.setdefault(dataset.province(case).code, []).append(link_case(case, dataset))
    return {code: tuple(links) for code, links in groups.items()}
