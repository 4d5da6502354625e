"""The home page: the lead article with everything that is computed from all cases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from markupsafe import Markup

from casebook.pages.citing import cite_data
from casebook.pages.corrections import show_changes
from casebook.pages.linked_data import describe_home, write_linked_data
from casebook.pages.page import Page, PageType, Prose, Section, Site, Slot
from casebook.pages.pagination import MOST_LISTED
from casebook.pages.province_grid import list_tiles
from casebook.pages.rows import (
    CaseLink,
    FigureRow,
    Frame,
    date_dataset,
    frame_chart,
    link_case,
    name_outdated,
    show_document,
    show_figure,
    show_formula,
)
from casebook.pages.texts import LEAD
from casebook.problems import CasebookError, Exit
from casebook.record.dataset import Dataset
from casebook.record.evidence import Review
from casebook.record.model import Answer, AnswerState, Case, Figure, Question, Refusal, Term
from casebook.record.refusals import figures_of, judge_refusal
from casebook.record.summary import CaseSummary
from casebook.text import LANGS, NO_TEXT, Lang, Text
from casebook.values.comparability import name_class

# More amounts than this in one row of the overview hide the others from the reader.
OVERVIEW_AMOUNTS = 3
# More places or amounts than this in one row are a list that has a page of its own.
MOST_NAMED = 40
REVIEWS: tuple[Review, ...] = ("single", "contradicted", "corroborated", "primary", "computed")

_NOTHING = Markup("")
_FIGURE_LINK = re.compile('<a class="figure" href="figure:([^"]+)"')

# The slots that have a partial of their own; `chart:NAME` is drawn by the chart macro.
SLOTS = (
    "overview",
    "money",
    "refusals",
    "missing",
    "documents",
    "cases",
    "method",
    "reviews",
    "downloads",
)


@dataclass(frozen=True, slots=True)
class HomeBlock:
    """One part of a section: `kind` is `text`, `chart`, or the name of a partial."""

    kind: str
    html: Markup = _NOTHING
    frame: Frame | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadSection:
    """A section of the lead; `kind` is its first computed part and sets its place on a phone."""

    id: str
    title: str
    kind: str
    blocks: tuple[HomeBlock, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """A link that leaves only some rows of the overview; `number` is the same in page and style."""

    number: int
    name: Text
    count: int


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """Filters that ask one thing."""

    name: Text
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewRow:
    """One place in the overview; `filters` are the numbers of those that keep it."""

    link: CaseLink
    topic: Term
    provider_types: Text
    provider: Text
    modes: Text
    figures: tuple[FigureRow, ...]
    more: int
    year: Answer
    statuses: Text
    filters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The rows in administrative order, and the links that filter them."""

    groups: tuple[FilterGroup, ...]
    rows: tuple[OverviewRow, ...]


@dataclass(frozen=True, slots=True)
class RefusedPart:
    """One word of what is not computed: a figure with its place, a sign, or an unknown thing."""

    figure: Figure | None
    place: Text = NO_TEXT
    word: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class Refused:
    """What a hasty reader would compute or compare, and the guard's reasons against it."""

    title: Text
    parts: tuple[RefusedPart, ...]
    reasons: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class ReviewCount:
    """How many figures are supported in one way."""

    review: Review
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """Figures of one class: the only ones that may stand on one axis; `more` are not listed."""

    name: Text
    figures: tuple[FigureRow, ...]
    places: Text
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """One question with the state of its answer in each place, the stated ones first."""

    question: Question
    states: tuple[AnswerState, ...]
    not_stated: int
    places: Text


def make_home(site: Site) -> Iterator[Page]:
    """The lead article in both languages."""
    shared = cache(partial(_show_shared, site.dataset))
    for lang in LANGS:
        lead = site.prose.get((LEAD, lang)) or site.prose.get((LEAD, LANGS[0]))
        if lead is None:
            lead = _plain_lead(lang, site)
        english = lead.lang == "en"
        yield Page(
            url="",
            lang=lang,
            template="home.html",
            title=Text(lead.title, lead.title if english else ""),
            description=Text(lead.summary, lead.summary if english else ""),
            context=partial(_show_in, lang, lead, shared, site),
            lastmod=date_dataset(site.dataset),
        )


def _show_shared(dataset: Dataset) -> dict[str, object]:
    """What the home page shows in either language."""
    listed = replace(dataset, cases=dataset.cases[:MOST_LISTED])
    return {
        "overview": list_overview(listed),
        "case_count": len(dataset.cases),
        "refusals": list_refused(dataset),
        "reviews": count_reviews(dataset),
        "changes": show_changes(dataset.changes, dataset),
        "comparables": list_comparables(dataset),
        "computed": tuple(
            show_figure(figure, listed) for figure in listed.figures.values() if figure.formula
        ),
        "silences": count_silences(dataset),
        "documents": tuple(
            show_document(case, document, listed)
            for case, document in listed.documents[:MOST_LISTED]
        ),
        "cases": tuple(link_case(case, listed) for case in listed.cases),
        "tiles": list_tiles(dataset),
        "source_count": len(dataset.used_sources),
        "updated": date_dataset(dataset),
    }


