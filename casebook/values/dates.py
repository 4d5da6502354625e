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
from datetime import date, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Final, Literal, NoReturn

from casebook.messages import say
from casebook.patterns import Patterns
from casebook.text import Lang, Text, has_han
from casebook.values.errors import PeriodError
from casebook.values.numerals import FULL_WIDTH, number_of
from casebook.values.words import WORDS

Precision = Literal["day", "month", "year", "interval"]
Lane = Literal["dated", "uncertain", "latest_only"]

LONGEST: Final = 60

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
_OF_YEAR, _OF_MONTH = (
    {word: str(form) for form, line in WORDS[name].items() for word in line.split()}
    for name in ("times_of_year", "times_of_month")
)
_PATTERNS: Final = Patterns(WORDS["date_patterns"])


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

    def __hash__(self) -> int:
        # It is looked up wherever it is printed, and all else follows from this.
        return hash(self.edtf)

    @property
    def lane(self) -> Lane:
        """The lane of the timeline that it belongs to."""
        if self.edtf.startswith("["):
            return "latest_only"
        # Of a decade alone the year is not known.
        is_vague = self.uncertain or self.approximate or "X" in self.edtf[:4]
        return "uncertain" if is_vague else "dated"

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
        is_plain = self.precision != "interval" and _PATTERNS["plain"].fullmatch(self.edtf)
        return self.edtf if is_plain else ""


def parse_period(text: str) -> Period:
    """The period that a wording states.

    Raises PeriodError and nothing else.
    """
    return _parse(text.strip(" "))


# Many of a site's things are of one year, and of one source.
@lru_cache(maxsize=4096)
def _parse(line: str) -> Period:
    if not line:
        raise PeriodError(say("values.date_empty"), hint=say("values.date_forms"))
    if len(line) > LONGEST:
        raise PeriodError(say("values.date_long", longest=LONGEST), hint=say("values.date_forms"))
    line = line.translate(FULL_WIDTH)
    if season := _PATTERNS["season"].search(line):
        # Typed it is far more often a slip of the hand, for 2012-12.
        message = say("values.no_month", date=season[0], month=season[2])
        hint = say("values.season_code", season=write_seasons(season[0]))
        raise PeriodError(message, hint=hint)
    chinese = _say_in_chinese(line)
    return _read_edtf(line) or _read_edtf(_translate(chinese)) or _refuse_shape(line, chinese)


def write_seasons(text: str) -> str:
    """An EDTF as an editor writes it where it has a season: 2012年春季 for 2012-21."""
    period = _read_edtf(text) if _PATTERNS["season"].search(text) else None
    return period.words("zh") if period else text


