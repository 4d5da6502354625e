"""Rows for tables and lists: records with every key looked up, amounts and dates in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from casebook.data.tables import FIXED_WORDS
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.evidence import Review, main_source
from casebook.record.lanes import TimelineItem
from casebook.record.model import Answer, Case, Document, Figure, Report
from casebook.record.references import find_references
from casebook.record.vocabulary import Measure, Question, Source
from casebook.text import COMMA, LANGS, NO_TEXT, Lang, Text
from casebook.values.formula import split_formula
from casebook.values.periods import word_period
from casebook.values.quantity import Quantity, in_english, plain, word_quantity
from casebook.values.words import PLANNED_STATUSES, QUALIFIERS, SAME_PER

# One part of a formula: a figure, or else a sign, number or name as text.
FormulaPart = tuple[Figure | None, Text]
# An entry of the timeline with its source, its place (empty without a case) and its planned state.
EventRow = tuple[TimelineItem, Source, Text, Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLink:
    """A case as other pages name it; `label` is the place, with words of the title if needed."""

    slug: str
    place: Text
    label: Text
    title: Text
    summary: Text

    @property
    def title_names_place(self) -> bool:
        """True if the title begins with the place, which then need not be named again."""
        return self.title.zh.startswith(self.place.zh)

    @property
    def name(self) -> Text:
        """The title, preceded by the place if it does not begin with the place."""
        if self.title_names_place:
            return self.title
        return Text("｜", " | ").join((self.place, self.title))


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """A figure with the names and records that its keys refer to."""

    figure: Figure
    measure: Measure
    per: Text
    scope: Text
    status: Text
    source: Source
    whole: Text
    wording: Text
    corroborations: tuple[tuple[Report, Source], ...]
    review: Review = "single"
    formula: tuple[FormulaPart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A question with its answer in words; `figures` are the amounts that answer it.

    `elsewhere` are the answers of sources other than the main one.
    """

    question: Question
    answer: Answer
    text: Text
    figures: tuple[Figure, ...] = ()
    elsewhere: tuple[tuple[Text, Source], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case in a table: some of its figures, its answers by question, the filters that keep it.

    `more` is the number of its figures that are not in the row; `states` are the states of its
    figures and events. `has_main` is true if its answers are those of a main source.
    """

    link: CaseLink
    figures: tuple[FigureRow, ...]
    answers: Mapping[str, Fact]
    filters: tuple[int, ...] = ()
    topic: Text = NO_TEXT
    states: Text = NO_TEXT
    more: int = 0
    has_main: bool = False


def link_case(case: Case, dataset: Dataset) -> CaseLink:
    """The case as other pages name it."""
    return CaseLink(
        slug=case.slug,
        place=dataset.place(case),
        label=dataset.label(case),
        title=case.title,
        summary=case.summary,
    )


def link_cases(cases: Iterable[Case], dataset: Dataset) -> tuple[CaseLink, ...]:
    """The cases as lists name them."""
    return tuple(link_case(case, dataset) for case in cases)


_WORDINGS: Final = {word.key: word.name for word in FIXED_WORDS["wordings"]}


def show_figure(figure: Figure, dataset: Dataset) -> FigureRow:
    """The figure with every key looked up."""
    vocabulary = dataset.vocabulary
    case = dataset.by_slug[figure.case]
    return FigureRow(
        figure=figure,
        measure=vocabulary.measures[figure.measure],
        per=_word_per(figure.per, dataset),
        scope=vocabulary.scopes[figure.scope].name if figure.scope else NO_TEXT,
        status=vocabulary.statuses[figure.status].name,
        source=dataset.sources[figure.source],
        whole=case.figures[figure.part_of].label if figure.part_of else NO_TEXT,
        wording=_WORDINGS.get(figure.wording, NO_TEXT),
        corroborations=tuple(
            (report, dataset.sources[report.source]) for report in figure.corroborated_by
        ),
        review=dataset.review(figure),
        formula=show_formula(figure.formula, case),
    )


def show_formula(formula: str, case: Case) -> tuple[FormulaPart, ...]:
    """The parts of a formula, with figures for names; a name without a figure stays text."""
    return tuple(
        (case.figures[word], NO_TEXT) if word in case.figures else (None, Text(word))
        for word in split_formula(formula)
    )


def find_named(text: str, dataset: Dataset, home: Case | None = None) -> tuple[Figure, ...]:
    """The figures that a text names, in its order and with repeats.

    Figures of the case `home` need no prefix.
    """
    references = find_references(text)
    named = (dataset.find_figure(found.case, found.name, home) for found in references)
    return tuple(figure for figure in named if figure is not None)


def show_event(item: TimelineItem, dataset: Dataset) -> EventRow:
    """The entry of the timeline with its source, its place, and its state if it is a plan."""
    place = dataset.label(item.case) if item.case else NO_TEXT
    state = dataset.vocabulary.statuses[item.event.status].name if item.is_planned else NO_TEXT
    return item, dataset.sources[item.event.source], place, state


def show_document(case: Case, document: Document, dataset: Dataset) -> dict[str, object]:
    """The document with the name of its state, its source, and its case."""
    return {
        "document": document,
        "state": dataset.vocabulary.document_states[document.state],
        "source": dataset.sources[document.source],
        "place": dataset.place(case),
        "slug": case.slug,
    }


def show_facts(case: Case, keys: Iterable[str], dataset: Dataset) -> Mapping[str, Fact]:
    """The answers of a case to those of the given questions that the vocabulary has."""
    facts = {}
    for question in filter(None, map(dataset.vocabulary.questions.get, keys)):
        key, answer = question.key, dataset.answer(case, question.key)
        facts[key] = Fact(
            question=question,
            answer=answer,
            text=dataset.answer_text(key, answer),
            figures=tuple(list_amounts(case, dataset)) if key == "amount" else (),
            elsewhere=tuple(
                (dataset.answer_text(key, other), dataset.sources[other.source])
                for other in answer.elsewhere
            ),
        )
    return facts


def list_facts(case: Case, dataset: Dataset) -> tuple[Fact, ...]:
    """Every question of the vocabulary in its order, with the answers of the sources."""
    return tuple(show_facts(case, dataset.vocabulary.questions, dataset).values())


def list_amounts(case: Case, dataset: Dataset) -> list[Figure]:
    """The amounts that were or may be spending, those of the main source first."""
    main = main_source(case, dataset.sources)
    measures = dataset.vocabulary.measures
    amounts = [
        figure
        for figure in dataset.money_figures(case)
        if not figure.part_of
        and (measures[figure.measure].spending or measures[figure.measure].mixed)
    ]
    # Later amounts of other sources must not look like the answer of the main source.
    return sorted(amounts, key=lambda figure: main is not None and figure.source != main.id)


def list_sources(case: Case, dataset: Dataset) -> tuple[Source, ...]:
    """Every publication that the case cites."""
    return tuple(dataset.sources[name] for name in case.sources)


def word_figure(figure: Figure, dataset: Dataset) -> Text:
    """The amount of a figure by itself, with its per and, for a plan, its status.

    Words that the wording already contains are not repeated.
    """
    quantity, known = figure.quantity, dataset.vocabulary.per
    words = word_quantity(quantity)
    said = {SAME_PER.get(word, word) for word in quantity.per}
    unsaid = (key for key in figure.per if not said & {key, known[key].name.zh, known[key].name.en})
    per = _word_per(unsaid, dataset)
    # If the wording already has 将, a second word would read like another plan.
    is_plan = figure.status in PLANNED_STATUSES and not quantity.planned
    state = dataset.vocabulary.statuses[figure.status].name if is_plan else NO_TEXT
    more = COMMA.join(part for part in (Text(per.zh), Text(state.zh)) if part).zh
    english = (words.en, per.en, f"({state.inside('en')})" if state else "")
    return Text(f"{words.zh}（{more}）" if more else words.zh, " ".join(filter(None, english)))


def _word_per(keys: Iterable[str], dataset: Dataset) -> Text:
    """The units by which an amount is divided: 每岗位每年, per post per year."""
    units = (dataset.vocabulary.per[key].name for key in keys)
    return Text("", " ").join(Text(f"每{name.zh}", f"per {name.inside('en')}") for name in units)


def word_date(figure: Figure) -> Text:
    """The date of a figure for use beside its label, empty if the label contains the date."""
    if figure.status in PLANNED_STATUSES and figure.period.lane == "latest_only":
        # The latest date is that of the source; after a plan it would read like a deadline.
        return say("pages.undated_plan")
    words = word_period(figure.period.edtf)
    return Text(*(_unless_said(words.inside(lang), figure.label.inside(lang)) for lang in LANGS))


def _unless_said(date: str, label: str) -> str:
    """The date, or "" if the label contains it and has no other year."""
    is_said = date in label and _years_in(date) == _years_in(label)
    return "" if is_said else date


def _years_in(words: str) -> set[str]:
    return set(re.findall("[0-9]{4}", words))


# Cached because each figure is printed in its table, its text, its notes and on its own page.
@lru_cache(maxsize=4096)
def quantity_html(quantity: Quantity, lang: Lang, marks_plan: bool = True) -> Markup:
    """The wording of a quantity, with markup so that a qualifier is seen before its number."""
    if lang == "en" and not quantity.is_in_english:
        english, reading = in_english(quantity, marks_plan=marks_plan), ""
        if quantity.is_read:
            name = QUALIFIERS[quantity.qualifier].name.en
            reading, english = _mark_reading(name, lang), english.removeprefix(name)
        words = Markup(f'<span class="amount__words">{reading}{escape(english)}</span>')
    elif lang == "zh" and word_quantity(quantity).zh != quantity.words:
        words = Markup('<span class="amount__words">{}</span>').format(word_quantity(quantity).zh)
    else:
        # Joining escaped pieces takes a fifth of the time of Markup.format, and every page of a
        # site is full of amounts.
        parts = (
            _mark_reading(part.text, lang)
            if part.role == "reading"
            else f'<span class="amount__{part.role}">{escape(part.text)}</span>'
            for part in quantity.worded
        )
        words = Markup("".join(parts))
    # A quantity such as a range has no single value for the attribute.
    if quantity.value is None:
        return Markup(f'<span class="amount">{words}</span>')
    value = escape(plain(quantity.value))
    return Markup(f'<data class="amount" value="{value}">{words}</data>')


def _mark_reading(words: str, lang: Lang) -> str:
    """A qualifier that no source states, with a note that it is the editor's reading."""
    note = say("pages.reading").inside(lang)
    return f'<span class="amount__reading" title="{escape(note)}">{escape(words)}</span>'


def amount_html(
    figure: Figure, lang: Lang, link: bool = True, *, marks_plan: bool = True
) -> Markup:
    """The wording of a figure, as a link to the figure unless `link` is false."""
    words = quantity_html(figure.quantity, lang, marks_plan)
    if not link:
        return words
    return Markup(f'<a class="figure" href="figure:{escape(figure.key)}">{words}</a>')
