"""Dates as far as they are known: EDTF, and the Chinese forms that an editor writes.

Days, months, years and their intervals, which are nearly all that records hold, are read by
patterns: importing the edtf library takes 0.17 s, ten times as long as a build with nothing to do.
The tests hold this reading to the library's. Rarer forms (201X, 2012-XX) are read by the library,
which also accepts what this site refuses: `/2012-12-07`, `2012/`, `2012/2010`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Final, Literal, NoReturn

from casebook.messages import say
from casebook.text import Lang, Text
from casebook.values.errors import PeriodError
from casebook.values.numerals import FULL_WIDTH

Precision = Literal["day", "month", "year", "interval"]
Lane = Literal["dated", "uncertain", "latest_only"]

LONGEST: Final = 60

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
# A decade and a month that is not known. A season (2012-21) is far more often a slip of the hand.
_RARE: Final = r"([0-9]{3}X|[0-9]{4}-XX)([?~%]?)"
_DAY: Final = r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?([?~%]?)"
_LOOSE_DAY: Final = r"([0-9]{4})(?:[-/.年]([0-9]{1,2})(?:月|[-/.月]([0-9]{1,2})[日号]?)?)?"
_CHINESE_DAY: Final = (
    r"(约|大约)?([0-9]{4})年?(?:(?<=年)([0-9]{1,2})月(?:([0-9]{1,2})[日号])?)?"
    r"([?~%])?(?:[（(](推断|推定|存疑)[）)])?"
)
_PLAIN: Final = r"[0-9]{4}(?:-[0-9]{2}){0,2}"
_DASHES: Final = r"——|[至到—–～~]|(?<=[年月日])-"
_LOOSE_SPACE: Final = r"(?<=[0-9]) +(?=[年月日至到起])|(?<=[年月日至到约于]) +(?=[0-9])"
_TWO_YEARS: Final = r"([0-9]{4})-([0-9]{4})年?"
_SINCE: Final = r"(?:自|从)?(.+?)(?:起|以来|开始)"
_NO_LATER: Final = r"(?:不晚于|不迟于|截至|截止到?)(.+)"
_FULL_WIDTH_MARK: Final = r"[！-～]"


@dataclass(frozen=True, kw_only=True)
class Period:
    """A time as far as it is known.

    `edtf` is its canonical form. `earliest` and `latest` are its first and last day, None where it
    is open. A period whose end is not known to be reached (2009/..) has no `latest`; one of which
    only the latest date is known ([..2012-12-07]) has no `earliest`.
    """

    edtf: str
    earliest: date | None
    latest: date | None
    precision: Precision
    uncertain: bool = False
    approximate: bool = False

    @property
    def lane(self) -> Lane:
        """The lane of the timeline that it belongs to."""
        if self.edtf.startswith("["):
            return "latest_only"
        return "uncertain" if self.uncertain or self.approximate else "dated"

    @property
    def sort_key(self) -> tuple[int, int, int, str]:
        """A key that puts any two periods in order: by first day, the closer dated one first.

        A period of which only the latest date is known comes at that date, after what is dated.
        """
        latest = self.latest or date.max
        if self.earliest is None:
            return (latest.toordinal(), 1, latest.toordinal(), self.edtf)
        return (self.earliest.toordinal(), 0, latest.toordinal(), self.edtf)

    def words(self, lang: Lang) -> str:
        """The period as a reader says it."""
        words = _word_period(self.edtf)
        return words.zh if lang == "zh" else words.en

    @property
    def datetime_attribute(self) -> str:
        """The value for the datetime attribute of HTML's time element, or nothing.

        Only an exact day, month or year has one.
        """
        return self.edtf if re.fullmatch(_PLAIN, self.edtf) else ""


def parse_period(text: str) -> Period:
    """The period that a wording states.

    Raises PeriodError and nothing else.
    """
    line = text.strip(" ")
    if not line:
        raise PeriodError(say("values.date_empty"), hint=say("values.date_forms"))
    if len(line) > LONGEST:
        raise PeriodError(say("values.date_long", longest=LONGEST), hint=say("values.date_forms"))
    half_width = line.translate(FULL_WIDTH)
    if re.search(_FULL_WIDTH_MARK, line) and not _translate(line):
        parse_period(half_width)
        raise PeriodError(
            say("values.date_wide", date=line), hint=say("values.date_narrow", date=half_width)
        )
    return _read_edtf(line) or _read_edtf(_translate(line)) or _refuse_shape(line)


def speak_of_same_time(one: Period, other: Period) -> bool:
    """Whether two periods can be about the same time.

    Two closed spans of several years are different things unless they are the same span: a sum of
    2010 to 2014 says nothing against one of 2010 to 2015.
    """
    # 2010/2010 is 2010 in other words.
    if one.edtf == other.edtf or (one.earliest, one.latest) == (other.earliest, other.latest):
        return True
    if any(p.lane == "dated" and p.precision == "interval" and p.latest for p in (one, other)):
        return False
    return (one.earliest or date.min) <= (other.latest or date.max) and (
        (other.earliest or date.min) <= (one.latest or date.max)
    )


def join_periods(periods_read: Iterable[Period]) -> Period | None:
    """The time that all periods together speak of, or None where it cannot be said."""
    periods = list({period.edtf: period for period in periods_read}.values())
    if len(periods) < 2:
        return periods[0] if periods else None
    if all(period.lane == "latest_only" for period in periods):
        return max(periods, key=attrgetter("sort_key"))
    if any(period.earliest is None for period in periods):
        return None
    first = min(periods, key=attrgetter("sort_key"))
    last = max(periods, key=lambda period: period.latest or date.max)
    with suppress(PeriodError):
        return parse_period(f"{first.edtf.partition('/')[0]}/{last.edtf.rpartition('/')[2]}")
    return None


def _read_edtf(line: str) -> Period | None:
    """The period in the EDTF forms used here, or None where it has another form."""
    if found := re.fullmatch(r"\[\.\.([0-9-]+)\]", line):
        day = _read_day(found[1])
        return day and replace(day, edtf=line, earliest=None, precision="interval")
    start, slash, end = line.partition("/")
    if not slash:
        return _read_day(line) or _read_rare(line)
    if not start or start == "..":
        # An interval without a start would say that it went on; only its end is known.
        if _read_day(end):
            raise PeriodError(
                say("values.no_start", date=line), hint=say("values.write_latest", end=end)
            )
        return None
    first = _read_day(start)
    if first is None:
        return None
    if end == "..":
        return replace(first, edtf=line, latest=None, precision="interval")
    if not end:
        raise PeriodError(
            say("values.no_end", date=line), hint=say("values.write_open", start=start)
        )
    last = _read_day(end)
    if not (first.earliest and last and last.latest):
        return None
    if last.latest < first.earliest:
        raise PeriodError(
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


def _read_day(text: str) -> Period | None:
    """A day, month or year in EDTF with its mark of doubt, or None where it has another form."""
    found = re.fullmatch(_DAY, text)
    if found is None:
        return None
    year, month, day, mark = found.groups()
    if year < "1000":
        raise PeriodError(say("values.early_year", year=year), hint=say("values.date_forms"))
    if month and not "01" <= month <= "12":
        raise PeriodError(
            say("values.no_month", date=text.rstrip(mark), month=month), hint=say("values.months")
        )
    y, m = int(year), int(month or "1")
    days = monthrange(y, m)[1]
    if day and not 1 <= int(day) <= days:
        month_name = Text(str(m), MONTHS[m - 1])
        raise PeriodError(
            say("values.no_day", year=year, month=month_name, day=int(day)),
            hint=say("values.days", days=days),
        )
    # A year alone ends in December, which is as long as January.
    first, last = date(y, m, int(day or 1)), date(y, int(month or 12), int(day or days))
    precision: Precision = "day" if day else "month" if month else "year"
    return Period(
        edtf=text,
        earliest=first,
        latest=last,
        precision=precision,
        uncertain=mark in ("?", "%"),
        approximate=mark in ("~", "%"),
    )


def _read_rare(line: str) -> Period | None:
    """A decade or a month that is not known, or None where it has another form."""
    rare = re.fullmatch(_RARE, line)
    if rare is None or rare[1] < "100":
        return None
    from edtf import parse_edtf

    parsed = parse_edtf(rare[1])
    first, last = (date(*end()[:3]) for end in (parsed.lower_strict, parsed.upper_strict))
    mark = rare[2]
    return Period(
        edtf=line,
        earliest=first,
        latest=last,
        precision="interval",
        uncertain=mark in ("?", "%"),
        approximate=mark in ("~", "%"),
    )


def _translate(line: str) -> str:
    """The EDTF of a Chinese form, or nothing where it has another form."""
    if found := re.fullmatch(r"(约)?([0-9]{3})0年代([（(]推断[）)])?", line):
        return f"{found[2]}X{_join_marks(found[1] and '~', found[3] and '?')}"
    if found := re.fullmatch("([0-9]{4})年某月", line):
        return f"{found[1]}-XX"
    line = re.sub(_LOOSE_SPACE, "", line)
    if found := re.fullmatch(_NO_LATER, line):
        day = _translate_day(found[1])
        if day and day[-1] in "?~%":
            raise PeriodError(
                say("values.latest_in_doubt", date=line), hint=say("values.leave_out_doubt")
            )
        return day and f"[..{day}]"
    if day := _translate_day(line):
        return day
    # 2012年起（推断） and 2012年（推断）起 say the same.
    moved = re.fullmatch(r"(.+?)(起|以来|开始)([（(](?:推断|推定|存疑)[）)])", line)
    if found := re.fullmatch(_SINCE, f"{moved[1]}{moved[3]}{moved[2]}" if moved else line):
        day = _translate_day(found[1])
        return day and f"{day}/.."
    parts = re.split(_DASHES, line)
    days = [_translate_day(part) for part in parts] if len(parts) == 2 else []
    return "/".join(days) if days and all(days) else ""


def _translate_day(text: str) -> str:
    """The EDTF of a day, month or year in Chinese or in EDTF, or nothing for another form."""
    text = text.strip(" ")
    if found := re.fullmatch(_CHINESE_DAY, text):
        about, year, month, day, sign, inferred = found.groups()
        text = "-".join((year, *(part.zfill(2) for part in (month, day) if part)))
        text += _join_marks(sign, about and "~", inferred and "?")
    # Here already, so that what is said of a day that is none comes before all else.
    read = _read_day(text)
    return read.edtf if read else ""


def _join_marks(*marks: str | None) -> str:
    """One mark of doubt that says what several say."""
    found = set(filter(None, marks))
    return "%" if len(found) > 1 else "".join(found)


def _refuse_shape(line: str) -> NoReturn:
    """Refuse a wording that is no date, with the nearest one that is."""
    message, hint = say("values.date", date=line), say("values.date_forms")
    if re.search(r"[0-9][Tt ]?[0-9]{1,2}[:：][0-9]", line):
        raise PeriodError(say("values.time_of_day", date=line), hint=say("values.date_only"))
    nearest = _nearest(line)
    if nearest != line:
        # Where the nearest form is no date either, its own reason is the better answer.
        parse_period(nearest)
        raise PeriodError(message, hint=say("values.write_date", date=nearest))
    if re.fullmatch(r"-[0-9]+|[0-9]{1,3}|[0-9]{5,}|[Yy]-?[0-9]+", line):
        raise PeriodError(say("values.year", year=line), hint=hint)
    if re.search(r"[\[\]{}XxSs]", line):
        message = say("values.unused_form", message=message)
    raise PeriodError(message, hint=hint)


def _nearest(line: str) -> str:
    """The form in use that a wording probably means, or the wording itself."""
    if re.fullmatch(r"[0-9]{8}", line):
        return f"{line[:4]}-{line[4:6]}-{line[6:]}"
    if found := re.fullmatch(_TWO_YEARS, line):
        return f"{found[1]}/{found[2]}"
    if found := re.fullmatch(_LOOSE_DAY, line):
        return "-".join(part.zfill(2) for part in found.groups() if part)
    return line


@lru_cache(maxsize=4096)
def _word_period(edtf: str) -> Text:
    if edtf.startswith("["):
        return say("values.no_later", day=_word_day(edtf[3:-1]))
    start, slash, end = edtf.partition("/")
    if not slash:
        return _word_day(start)
    if end == "..":
        return say("values.since", day=_word_day(start))
    return say("values.from_to", start=_word_day(start), end=_word_day(end))


def _word_day(edtf: str) -> Text:
    """A day, month or year in words, with its doubt."""
    day, mark = (edtf[:-1], edtf[-1]) if edtf[-1] in "?~%" else (edtf, "")
    words = _word_certain_day(day)
    if mark in ("~", "%"):
        words = say("values.about", day=words)
    return say("values.inferred", day=words) if mark in ("?", "%") else words


def _word_certain_day(edtf: str) -> Text:
    """A day, month, year or rarer form in words, without its doubt."""
    year, *rest = edtf.split("-")
    if year.endswith("X") and not rest:
        return say("values.decade", decade=year[:3])
    if rest == ["XX"]:
        return say("values.some_month", year=year)
    numbers = [year, *(part.lstrip("0") for part in rest)]
    zh = "".join(f"{number}{unit}" for number, unit in zip(numbers, "年月日", strict=False))
    month = [MONTHS[int(rest[0]) - 1]] if rest else []
    return Text(zh, " ".join((*numbers[2:], *month, year)))
