"""A figure as HTML: its wording with qualifier, number and unit each in their own element."""

from __future__ import annotations

from markupsafe import Markup

from casebook.errors import Lang
from casebook.model import Figure
from casebook.quantity import Quantity, in_english, plain


def quantity_html(quantity: Quantity, lang: Lang) -> Markup:
    """The wording of a quantity, marked so that a qualifier is seen before its number."""
    if lang == "en":
        words = Markup('<span class="amount__words">{}</span>').format(in_english(quantity))
    else:
        words = Markup("").join(
            Markup('<span class="amount__{}">{}</span>').format(part.role, part.text)
            for part in quantity.segments
        )
    if quantity.value is None:
        return Markup('<span class="amount">{}</span>').format(words)
    return Markup('<data class="amount" value="{}">{}</data>').format(plain(quantity.value), words)


def amount_html(figure: Figure, lang: Lang, link: bool = True) -> Markup:
    """The wording of a figure, as a link to the figure itself unless `link` is false."""
    words = quantity_html(figure.quantity, lang)
    if not link:
        return words
    return Markup('<a class="figure" href="figure:{}">{}</a>').format(figure.key, words)
