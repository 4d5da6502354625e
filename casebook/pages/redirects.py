"""Pages at addresses that there are not: unknown, moved or withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from casebook.checks.addresses import follow_all, list_addresses
from casebook.messages import say
from casebook.pages.page import Context, Page, Site
from casebook.pages.pagination import MOST_LISTED
from casebook.pages.rows import link_case
from casebook.record.vocabulary import Gone
from casebook.text import LANGS

# What a case offers beside its page is named after it.
_FILES = ("yaml", "json", "csv")


def make_not_found(site: Site) -> Iterator[Page]:
    """The page for unknown addresses in both languages, with a list of the cases."""
    cases = tuple(link_case(case, site.dataset) for case in site.dataset.cases[:MOST_LISTED])
    for lang in LANGS:
        yield Page(
            url="404.html",
            lang=lang,
            template="404.html",
            title=say("pages.not_found"),
            description=say("pages.not_found.description"),
            context=partial(dict, cases=cases),
            indexed=False,
        )


def make_moved(fixed: tuple[str, ...], site: Site) -> Iterator[Page]:
    """A page at every address that was published and is no more, in both languages.

    `fixed` are the addresses that every site has.
    """
    for address, fate in _follow_all(fixed, site):
        # Both languages are as deep, so that one path leads from either to its own. It names the
        # file, because on a disk a folder would be listed.
        up = "../" * address.count("/")
        for lang in LANGS:
            if isinstance(fate, Gone):
                template, title = "gone.html", say("pages.gone", title=fate.title)
                description = say("pages.gone.description")
                context: Context = partial(dict, gone=fate)
            else:
                template, title = "moved.html", say("pages.moved")
                description = say("pages.moved.description")
                context = partial(dict, target=fate, path=f"{up}{fate}index.html")
            yield Page(
                url=address,
                lang=lang,
                template=template,
                title=title,
                description=description,
                context=context,
                indexed=False,
            )


def make_redirects(fixed: tuple[str, ...], site: Site) -> Iterator[Page]:
    """The moved addresses in the form that several hosts read from `_redirects`, if there are."""
    redirects = []
    for old, new in _follow_all(fixed, site):
        if isinstance(new, Gone):
            continue
        redirects += [(prefix + old, prefix + new) for prefix in ("/", "/en/")]
        if old.startswith("cases/") and new.startswith("cases/"):
            before, after = old.split("/")[1], new.split("/")[1]
            redirects += [(f"/{old}{before}.{end}", f"/{new}{after}.{end}") for end in _FILES]
    if redirects:
        yield Page(
            url="_redirects",
            lang=LANGS[0],
            template="redirects.txt",
            context=partial(dict, redirects=tuple(redirects)),
            indexed=False,
        )


def _follow_all(fixed: tuple[str, ...], site: Site) -> Iterator[tuple[str, str | Gone]]:
    charts = dict.fromkeys(name for (name, _), drawn in site.charts.items() if drawn.offered)
    texts = (slug for slug, _ in site.prose)
    yield from follow_all(site.dataset, list_addresses(site.dataset, texts, fixed, charts))