def _show_in(
    lang: Lang, lead: Prose, shared: Callable[[], dict[str, object]], site: Site
) -> dict[str, object]:
    """What the home page shows in one language; `shared` is what it shows in either."""
    return {
        **shared(),
        "lead": lead,
        "outdated": name_outdated("", lang, site.dataset),
        "sections": tuple(_sections(lead, lang, site)),
        "notes": list_notes(lead, site.dataset),
        "method": site.prose.get(("method", lang)) or site.prose.get(("method", LANGS[0])),
        "citation": cite_data(lang, site),
        "linked_data": write_linked_data(describe_home(lang, lead.title, lead.summary, site)),
    }


def list_notes(lead: Prose, dataset: Dataset) -> tuple[FigureRow, ...]:
    """The figures that a text names, each as often and in the order as it does: its endnotes."""
    written = [*lead.standfirst]
    for section in lead.sections:
        written += [part for part in section.parts if not isinstance(part, Slot)]
    return tuple(
        show_figure(dataset.figures[key], dataset)
        for html in written
        for key in _FIGURE_LINK.findall(str(html))
    )


def _sections(lead: Prose, lang: Lang, site: Site) -> Iterator[LeadSection]:
    for section in lead.sections:
        blocks = []
        for part in section.parts:
            if not isinstance(part, Slot):
                blocks.append(HomeBlock("text", html=part))
            elif (block := _fill(part, lang, site)) is not None:
                blocks.append(block)
        names = [
            part.name.removeprefix("chart:") for part in section.parts if isinstance(part, Slot)
        ]
        yield LeadSection(
            id=section.id,
            title=section.title,
            kind=names[0] if names else "text",
            blocks=tuple(blocks),
        )


def _fill(slot: Slot, lang: Lang, site: Site) -> HomeBlock | None:
    name = slot.name.removeprefix("chart:")
    if slot.name in SLOTS and slot.name != "money":
        return HomeBlock(slot.name)
    if slot.name == "money" or slot.name.startswith("chart:"):
        drawn = site.charts.get((name, lang))
        return HomeBlock("chart", frame=frame_chart(drawn, site.dataset)) if drawn else None
    known = ", ".join((*SLOTS, "chart:NAME"))
    raise CasebookError(
        f"首页文章里的 [[{slot.name}]] 不认识；可用的有：{known}",
        f"the lead has an unknown [[{slot.name}]]; known are: {known}",
        Exit.CONTENT,
    )


def _plain_lead(lang: Lang, site: Site) -> Prose:
    """What stands in for the lead where the editors have not written one."""
    titles = (
        ("overview", "总览", "Overview"),
        ("money", "金额", "Money"),
        ("missing", "还缺什么", "What is missing"),
        ("cases", "案例", "Cases"),
        ("downloads", "下载与引用", "Download and cite"),
    )
    settings = site.settings
    return Prose(
        slug=LEAD,
        lang=lang,
        title=settings.name.inside(lang),
        summary=settings.tagline.inside(lang),
        body=Markup(""),
        sections=tuple(
            Section(name, zh if lang == "zh" else en, (Slot(name),)) for name, zh, en in titles
        ),
        standfirst=(Markup("<p>{}</p>").format(settings.tagline.inside(lang)),),
    )


def list_overview(dataset: Dataset) -> Overview:
    """The overview with the filters by provider type, amount and year."""
    tests: list[tuple[Text, list[tuple[Text, set[str]]]]] = [
        (Text("承接方", "Provider"), _slugs_by_provider(dataset)),
        (
            Text("采购金额", "Amount"),
            _slugs_by_answer("amount", dataset),
        ),
        (Text("年份", "Year"), _slugs_by_answer("year", dataset)),
    ]
    groups = []
    kept: dict[str, list[int]] = {case.slug: [] for case in dataset.cases}
    number = 0
    for name, options in tests:
        filters = []
        for option, slugs in options:
            number += 1
            filters.append(Filter(number, option, len(slugs)))
            for slug in slugs:
                kept[slug].append(number)
        if filters:
            groups.append(FilterGroup(name, tuple(filters)))
    rows = tuple(_overview_row(case, tuple(kept[case.slug]), dataset) for case in dataset.cases)
    return Overview(tuple(groups), rows)


def _slugs_by_provider(dataset: Dataset) -> list[tuple[Text, set[str]]]:
    return [
        (term.name, slugs)
        for key, term in dataset.vocabulary.provider_types.items()
        if (
            slugs := {
                case.slug
                for case in dataset.cases
                if key in dataset.answer(case, "provider_type").terms
            }
        )
    ]


