"""Numbers in any notation, and their values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.values.numerals import number_of, scales_at_end
from casebook.values.quantity import plain


@given(st.text(max_size=90))
def test_any_text_is_a_bare_number_or_none(text: str) -> None:
    found = number_of(text)

    assert found is None or found >= 0


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_a_plain_value_reads_back_as_itself(value: Decimal) -> None:
    assert number_of(plain(value)) == value


@pytest.mark.parametrize(
    "text",
    ["8000万", "八千万", "80000000", "80,000,000", "８０００万", "8千万", "0.8亿", " 8000万 "],
)
def test_a_number_is_the_same_in_every_notation(text: str) -> None:
    assert number_of(text) == 80000000


@pytest.mark.parametrize("text", ["", "约8000万", "8000万元", "130余", "0512", "nan", "1e5"])
def test_what_is_more_than_a_number_is_no_bare_number(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize(
    ("text", "scales"),
    [
        ("8000万", (10**4,)),
        ("2万亿", (10**12,)),
        ("3亿", (10**8,)),
        ("3千", (1000,)),
        ("五百", (100,)),
        ("6千万", (10**7, 10**4)),
        ("六千五百万", (10**4,)),
        ("六十万", (10**4,)),
        ("十五", ()),
        ("5", ()),
        ("", ()),
    ],
)
def test_a_range_lends_what_its_second_number_ends_in(text: str, scales: tuple[int, ...]) -> None:
    assert scales_at_end(text) == scales