def speak_of_same_time(one: Period, other: Period) -> bool:
    """True where two periods can be about the same time.

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
        return _read_edtf(f"{first.edtf.partition('/')[0]}/{last.edtf.rpartition('/')[2]}")
    return None


def _read_edtf(line: str) -> Period | None:
    """The period in the EDTF forms used here, or None where it has another form."""
    if found := _PATTERNS["latest"].fullmatch(line):
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
    found = _PATTERNS["day"].fullmatch(text)
    if found is None:
        return None
    year, month, day, mark = found.groups()
    if year < "1000":
        raise PeriodError(say("values.early_year", year=year), hint=say("values.date_forms"))
    if month in _SEASONS and not day:
        y, m = int(year), _SEASONS[month][0]
        first, last = date(y, m, 1), date(y, m + 2, monthrange(y, m + 2)[1])
        # Nobody can say on which day a season begins.
        return replace(_make_period(text, first, last, "interval"), approximate=True)
    if month and not "01" <= month <= "12":
        hint = say("values.months")
        if part := _translate_part(year, "", f"-{month}"):
            hint = say("values.write_date", date=part)
        raise PeriodError(say("values.no_month", date=text.rstrip(mark), month=month), hint=hint)
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


def _read_rare(line: str) -> Period | None:
    """A decade or a month that is not known, or None where it has another form."""
    rare = _PATTERNS["rare"].fullmatch(line)
    if rare is None or rare[1] < "100":
        return None
    from edtf import parse_edtf

    parsed = parse_edtf(rare[1])
    first, last = (date(*end()[:3]) for end in (parsed.lower_strict, parsed.upper_strict))
    return _make_period(line, first, last, "interval")


def _say_in_chinese(line: str) -> str:
    """A wording in English in the words that all dates are read by; others as they are."""
    if not _PATTERNS["in_english"].search(line):
        return line
    months = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}
    parts = WORDS["parts_in_english"]
    listed = "|".join(f"{name}|{name[:3]}t?" for name in MONTHS)
    for pattern, form in WORDS["dates_in_english"]:
        shape = re.compile(pattern.replace("@months", listed), re.IGNORECASE)
        for found in shape.finditer(line):
            word = next((part.lower() for part in found.groups() if part and part[0].isalpha()), "")
            named = re.sub("@[12]", str(parts.get(word, months.get(word[:3]))), found.expand(form))
            line = line.replace(found[0], named, 1)
    return line


def _translate(line: str) -> str:
    """The EDTF of a Chinese form, or nothing where it has another form."""
    line = _even_out(line)
    if found := _PATTERNS["no_later"].fullmatch(line):
        day = _translate_end(found[1] or found[2])
        if day and day[-1] in "?~%":
            raise PeriodError(
                say("values.latest_in_doubt", date=line), hint=say("values.leave_out_doubt")
            )
        return day and f"[..{day}]"
    moved = _PATTERNS["since_inferred"].fullmatch(line)
    if moved:
        line = f"{moved[1]}{moved[3]}{moved[2]}"
    if span := _translate_span(line):
        return span
    if found := _PATTERNS["since"].fullmatch(line):
        start = _translate_time(found[1]).partition("/")[0]
        return start and f"{start}/.."
    # A number as of a day is a state of that day, which is no 不晚于.
    found = _PATTERNS["as_of"].fullmatch(line)
    return _translate_end(found[1]) if found else ""


def _even_out(line: str) -> str:
    """A wording with digits in one form, and without blanks, quotation marks and weekdays."""
    line = re.sub('[“”"「」『』]', "", line.translate(FULL_WIDTH))
    line = _PATTERNS["han_year"].sub(lambda year: "".join(map(_digit_of, year[0])), line)
    line = _PATTERNS["han_decade"].sub(lambda tens: f"{_digit_of(tens[1])}0", line)
    line = _PATTERNS["han_number"].sub(lambda number: str(number_of(number[1])), line)
    # A blank before a time of day is all that holds it apart.
    if has_han(line) and not re.search("[0-9] +[0-9]", line):
        line = _PATTERNS["weekday"].sub("", line.replace(" ", ""))
    line = line.removeprefix("公元").replace("月份", "月").replace("元月", "1月")
    # 5、6月 and 一、二季度 are what lies between them; 5、7月 is not.
    line = _PATTERNS["neighbours"].sub(
        lambda two: (
            "{1}{2}—{3}".format(*two.group(0, 1, 2, 3))
            if int(two[3]) - int(two[1]) == 1
            else two[0]
        ),
        line,
    )
    return _PATTERNS["quarters"].sub(lambda two: f"第{two[1]}季度至第{two[2]}季度", line)


def _digit_of(char: str) -> str:
    return "0" if char in "零〇○0Oo" else str(number_of(char))


def _translate_span(line: str) -> str:
    """The EDTF of a time, or of the two ends of an interval, or nothing for another form."""
    if time := _translate_time(re.sub("(?<=月)间\\Z", "", line)):
        return time
    found = _PATTERNS["interval"].fullmatch(line)
    inner = found[1] if found else line
    parts = _PATTERNS["strong_dash"].split(inner)
    if len(parts) == 1 and _PATTERNS["hyphened"].search(inner):
        parts = inner.split("-")
    if len(parts) != 2 or not all(parts):
        return ""
    first, last = _complete(*parts)
    start, end = _translate_time(first), _translate_time(last)
    return f"{start.partition('/')[0]}/{end.rpartition('/')[2]}" if start and end else ""


def _complete(first: str, last: str) -> tuple[str, str]:
    """The ends of an interval with what each leaves to the other: 2012年1—6月."""
    first = re.sub("(?:起|开始)\\Z", "", first)
    last = re.sub("(?<=[0-9])年?(?:财年|财政年度|会计年度|学年度?)\\Z", "年", last)
    if re.fullmatch("[0-9]{4}年[0-9]{1,2}", first):
        first += "月"
    elif re.fullmatch("[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}", first):
        first += "日"
    year, month = re.match("([0-9]{4})年", first), re.match("[0-9]{4}年[0-9]{1,2}月", first)
    if year and (found := re.match("(?:次年|翌年|第二年)", last)):
        last = f"{int(year[1]) + 1}年{last[found.end() :]}"
    elif year and (last in _OF_YEAR or re.match("[0-9]{1,2}月", last)):
        last = year[0] + last
    elif month and re.fullmatch("[0-9]{1,2}[日号]", last):
        last = month[0] + last
    elif re.fullmatch("[0-9]{2}年", last):
        last = first[:2] + last
    return first, last


def _translate_time(text: str) -> str:
    """The EDTF of a time without an interval's dash, with its doubt, or nothing."""
    found = _PATTERNS["doubted"].fullmatch(text.strip(" "))
    if found is None:
        return ""
    about, bare, sign, *inferred, near, inferred_too = found.groups()
    ends = _translate_bare(bare).split("/")
    doubts = (sign, (about or near) and "~", (inferred[0] or inferred_too) and "?")
    return "/".join(
        end and end.rstrip("~") + _join_marks("~" if end[-1] == "~" else "", *doubts)
        for end in ends
    )


