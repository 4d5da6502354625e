"""Checks across the fields of a record and across records. Each rule is a sentence that holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations

from casebook.comparability import class_of
from casebook.dataset import Dataset
from casebook.derive import FormulaError, speak_of_same_time
from casebook.errors import START, Lang, Position, Problem
from casebook.fields import suggest
from casebook.model import Case, Figure, Text
from casebook.prose import SITE, count_site, find_references, resolve_figure
from casebook.refusals import judge_refusal, keys_of
from casebook.wording import Wording, check_wording

Rule = Callable[[Dataset], Iterator[Problem]]
CaseRule = Callable[[Case, Dataset], Iterator[Problem]]

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
MAX_SLUG = 80
_LANGS: tuple[Lang, Lang] = ("zh", "en")
_REFUSALS = "data/refusals.yaml"
# Names that Windows keeps for devices, whatever follows the first dot.
_WINDOWS = frozenset(
    {"con", "prn", "aux", "nul", "conin", "conout"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)
_RESERVED = frozenset({"index", "feed", "sitemap", "assets", "data", "drafts", "tag", "en", SITE})


def slugs_are_safe(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """A slug is a short plain word that every file system and address can hold."""
    fault = judge_slug(case.slug)
    if fault is not None:
        yield _at_file(case, *fault)


def judge_slug(slug: str) -> tuple[str, str, str] | None:
    """The code and the two wordings of what is wrong with a slug, or None."""
    if not _SLUG.fullmatch(slug) or len(slug) > MAX_SLUG:
        return (
            "E240",
            "文件名只能用英文小写字母、数字和单个连字符（例如 dongguan.yaml），最多 80 字",
            "the file name may only hold a-z, 0-9 and single hyphens, at most 80 characters",
        )
    if slug in _WINDOWS:
        return (
            "E241",
            f"文件名 {slug} 是 Windows 的保留名",
            f"the name {slug} is reserved by Windows",
        )
    if slug in _RESERVED:
        return "E242", f"文件名 {slug} 是本站的保留名", f"the name {slug} is reserved by the site"
    return None


def story_references_exist(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """Every `{{…}}` in a story names a figure of this case or, with its case, of another."""
    for text, start in zip((case.story.zh, case.story.en), case.story_at, strict=True):
        yield from check_references(text, start, case.path, case, dataset)


def check_references(
    text: str, start: Position, path: str, home: Case | None, dataset: Dataset
) -> Iterator[Problem]:
    """The references of one text that name nothing, each with the nearest name."""
    counts = count_site(dataset)
    for reference in find_references(text, start):
        if reference.case in dataset.unread:
            continue
        if reference.case == SITE and reference.name in counts:
            continue
        if reference.name and resolve_figure(reference.case, reference.name, home, dataset):
            continue
        known = list(dataset.figures) + [f"{SITE}.{name}" for name in counts]
        if home is not None:
            known += list(home.figures)
        word = f"{reference.case}.{reference.name}" if reference.case else reference.name
        yield Problem(
            path,
            reference.at,
            "E250",
            f"没有数字 {reference.written[:60]}",
            f"there is no figure {reference.written[:60]}",
            suggest(word, known, "zh"),
            suggest(word, known, "en"),
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
                "一处矛盾至少要有两种说法（figures 加 reports）",
                "a conflict needs at least two statements (figures and reports together)",
            )


def planned_amounts_are_planned(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """An amount worded as a plan (将, 计划) has the status of a plan."""
    for figure in case.figures.values():
        if figure.quantity.planned and figure.status not in ("planned", "target"):
            yield Problem(
                case.path,
                figure.at,
                "E237",
                f"{figure.id} 的金额写作“{figure.quantity.text}”，status 应当是 planned",
                f"the amount of {figure.id} is worded as a plan, its status is not",
                f"现在写的是 {figure.status}",
                f"It says {figure.status}",
            )


def _at_file(case: Case, code: str, zh: str, en: str) -> Problem:
    return Problem(case.path, START, code, zh, en)


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
        if any({one.id, other.id} <= names for names in declared):
            continue
        # Figures of which only a latest date is known may speak of different times.
        undated = "latest_only" in (one.period.lane, other.period.lane)
        yield Problem(
            case.path,
            other.at,
            "W234" if undated else "E234",
            f"{other.id}（{other.quantity.text}）与第 {one.at.line} 行的 {one.id}"
            f"（{one.quantity.text}）口径相同、时间重合，说法却不同",
            f"{other.id} ({other.quantity.text}) is of the same class and time as {one.id} "
            f"({one.quantity.text}) in line {one.at.line}, but differs from it",
            f"请在 conflicts 里写 figures: [{one.id}, {other.id}]；后者取代前者就写 "
            f"follows: {one.id}；数的不是同一样东西就各写 scope",
            f"Declare a conflict with figures: [{one.id}, {other.id}], or write follows: "
            f"{one.id} where it came later, or a scope where another thing is counted",
            severity="warning" if undated else "error",
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
            zh, en = f"formula 看不懂：{error.zh}", f"formula is not understood: {error.en}"
            yield Problem(_REFUSALS, refusal.at, "E280", f"{refusal.id} 的 {zh}", en)
            continue
        if any(key.partition(".")[0] in dataset.unread for key in keys):
            continue
        unknown = [key for key in keys if key not in dataset.figures]
        for key in unknown:
            yield Problem(
                _REFUSALS,
                refusal.at,
                "E250",
                f"{refusal.id} 里没有数字 {key}",
                f"{refusal.id} names the figure {key}, which does not exist",
                suggest(key, dataset.figures, "zh"),
                suggest(key, dataset.figures, "en"),
            )
        if not unknown and not judge_refusal(refusal, dataset):
            yield Problem(
                _REFUSALS,
                refusal.at,
                "E285",
                f"“{refusal.title.zh}”列为不做的比较，规则却允许它",
                f"“{refusal.title.inside('en')}” is listed as refused, but the guard allows it",
                "改写这一条，或把它删去",
                "Word it anew or take it out",
            )


# What holds of one case, whatever other cases there are beside those that it names.
CASE_RULES: tuple[CaseRule, ...] = (
    slugs_are_safe,
    story_references_exist,
    texts_tell_what_the_records_hold,
    conflicts_have_two_sides,
    planned_amounts_are_planned,
    figures_agree_or_conflict,
)

RULES: tuple[Rule, ...] = (refusals_are_refused,)


def check_rules(dataset: Dataset) -> list[Problem]:
    """The problems that the rules find, in no particular order."""
    problems = [problem for rule in RULES for problem in rule(dataset)]
    for case in dataset.cases:
        problems += check_case(case, dataset)
    return problems


def check_case(case: Case, dataset: Dataset) -> list[Problem]:
    """The problems of one case among those of the data set."""
    return [problem for rule in CASE_RULES for problem in rule(case, dataset)]
