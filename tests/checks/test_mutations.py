"""Texts of the cases made false in many ways, and the number of each kind to be refused."""

from __future__ import annotations

from collections import Counter

import pytest
from test_innocent import real_dataset

from bench.mutations import judge, list_mutations

# The number of mutations of each kind, spread over all cases, and how many must be refused.
TRIED = 30
FLOORS = {
    "another figure's reference": 29,
    "another figure's value": 29,
    "another year": 30,
    "comparison": 30,
    "digit": 30,
    "fraction": 30,
    "multiple": 30,
    "per, at a reference": 30,
    "per, typed": 30,
    "percentage": 30,
    "plan gained, at a reference": 30,
    "plan gained, typed": 30,
    "plan in English only": 21,
    "plan lost": 26,
    "plan told as done, at a reference": 26,
    "plan told as done, typed": 26,
    "qualifier added, at a reference": 30,
    "qualifier added, typed": 30,
    "qualifier dropped": 28,
    "qualifier swapped": 30,
    "rank": 30,
    "rarer qualifier added, at a reference": 30,
    "rarer qualifier added, typed": 30,
    "relative time": 30,
    "scale": 30,
    "total or average, at a reference": 30,
    "total or average, typed": 30,
    "trend": 30,
    "two of one measure swapped, at references": 30,
    "two of one measure swapped, typed": 30,
    "unit": 30,
    "unknown year": 30,
    "vague": 30,
    "years swapped": 19,
}


@pytest.fixture(scope="module")
def refused() -> Counter[str]:
    kinds: dict[str, list[bool]] = {}
    by_kind: dict[str, list] = {}
    for mutation in list_mutations(real_dataset()):
        by_kind.setdefault(mutation.kind, []).append(mutation)
    for kind, mutations in by_kind.items():
        step = max(len(mutations) // TRIED, 1)
        tried = mutations[::step][:TRIED]
        kinds[kind] = [bool(judge(one, real_dataset())) for one in tried]
    return Counter({kind: sum(found) for kind, found in kinds.items()})


def test_every_kind_has_its_floor(refused: Counter[str]) -> None:
    assert set(refused) == set(FLOORS)


@pytest.mark.parametrize(("kind", "floor"), FLOORS.items())
def test_what_is_made_false_is_refused(refused: Counter[str], kind: str, floor: int) -> None:
    assert refused[kind] >= floor