def _translate_bare(text: str) -> str:
    """The EDTF of a day, a month, a year, a part of them, a decade or a plan, or nothing."""
    if found := _PATTERNS["chinese_day"].fullmatch(text) or _PATTERNS["day"].fullmatch(text):
        parts = [part.zfill(2) for part in found.groups() if part]
        # Here already, so that what is said of a day that is none comes before all else.
        read = _read_day("-".join(parts))
        return read.edtf if read else ""
    if found := _PATTERNS["decade"].fullmatch(text):
        century = "20" if found[1] in ("21", "二十一") else "19"
        return f"{found[3] or century + found[2]}X"
    if found := _PATTERNS["plan"].fullmatch(text):
        number = int(number_of(found[1] or found[2]) or 0)
        # From the sixth on, which began in 1981, plans follow each other without a gap.
        start = 1951 + 5 * number
        return f"{start}/{start + 4}" if number > 5 else ""
    found = _PATTERNS["part"].fullmatch(text)
    return _translate_part(found[1], found[2] or "", found[3]) if found else ""


def _translate_part(year: str, month: str, word: str) -> str:
    """The EDTF of a part of a year or of a month that a word names, or nothing."""
    if not month:
        return _OF_YEAR.get(word, "").format(year)
    read = _read_day(f"{year}-{month.zfill(2)}")
    return _OF_MONTH.get(word, "").format(read.edtf, read.latest) if read else ""


def _translate_end(text: str) -> str:
    """The EDTF of the day, month or year at which something ends: 2014年底 is its last day."""
    last = _PATTERNS["at_end"].fullmatch(text)
    day = _translate_time(last[1] if last else text).rpartition("/")[2]
    read = _read_day(day) if last else None
    return read.latest.isoformat() if read and read.latest else day


def _join_marks(*marks: str | None) -> str:
    """One mark of doubt that says what several say."""
    found = set(filter(None, marks))
    return "%" if len(found) > 1 else "".join(found)


def _refuse_shape(line: str, chinese: str) -> NoReturn:
    """Refuse a wording that is no date, with the nearest one that is."""
    message, hint = say("values.date", date=line), say("values.date_forms")
    plain = _even_out(chinese)
    day = _PATTERNS["loose_day"].search(plain)
    inside = _write_edtf(day)
    if _PATTERNS["time_of_day"].search(line):
        hint = say("values.date_only", date=inside or "2012-12-07")
        raise PeriodError(say("values.time_of_day", date=line), hint=hint)
    found = _PATTERNS["digits"].fullmatch(line) or _PATTERNS["loose_day"].fullmatch(line)
    if nearest := _write_edtf(found):
        # Where the nearest form is no date either, its own reason is the better answer.
        parse_period(nearest)
        hint = say("values.write_date", date=nearest)
        # 2011/12 is a month in a spreadsheet and a financial year in a report.
        year, _, month = line.partition("/")
        if month.isdecimal() and int(year[2:]) + 1 == int(month):
            hint = say("values.month_or_years", date=nearest, years=f"{year}/{int(year) + 1}")
        raise PeriodError(message, hint=hint)
    if re.fullmatch("[2-5][0-9]{4}", line):
        # How a spreadsheet keeps a day whose cell is set to show a number.
        shown = (date(1899, 12, 30) + timedelta(days=int(line))).isoformat()
        raise PeriodError(message, hint=say("values.serial_number", date=shown))
    if _PATTERNS["no_year"].fullmatch(line):
        raise PeriodError(say("values.year", year=line), hint=hint)
    if _PATTERNS["unused_form"].search(line):
        raise PeriodError(say("values.unused_form", message=message), hint=hint)
    for pattern, key in WORDS["date_remedies"].items():
        if re.search(pattern, plain):
            raise PeriodError(message, hint=say(key, date=inside or "2012"))
    # 2010年或2011年 is not 2010, nor is 12/07/2012 the year alone.
    if day and not re.search("[0-9]", plain.replace(day[0], "", 1)):
        hint = say("values.date_alone", date=inside)
    raise PeriodError(message, hint=hint)


def _write_edtf(found: re.Match[str] | None) -> str:
    return "-".join(part.zfill(2) for part in found.groups() if part) if found else ""


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
    if rest and rest[0] in _SEASONS:
        season = _SEASONS[rest[0]][1]
        return Text(f"{year}年{season.zh}", f"{season.en} {year}")
    if rest == ["XX"]:
        return say("values.some_month", year=year)
    numbers = [year, *(part.lstrip("0") for part in rest)]
    zh = "".join(f"{number}{unit}" for number, unit in zip(numbers, "年月日", strict=False))
    month = [MONTHS[int(rest[0]) - 1]] if rest else []
    return Text(zh, " ".join((*numbers[2:], *month, year)))
