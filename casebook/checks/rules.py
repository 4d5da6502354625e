"""Rules across the fields of a record and across records; a docstring is the rule itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations

from casebook.checks.content import texts_say_what_the_records_hold
from casebook.checks.links import check_references, plain_texts_hold_no_marks
from casebook.checks.media import stories_show_their_pictures
from casebook.checks.text_claims import list_with_amounts
from casebook.checks.text_patterns import WORDS, any_of, lower
from casebook.messages import problem
from casebook.problems import START, Problem, WordingError
from casebook.record.comparability import class_of
from casebook.record.dataset import Dataset
from casebook.record.evidence import main_source
from casebook.record.model import Case, Event, Figure
from casebook.record.refusals import judge_refusal, keys_of
from casebook.record.regions import has_other_spelling, make_region
from casebook.record.slugs import judge_slug
from casebook.record.suggestions import suggest
from casebook.values.dates import parse_period
from casebook.values.periods import Period, speak_of_same_time
from casebook.values.quantity import plain
from casebook.values.words import CURRENCIES, PLANNED_STATUSES

Rule = Callable[[Dataset], Iterator[Problem]]
CaseRule = Callable[[Case, Dataset], Iterator[Problem]]

REFUSALS = "data/refusals.yaml"
# Places in the list of stages, which begins with a budget, final accounts and a contract.
_BUDGET, _LAST_STAGE = 0, 3
# The statuses that money for later years may have.
_MAY_COME = (*PLANNED_STATUSES, "permitted", "issued", "set", "allocated", "contracted")
# Earlier dates are most likely slips: before the founding of the PRC, or elsewhere before 1800.
_FIRST_YEAR_OF_CHINA = 1949
_FIRST_YEAR = 1800
# The names that systems and programs give to the copy of a file.
_COPY = re.compile(
    r"(.{1,60}?)[ _-]*"
    r"(?:[(（][0-9]{1,2}[)）]|(?:的?副本|拷贝|复件|copy|[(（]?[^()（）]{0,20}冲突).{0,60})",
    re.IGNORECASE,
)
# 万元 for 元, or 亿元 for 万元, is a factor of 10,000; between two amounts 1,000 may be chance.
_FAR = 1000


def slugs_are_safe(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """A slug is a short plain word that every file system and address can hold."""
    fault = judge_slug(case.slug)
    if fault == "E240" and (copied := _COPY.fullmatch(case.slug)):
        yield problem("E240.copy", case.path, START, name=copied[1])
    elif fault:
        yield problem(fault, case.path, START, slug=case.slug)


def story_references_exist(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """Every `{{…}}` in a story names a figure of its case or, with a slug, of another case."""
    for story in case.stories:
        yield from check_references(story, case, dataset)


def conflicts_have_two_sides(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """A conflict sets at least two statements side by side."""
    for conflict in case.conflicts:
        if len(set(conflict.figures)) + len(conflict.reports) < 2:
            yield problem("E236", case.path, conflict.at)


def others_answer_where_there_is_a_main_source(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """An answer under `elsewhere` needs a main source of its case, and has a different one."""
    main = main_source(case, dataset.sources)
    for answer in case.answers.values():
        for other in answer.elsewhere:
            if main is None:
                yield problem("E253", case.path, other.at)
            elif other.source == main.id:
                yield problem("E253.main", case.path, other.at, source=other.source)


def dates_are_no_later_than_their_source(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """A date is no later than its source, except that of a plan or of money for later years."""
    dated: list[tuple[Period, tuple[str, ...], Event | Figure]]
    dated = [(event.date, PLANNED_STATUSES, event) for event in case.events]
    dated += [(figure.period, _MAY_COME, figure) for figure in case.printed_figures]
    is_of_china = dataset.regions[case.region].standard
    first = _FIRST_YEAR_OF_CHINA if is_of_china else _FIRST_YEAR
    for period, may_come, record in dated:
        source = dataset.sources.get(record.source)
        published = source.published.latest if source and source.published else None
        key = "E225"
        if source and not published and len(source.accessed) == 10:
            key, published = "E225.read", date.fromisoformat(source.accessed)
        known_by = period.lane == "latest_only"
        # 不晚于2015 in a source from March of that year is vague, but no contradiction.
        begun = parse_period(period.edtf[3:-1]).earliest if known_by else period.earliest
        if begun is None:
            continue
        # Only a plan may have a latest date after its source; money told as set was set by then.
        ahead = PLANNED_STATUSES if known_by else may_come
        if published and begun > published and record.status not in ahead:
            yield problem(
                key,
                case.path,
                record.at,
                date=period.edtf,
                source=record.source,
                published=published.isoformat(),
            )
        elif begun.year < first:
            yield problem("W226", case.path, record.at, date=period.edtf, year=first)


def amounts_are_near_their_neighbours(dataset: Dataset) -> Iterator[Problem]:
    """No amount is 1,000 times larger or smaller than all others of its measure, unit and `per`."""
    groups: defaultdict[tuple[object, ...], list[tuple[Decimal, str]]] = defaultdict(list)
    for case in dataset.summaries:
        for figure in case.printed_figures:
            group = figure.group
            if group.unit in CURRENCIES and figure.magnitude:
                alike = groups[group.measure, group.unit, group.per]
                alike.append((figure.magnitude, f"{case.slug}.{figure.id}"))
    for found in groups.values():
        found.sort(key=lambda pair: pair[0])
        # Of two amounts, nobody can tell which one is wrong.
        ends = ((found[0], found[1]), (found[-1], found[-2])) if len(found) > 2 else ()
        for (size, key), (other, near_key) in ends:
            ratio = max(size, other) / min(size, other)
            if ratio >= _FAR:
                far, near = dataset.figures[key], dataset.figures[near_key]
                yield problem(
                    "W235",
                    dataset.by_slug[far.case].path,
                    far.at,
                    figure=far.id,
                    amount=far.quantity.text,
                    near=near.key,
                    near_amount=near.quantity.text,
                    ratio=int(ratio),
                )


def cases_say_when_they_changed(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """A case states the day of its last change, which feed, site map and citations repeat."""
    if not case.updated:
        # A blank field has a line in the file, an omitted one does not.
        yield problem("W208", case.path, case.place_by_path.get("updated", START))
    elif case.published > case.updated:
        at, first = case.place_by_path["published"], case.published
        yield problem("E225.order", case.path, at, published=first, updated=case.updated)


def english_names_are_more_than_pinyin(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """A place whose usual Latin spelling may differ from its pinyin has its English name given."""
    region = dataset.regions[case.region]
    short = region.short
    if (
        region.standard
        and has_other_spelling(region.code)
        and short == make_region(region.code).short
    ):
        yield problem("W267", case.path, START, code=region.code, name=short.zh, pinyin=short.en)


def figures_agree_or_conflict(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """Different figures of one comparability class and time are declared as a conflict."""
    declared = [set(conflict.figures) for conflict in case.conflicts]
    plans = {one.id for one in case.printed_figures if one.status in PLANNED_STATUSES}
    for one, other in combinations(case.printed_figures, 2):
        if class_of(one) != class_of(other) or not speak_of_same_time(one.period, other.period):
            continue
        # 数万元 neither confirms nor contradicts 5万元.
        if one.quantity.is_rough or other.quantity.is_rough:
            continue
        if (one.quantity.statement, one.status) == (other.quantity.statement, other.status):
            continue
        # Figures with only a latest date may be of different times.
        undated = "latest_only" in (one.period.lane, other.period.lane)
        pair = {one.id, other.id}
        follows = [*_follow(one, "follows", case), *_follow(other, "follows", case)]
        # Of one time, a figure replaces only one of another status, as a result replaces a plan.
        is_replaced = not pair.isdisjoint(follows) and (undated or one.status != other.status)
        # A part may differ from its whole and from other parts, but not if they have one `scope`.
        is_part = one.part_of in (other.id, other.part_of or None) or other.part_of == one.id
        is_declared = any(pair <= names for names in declared)
        if is_replaced or is_declared or (is_part and not one.scope):
            continue
        plan, result = sorted(pair, key=lambda name: name not in plans)
        key = "E234.result" if (plan in plans) > (result in plans) else "E234"
        yield problem(
            "W234" if undated else key,
            case.path,
            other.at,
            other=other.id,
            other_amount=other.quantity.text,
            line=one.at.line,
            one=one.id,
            one_amount=one.quantity.text,
            plan=plan,
            result=result,
        )


def quotes_are_of_the_stage_of_their_figure(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """No figure reports a quoted budget as spent, or a quoted contract as a budget."""
    stages = [
        any_of("|".join((*stage["zh"], *stage["en"])), None)
        for stage in WORDS["stages"][:_LAST_STAGE]
    ]
    for figure in case.printed_figures:
        quoted, label = lower(figure.quote), lower(f"{figure.label.zh} {figure.label.en}")
        said, own = (
            {name: found[0] for name, one in enumerate(stages) if (found := one.search(words))}
            for words in (quoted, label)
        )
        field, other = "label", next(iter(own.values()), "")
        if figure.status == "paid" and [*said] == [_BUDGET]:
            field, other = "status", figure.status
        elif not said or not own or not said.keys().isdisjoint(own):
            continue
        yield problem(
            "E237.stage",
            case.path,
            figure.at,
            quote=figure.quote,
            word=next(iter(said.values())),
            field=field,
            other=other,
        )


def parts_are_no_more_than_their_whole(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """The exact parts of an exact amount add up to no more than that amount."""
    parts: defaultdict[str, list[Figure]] = defaultdict(list)
    for figure in case.printed_figures:
        whole = case.figures.get(figure.part_of)
        if whole is None or figure.quantity.unit != whole.quantity.unit or figure.per != whole.per:
            continue
        if "exact" == figure.quantity.qualifier == whole.quantity.qualifier:
            parts[whole.id].append(figure)
    for name, group in parts.items():
        whole = case.figures[name]
        total = sum((figure.quantity.magnitude for figure in group), Decimal(0))
        if whole.quantity.value is not None and total > whole.quantity.value:
            yield problem(
                "E239",
                case.path,
                group[-1].at,
                parts=list_with_amounts((figure.id, figure) for figure in group),
                sum=plain(total),
                whole=name,
                amount=whole.quantity.text,
                number=plain(whole.quantity.value),
            )


def no_number_passes_for_another(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """One printed number is one figure: a second one would join another class of comparison."""
    quoted: defaultdict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in case.printed_figures:
        if figure.quantity.text in figure.quote:
            quoted[figure.source, figure.quantity.text].append(figure)
    for one, other in (pair for alike in quoted.values() for pair in combinations(alike, 2)):
        if class_of(one) != class_of(other) and _can_be_one_place(one, other):
            at, line = other.at, one.at.line
            yield problem(
                "E233", case.path, at, one=one.id, other=other.id, quote=other.quote, line=line
            )


def _can_be_one_place(one: Figure, other: Figure) -> bool:
    """True if two quotes of a source may be from the same passage, as far as they reach."""
    (before, _, after), (left, _, right) = (
        figure.quote.partition(figure.quantity.text) for figure in (one, other)
    )
    fits_before = before.endswith(left) or left.endswith(before)
    fits_behind = after.startswith(right) or right.startswith(after)
    return len({one.line, other.line} - {None}) < 2 and fits_before and fits_behind


def figures_are_no_part_of_themselves(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """No figure is a part of itself or follows itself, directly or through other figures."""
    for figure in case.printed_figures:
        for field in ("part_of", "follows"):
            way = list(_follow(figure, field, case))
            if figure.id in way:
                names = " → ".join((figure.id, *way[: way.index(figure.id) + 1]))
                yield problem("E250.circle", case.path, figure.at, field=field, names=names)


def _follow(figure: Figure, field: str, case: Case) -> Iterator[str]:
    """The figures that a figure leads to by a field, step by step, each once."""
    seen: set[str] = set()
    while (name := getattr(figure, field)) in case.figures and name not in seen:
        yield name
        seen.add(name)
        figure = case.figures[name]


def refusals_are_refused(dataset: Dataset) -> Iterator[Problem]:
    """The guard refuses every computation and comparison that the site says it refuses."""
    for refusal in dataset.refusals:
        try:
            keys = keys_of(refusal, dataset)
        except WordingError as error:
            why = error.message
            yield problem("E280.refusal", REFUSALS, refusal.at, refusal=refusal.id, why=why)
            continue
        if any(key.partition(".")[0] in dataset.unread for key in keys):
            continue
        unknown = [key for key in keys if key not in dataset.figures]
        for key in unknown:
            hint = suggest(key, dataset.figures)
            yield problem(
                "E250.refusal", REFUSALS, refusal.at, hint=hint, refusal=refusal.id, figure=key
            )
        if not unknown and not judge_refusal(refusal, dataset):
            yield problem("E285", REFUSALS, refusal.at, title=refusal.title)


# The rules that depend only on one case and on the cases that it names.
CASE_RULES: tuple[CaseRule, ...] = (
    slugs_are_safe,
    story_references_exist,
    texts_say_what_the_records_hold,
    conflicts_have_two_sides,
    others_answer_where_there_is_a_main_source,
    dates_are_no_later_than_their_source,
    figures_agree_or_conflict,
    no_number_passes_for_another,
    figures_are_no_part_of_themselves,
    parts_are_no_more_than_their_whole,
    quotes_are_of_the_stage_of_their_figure,
    english_names_are_more_than_pinyin,
    cases_say_when_they_changed,
    plain_texts_hold_no_marks,
    stories_show_their_pictures,
)

RULES: tuple[Rule, ...] = (
    refusals_are_refused,
    amounts_are_near_their_neighbours,
)


def check_case(case: Case, dataset: Dataset) -> list[Problem]:
    """The problems of one case of a data set."""
    return [problem for rule in CASE_RULES for problem in rule(case, dataset)]
