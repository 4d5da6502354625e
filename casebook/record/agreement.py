"""Agreement of figures with the quotes from their sources, both read by one grammar."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Final, Literal

from casebook.messages import say
from casebook.record.description import QUOTE_LIMIT, measure_quote
from casebook.record.fields import Fields
from casebook.record.model import Figure, Report
from casebook.record.vocabulary import Term, Vocabulary
from casebook.text import Lang, Text
from casebook.values.amounts import find_amounts, parse_quantity
from casebook.values.numerals import TRADITIONAL
from casebook.values.quantity import Quantity, units_agree
from casebook.values.words import (
    PATTERNS,
    PER_ADVERBS,
    PER_IN_CHINESE,
    PER_IN_ENGLISH,
    PLANNED_STATUSES,
    SAME_PER,
    TAXES,
    UNITS_OF_PRICE,
    WORDS,
)

Support = Literal["confirms", "size", "disagrees", "related"]

# The messages of differences, the largest difference first.
_DIFFERENCES: Final = (
    "record.differs.none",
    "record.differs.number",
    "record.differs.unit",
    "record.differs.qualifier",
    "",
)


_BARE_COUNTER: Final = re.compile("|".join(WORDS["counters_of_price"].split()))
_NUMBER: Final = re.compile("[0-9一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖]")
APART: Final = tuple(map(re.compile, WORDS["apart"]))
_SHARED_OUT: Final = re.compile(WORDS["shared_out"])
_TAXES: Final = re.compile("|".join(sorted(TAXES, key=len, reverse=True)))


def find_plan(quote: str, label: str = "") -> str:
    """The word in a quote or label that marks the amount as planned, or ""."""
    quote, label = quote.translate(TRADITIONAL), label.translate(TRADITIONAL)
    found = PATTERNS["quoted"].search(quote) or PATTERNS["labelled"].search(label)
    return found[0] if found else ""


def find_per(words: str, terms: Mapping[str, Term]) -> set[str]:
    """The keys of the terms that a text states as the `per` of an amount."""
    words = words.translate(TRADITIONAL)
    # Most texts state no per, and searching for eleven terms takes a tenth of reading a figure.
    if not re.search("[每均额间给/／·]|[a-z]", words):
        return set()
    return {key for key, term in terms.items() if _per_pattern(name_per(term.name)).search(words)}


def _find_quoted_per(quote: str, terms: Mapping[str, Term]) -> set[str]:
    """The keys of all that a quote says its amount is per: 社工 of 每名社工, no person."""
    found, rest = set(), quote
    for pattern in ("each", "mean") if re.search("[每单均月年日]", quote) else ():
        for each in PATTERNS[pattern].finditer(quote):
            if key := find_named_per(next(filter(None, each.groups())), terms):
                found.add(key)
                rest = rest.replace(each[0], " ", 1)
    return found | find_per(rest, terms)


def find_named_per(word: str, terms: Mapping[str, Term]) -> str:
    """The key of what an amount is per, by key or name in either language, or nothing."""
    # A key first: two terms may have one name in English, as 村 and 行政村 have.
    if word in terms:
        return word
    plain = word.translate(TRADITIONAL)
    named = {plain.lower(), SAME_PER.get(plain, plain)}
    return next((key for key, term in terms.items() if named & _list_names(term.name)), "")


@cache
def _list_names(name: Text) -> frozenset[str]:
    both = name_per(name)
    return frozenset({both.zh.translate(TRADITIONAL).lower(), both.en.lower()} - {""})


def name_per(name: Text) -> Text:
    """The name of a term of `per`, in both languages if the translation is known.

    A site in English may have sources in Chinese.
    """
    zh, en = PER_IN_CHINESE.get(name.en, ""), PER_IN_ENGLISH.get(name.zh, "")
    return Text(name.zh or zh, name.en or en)


@cache
def _per_pattern(name: Text) -> re.Pattern[str]:
    adverbs = (word for word, same in PER_ADVERBS.items() if same in (name.zh, name.en))
    patterns = [rf"(?i:(?<![a-z]){adverb}(?![a-z]))" for adverb in adverbs]
    if zh := name.zh.translate(TRADITIONAL):
        others = (word for word, same in SAME_PER.items() if same == zh)
        # 每人次 is per visit, neither per person nor per time.
        apart = {unit.partition(zh)[::2] for unit in UNITS_OF_PRICE if zh in unit}
        before = "".join(f"(?<!{start})" for start, end in apart if start and not end)
        behind = "".join(f"(?!{end})" for start, end in apart if end and not start)
        named = f"{before}(?:" + "|".join(map(re.escape, (zh, *others))) + f"){behind}"
        counted = "(?:[一个名位家户所项场]{1,2} *)?"
        patterns.append(f"每 *{counted}{named}|{named}均|[/／·] *每?{named}")
    if name.en:
        patterns.append(rf"(?i:(?:\b(?:per|an?|each|every) +|/ *){re.escape(name.en)}\b)")
    return re.compile("|".join(patterns))


def check_quote(fields: Fields, figure: Figure, vocabulary: Vocabulary, lang: Lang) -> None:
    """Report each property of a figure that disagrees with its quote or its label."""
    quote, amount, label = figure.quote, figure.quantity.text, figure.label.own(lang)
    is_long = measure_quote(amount, lang) > QUOTE_LIMIT
    if measure_quote(quote, lang) > QUOTE_LIMIT or (is_long and quote in amount):
        # A long quote was reported on reading. A long amount is in the source's own words.
        pass
    elif figure.wording == "printed" and not quote:
        fields.report("E202.quote", fields.at("quote"), figure=figure.id)
    elif figure.wording == "printed":
        labels = f"{label}\n{figure.label.inside('en')}"
        why = _why_quote_differs(figure.quantity, quote, labels)
        terms = [vocabulary.measures[figure.measure].name]
        terms += [vocabulary.scopes[figure.scope].name] if figure.scope else []
        told = (amount, labels, figure.note.own(lang), *(f"{one.zh} {one.en}" for one in terms))
        why = why or _find_apart(figure, "\n".join(told))
        if why:
            fields.report("E212", fields.at("amount"), amount=amount, quote=quote, why=why)
    elif any(each.unit for each in find_amounts(quote)):
        fields.report("E212.wording", fields.at("wording"), word=figure.wording, quote=quote)
    plan = find_plan(quote, label) or find_plan(amount)
    if plan and figure.status not in PLANNED_STATUSES:
        fields.report(
            "E237",
            fields.at("status"),
            state=figure.status,
            word=plan,
            quote=quote or amount,
            label=label,
        )
    _check_label(fields, figure, vocabulary, lang)
    measures, names = vocabulary.measures, vocabulary.per
    own = measures[figure.measure]
    for word in (word for one in measures.values() if one.kind == own.kind for word in one.words):
        if word in f"{quote}\n{label}" and word not in own.words:
            fields.report("E218.word", fields.at("measure"), measure=own.key, word=word)
    said, written = _find_quoted_per(quote, names), {*figure.per}
    # The vocabulary may have no term for what the quote says; 每家 may be each of anything.
    quoted = {word for each in find_amounts(quote) for word in each.per}
    if not said and not (written and all(map(_BARE_COUNTER.fullmatch, quoted))):
        said = quoted
    key = "E219" if said - written else "E217.per"
    unsaid = written - said
    if unsaid:
        unsaid -= find_per(f"{amount}\n{label}\n{figure.note.own(lang)}", names)
    for per in sorted(said - written or unsaid):
        named = names[per].name.inside(lang) if per in names else per
        fields.report(key, fields.at("per"), per=named, quote=quote)


def _check_label(fields: Fields, figure: Figure, vocabulary: Vocabulary, lang: Lang) -> None:
    """Report a per that only the label states, and an annual amount whose period is not a year."""
    label, measure, period = (
        figure.label.own(lang),
        vocabulary.measures[figure.measure],
        figure.period,
    )
    # A total is an amount for its whole period, not per something.
    if figure.quantity.kind == "money" and not measure.total:
        for per in sorted(find_per(label, vocabulary.per) - {*figure.per}):
            fields.report(
                "W219", fields.at("per"), per=vocabulary.per[per].name.inside(lang), label=label
            )
    first, last = period.earliest, period.latest
    # A financial year or school year lies in two calendar years.
    days = (last - first).days if first and last else 360
    if measure.key == "annual_total" and not 360 <= days <= 731:
        fields.report("W218", fields.at("period"), period=period.edtf)


def check_support(fields: Fields, figure: Figure, vocabulary: Vocabulary) -> None:
    """Report corroborating sources that are repeated or do not support the figure."""
    seen = {figure.source}
    for report in figure.corroborated_by:
        if report.source in seen:
            fields.report("E268", report.at, source=report.source)
        seen.add(report.source)
        support = support_of(figure, report, vocabulary.per)
        key = "E268.against" if support == "disagrees" else "E268.none"
        if support == "disagrees" or (support == "related" and report.confirms):
            fields.report(key, report.at, amount=figure.quantity.text, quote=report.quote)


def _why_quote_differs(quantity: Quantity, quote: str, label: str) -> Text | None:
    """The difference between a quote and the amount as printed, or None if they agree.

    If the quote states a change (increased by), the amount or the label must state it too.
    """
    printed, quote, own = (
        parse_quantity(quantity.text),
        quote.translate(TRADITIONAL),
        quantity.text.translate(TRADITIONAL),
    )
    number = _NUMBER.search(quote)
    lead = quote[: number.start()] if number else ""
    # A negation in the amount itself, as in not to exceed, denies nothing.
    if (denied := PATTERNS["denied"].search(lead)) and denied[0].strip() not in own:
        return say("record.differs.denied")
    told = f"{own}\n{label.translate(TRADITIONAL)}"
    if PATTERNS["changed"].search(lead) and not PATTERNS["change_word"].search(told):
        return say("record.differs.change")
    if printed.planned and not find_plan(quote):
        return say("record.differs.plan")
    adverbs = {PER_ADVERBS[word] for word in PER_ADVERBS if word in quote}
    if not all(word in quote.lower() or word in adverbs for word in printed.per):
        return say("record.differs.per")
    # Longer words first, so that 不含税 is not taken for 含税.
    taxes = _TAXES.findall(quote)
    if taxes and not {*_TAXES.findall(own)} & {*taxes}:
        return say("record.differs.tax")
    if any(word not in own for word in PATTERNS["hedges"].findall(quote)):
        return say("record.differs.qualifier")
    reasons = [_difference(printed, said, quantity.unit) for said in find_amounts(quote)]
    # Of several amounts in the quote, the most similar one is meant.
    reason = max(reasons, key=_DIFFERENCES.index, default=_DIFFERENCES[0])
    return say(reason) if reason else None


def _find_apart(figure: Figure, told: str) -> Text | None:
    """The reason why a quote is about other money, such as debt, that `told` does not mention."""
    if figure.quantity.kind != "money":
        return None
    quote, told = figure.quote.translate(TRADITIONAL), told.translate(TRADITIONAL)
    found = [words.search(quote) for words in (*APART, _SHARED_OUT) if not words.search(told)]
    # 三年共120万元 is not an amount of one year.
    if figure.period.precision != "interval" and (lasts := PATTERNS["so_long"].search(quote)):
        found += [lasts] if lasts[0] not in told else []
    word = next((each[0] for each in found if each), "")
    return say("record.differs.apart", word=word) if word else None


def _difference(printed: Quantity, said: Quantity, unit: str) -> str:
    """The key of the message for the first difference between two amounts, or "".

    `unit` is the unit that is meant if none is printed.
    """
    if printed.numbers != said.numbers:
        return "record.differs.number"
    if not units_agree(printed.unit, said.unit) and (
        printed.unit or not units_agree(unit, said.unit)
    ):
        return "record.differs.unit"
    same = (printed.qualifier, printed.is_hedged) == (said.qualifier, said.is_hedged)
    return "" if same else "record.differs.qualifier"


def support_of(figure: Figure, report: Report, per: Mapping[str, Term]) -> Support:
    """The degree to which the quote of another source supports a figure.

    The quote states the same amount (confirms), one that allows it, as 4000多万元 allows 4277万元
    (size), one that excludes it (disagrees), or none (related).
    """
    quantity, quote = figure.quantity, report.quote.translate(TRADITIONAL)
    is_plan = find_plan(quote) and figure.status not in PLANNED_STATUSES
    if not (report.confirms and quote) or is_plan:
        return "related"
    if quantity.value == 0 and PATTERNS["free"].search(quote):
        return "confirms"
    if not find_per(quote, per) <= {*figure.per}:
        return "disagrees"
    printed = parse_quantity(quantity.text)
    # Another source may leave out the unit, which its sentence makes clear.
    alike = [
        replace(said, unit=printed.unit)
        for said in find_amounts(quote)
        if not said.unit or units_agree(quantity.unit, said.unit)
    ]
    own = quantity.text.translate(TRADITIONAL)
    is_hedged = any(word not in own for word in PATTERNS["hedges"].findall(quote))
    if not is_hedged and any(not _difference(printed, said, "") for said in alike):
        return "confirms"
    low, high = _bounds(quantity)
    if any(low <= most and least <= high for least, most in map(_bounds, alike)):
        return "size"
    return "disagrees" if alike else "related"


def _bounds(quantity: Quantity) -> tuple[tuple[Decimal, int], tuple[Decimal, int]]:
    """The lower and upper bound of an amount, each with 0, or 1 or -1 if the bound is excluded.

    The wording limits an amount to one unit of its last digit: 4000多万 is less than 5000万.
    """
    value = quantity.value
    if value is None:
        # 上百万 has no upper end.
        return (quantity.low or Decimal(0), 0), (quantity.high or Decimal("Infinity"), 0)
    step = Decimal(1).scaleb(int(value.normalize().as_tuple().exponent))
    word = next((each.text for each in quantity.segments if each.role == "qualifier"), "")
    match quantity.qualifier:
        case "approx":
            return (value * 9 / 10, 0), (value * 11 / 10, 0)
        case "more_than":
            return (value, 1), (value + step, -1)
        case "at_least":
            return (value, 0), (value + step, 0)
        case "at_most":
            return (value - step, 0), (value, -1 if word in WORDS["strictly_below"] else 0)
    return (value, 0), (value, 0)
