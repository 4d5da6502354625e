"""Dates as editors write them: EDTF, and wordings in Chinese and English turned into EDTF."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, NoReturn

from casebook.messages import say
from casebook.problems import WordingError
from casebook.text import Text, has_han
from casebook.values.numerals import FULL_WIDTH, TRADITIONAL, number_of
from casebook.values.periods import (
    ERAS,
    MONTHS,
    OF_MONTH,
    OF_YEAR,
    PATTERNS,
    Period,
    read_day,
    read_edtf,
)
from casebook.values.words import WORDS

LONGEST: Final = 60


def parse_period(text: str) -> Period:
    """The period that a wording states.

    Raises only WordingError.
    """
    return _parse(text.strip(" "))


# Cached: many records of a site share a year or a source.
@lru_cache(maxsize=4096)
def _parse(line: str) -> Period:
    if not line:
        raise WordingError(say("values.date_empty"), hint=say("values.date_forms"))
    if len(line) > LONGEST:
        raise WordingError(say("values.date_long", longest=LONGEST), hint=say("values.date_forms"))
    line = line.translate(FULL_WIDTH)
    if season := PATTERNS["season"].search(line):
        # Editors type 2012-21 far more often by mistake for 2012-12 than for the season.
        message = say("values.no_month", date=season[0], month=season[2])
        hint = say("values.season_code", season=write_seasons(season[0]))
        raise WordingError(message, hint=hint)
    chinese = _say_in_chinese(line)
    return read_edtf(line) or read_edtf(_translate(chinese)) or _refuse_shape(line, chinese)


def write_seasons(text: str) -> str:
    """The text, with an EDTF season as an editor writes it: 2012年春季 for 2012-21."""
    period = read_edtf(text) if PATTERNS["season"].search(text) else None
    return period.words("zh") if period else text


def _say_in_chinese(line: str) -> str:
    """An English wording in the Chinese words that dates are read by; other wordings unchanged."""
    if not PATTERNS["in_english"].search(line):
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
    """The EDTF of a Chinese wording, or "" for another form."""
    line = _even_out(line)
    if found := PATTERNS["no_later"].fullmatch(line):
        day = _translate_end(found[1] or found[2])
        if day and day[-1] in "?~%":
            raise WordingError(
                say("values.latest_in_doubt", date=line), hint=say("values.leave_out_doubt")
            )
        return day and f"[..{day}]"
    moved = PATTERNS["since_inferred"].fullmatch(line)
    if moved:
        line = f"{moved[1]}{moved[3]}{moved[2]}"
    if span := _translate_span(line):
        return span
    if found := PATTERNS["since"].fullmatch(line):
        start = _translate_time(found[1]).partition("/")[0]
        return start and f"{start}/.."
    # A number as of a day (截至) is true on that day; it is not dated 不晚于.
    found = PATTERNS["as_of"].fullmatch(line)
    return _translate_end(found[1]) if found else ""


def _even_out(line: str) -> str:
    """The wording with plain digits and without blanks, quotation marks and weekdays."""
    line = re.sub('[“”"「」『』]', "", line.translate(FULL_WIDTH))
    line = PATTERNS["wide_dash"].sub("至", PATTERNS["two_years"].sub("—", line))
    line = line.translate(TRADITIONAL)
    line = PATTERNS["han_year"].sub(lambda year: "".join(map(_digit_of, year[0])), line)
    line = PATTERNS["han_decade"].sub(lambda tens: f"{_digit_of(tens[1])}0", line)
    line = PATTERNS["han_number"].sub(lambda number: str(number_of(number[1])), line)
    # Only the blank separates a day from a time of day, so such blanks are kept.
    if has_han(line) and not re.search("[0-9] +[0-9]", line):
        line = PATTERNS["weekday"].sub("", line.replace(" ", ""))
    line = PATTERNS["era"].sub(_name_year, line)
    line = line.removeprefix("公元").replace("月份", "月").replace("元月", "1月")
    # 5、6月 and 一、二季度 are intervals, as their parts adjoin; 5、7月 is not.
    line = PATTERNS["neighbours"].sub(
        lambda two: (
            "{1}{2}—{3}".format(*two.group(0, 1, 2, 3))
            if int(two[3]) - int(two[1]) == 1
            else two[0]
        ),
        line,
    )
    return PATTERNS["quarters"].sub(lambda two: f"第{two[1]}季度至第{two[2]}季度", line)


def _name_year(found: re.Match[str]) -> str:
    """The common year of a year of an era: 2013年 for 民国102年."""
    number = Decimal(1) if found[2] == "元" else number_of(found[2])
    return found[0] if number is None else f"{ERAS[found[1]] + int(number)}年"


def _digit_of(char: str) -> str:
    return "0" if char in "零〇○0Oo" else str(number_of(char))


def _translate_span(line: str) -> str:
    """The EDTF of a time or of an interval, or "" for another form."""
    if time := _translate_time(re.sub("(?<=月)间\\Z", "", line)):
        return time
    found = PATTERNS["interval"].fullmatch(line)
    inner = found[1] if found else line
    parts = PATTERNS["strong_dash"].split(inner)
    if len(parts) == 1 and PATTERNS["hyphened"].search(inner):
        parts = inner.split("-")
    if len(parts) != 2 or not all(parts):
        return ""
    first, last = _complete(*parts)
    start, end = _translate_time(first), _translate_time(last)
    return f"{start.partition('/')[0]}/{end.rpartition('/')[2]}" if start and end else ""


def _complete(first: str, last: str) -> tuple[str, str]:
    """The two ends, each completed with the parts that only the other states: 2012年1—6月."""
    first = re.sub("(?:起|开始)\\Z", "", first)
    last = re.sub("(?<=[0-9])年?(?:财年|财政年度|会计年度|学年度?)\\Z", "年", last)
    if re.fullmatch("[0-9]{4}年[0-9]{1,2}", first):
        first += "月"
    elif re.fullmatch("[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}", first):
        first += "日"
    year, month = re.match("([0-9]{4})年", first), re.match("[0-9]{4}年[0-9]{1,2}月", first)
    if year and (found := re.match("(?:次年|翌年|第二年)", last)):
        last = f"{int(year[1]) + 1}年{last[found.end() :]}"
    elif year and (last in OF_YEAR or re.match("[0-9]{1,2}月", last)):
        last = year[0] + last
    elif month and re.fullmatch("[0-9]{1,2}[日号]", last):
        last = month[0] + last
    elif re.fullmatch("[0-9]{2}年", last):
        last = first[:2] + last
    return first, last


def _translate_time(text: str) -> str:
    """The EDTF of a time without a dash, with its mark of doubt, or "" for another form."""
    found = PATTERNS["doubted"].fullmatch(text.strip(" "))
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
    """The EDTF of a day, month, year, part of a month or year, decade or plan, or ""."""
    if found := PATTERNS["chinese_day"].fullmatch(text) or PATTERNS["day"].fullmatch(text):
        # Read here, so that the error about a day that does not exist comes first.
        read = read_day("-".join(part.zfill(2) for part in found.groups() if part))
        return read.edtf if read else ""
    if found := PATTERNS["decade"].fullmatch(text):
        century = "20" if found[1] in ("21", "二十一") else "19"
        return f"{found[3] or century + found[2]}X"
    if found := PATTERNS["plan"].fullmatch(text):
        number = int(number_of(found[1] or found[2]) or 0)
        # From the sixth plan on, which began in 1981, plans follow without a gap.
        start = 1951 + 5 * number
        if number > 5 and found[3]:
            # The end of a plan is the end of its last year, written as 2015年底 is.
            return f"{start}-01~" if "初" in found[3] else f"{start + 4}-12~"
        return f"{start}/{start + 4}" if number > 5 else ""
    found = PATTERNS["part"].fullmatch(text)
    return _translate_part(found[1], found[2] or "", found[3]) if found else ""


def _translate_part(year: str, month: str, word: str) -> str:
    """The EDTF of the part of a year or month that a word names, or ""."""
    if not month:
        if months := PATTERNS["months"].fullmatch(word):
            last = read_day(f"{year}-{int(number_of(months[1]) or 0):02d}")
            return f"{year}-01/{last.edtf}" if last else ""
        return OF_YEAR.get(word, "").format(year)
    read = read_day(f"{year}-{month.zfill(2)}")
    return OF_MONTH.get(word, "").format(read.edtf, read.latest) if read else ""


def _translate_end(text: str) -> str:
    """The EDTF of a day, month or year as an end: 2014年底 is the last day of 2014."""
    last = PATTERNS["at_end"].fullmatch(text)
    day = _translate_time(last[1] if last else text).rpartition("/")[2]
    read = read_day(day) if last else None
    return read.latest.isoformat() if read and read.latest else day


def _join_marks(*marks: str | None) -> str:
    """One mark of doubt in place of several: % for ? with ~."""
    found = set(filter(None, marks))
    return "%" if len(found) > 1 else "".join(found)


def _refuse_shape(line: str, chinese: str) -> NoReturn:
    """Refuse a wording that is not a date, and name the nearest valid date."""
    message, hint = say("values.date", date=line), say("values.date_forms")
    plain = _even_out(chinese)
    day = PATTERNS["loose_day"].search(plain)
    inside = _write_edtf(day)
    if PATTERNS["time_of_day"].search(line):
        hint = say("values.date_only", date=inside or "2012-12-07")
        raise WordingError(say("values.time_of_day", date=line), hint=hint)
    if nearest := _find_loose_days(line) or _find_loose_range(line):
        # If the nearest form is not a date either, its own error explains more.
        parse_period(nearest[0])
        said = Text(" 或 ".join(nearest), " or ".join(nearest))
        hint = say("values.write_date", date=said)
        # 2011/12 is a month in a spreadsheet and a financial year in a report.
        year, _, month = line.partition("/")
        if month.isdecimal() and int(year[2:]) + 1 == int(month):
            hint = say("values.month_or_years", date=said, years=f"{year}/{int(year) + 1}")
        raise WordingError(message, hint=hint)
    if re.fullmatch("[2-5][0-9]{4}", line):
        # Spreadsheets store a day as such a number and show it in cells of format number.
        shown = (date(1899, 12, 30) + timedelta(days=int(line))).isoformat()
        raise WordingError(message, hint=say("values.serial_number", date=shown))
    if PATTERNS["no_year"].fullmatch(line):
        raise WordingError(say("values.year", year=line), hint=hint)
    if PATTERNS["unused_form"].search(line) and line == chinese:
        raise WordingError(say("values.unused_form", message=message), hint=hint)
    for pattern, key in WORDS["date_remedies"].items():
        if re.search(pattern, plain):
            written = Text(f"{inside}年", inside) if len(inside) == 4 else inside or "2012"
            raise WordingError(message, hint=say(key, date=written))
    if two := re.fullmatch("([0-9]{4})[—–~～至]([0-9]{2})年?", plain):
        years = f"{two[1]}-{int(two[1]) + 1}"
        hint = say("values.two_years", years=years)
        if years[-2:] != two[2]:
            # 2009–12 is a month as often as a span of years.
            month, years = f"{two[1]}-{two[2]}", f"{two[1]}/{two[1][:2]}{two[2]}"
            hint = say("values.month_or_years", date=month, years=years)
        raise WordingError(message, hint=hint)
    # 2010年或2011年 is not 2010, and 12/07/2012 is not just a year.
    rest = plain.replace(day[0], "", 1) if day else ""
    if day and not re.search("[0-9]", rest) and not PATTERNS["limits"].search(rest):
        # The hint keeps the doubt that the wording states.
        doubts = {"perhaps": "?", "or_so": "~"}
        doubt = _join_marks(*(doubts[name] for name in doubts if PATTERNS[name].search(plain)))
        hint = say("values.date_alone", date=inside + doubt)
    raise WordingError(message, hint=hint)


def _find_loose_days(text: str) -> list[str]:
    """The EDTF dates that digits may stand for, with or without separators."""
    if found := PATTERNS["digits"].fullmatch(text) or PATTERNS["loose_day"].fullmatch(text):
        return [_write_edtf(found)]
    if found := PATTERNS["year_last"].fullmatch(text):
        # Both orders are offered if either number can be the month.
        one, other = int(found[1]), int(found[2])
        orders = dict.fromkeys(((one, other), (other, one)))
        return [f"{found[3]}-{m:02d}-{d:02d}" for m, d in orders if 0 < m <= 12 and 0 < d <= 31]
    return []


def _find_loose_range(text: str) -> list[str]:
    """The EDTF interval that two loose days with a dash may stand for, as a list of one."""
    for dash in re.finditer("[至到—–~-]", text):
        ends = (text[: dash.start()].strip(), text[dash.end() :].strip())
        if all(days := [_find_loose_days(end) for end in ends]):
            return ["/".join(day[0] for day in days)]
    return []


def _write_edtf(found: re.Match[str] | None) -> str:
    return "-".join(part.zfill(2) for part in found.groups() if part) if found else ""
