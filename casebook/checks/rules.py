"""Checks across the fields of a record and across records. Each rule is a sentence that holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from decimal import Decimal
from itertools import combinations

from casebook.checks.numbers_in_text import NumberMention, find_mentions
from casebook.checks.text_claims import Wording, check_wording
from casebook.messages import problem
from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.fields import suggest
from casebook.record.model import Case, Event, Figure
from casebook.record.references import SITE, find_references
from casebook.record.refusals import judge_refusal, keys_of
from casebook.record.slugs import judge_slug
from casebook.text import Lang, Text
from casebook.values.amounts import plain
from casebook.values.comparability import class_of
from casebook.values.dates import Period, parse_period, speak_of_same_time
from casebook.values.errors import FormulaError
from casebook.values.words import CURRENCIES, PLANNED_STATUSES

Rule = Callable[[Dataset], Iterator[Problem]]
CaseRule = Callable[[Case, Dataset], Iterator[Problem]]

_LANGS: tuple[Lang, Lang] = ("zh", "en")
_REFUSALS = "data/refusals.yaml"
# Money may be set, permitted or handed down for years to come.
_MAY_COME = (*PLANNED_STATUSES, "permitted", "issued", "set", "allocated", "contracted")
# The purchases that this site is about are of this country.
_FIRST_YEAR = 1949
# 万元 for 元 makes ten thousand, 亿元 for 万元 as well; a thousand may be chance between two.
_FAR = 1000
_FEWEST_NEIGHBOURS = 3


def slugs_are_safe(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """A slug is a short plain word that every file system and address can hold."""
    fault = judge_slug(case.slug)
    if fault:
        yield problem(fault, case.path, START, slug=case.slug)


def story_references_exist(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """Every `{{…}}` in a story names a figure of this case or, with its case, of another."""
    for text, start in zip((case.story.zh, case.story.en), case.story_at, strict=True):
        yield from check_references(text, start, case.path, case, dataset)


def check_references(
    text: str, start: Position, path: str, home: Case | None, dataset: Dataset
) -> Iterator[Problem]:
    """The references of one text that name nothing, each with the nearest name."""
    counts = dataset.counts
    for reference in find_references(text, start):
        if reference.case in dataset.unread:
            continue
        if reference.case == SITE and reference.name in counts:
            continue
        if reference.name and dataset.find_figure(reference.case, reference.name, home):
            continue
        known = list(dataset.figures) + [f"{SITE}.{name}" for name in counts]
        if home is not None:
            known += list(home.figures)
        word = f"{reference.case}.{reference.name}" if reference.case else reference.name
        yield Problem(
            path,
            reference.at,
            "E250",
            Text(
                f"没有数字 {reference.written[:60]}", f"there is no figure {reference.written[:60]}"
            ),
            Text(suggest(word, known).zh, suggest(word, known).en),
        )


def texts_tell_what_the_records_hold(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """No number is told without its figure, and no figure without the words that belong to it."""
    # A number may be that of a case that could not be read.
    if dataset.unread:
        return
    told: tuple[tuple[Text, tuple[Position, Position], Wording], ...] = (
        (case.summary, case.summary_at, "summary"),
        (case.story, case.story_at, "story"),
    )
    for text, starts, wording in told:
        for words, at, lang in zip((text.zh, text.en), starts, _LANGS, strict=True):
            yield from check_wording(words, at, case.path, case, dataset, lang, wording)


def conflicts_have_two_sides(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """A conflict sets at least two statements side by side."""
    for conflict in case.conflicts:
        if len(conflict.figures) + len(conflict.reports) < 2:
            yield Problem(
                case.path,
                conflict.at,
                "E236",
                Text(
                    "一处矛盾至少要有两种说法（figures 加 reports）",
                    "a conflict needs at least two statements (figures and reports together)",
                ),
            )


def planned_amounts_are_planned(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """An amount worded as a plan (将, 计划) has the status of a plan."""
    for figure in case.figures.values():
        if figure.quantity.planned and figure.status not in PLANNED_STATUSES:
            yield Problem(
                case.path,
                figure.at,
                "E237",
                Text(
                    f"{figure.id} 的金额写作“{figure.quantity.text}”，status 应当是 planned",
                    f"the amount of {figure.id} is worded as a plan, its status is not",
                ),
                Text(f"现在写的是 {figure.status}", f"It says {figure.status}"),
            )


def dates_stand_before_their_source(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """What a source tells as done had begun when it was published; only plans lie ahead."""
    dated: list[tuple[Period, bool, Event | Figure]]
    dated = [(event.date, event.status in PLANNED_STATUSES, event) for event in case.events]
    dated += [(f.period, f.status in _MAY_COME, f) for f in case.printed_figures]
    for period, is_ahead, told in dated:
        source = dataset.sources.get(told.source)
        published = source.published.latest if source and source.published else None
        known_by = period.lane == "latest_only"
        # 不晚于2015 of a source from March of that year is vague and no contradiction.
        begun = parse_period(period.edtf[3:-1]).earliest if known_by else period.earliest
        if begun is None:
            continue
        # Even a plan was known no later than the source that tells of it.
        if published and begun > published and (known_by or not is_ahead):
            yield Problem(
                case.path,
                told.at,
                "E225",
                Text(
                    f"日期 {period.edtf} 晚于来源 {told.source} 的发布日 {published.isoformat()}",
                    f"the date {period.edtf} is later than the source {told.source}, published on "
                    f"{published.isoformat()}",
                ),
                Text(
                    "请核对日期和来源；来源说的是计划，就写 status: planned",
                    "Check both; write status: planned if the source speaks of a plan",
                ),
            )
        elif begun.year < _FIRST_YEAR:
            yield Problem(
                case.path,
                told.at,
                "W226",
                Text(
                    f"日期 {period.edtf} 早于 {_FIRST_YEAR} 年",
                    f"the date {period.edtf} is before {_FIRST_YEAR}",
                ),
                Text("请核对年份", "Check the year"),
                severity="warning",
            )


def quotes_hold_their_amounts(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """A quote with numbers in it has the one that it is quoted for."""
    for figure in case.printed_figures:
        if not figure.quote or figure.quantity.text in figure.quote:
            continue
        told = [m for m in find_mentions(figure.quote) if m.value is not None and not m.date]
        quantity = figure.quantity
        meant = [n for n in (quantity.value, quantity.low, quantity.high) if n is not None]
        if told and not any(_tells(mention, meant) for mention in told):
            yield Problem(
                case.path,
                figure.at,
                "E212",
                Text(
                    f"{figure.id} 的 amount 是 {quantity.text}，quote 里的数却是 {figure.quote}",
                    f"the amount of {figure.id} is {quantity.text}, but its quote says "
                    f"{figure.quote}",
                ),
                Text(
                    "请核对原文，amount 与 quote 要说同一个数",
                    "Check the source: the amount and the quote tell one number",
                ),
            )


def _tells(mention: NumberMention, meant: Collection[Decimal]) -> bool:
    """Whether a number of a quote is one of those meant; one cut before its unit by its digits."""
    value = mention.value
    if value is None or mention.unit:
        return value in meant
    digits = value.normalize().as_tuple().digits
    return any(number.normalize().as_tuple().digits == digits for number in meant)


def amounts_are_near_their_neighbours(dataset: Dataset) -> Iterator[Problem]:
    """No amount is a thousand times as large, or as small, as all others that measure the same."""
    groups: dict[tuple[object, ...], list[tuple[Decimal, str]]] = {}
    for case in dataset.summaries:
        for figure in case.printed_figures:
            group = figure.group
            if group.unit in CURRENCIES and figure.magnitude:
                key = (group.measure, group.unit, group.per)
                groups.setdefault(key, []).append((figure.magnitude, f"{case.slug}.{figure.id}"))
    for found in groups.values():
        if len(found) < _FEWEST_NEIGHBOURS:
            continue
        found.sort(key=lambda pair: pair[0])
        for one, other in ((found[0], found[1]), (found[-1], found[-2])):
            if max(one[0], other[0]) / min(one[0], other[0]) >= _FAR:
                yield _report_far(dataset.figures[one[1]], dataset.figures[other[1]], dataset)


def _report_far(figure: Figure, near: Figure, dataset: Dataset) -> Problem:
    sizes = (figure.quantity.magnitude, near.quantity.magnitude)
    ratio = max(sizes) / min(sizes)
    return Problem(
        dataset.by_slug[figure.case].path,
        figure.at,
        "W235",
        Text(
            f"{figure.id}（{figure.quantity.text}）与同类中最近的 {near.key}"
            f"（{near.quantity.text}）相差 {int(ratio)} 倍，单位是不是写错了",
            f"{figure.id} ({figure.quantity.text}) and the nearest of its kind, {near.key} "
            f"({near.quantity.text}), differ by a factor of {int(ratio)}",
        ),
        Text(
            "请核对是万元还是元；不错就不管",
            "Check whether it is 万元 or 元; if it is right, leave it",
        ),
        severity="warning",
    )


def figures_agree_or_conflict(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """Figures of one class and time that differ stand in a declared conflict."""
    declared = [set(conflict.figures) for conflict in case.conflicts]
    for one, other in combinations(case.printed_figures, 2):
        if class_of(one) != class_of(other):
            continue
        if not speak_of_same_time(one.period, other.period) or _say_the_same(one, other):
            continue
        if _replaces(one, other, case) or _replaces(other, one, case):
            continue
        # A part is less than its whole, and nothing like another part of it.
        if one.part_of in (other.id, other.part_of or None) or other.part_of == one.id:
            continue
        if any({one.id, other.id} <= names for names in declared):
            continue
        # Figures of which only a latest date is known may speak of different times.
        undated = "latest_only" in (one.period.lane, other.period.lane)
        yield Problem(
            case.path,
            other.at,
            "W234" if undated else "E234",
            Text(
                f"{other.id}（{other.quantity.text}）与第 {one.at.line} 行的 {one.id}"
                f"（{one.quantity.text}）口径相同、时间重合，说法却不同",
                f"{other.id} ({other.quantity.text}) is of the same class and time as {one.id} "
                f"({one.quantity.text}) in line {one.at.line}, but differs from it",
            ),
            Text(
                f"请在 conflicts 里写 figures: [{one.id}, {other.id}]；后者取代前者就写 "
                f"follows: {one.id}；数的不是同一样东西就各写 scope",
                f"Declare a conflict with figures: [{one.id}, {other.id}], or write follows: "
                f"{one.id} where it came later, or a scope where another thing is counted",
            ),
            severity="warning" if undated else "error",
        )


def parts_are_no_more_than_their_whole(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """Exact parts of an exact amount add up to no more than it."""
    parts: dict[str, list[Figure]] = {}
    for figure in case.printed_figures:
        whole = case.figures.get(figure.part_of)
        if whole is None or figure.quantity.unit != whole.quantity.unit or figure.per != whole.per:
            continue
        if "exact" == figure.quantity.qualifier == whole.quantity.qualifier:
            parts.setdefault(whole.id, []).append(figure)
    for name, group in parts.items():
        whole = case.figures[name]
        total = sum((figure.quantity.magnitude or Decimal(0) for figure in group), Decimal(0))
        if whole.quantity.value is not None and total > whole.quantity.value:
            shown, added = plain(whole.quantity.value), plain(total)
            listed = "、".join(f"{figure.id}（{figure.quantity.text}）" for figure in group)
            yield Problem(
                case.path,
                group[-1].at,
                "E239",
                Text(
                    f"{listed} 加起来是 {added}，多于总额 {name}（{whole.quantity.text}，{shown}）",
                    f"the parts of {name} add up to {added}, more than the whole of {shown}",
                ),
                Text(
                    "请核对各数；不是它的部分，就删去 part_of",
                    "Check the numbers, or take out part_of where one is no part of it",
                ),
            )


def _say_the_same(one: Figure, other: Figure) -> bool:
    told = [
        (f.quantity.value, f.quantity.low, f.quantity.high, f.quantity.qualifier, f.status)
        for f in (one, other)
    ]
    return told[0] == told[1]


def _replaces(later: Figure, earlier: Figure, case: Case) -> bool:
    """Whether a figure came after another, directly or by way of others."""
    seen = set()
    name = later.follows
    while name in case.figures and name not in seen:
        if name == earlier.id:
            return True
        seen.add(name)
        name = case.figures[name].follows
    return False


def refusals_are_refused(dataset: Dataset) -> Iterator[Problem]:
    """What the site says it does not compute or compare is what the guard refuses."""
    for refusal in dataset.refusals:
        try:
            keys = keys_of(refusal, dataset)
        except FormulaError as error:
            zh, en = (
                f"formula 看不懂：{error.message.zh}",
                f"formula is not understood: {error.message.en}",
            )
            yield Problem(_REFUSALS, refusal.at, "E280", Text(f"{refusal.id} 的 {zh}", en))
            continue
        if any(key.partition(".")[0] in dataset.unread for key in keys):
            continue
        unknown = [key for key in keys if key not in dataset.figures]
        for key in unknown:
            yield Problem(
                _REFUSALS,
                refusal.at,
                "E250",
                Text(
                    f"{refusal.id} 里没有数字 {key}",
                    f"{refusal.id} names the figure {key}, which does not exist",
                ),
                Text(suggest(key, dataset.figures).zh, suggest(key, dataset.figures).en),
            )
        if not unknown and not judge_refusal(refusal, dataset):
            yield Problem(
                _REFUSALS,
                refusal.at,
                "E285",
                Text(
                    f"“{refusal.title.zh}”列为不做的比较，规则却允许它",
                    f"“{refusal.title.inside('en')}” is listed as refused, but the guard allows it",
                ),
                Text("改写这一条，或把它删去", "Word it anew or take it out"),
            )


# What holds of one case, whatever other cases there are beside those that it names.
CASE_RULES: tuple[CaseRule, ...] = (
    slugs_are_safe,
    story_references_exist,
    texts_tell_what_the_records_hold,
    conflicts_have_two_sides,
    planned_amounts_are_planned,
    dates_stand_before_their_source,
    quotes_hold_their_amounts,
    figures_agree_or_conflict,
    parts_are_no_more_than_their_whole,
)

RULES: tuple[Rule, ...] = (
    refusals_are_refused,
    amounts_are_near_their_neighbours,
)


def check_rules(dataset: Dataset) -> list[Problem]:
    """The problems that the rules find, in no particular order."""
    problems = [problem for rule in RULES for problem in rule(dataset)]
    for case in dataset.cases:
        problems += check_case(case, dataset)
    return problems


def check_case(case: Case, dataset: Dataset) -> list[Problem]:
    """The problems of one case among those of the data set."""
    return [problem for rule in CASE_RULES for problem in rule(case, dataset)]
