"""The addresses of the site: listing them, and where published ones lead today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from casebook.checks.content import LEAD, list_prose, locate_slugs
from casebook.checks.links import check_links, offer_address
from casebook.checks.published import has_ledger
from casebook.messages import problem
from casebook.packaged import SETTINGS
from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.lists import GONE, LEDGER
from casebook.record.slugs import figure_address, judge_slug
from casebook.record.suggestions import nearest
from casebook.record.vocabulary import Gone
from casebook.text import LANGS
from casebook.yaml.files import read_text, show_path
from casebook.yaml.nodes import Scalar


def list_addresses(
    dataset: Dataset, texts: Iterable[str], fixed: Iterable[str], charts: Iterable[str] = ()
) -> Iterator[str]:
    """The addresses of all pages of the site.

    `texts` are the slugs of texts, `fixed` the addresses of every site, `charts` names of charts.
    """
    yield from fixed
    for slug in dict.fromkeys(texts):
        # The lead is the home page.
        if slug != LEAD:
            yield f"{slug}/"
    for case in dataset.summaries:
        yield f"cases/{case.slug}/"
        if case.has_figures:
            yield f"figures/{case.slug}/"
    for name in charts:
        yield f"charts/{name}/"
        yield f"charts/{name}/embed/"


def follow_address(address: str, dataset: Dataset) -> str | Gone | None:
    """The new address for an address without a page, the entry on why it is gone, or None."""
    gone = dataset.gone.get(address)
    if gone is not None:
        return gone.moved_to or gone
    kind, _, rest = address.partition("/")
    name = rest.partition("/")[0]
    if kind == "cases":
        return f"cases/{dataset.aliases[name]}/" if name in dataset.aliases else None
    if kind == "charts":
        return _follow_chart(name, dataset)
    if kind == "figures":
        return _follow_figure(name, dataset)
    return None


def _follow_figure(name: str, dataset: Dataset) -> str | Gone | None:
    """The new address for `figures/case.id/` or `figures/case/`, or why the page is gone.

    Until 2026-11-27 each figure had a page at `figures/case.id/`.
    """
    slug, _, figure = name.partition(".")
    now = dataset.aliases.get(slug, slug)
    if now not in dataset.positions:
        return follow_address(f"cases/{slug}/", dataset)
    # Thousands of addresses may be followed: the summary is enough, and no record is loaded.
    summary = dataset.summaries[dataset.positions[now]]
    # The page that held a removed figure says why it was removed.
    taken_out = (change.figure for change in summary.changes if not change.after)
    if figure and figure in (*(one.id for one in summary.figures), *taken_out):
        return figure_address(f"{now}.{figure}")
    return f"{'cases' if figure or not summary.has_figures else 'figures'}/{now}/"


def _follow_chart(name: str, dataset: Dataset) -> str | Gone | None:
    """The page of the case of a chart that the data no longer allow, else the list of charts."""
    words = name.split("-")
    for count in range(len(words) - 1, 0, -1):
        slug = "-".join(words[:count])
        if slug in dataset.positions:
            return f"cases/{slug}/"
        if fate := follow_address(f"cases/{slug}/", dataset):
            return fate
    return "charts/"


def follow_all(dataset: Dataset, made: Iterable[str]) -> Iterator[tuple[str, str | Gone]]:
    """Every former address in order, with its new address or the entry on why it is gone.

    Former addresses are in the ledger, in the aliases of cases and in data/gone.yaml.
    """
    known = {*dataset.ledger, *dataset.gone, *(f"cases/{alias}/" for alias in dataset.aliases)}
    made = {*made}
    for address in sorted(known - made):
        fate = follow_address(address, dataset)
        if isinstance(fate, str) and "#" not in fate and fate not in made:
            # The new address may have lost its page too, such as the former page of one figure.
            fate = follow_address(fate, dataset) or fate
        if fate is not None:
            yield address, fate


def check_addresses(
    project: Path, dataset: Dataset, fixed: Iterable[str], charts: Iterable[str]
) -> list[Problem]:
    """The problems of published and linked addresses, of aliases and of the slugs of texts.

    `charts` are the names of the charts of all cases that a site may have.
    """
    slugs = dict(locate_slugs(project))
    made = set(list_addresses(dataset, (slug.text for slug in slugs.values()), fixed))
    linkable = made | {f"charts/{name}/" for name in charts}
    problems = [*_check_aliases(dataset), *_check_gone(dataset, made)]
    linking = (dataset.by_slug[one.slug] for one in dataset.summaries if one.has_links)
    for text in list_prose(project, linking, dataset.languages):
        problems += check_links(text, linkable, dataset)
    problems += _check_menu(linkable, dataset)
    problems += _check_slugs(project, slugs, fixed)
    # The aliases and pages of a case that cannot be read are unknown.
    if dataset.unread:
        return problems
    if not dataset.ledger and has_ledger(project):
        ledger = project / LEDGER
        if not ledger.exists() or read_text(ledger, project, []) is not None:
            problems.append(problem("E294.missing", LEDGER, START))
    # One difference of sets keeps this fast for a valid site of ten thousand cases.
    for address in dataset.ledger.keys() - made:
        # If the address of a figure leads nowhere, so does that of its case, which is reported.
        if not address.startswith("figures/") and not follow_address(address, dataset):
            problems.append(_report_vanished(address, dataset))
    return problems


def _check_menu(linkable: Collection[str], dataset: Dataset) -> Iterator[Problem]:
    """The problems of links in the menu and the footer to pages that the site does not have."""
    settings = dataset.settings
    for name, links in (("MENUITEMS", settings.menu), ("LINKS", settings.links)):
        for link in links:
            # Files, whose names have a dot, are known only once the site is built.
            if link.is_of_site and "." not in link.address and link.address not in linkable:
                hint = offer_address(nearest(link.address, linkable))
                at, written = settings.locate(name), f"/{link.address}"
                yield problem("E345", SETTINGS, at, hint=hint, name=name, written=written)


def _check_slugs(
    project: Path, slugs: Mapping[Path, Scalar], fixed: Iterable[str]
) -> Iterator[Problem]:
    """The problems of texts whose slugs are invalid or belong to pages of the site."""
    for path, written in slugs.items():
        shown, slug = show_path(path, project), written.text
        fault = judge_slug(slug)
        if fault in ("E240", "E241"):
            yield problem("E240.text", shown, written.at, slug=slug[:60])
        elif fault or slug in LANGS or f"{slug}/" in {*fixed}:
            yield problem("E242.text", shown, written.at, slug=slug)


def _check_aliases(dataset: Dataset) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for case in dataset.summaries:
        for alias in case.aliases:
            at = (dataset.by_slug[case.slug].positions or {}).get("aliases", START)
            if alias in dataset.positions or alias in dataset.unread:
                yield problem("E292.case", case.path, at, alias=alias)
            elif alias in owners:
                yield problem("E292.claimed", case.path, at, alias=alias, path=owners[alias])
            elif judge_slug(alias):
                yield problem("E292.name", case.path, at, alias=alias[:60])
            else:
                owners[alias] = case.path


def _check_gone(dataset: Dataset, made: set[str]) -> Iterator[Problem]:
    for gone in dataset.gone.values():
        if gone.address in made:
            yield problem("E293.made", GONE, gone.at, address=gone.address)
        elif gone.moved_to and gone.moved_to not in made:
            charted = gone.moved_to.startswith("charts/")
            if charted or follow_address(gone.moved_to, dataset) is None:
                hint = offer_address(nearest(gone.moved_to, made))
                yield problem("E293.moved", GONE, gone.at, hint=hint, address=gone.moved_to)


def _report_vanished(address: str, dataset: Dataset) -> Problem:
    at = Position(dataset.ledger[address], 1)
    kind, _, rest = address.partition("/")
    slug = rest.partition("/")[0]
    if kind == "cases" and slug:
        path = f"data/cases/{_guess_renamed(slug, dataset)}.yaml"
        return problem("E291.case", LEDGER, at, address=address, path=path, slug=slug, gone=GONE)
    return problem("E291.page", LEDGER, at, address=address, gone=GONE)


def _guess_renamed(slug: str, dataset: Dataset) -> str:
    """The unpublished case that most likely had this slug before, else “…”."""
    unpublished = [
        case.slug for case in dataset.summaries if f"cases/{case.slug}/" not in dataset.ledger
    ]
    return nearest(slug, unpublished) or (unpublished[0] if len(unpublished) == 1 else "…")
