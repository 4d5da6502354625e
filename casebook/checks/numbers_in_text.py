"""The numbers and dates of a text: Arabic, full-width, Chinese and English.

`8000万`, `八千万`, `８０００万`, `80,000,000` and `80 million` are one number. Words that only look
like a number are left out: an idiom (老百姓), an article (一个, one of), an ordinal (第三方), a
name with digits (GB/T 2260, 财预〔2017〕87号) and the syntax of Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from casebook.checks.text_patterns import BLANK, PLAIN, SIGNS, WORDS, lower, name_unit, pattern
from casebook.text import LANGS
from casebook.values.numbers_with_units import round_share
from casebook.values.numerals import (
    CAPITALS,
    HAN_SCALES,
    number_of,
    scales_at_end,
    value_of_english,
)
from casebook.values.periods import MONTHS
from casebook.values.words import (
    CURRENCIES,
    ENGLISH_DIGITS,
    ENGLISH_FACTORS,
    HAN_DIGITS,
    PATTERNS,
    settle_currency,
)

_LONGEST_NAME: Final = 300
# The most characters of a name before its number, as in "children under 12".
_LEAD: Final = 18
_HALF: Final = Decimal("0.5")


class NumberMention(NamedTuple):
    """One number or date of a text, from `start` to `end`.

    `value` is in base units (0.8 for 80%), and None for a rough number (数十, dozens of) and for an
    ambiguous one. `unit` is CNY, HKD, USD, ratio, points, people, time, a counter, or empty. `date`
    is 2012, 2012-12, 2012-12-07, --12-07, --12, ---07 or 199X, and empty for other numbers; a bare
    2012 has both. `scales` are those that a range may lend to its first number. A `titled` mention
    is part of a title 《…》.
    """

    start: int
    end: int
    text: str = ""
    value: Decimal | None = None
    unit: str = ""
    date: str = ""
    scales: tuple[Decimal, ...] = ()
    titled: bool = False


def find_mentions(text: str) -> tuple[NumberMention, ...]:
    """The number mentions of a text in their order, without overlaps."""
    return find_mentions_in_prose(blank_markdown(text))


def blank_markdown(text: str) -> str:
    """The text with everything but prose replaced by blanks; offsets stay the same."""
    text = pattern("reference_or_slot").sub(blank, text)
    return pattern("markdown").sub(blank, text) if pattern("markdown_sign").search(text) else text


def find_mentions_in_prose(prose: str) -> tuple[NumberMention, ...]:
    """The number mentions of a text without Markdown."""
    line = prose
    if not line.isascii():
        line = pattern("full_comma").sub(",", line).translate(PLAIN)
        line = pattern("capital_run").sub(lambda found: found.group().translate(CAPITALS), line)
    titles = [found.span() for found in pattern("title").finditer(line)]
    # Each reader blanks the numbers that it found: 三比一 is not also a 三, and 24/7 no fraction.
    line, found = _blank_names(line), list[NumberMention]()
    for find in (_find_loose, _find_english, _find_arabic, _find_han):
        mentions = list(find(line))
        line = blank_spans(line, ((each.start, each.end) for each in mentions))
        found += mentions
    found.sort(key=lambda mention: mention.start)
    return tuple(
        mention._replace(
            text=prose[mention.start : mention.end],
            titled=any(start < mention.start < end for start, end in titles),
        )
        for mention in found
    )


def blank(found: re.Match[str]) -> str:
    """A blank for each character of a match, with its line breaks kept."""
    return re.sub(r"[^\n]", BLANK, found.group())


def _blank_names(line: str) -> str:
    return blank_spans(
        line,
        (
            name.span()
            for start, end in _list_windows(line)
            # Skipped without numerals: this pattern takes longer to compile than all others.
            if end
            for name in pattern("name").finditer(line, start, end)
            # A name that reaches the end of its part, before the end of the line, may be cut off.
            if name.end() < end or end >= len(line)
        ),
    )


def _list_windows(line: str) -> Iterator[tuple[int, int]]:
    """The parts of a line around its numerals, where a name may hold one: most of a text has none.

    Near numerals share a part, or a text full of numerals would be read thirty times.
    """
    start = done = last = 0
    for found in pattern("in_names").finditer(lower(line)):
        # A year after a lower-case word is a date; the year of a Yearbook is part of its name.
        in_prose = re.search("\\b[a-z]+ \\Z", line[max(0, found.start() - 16) : found.start()])
        plain_year = in_prose and re.fullmatch("(?:1[5-9]|20)[0-9]{2}", found[0])
        is_dated = line[found.end() : found.end() + 1] in ("年", "月", "日")
        # 每月15日 and 次月10日 are recurring days, not dates of the records.
        lead = line[max(0, found.start() - 4) : found.start()]
        is_dated = is_dated and not re.search("每|[次当]月", lead)
        if found.start() < done or plain_year or is_dated:
            continue
        begin, end = found.span()
        first = max(done, begin - _LONGEST_NAME)
        while begin > first and "!" <= line[begin - 1] <= "~":
            begin -= 1
        furthest = min(len(line), end + _LONGEST_NAME)
        while end < furthest and "!" <= line[end] <= "~":
            end += 1
        done = end
        if begin - _LEAD > last:
            yield start, last
            start = begin - _LEAD
        last = end + 24
    yield start, last


def blank_spans(line: str, spans: Iterable[tuple[int, int]]) -> str:
    """The line with spans replaced by blanks, so that no other reader finds numbers in them."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [line[at:start], BLANK * (end - start)]
        at = end
    return "".join((*pieces, line[at:]))


