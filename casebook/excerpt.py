"""What the pages of one case may show of the whole data set, and a digest of just that.

A case is made anew only where its excerpt changes, so that whatever its pages show has to be in
here: an excerpt that holds too little shows at once, as a name that does not exist.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass

from casebook.dataset import Dataset, Whole, order_cases, sources_of
from casebook.errors import START
from casebook.model import Case, Outdated, Region, Source, Vocabulary
from casebook.prose import SITE, find_references
from casebook.store import digest


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A case with all that its pages show beside the vocabulary and the regions.

    `neighbours` are the cases before and after it, no more of them than a link needs; `named`
    are the other cases whose figures its story tells. `key` is a digest of everything in here,
    `version` one of the record and its sources alone, which is what lists show of a case.
    """

    case: Case
    neighbours: tuple[Case, ...]
    named: tuple[Case, ...]
    sources: tuple[Source, ...]
    whole: Whole
    outdated: Mapping[str, Outdated]
    key: str
    version: str

    def dataset(self, vocabulary: Vocabulary, regions: Mapping[str, Region]) -> Dataset:
        """The excerpt as a data set, as if there were no other case."""
        named = {case.slug for case in self.named}
        beside = [case for case in self.neighbours if case.slug not in named]
        return Dataset(
            order_cases([self.case, *beside, *self.named]),
            vocabulary,
            regions,
            {source.id: source for source in self.sources},
            whole=self.whole,
            outdated=self.outdated,
        )


class Excerpter:
    """Takes excerpts of one data set; `versions` are the digests of its records by path."""

    def __init__(self, dataset: Dataset, versions: Mapping[str, str]) -> None:
        self.dataset = dataset
        self._versions = versions
        self._sources: dict[str, str] = {}
        self._excerpts: dict[str, Excerpt] = {}

    def excerpt(self, case: Case) -> Excerpt:
        """What the pages of a case may show."""
        if case.slug not in self._excerpts:
            self._excerpts[case.slug] = self._take(case)
        return self._excerpts[case.slug]

    def _take(self, case: Case) -> Excerpt:
        dataset = self.dataset
        names: dict[str, None] = {}
        counted = False
        for text in (case.story.zh, case.story.en):
            for reference in find_references(text, START) if "{{" in text else ():
                if reference.case == SITE:
                    counted = True
                elif reference.case and reference.case != case.slug:
                    names.setdefault(reference.case)
        named = tuple(dataset.by_slug[slug] for slug in names if slug in dataset.by_slug)
        neighbours = tuple(strip_case(near) for near in dataset.neighbours(case) if near)
        used = dict.fromkeys(name for told in (case, *named) for name in sources_of(told))
        told_by = {event.source for event in case.events}
        whole = Whole(
            dataset.counts if counted else {},
            tuple(name for name in dataset.shared_sources if name in told_by),
        )
        url = f"cases/{case.slug}/"
        outdated = {url: dataset.outdated[url]} if url in dataset.outdated else {}
        # A renamed file is the same record at another address.
        own = [case.slug, self._versions.get(case.path, case.digest)]
        own += [self._version_of(name) for name in sources_of(case)]
        parts = [
            [self._versions.get(told.path, told.digest) for told in (case, *named)],
            [
                [near.slug, near.region, *astuple(near.title), *astuple(near.summary)]
                for near in neighbours
            ],
            [self._version_of(name) for name in used],
            [dict(whole.counts), whole.shared, repr(outdated)],
        ]
        return Excerpt(
            case,
            neighbours,
            named,
            tuple(dataset.sources[name] for name in used),
            whole,
            outdated,
            digest(json.dumps(parts, ensure_ascii=False).encode()),
            digest("\n".join(own).encode()),
        )

    def _version_of(self, source: str) -> str:
        if source not in self._sources:
            self._sources[source] = digest(repr(self.dataset.sources[source]).encode())
        return self._sources[source]


def strip_case(case: Case) -> Case:
    """No more of a case than a link to it shows."""
    return Case(case.slug, case.path, case.title, case.region, "", case.summary, {}, {}, ())
