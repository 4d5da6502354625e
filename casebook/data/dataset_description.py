"""Description of the data set as a whole, which every catalogue gets in its own form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from casebook.data.table_rows import version_of, version_of_all
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.record.settings import Licence
from casebook.text import LISTED, Languages, Text

# Where there are more, the regions above them are named in their place.
_MOST_PLACES: Final = 60
# Google refuses descriptions of more than 5,000 characters.
_MOST_PLACES_IN_WORDS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDescription:
    """Description of a data set for catalogues; what a site does not say is empty.

    `years` are the first and the last that its events reach, `address` is the whole address of the
    page of the data, `contact` one of a mailbox or of the web.
    """

    name: Text
    description: Text
    keywords: tuple[Text, ...]
    places: tuple[Text, ...]
    years: tuple[int, int] | None
    version: str
    updated: str
    address: str
    publisher: Text
    contact: str
    licence: Licence | None
    languages: Languages

    @property
    def contact_address(self) -> str:
        """The contact as an address of any kind, empty where there is none."""
        return f"mailto:{self.contact}" if "@" in self.contact else self.contact

    @property
    def period(self) -> str:
        """The years as an interval of ISO 8601, empty where no event has one."""
        return "/".join(map(str, self.years)) if self.years else ""


def describe_dataset(dataset: Dataset) -> DatasetDescription:
    """The description of a data set, from its settings and its cases."""
    summaries = dataset.summaries
    places = _list_places(dataset)
    topics = dict.fromkeys(case.topic for case in summaries)
    reached = [
        year for case in summaries for event in case.events if event.years for year in event.years
    ]
    description = say(
        "data.description",
        cases=len(summaries),
        figures=sum(len(case.figures) for case in summaries),
        places=LISTED.join(places[:_MOST_PLACES_IN_WORDS]),
        more=say("data.and_others") if len(places) > _MOST_PLACES_IN_WORDS else "",
    )
    return _describe(
        dataset,
        name=dataset.settings.name or say("data.title"),
        description=description,
        keywords=tuple(dataset.vocabulary.topics[topic].name for topic in topics),
        places=tuple(places),
        years=(min(reached), max(reached)) if reached else None,
        version=version_of_all(dataset),
        updated=dataset.updated,
        path="data/",
    )


def describe_case(case: Case, dataset: Dataset) -> DatasetDescription:
    """The description of the data of one case."""
    return _describe(
        dataset,
        name=case.title,
        description=case.summary,
        keywords=(dataset.vocabulary.topics[case.topic].name,),
        places=(dataset.place(case),),
        years=None,
        version=version_of(case),
        updated=case.updated,
        path=f"cases/{case.slug}/",
    )


def tag_text(text: Text, languages: Languages) -> list[dict[str, str]]:
    """A text in each language of the site, as JSON-LD has it."""
    return [
        {"@value": text.inside(lang), "@language": text.lang(lang)}
        for lang in languages
        if text.own(lang) or lang == languages.first
    ]


def without_empty(described: Mapping[str, object]) -> dict[str, object]:
    """A description without the members of which nothing is known."""
    return {key: value for key, value in described.items() if value}


def _describe(dataset: Dataset, *, path: str, **own: Any) -> DatasetDescription:
    """What the settings say of a data set, with what is its own."""
    settings = dataset.settings
    return DatasetDescription(
        **own,
        address=f"{settings.siteurl}/{path}" if settings.siteurl else "",
        publisher=settings.publisher or settings.name,
        contact=settings.contact,
        licence=settings.licence,
        languages=dataset.languages,
    )


def _list_places(dataset: Dataset) -> list[Text]:
    places = dict.fromkeys(map(dataset.place, dataset.summaries))
    if len(places) > _MOST_PLACES:
        places = dict.fromkeys(dataset.province(case.region).short for case in dataset.summaries)
    return list(places)[:_MOST_PLACES]
