"""Wordings of amounts and dates, and amounts as HTML."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup, escape

from casebook.record.model import Figure
from casebook.text import Lang, Text
from casebook.values.amounts import Quantity, in_english, plain
from casebook.values.dates import Period


def word_quantity(quantity: Quantity) -> Text:
    """The wording of a quantity in each language."""
    return Text(quantity.text, in_english(quantity))


def word_period(period: Period) -> Text:
    """A date in the words of each language."""
    return Text(period.words("zh"), period.words("en"))


# A figure is printed in its table, its text, its notes and on a page of its own.
@lru_cache(maxsize=4096)
def quantity_html(quantity: Quantity, lang: Lang) -> Markup:
    """The wording of a quantity, marked so that a qualifier is seen before its number."""
    if lang == "en":
        words = Markup(f'<span class="amount__words">{escape(in_english(quantity))}</span>')
    else:
        # Joining escaped pieces takes a fifth of the time of Markup.format, and every page of a
        # site is full of amounts.
        words = Markup(
            "".join(
                f'<span class="amount__{part.role}">{escape(part.text)}</span>'
                for part in quantity.segments
            )
        )
    if quantity.value is None:
        return Markup(f'<span class="amount">{words}</span>')
    value = escape(plain(quantity.value))
    return Markup(f'<data class="amount" value="{value}">{words}</data>')


def amount_html(figure: Figure, lang: Lang, link: bool = True) -> Markup:
    """The wording of a figure, as a link to the figure itself unless `link` is false."""
    words = quantity_html(figure.quantity, lang)
    if not link:
        return words
    return Markup(f'<a class="figure" href="figure:{escape(figure.key)}">{words}</a>')
