"""A time as far as it is known: EDTF, its first and last day, and its words in both languages.

EDTF is parsed here, because the library takes 0.17 s to import and accepts forms that this site
refuses: `/2012-12-07`, `2012/`, `2012/2010`. The tests compare this parser with the library.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Final, Literal

from casebook.messages import say
from casebook.patterns import Patterns
from casebook.problems import WordingError
from casebook.text import Lang, Text
from casebook.values.words import WORDS

Precision = Literal["day", "month", "year", "interval"]
Lane = Literal["dated", "uncertain", "latest_only"]

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
# The first month of each season by its number in EDTF, and its name.
_SEASONS: Final = {
    "21": (3, Text("春季", "spring")),
    "22": (6, Text("夏季", "summer")),
    "23": (9, Text("秋季", "autumn")),
}
OF_YEAR, OF_MONTH = (
    {word: str(form) for form, line in WORDS[name].items() for word in line.split()}
    for name in ("times_of_year", "times_of_month")
)
ERAS: Final[Mapping[str, int]] = WORDS["eras"]
PATTERNS: Final = Patterns(WORDS["date_patterns"], eras="|".join(ERAS))


@dataclass(frozen=True, kw_only=True)
class Period:
    """A time as far as it is known.

    `edtf` is its canonical form. `earliest` and `latest` are its first and last day, None for an
    open end. A period that may still go on (2009/..) has no `latest`; a period with only a latest
    date ([..2012-12-07]) has no `earliest`.
    """

    edtf: str
    earliest: date | None
    latest: date | None
    precision: Precision
    uncertain: bool = False
    approximate: bool = False

    def __hash__(self) -> int:
        # Pages look periods up often, and `edtf` determines all other fields.
        return hash(self.edtf)

    @property
    def lane(self) -> Lane:
        """The lane of the timeline that the period belongs to."""
        if self.edtf.startswith("["):
            return "latest_only"
        # The year is not known if only the decade is.
        is_vague = self.uncertain or self.approximate or "X" in self.edtf[:4]
        return "uncertain" if is_vague else "dated"

    @property
    def sort_key(self) -> tuple[int, int, int, str]:
        """A key that orders any two periods by first day, then by last day.

        A period with only a latest date is placed at that date, after periods that begin on it.
        """
        latest = self.latest or date.max
        if self.earliest is None:
            return (latest.toordinal(), 1, latest.toordinal(), self.edtf)
        return (self.earliest.toordinal(), 0, latest.toordinal(), self.edtf)

    def words(self, lang: Lang) -> str:
        """The period in words of one language."""
        return word_period(self.edtf).own(lang)

    @property
    def datetime_attribute(self) -> str:
        """The value for the datetime attribute of HTML's time element, or "".

        Only an exact day, month or year has one.
        """
        is_plain = self.precision != "interval" and PATTERNS["plain"].fullmatch(self.edtf)
        return self.edtf if is_plain else ""


def speak_of_same_time(one: Period, other: Period) -> bool:
    """True if two periods can be about the same time.

    A closed interval without doubt is about the same time only as an equal period: a sum for 2010
    to 2014 does not contradict a sum for 2010 to 2015.
    """
    # 2010/2010 and 2010 are the same period.
    if one.edtf == other.edtf or (one.earliest, one.latest) == (other.earliest, other.latest):
        return True
    if any(p.lane == "dated" and p.precision == "interval" and p.latest for p in (one, other)):
        return False
    return (one.earliest or date.min) <= (other.latest or date.max) and (
        (other.earliest or date.min) <= (one.latest or date.max)
    )


def join_periods(periods_read: Iterable[Period]) -> Period | None:
    """The period that spans all periods, or None if it cannot be determined."""
    periods = list({period.edtf: period for period in periods_read}.values())
    if len(periods) < 2:
        return periods[0] if periods else None
    if all(period.lane == "latest_only" for period in periods):
        return max(periods, key=attrgetter("sort_key"))
    if any(period.earliest is None for period in periods):
        return None
    first = min(periods, key=attrgetter("sort_key"))
    last = max(periods, key=lambda period: period.latest or date.max)
    with suppress(WordingError):
        return read_edtf(f"{first.edtf.partition('/')[0]}/{last.edtf.rpartition('/')[2]}")
    return None


def read_edtf(line: str) -> Period | None:
    """The period of a text in the EDTF forms used here, or None for another form."""
    if found := PATTERNS["latest"].fullmatch(line):
        day = read_day(found[1])
        return day and replace(day, edtf=line, earliest=None, precision="interval")
    start, slash, end = line.partition("/")
    if not slash:
        return read_day(line) or _read_rare(line)
    if not start or start == "..":
        # An interval without a start would claim a duration, but only the latest date is known.
        if read_day(end):
            raise WordingError(
                say("values.no_start", date=line), hint=say("values.write_latest", end=end)
            )
        return None
    first = read_day(start)
    if first is None:
        return None
    if end == "..":
        return replace(first, edtf=line, latest=None, precision="interval")
    if not end:
        raise WordingError(
            say("values.no_end", date=line), hint=say("values.write_open", start=start)
        )
    last = read_day(end)
    if not (first.earliest and last and last.latest):
        return None
    if last.latest < first.earliest:
        raise WordingError(
            say("values.end_before_start", end=end, start=start), hint=say("values.check_order")
        )
    return replace(
        last,
        edtf=line,
        earliest=first.earliest,
        precision="interval",
        uncertain=first.uncertain or last.uncertain,
        approximate=first.approximate or last.approximate,
    )


def read_day(text: str) -> Period | None:
    """A day, month, season or year in EDTF with its mark of doubt, or None for another form."""
    found = PATTERNS["day"].fullmatch(text)
    if found is None:
        return None
    year, month, day, mark = found.groups()
    if year < "1000":
        raise WordingError(say("values.early_year", year=year), hint=say("values.date_forms"))
    if month in _SEASONS and not day:
        y, m = int(year), _SEASONS[month][0]
        first, last = date(y, m, 1), date(y, m + 2, monthrange(y, m + 2)[1])
        # The first day of a season is not defined.
        return replace(_make_period(text, first, last, "interval"), approximate=True)
    if month and not "01" <= month <= "12":
        hint = say("values.months")
        if not day and int(month) == (int(year) + 1) % 100:
            hint = say("values.two_years", years=f"{year}-{int(year) + 1}")
        if part := OF_YEAR.get(f"-{month}", "").format(year):
            hint = say("values.write_date", date=part)
        raise WordingError(say("values.no_month", date=text.rstrip(mark), month=month), hint=hint)
    y, m = int(year), int(month or "1")
    days = monthrange(y, m)[1]
    if day and not 1 <= int(day) <= days:
        raise WordingError(
            say("values.no_day", year=year, month=Text(str(m), MONTHS[m - 1]), day=int(day)),
            hint=say("values.days", days=days),
        )
    # For a year, `days` is that of January, which is right for December too.
    first, last = date(y, m, int(day or 1)), date(y, int(month or 12), int(day or days))
    return _make_period(text, first, last, "day" if day else "month" if month else "year")


def _make_period(edtf: str, first: date, last: date, precision: Precision) -> Period:
    return Period(
        edtf=edtf,
        earliest=first,
        latest=last,
        precision=precision,
        uncertain=edtf[-1] in "?%",
        approximate=edtf[-1] in "~%",
    )


def _read_rare(text: str) -> Period | None:
    """A decade, or a year with an unknown month (2012-XX), or None for another form."""
    if PATTERNS["rare"].fullmatch(text) is None or text < "100":
        return None
    first, last = (int(text[:4].replace("X", digit)) for digit in "09")
    return _make_period(text, date(first, 1, 1), date(last, 12, 31), "interval")


@lru_cache(maxsize=4096)
def word_period(edtf: str) -> Text:
    """The words of a period that is given in EDTF."""
    if edtf.startswith("["):
        return say("values.no_later", day=_word_day(edtf[3:-1]))
    start, slash, end = edtf.partition("/")
    if not slash:
        return _word_day(start)
    if end == "..":
        return say("values.since", day=_word_day(start))
    return say("values.from_to", start=_word_day(start), end=_word_day(end))


def _word_day(edtf: str) -> Text:
    """The words of a day, month or year with its doubt."""
    day, mark = (edtf[:-1], edtf[-1]) if edtf[-1] in "?~%" else (edtf, "")
    words = _word_certain_day(day)
    if mark in ("~", "%"):
        words = say("values.about", day=words)
    return say("values.inferred", day=words) if mark in ("?", "%") else words


def _word_certain_day(edtf: str) -> Text:
    """The words of a day, month, year or rarer form without a mark of doubt."""
    year, *rest = edtf.split("-")
    if year.endswith("X") and not rest:
        return say("values.decade", decade=year[:3])
    if rest and rest[0] in _SEASONS:
        season = _SEASONS[rest[0]][1]
        return Text(f"{year}年{season.zh}", f"{season.en} {year}")
    if rest == ["XX"]:
        return say("values.some_month", year=year)
    numbers = [year, *(part.lstrip("0") for part in rest)]
    zh = "".join(f"{number}{unit}" for number, unit in zip(numbers, "年月日", strict=False))
    month = [MONTHS[int(rest[0]) - 1]] if rest else []
    return Text(zh, " ".join((*numbers[2:], *month, year)))
