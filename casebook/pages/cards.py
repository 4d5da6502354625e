"""Cards that other sites show for home, a case or a figure: what each says, and where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from casebook.charts.standalone import CardWords
from casebook.checks.content import LEAD
from casebook.messages import say
from casebook.pages import HOME_URL
from casebook.pages.page import Site
from casebook.pages.rows import link_case, word_figure, word_period
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.text import COLON, COMMA, Lang, Text, typeset

# Four hundred cards take two seconds of the processor; pages of larger sites have those of their
# charts.
MOST_CARDS = 400
# The name of the file, beside the page.
CARD_FILE = "card.png"


def has_cards(dataset: Dataset, siteurl: str) -> bool:
    """True of a site whose home, cases and figures have cards of their own."""
    # Only a whole address can be shared, and a card is looked for under no other.
    count = sum(1 + len(case.figures) for case in dataset.summaries) + 1
    return bool(siteurl) and count * len(dataset.languages) <= MOST_CARDS


def list_cards(site: Site) -> Iterator[tuple[str, CardWords]]:
    """The cards of a site, each with its path in it."""
    for lang in site.languages:
        name = site.settings.name.inside(lang)
        prefix = site.languages.prefix(lang)
        lead = site.prose.get((LEAD, lang)) or site.prose.get((LEAD, site.languages.first))
        title, tagline = lead.title if lead else name, site.settings.tagline.inside(lang)
        home = CardWords(place=tagline, words=title, credit=_sign(site, lang), site=name)
        yield f"{prefix}{HOME_URL}{CARD_FILE}", _word_card(home, lang)
        for case in site.dataset.cases:
            yield (
                f"{prefix}cases/{case.slug}/{CARD_FILE}",
                _word_card(_show_case(case, lang, site), lang),
            )
            for figure in case.figures.values():
                place = site.dataset.place(case).inside(lang)
                card = _show_figure(figure, place, lang, site)
                path = f"{prefix}figures/{figure.key}/{CARD_FILE}"
                yield path, _word_card(card, lang)


def _word_card(card: CardWords, lang: Lang) -> CardWords:
    """The card with the quotation marks of print, as English pages have them."""
    return CardWords(**{k: typeset(v) for k, v in asdict(card).items()}) if lang == "en" else card


def _show_case(case: Case, lang: Lang, site: Site) -> CardWords:
    """The title of a case, with the first of its figures and who reports that."""
    dataset, link = site.dataset, link_case(case, site.dataset)
    title = case.title.inside(lang)
    place = "" if link.title_names_place else link.place.inside(lang)
    topic = dataset.vocabulary.topics[case.topic].name.inside(lang)
    first = next(iter(case.printed_figures), None)
    shown = _show_figure(first, "", lang, site) if first else None
    return CardWords(
        place=" · ".join(filter(None, (place, topic))),
        words=title,
        label=COLON.inside(lang).join((shown.words, shown.label)) if shown else "",
        credit=shown.credit if shown else _sign(site, lang),
        site=site.settings.name.inside(lang),
    )


def _show_figure(figure: Figure, place: str, lang: Lang, site: Site) -> CardWords:
    """The wording of a figure with its qualifier, what and when it is of, and who says so."""
    dataset = site.dataset
    said: list[Text] = [figure.label, word_period(figure.period)]
    if figure.status in dataset.vocabulary.statuses:
        said.append(dataset.vocabulary.statuses[figure.status].name)
    source = dataset.sources.get(figure.source)
    names = source.publisher.inside(lang) if source else ""
    return CardWords(
        place=place,
        words=word_figure(figure, dataset).inside(lang),
        label=COMMA.inside(lang).join(filter(None, (one.inside(lang) for one in said))),
        credit=say("charts.sources", names=names).inside(lang) if names else "",
        site=site.settings.name.inside(lang),
    )


def _sign(site: Site, lang: Lang) -> str:
    """The publisher, where that is somebody else than the site itself."""
    own = site.publisher.inside(lang)
    return "" if own == site.settings.name.inside(lang) else own
