"""Pages at addresses that there are not: unknown, moved or withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from casebook.checks.addresses import follow_all, list_addresses
from casebook.messages import say
from casebook.pages import FIXED_ADDRESSES
from casebook.pages.long_lists import MOST_LISTED, sign_links
from casebook.pages.page import Context, Page, Site, in_languages
from casebook.pages.rows import link_cases
from casebook.record.vocabulary import Gone

# What a case offers beside its page is named after it.
_FILES = ("yaml", "json", "csv")


def make_not_found(site: Site) -> Iterator[Page]:
    """The page for unknown addresses in both languages, with a list of the cases."""
    dataset = site.dataset
    yield from in_languages(
        Page(
            url="404.html",
            template="404.html",
            title=say("pages.not_found"),
            description=say("pages.not_found.description"),
            context=lambda: {"cases": link_cases(dataset.cases[:MOST_LISTED], dataset)},
            indexed=False,
            key=site.key(*sign_links(dataset)),
        ),
        site,
    )


def make_moved(site: Site) -> Iterator[Page]:
    """A page at every address that was published and is no more, in both languages."""
    for address, fate in _follow_all(site):
        if isinstance(fate, Gone):
            template, title = "gone.html", say("pages.gone", title=fate.title)
            description = say("pages.gone.description")
            context: Context = partial(dict, gone=fate)
        else:
            # Both languages are as deep, so that one path leads from either to its own. It names
            # the file, because on a disk a folder would be listed.
            path = f"{'../' * address.count('/')}{fate}index.html"
            template, title = "moved.html", say("pages.moved")
            description = say("pages.moved.description")
            context = partial(dict, target=fate, path=path)
        page = Page(url=address, template=template, title=title, description=description)
        yield from in_languages(replace(page, context=context, indexed=False), site)


def make_redirects(site: Site) -> Iterator[Page]:
    """The moved addresses in the form that several hosts read from `_redirects`, if there are."""
    redirects = []
    for old, new in _follow_all(site):
        if isinstance(new, Gone):
            continue
        # Hosts read the lines in order, and the first that fits holds.
        languages = site.languages
        redirects += [
            tuple(languages.address(url, lang) for url in (old, new)) for lang in languages
        ]
        if old.startswith("cases/") and new.startswith("cases/"):
            before, after = old.split("/")[1], new.split("/")[1]
            redirects += [(f"/{old}{before}.{end}", f"/{new}{after}.{end}") for end in _FILES]
    if redirects:
        yield Page(
            url="_redirects",
            lang=site.languages.first,
            template="redirects.txt",
            context=partial(dict, redirects=tuple(redirects)),
            indexed=False,
        )


def _follow_all(site: Site) -> Iterator[tuple[str, str | Gone]]:
    charts = dict.fromkeys(name for (name, _), drawn in site.charts.items() if drawn.offered)
    texts = (slug for slug, _ in site.prose)
    made = list_addresses(site.dataset, texts, FIXED_ADDRESSES, charts)
    yield from follow_all(site.dataset, made)
