"""Dependencies of a case: exactly what its pages may show of the whole data set, and its key.

A case is made again only if its key changes. Everything that its pages show has to be among its
inputs. If an input is missing, rendering fails at once with an unknown name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from functools import lru_cache

from casebook.record.dataset import Dataset, Whole, order_cases
from casebook.record.model import Case, Media, Outdated
from casebook.record.summary import CaseSummary
from casebook.record.vocabulary import Source
from casebook.text import NO_TEXT
from casebook.values.digest import digest


class Dependencies:
    """Dependencies of the cases of a data set; `versions` are the digests of records by path."""

    def __init__(self, dataset: Dataset, versions: Mapping[str, str]) -> None:
        self.dataset = dataset
        self._versions = versions
        self._keys: dict[str, str] = {}
        self._source_versions: dict[str, str] = {}
        self._ranks = {name: rank for rank, name in enumerate(dataset.shared_sources)}

    def with_settings(self, dataset: Dataset) -> Dependencies:
        """The dependencies of a data set that differs only in its settings, which are in no key."""
        same = copy(self)
        same.dataset = dataset
        return same

    def inputs_of(self, case: CaseSummary) -> Dataset:
        """All that the pages of a case may show: a data set with little of the other cases.

        It holds of the neighbours only what a link needs. Cases whose figures the story refers to
        are in it as a whole.
        """
        dataset = self.dataset
        named = self._find_named(case)
        cases = {near.slug: _strip_case(near) for near in self._find_near(case)}
        cases |= {other.slug: dataset.by_slug[other.slug] for other in (case, *named)}
        return Dataset(
            cases=order_cases(cases.values()),
            vocabulary=dataset.vocabulary,
            regions=dataset.regions,
            sources={name: dataset.sources[name] for name in _list_sources(case, named)},
            languages=dataset.languages,
            settings=dataset.settings,
            whole=self._find_whole(case),
            outdated=self._find_outdated(case),
            media=self._find_media(case, named),
        )

    def key_of(self, case: CaseSummary) -> str:
        """A digest of all inputs of a case; its record need not be loaded for it."""
        if (known := self._keys.get(case.slug)) is not None:
            return known
        named, whole = self._find_named(case), self._find_whole(case)
        parts = (
            # After a renaming, a story's references to its own figures may mean another case.
            case.slug,
            [self._versions.get(one.path, one.version) for one in (case, *named)],
            [(near.slug, near.region) for near in self._find_near(case)],
            [self._version_of(name) for name in _list_sources(case, named)],
            (whole.words, whole.shared, self._find_outdated(case), self._find_media(case, named)),
        )
        key = self._keys[case.slug] = digest(repr(parts).encode())
        return key

    def find_versions(self) -> dict[str, str]:
        """By slug, a digest of the record of each case without its texts, and of its sources."""
        return {case.slug: self._digest_listed(case) for case in self.dataset.summaries}

    def _digest_listed(self, case: CaseSummary) -> str:
        # The slug, because a renamed file has the same record but another address.
        parts = (case.slug, case.listed, *map(self._version_of, case.sources))
        return digest("\n".join(parts).encode())

    def _find_named(self, case: CaseSummary) -> list[CaseSummary]:
        """The other cases whose figures the story refers to."""
        if not case.named_figures:
            return []
        summaries, positions = self.dataset.summaries, self.dataset.positions
        slugs = dict.fromkeys(slug for slug, _ in case.named_figures)
        return [summaries[positions[slug]] for slug in slugs if slug in positions]

    def _find_near(self, case: CaseSummary) -> list[CaseSummary]:
        summaries = self.dataset.summaries
        at = self.dataset.positions[case.slug]
        return [*summaries[max(0, at - 1) : at], *summaries[at + 1 : at + 2]]

    def _find_whole(self, case: CaseSummary) -> Whole:
        cited = {event.source for event in case.events if event.source in self._ranks}
        words = self.dataset.words if case.counts_site else {}
        return Whole(words, tuple(sorted(cited, key=self._ranks.__getitem__)))

    def _find_outdated(self, case: CaseSummary) -> Mapping[str, Outdated]:
        url, outdated = f"cases/{case.slug}/", self.dataset.outdated
        return {url: outdated[url]} if url in outdated else {}

    def _find_media(self, case: CaseSummary, named: Iterable[CaseSummary]) -> Mapping[str, Media]:
        media, sources = self.dataset.media, self.dataset.sources
        if not media:
            return media
        copies = (sources[name].file for name in _list_sources(case, named))
        return {name: media[name] for name in (*case.media, *copies) if name in media}

    def _version_of(self, source: str) -> str:
        if source not in self._source_versions:
            self._source_versions[source] = digest_source(self.dataset.sources[source])
        return self._source_versions[source]


# Cached, because the cache of records and the keys of cases ask for the same digests.
@lru_cache(maxsize=20_000)
def digest_source(source: Source) -> str:
    """A digest of all that is known of a source."""
    return digest(repr(source).encode())


def _list_sources(case: CaseSummary, named: Iterable[CaseSummary]) -> dict[str, None]:
    """The sources of a case and of the cases that it refers to, each once."""
    return dict.fromkeys(name for one in (case, *named) for name in one.sources)


def _strip_case(case: CaseSummary) -> Case:
    """A neighbour with only its region, which is all that the link to it shows."""
    return Case(
        slug=case.slug,
        path=case.path,
        title=NO_TEXT,
        region=case.region,
        topic="",
        summary=NO_TEXT,
        answers={},
        figures={},
        events=(),
    )