def _find_loose(line: str) -> Iterator[NumberMention]:
    """The amounts without a readable number: 翻番, 三比一, twice, dozens."""
    low = lower(line)
    lists = [pattern("loose", lang).finditer(low) for lang in LANGS]
    # The pattern of ratios is tried at every number, and few texts have a ratio.
    if pattern("ratio_sign").search(low):
        lists.append(pattern("ratio", "zh").finditer(low))
    matches = sorted(found.span() for each in lists for found in each)
    at = 0
    for mention in _leave_idioms(line, [NumberMention(start=a, end=b) for a, b in matches]):
        if mention.start >= at:
            at = mention.end
            yield mention


def _leave_idioms(line: str, mentions: Sequence[NumberMention]) -> Iterator[NumberMention]:
    # Most texts have no mentions, and the search for idioms takes long.
    idioms = [each.span() for each in pattern("idiom").finditer(line)] if mentions else []
    for one in mentions:
        # A mention that begins before an idiom stays: 万民 is no idiom in 数百万民众.
        if not any(start <= one.start < end for start, end in idioms):
            yield one


def _find_arabic(line: str) -> Iterator[NumberMention]:
    at = 0
    while found := pattern("arabic").search(line, at):
        mention = _read_arabic(line, found)
        at = max(found.end(), mention.end)
        yield mention


def _read_arabic(line: str, found: re.Match[str]) -> NumberMention:
    (start, end), text = found.span(), found.group()
    if found["number"] is None:
        return NumberMention(start=start, end=end, date=_arabic_date(found))
    numeral = re.sub("[余多来个 *]", "", text)
    value = _number(numeral)
    if line[max(0, start - 3) : start] == "百分之":
        value = None if value is None else value / 100
        return NumberMention(start=start - 3, end=end, value=value, unit="ratio")
    scales = scales_at_end(numeral)
    tail = pattern("english_tail").match(line, end)
    if tail and text[-1].isdigit():
        for word in tail["scale"].split():
            factor = Decimal(ENGLISH_FACTORS[word.lower()])
            value = None if value is None else value * factor
            scales = tuple(scale * factor for scale in scales or (Decimal(1),))
        end = tail.end()
    is_year = re.fullmatch(r"1[0-9]{3}|20[0-9]{2}", numeral) and text == numeral
    date = numeral if is_year and end == found.end() else ""
    return _with_unit(
        line, NumberMention(start=start, end=end, value=value, scales=scales, date=date)
    )


def _arabic_date(found: re.Match[str]) -> str:
    """The EDTF-like form of a date in Arabic digits."""
    digits = re.findall(r"\d+", found.group())
    if found["next"] is not None:
        # 2012/13 is dated 2012; 2012/90 is neither a year nor a number.
        return digits[0] if (int(digits[1]) - int(digits[0])) % 100 == 1 else ""
    if found["short_decade"] is not None:
        return f"19{digits[0][0]}X"
    if found["decade"] is not None:
        return f"{_write_date(*digits)[:3]}X"
    return _write_date("" if found["month_only"] is not None else digits.pop(0), *digits)