def _slugs_by_answer(question: str, dataset: Dataset) -> list[tuple[Text, set[str]]]:
    states: dict[str, set[str]] = {}
    for case in dataset.cases:
        state = dataset.answer(case, question).state
        states.setdefault(state, set()).add(case.slug)
    names = (
        ("stated", Text("有说明", "stated")),
        ("partial", Text("部分说明", "partly stated")),
        ("not_stated", Text("未说明", "not stated")),
    )
    return [(name, states[state]) for state, name in names if state in states]


def _overview_row(case: Case, filters: tuple[int, ...], dataset: Dataset) -> OverviewRow:
    vocabulary = dataset.vocabulary
    wholes = [figure for figure in dataset.money_figures(case) if not figure.part_of]
    wholes.sort(key=lambda figure: not vocabulary.measures[figure.measure].spending)
    shown = wholes[:OVERVIEW_AMOUNTS]
    used = {figure.status for figure in case.figures.values()}
    used |= {event.status for event in case.events if event.status}
    statuses = [term.name for key, term in vocabulary.statuses.items() if key in used]
    return OverviewRow(
        link=link_case(case, dataset),
        topic=vocabulary.topics[case.topic],
        provider_types=dataset.answer_text(dataset.answer(case, "provider_type")),
        provider=dataset.answer(case, "provider").text,
        modes=dataset.answer_text(dataset.answer(case, "mode")),
        figures=tuple(show_figure(figure, dataset) for figure in shown),
        more=len(dataset.money_figures(case)) - len(shown),
        year=dataset.answer(case, "year"),
        statuses=join_texts(statuses),
        filters=filters,
    )


def list_refused(dataset: Dataset) -> tuple[Refused, ...]:
    """What is declared as refused, each with its figures as worded and the guard's reasons."""
    return tuple(
        Refused(
            refusal.title,
            tuple(_refused_parts(refusal, dataset)),
            judge_refusal(refusal, dataset),
        )
        for refusal in dataset.refusals
    )


def _refused_parts(refusal: Refusal, dataset: Dataset) -> Iterator[RefusedPart]:
    if refusal.formula:
        case = dataset.by_slug[refusal.case]
        for part in show_formula(refusal.formula, case):
            if part.figure is not None:
                yield RefusedPart(part.figure, dataset.place(case))
            else:
                yield RefusedPart(None, word=refusal.unknown.get(part.sign, Text(part.sign)))
        return
    for number, figure in enumerate(figures_of(refusal, dataset)):
        if number and refusal.compare:
            yield RefusedPart(None, word=Text("≠"))
        yield RefusedPart(figure, dataset.place(dataset.by_slug[figure.case]))


def count_reviews(dataset: Dataset) -> tuple[ReviewCount, ...]:
    """How many figures are supported in which way, the weakest first."""
    counts = dataset.reviews
    return tuple(ReviewCount(review, counts[review]) for review in REVIEWS if review in counts)


def list_comparables(dataset: Dataset) -> tuple[Comparable, ...]:
    """The classes of money that have more than one figure."""
    found = []
    for group, keys in dataset.classes.items():
        money = dataset.vocabulary.measures[group.measure].kind == "money"
        if money and len(keys) > 1:
            slugs = dict.fromkeys(key.partition(".")[0] for key in keys)
            cases = [dataset.summaries[dataset.positions[slug]] for slug in slugs]
            found.append(
                Comparable(
                    name=name_class(group, dataset.vocabulary),
                    figures=tuple(
                        show_figure(dataset.figures[key], dataset) for key in keys[:MOST_NAMED]
                    ),
                    places=name_places(cases, dataset),
                    more=max(0, len(keys) - MOST_NAMED),
                )
            )
    return tuple(found)


def count_silences(dataset: Dataset) -> tuple[Silence, ...]:
    """For each question where the sources are silent, the most silent first."""
    order: tuple[AnswerState, ...] = ("stated", "partial", "not_applicable", "not_stated")
    silences = []
    for number, question in enumerate(dataset.vocabulary.questions.values()):
        states = [case.states[number] for case in dataset.summaries]
        silent = [case for case in dataset.summaries if case.states[number] == "not_stated"]
        silences.append(
            Silence(
                question=question,
                states=tuple(sorted(states, key=order.index)),
                not_stated=len(silent),
                places=name_places(silent, dataset),
            )
        )
    return tuple(sorted(silences, key=lambda silence: -silence.not_stated))


def name_places(cases: Sequence[CaseSummary], dataset: Dataset) -> Text:
    """The places of cases, of which the first are named where there are many."""
    named = join_texts(dataset.place(case) for case in cases[:MOST_NAMED])
    left = len(cases) - MOST_NAMED
    if left <= 0:
        return named
    return Text(f"{named.zh}等{len(cases)}个地方", f"{named.inside('en')}; and {left} more")


def join_texts(texts: Iterable[Text]) -> Text:
    """The wordings as a list in each language."""
    listed = list(texts)
    return Text(
        "、".join(text.zh for text in listed), "; ".join(text.inside("en") for text in listed)
    )


HOME = PageType("home", make_home)