def _write_date(year: str, *month_and_day: object) -> str:
    """A date of its known parts: 2012, 2012-12, 2012-12-07, --12 or --12-07."""
    parts = (f"{int(str(part)):02d}" for part in month_and_day)
    return "-".join((f"{int(year):04d}" if year else "-", *parts))


def _with_unit(line: str, mention: NumberMention) -> NumberMention:
    """The number with the unit after it or, for the sign of a currency, before it."""
    start, end, value = mention.start, mention.end, mention.value
    sign = pattern("sign_before").search(line[max(0, start - 6) : start])
    found = pattern("unit").match(line, end)
    # In $640m year-on-year the unit is the sign, not the word after the number.
    if found and not (sign and name_unit(found["unit"]) not in CURRENCIES):
        word, date = found["unit"], ""
        if word == "日" and value is not None and 1 <= value <= 31:
            date = f"---{int(value):02d}"
        unit = settle_currency(word, name_unit(word))
        # “In 2013 residents paid a third” has a year and no count of people.
        if unit == "people" and mention.date and pattern("in_year").search(line[:start][-8:]):
            return mention
        if word == "倍" and PATTERNS["grown"].search(line[max(0, start - 8) : start]):
            unit = "ratio"
        if unit in ("ratio", "points") and value is not None:
            value /= {"成": 10, "‰": 1000, "倍": 1}.get(word[-1], 100)
        return mention._replace(end=found.end(), unit=unit, value=value, date=date)
    if sign:
        unit = settle_currency(sign[1], SIGNS[sign[1]])
        return mention._replace(unit=unit, date="")
    return mention


def _number(numeral: str) -> Decimal | None:
    """The value of a numeral, or None if it is rough or ambiguous."""
    # In a text, numbers may have leading zeros, long fractions and digits of other scripts.
    if re.fullmatch(r"\d{1,15}(?:\.\d{1,6})?", numeral):
        return Decimal(numeral)
    return number_of(numeral)


def _find_han(line: str) -> Iterator[NumberMention]:
    mentions: list[NumberMention] = []
    at = 0
    while start := pattern("han_start").search(line, at):
        found = pattern("han").match(line, start.start())
        at = found.end() if found else start.end()
        if mention := _read_han(line, found) if found else None:
            at = max(at, mention.end)
            mentions.append(mention)
    yield from _leave_idioms(line, mentions)


def _read_han(line: str, found: re.Match[str]) -> NumberMention | None:
    start, end = found.span()
    if found["date"]:
        return NumberMention(start=start, end=end, date=_han_date(found))
    if found["fraction"]:
        return NumberMention(start=start, end=end, value=_han_fraction(found), unit="ratio")
    if found["half"]:
        return NumberMention(start=start, end=end, value=_HALF, unit="ratio")
    run = found["run"] + (found["more_scale"] or "").removeprefix("个")
    value = None if found["vague"] or found["more"] == "几" else _number(run)
    if line[end : end + 1] == "月" and value is not None and 1 <= value <= 12 and len(run) <= 2:
        # 一月 is as often "a month" as January; 这一月 states no date.
        month = NumberMention(start=start, end=end + 1, date=f"--{int(value):02d}")
        return None if run == "一" else month
    if not _is_han_number(line, found, run):
        return None
    mention = NumberMention(start=start, end=end, value=value, scales=scales_at_end(run))
    return _with_unit(line, mention)


def _is_han_number(line: str, found: re.Match[str], run: str) -> bool:
    """True if a run of Chinese numerals is a number and not part of a word."""
    if run == "一" and not (found["vague"] or found["more"]):
        # 一个 is an article; 一元, 一成 and 一倍 are amounts.
        amount = pattern("one_of").match(line, found.end())
        unit = amount and pattern("unit").match(line, found.end())
        return unit is not None and bool(re.match(pattern("one_of_unit"), unit["unit"]))
    unit = pattern("unit").match(line, found.end())
    if found["vague"] or found["more"]:
        # 几十 and 百余 are rough numbers; 多 and 来 need a unit (一来 and 三来 are words).
        alone = "万亿" if found["vague"] else "百千万亿" if found["more"] == "余" else ""
        is_large = len(run) > 1 or bool(found["more_scale"]) or run in alone
        return bool(unit) or (is_large and found["more"] != "来")
    if len(run) == 1 and run in HAN_DIGITS + "两":
        if unit is not None:
            return run != "二" or bool(re.match("[人位名元成倍]", unit["unit"]))
        # In 三至五家 the counter of the first end stands after the second. 三大任务 counts tasks.
        after = line[found.end() : found.end() + 12]
        if re.match("级(?!别)", after):
            return run == "两"
        tasks = re.match("大(?![会于家学型小豆])[㐀-鿿]{2}", after) and run not in "零〇二"
        return bool(tasks or pattern("range_end").match(after))
    if all(char in HAN_SCALES for char in run):
        # 百人, 亿元 and 逾千万 are amounts; 十分, 千万 and 万 alone are words.
        is_bare = pattern("bare_scale").fullmatch(run) and pattern("measures").search(
            line[max(0, found.start() - 2) : found.start()]
        )
        return unit is not None or bool(is_bare)
    if all(char in HAN_DIGITS for char in run):
        # 三四家 and 二〇一二 are numbers; 一二 and 七一 alone are words.
        return unit is not None or len(run) > 3
    return True


def _han_date(found: re.Match[str]) -> str:
    if found["tens"]:
        return f"19{number_of(found['tens'])}X"
    year = "".join(str(number_of(char)) for char in (found["hy"] or "")[:-1])
    parts = (found["hm"] or found["hm2"], found["hd"] or found["hd2"])
    # An unreadable part becomes 99, a month or day that no date has.
    return _write_date(year, *(min(number_of(part) or 99, 99) for part in parts if part))


def _han_fraction(found: re.Match[str]) -> Decimal | None:
    if found["percent"]:
        percent = _number(found["percent"].rstrip("."))
        return None if percent is None else percent / 100
    top, bottom = _number(found["top"]), _number(found["bottom"])
    return round_share(top / bottom) if top is not None and bottom else None


def _find_english(line: str) -> Iterator[NumberMention]:
    """The numbers in English words, and dates with an English month."""
    at = 0
    for word in pattern("english_start").finditer(lower(line)):
        start = word.start()
        if start < at:
            continue
        day = pattern("day_before").search(line, max(at, start - 9), start)
        found = day and pattern("english").match(line, day.start())
        found = found or pattern("english").match(line, start)
        mention = _read_english(line, found) if found else None
        if mention is not None:
            at = mention.end
            yield mention


def _read_english(line: str, found: re.Match[str]) -> NumberMention | None:
    start, end = found.span()
    month = found["month"] or found["month2"] or found["month3"] or found["month4"]
    if month:
        date = _english_date(found, month)
        return NumberMention(start=start, end=end, date=date) if month[0].isupper() else None
    if found["decade"]:
        return NumberMention(start=start, end=end, date=f"{int(found['decade']) // 10:03d}X")
    if found["plural"]:
        return NumberMention(start=start, end=end)
    if found["top"]:
        top = Decimal(ENGLISH_DIGITS.get(found["top"].lower(), 1))
        part = round_share(top / WORDS["english_fractions"][found["bottom"].lower()])
        return NumberMention(start=start, end=end, value=part, unit="ratio")
    if found["half"]:
        return NumberMention(start=start, end=end, value=_HALF, unit="ratio")
    words = found["words"].lower()
    # "one" alone is a pronoun.
    if words == "one" or (
        words == "zero" and re.search(r"\b(?:an?|the) \Z", line[max(0, start - 5) : start])
    ):
        return None
    value, scale = value_of_english(words)
    return _with_unit(line, NumberMention(start=start, end=end, value=value, scales=(scale,)))


def _english_date(found: re.Match[str], month: str) -> str:
    year = found["year"] or found["year2"] or found["year3"]
    day = found["day"] or found["day2"]
    number = next(n for n, name in enumerate(MONTHS, 1) if name[:3].lower() == month[:3].lower())
    return _write_date(year, number, *([day] if day else []))
