"""Draft cases from an OCDS release package.

OCDS has no place for much that a case answers, and a value of it does not say what it may be
compared with. So a measure, a state or a date that the standard does not settle by itself is left
blank, with what the package says beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from casebook.data.draft import Blank, Draft, DraftFigure, clean_text, list_choices
from casebook.data.import_table import MAX_BYTES
from casebook.messages import problem, say
from casebook.problems import START, Position, Problem
from casebook.record.lists import Lists
from casebook.record.new_case import describe_regions, find_regions, mend_slug
from casebook.text import Lang, Text
from casebook.values.amounts import plain
from casebook.values.words import CURRENCIES
from casebook.yaml.encoding import decode, show

_LARGEST = Decimal(10) ** 15
_BEIJING = timezone(timedelta(hours=8))
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_REGIONS = 4

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Package:
    """A release package as it was read, and the lists that its cases draw on."""

    json: Json
    path: str
    lists: Lists
    lang: Lang


def read_package(
    data: bytes, path: str, lists: Lists, lang: Lang, problems: list[Problem]
) -> Mapping[str, Draft]:
    """The draft of each contracting process of a package, by the slug that it gets."""
    text, faults = decode(data, path, MAX_BYTES)
    problems += faults
    content = _parse(text, path, problems) if text is not None else None
    if content is None:
        return {}
    releases = content.get("releases")
    if not isinstance(releases, list) or not all(isinstance(one, dict) for one in releases):
        key = "E336.records" if "records" in content else "E336.no_releases"
        problems.append(problem(key, path, START))
        return {}
    processes: dict[str, list[Json]] = {}
    for number, release in enumerate(releases):
        ocid = _text(release, "ocid")
        if mend_slug(ocid):
            processes.setdefault(ocid, []).append(release)
        elif ocid:
            problems.append(problem("E336.ocid", path, START, number=number, ocid=show(ocid)))
        else:
            problems.append(problem("E336.no_ocid", path, START, number=number))
    if problems:
        return {}
    package = _Package(json=content, path=path, lists=lists, lang=lang)
    return {
        mend_slug(ocid): _Process(ocid, of_one, package).draft()
        for ocid, of_one in processes.items()
    }


def _parse(text: str, path: str, problems: list[Problem]) -> Json | None:
    try:
        # A number is kept as it is written, and what is no number is refused.
        package = json.loads(
            text, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse_constant
        )
    except json.JSONDecodeError as error:
        at = Position(error.lineno, error.colno)
        problems.append(problem("E336.no_json", path, at, reason=error.msg))
    except (RecursionError, ValueError):
        problems.append(problem("E336.too_deep", path, START))
    else:
        if isinstance(package, dict):
            return package
        problems.append(problem("E336.no_object", path, START))
    return None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _part(parent: Json, *names: str) -> Json:
    """An object inside an object, an empty one where there is none."""
    for name in names:
        inner = parent.get(name)
        parent = inner if isinstance(inner, dict) else {}
    return parent


def _list(parent: Json, name: str) -> list[Json]:
    inner = parent.get(name)
    return [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []


def _text(parent: Json, name: str) -> str:
    inner = parent.get(name)
    return clean_text(inner) if isinstance(inner, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Amount:
    """One value of a release: its label, its path, and as much as the standard settles of it."""

    name: str
    label: Text
    value: Json
    where: str
    measure: str = ""
    status: str = ""
    period: str = ""


class _Process:
    """One contracting process, described by one or more releases."""

    def __init__(self, ocid: str, releases: list[Json], package: _Package) -> None:
        self.ocid = ocid
        self.releases = releases
        self.package = package
        self.lists = package.lists

    def say(self, key: str, /, **values: object) -> str:
        """A remark in the editor's language."""
        return say(key, **values).inside(self.package.lang)

    def choices(self, words: Iterable[str]) -> str:
        """The words that a field may hold, for a remark."""
        return list_choices(words, self.package.lang)

    def draft(self) -> Draft:
        """The draft case of the process."""
        return Draft(
            origin=tuple(self.origin()),
            head=tuple(self.head()),
            answers=tuple(self.answers()),
            figures=tuple(self.figures()),
            events=tuple(self.events()),
        )

    def origin(self) -> Iterator[str]:
        """Where the draft comes from."""
        name = Path(self.package.path).name
        yield self.say("data.draft.from_package", name=name, ocid=self.ocid)
        content = self.package.json
        known = [_text(_part(content, "publisher"), "name")]
        known += [_text(content, key) for key in ("publishedDate", "uri", "license")]
        named = list(filter(None, known)) or ["-"]
        source = Text("，".join(named), ", ".join(named))
        yield self.say("data.draft.list_source", source=source)

    def head(self) -> Iterator[Blank]:
        """The fields of the case itself."""
        titles = _unique(_text(_part(one, "tender"), "title") for one in self.releases)
        remark = "tender/title"
        if len(titles) > 1:
            remark = self.say("data.draft.titles_differ", titles=" | ".join(titles))
        yield Blank("title", titles[0] if len(titles) == 1 else "", remark)
        yield Blank("region", "", self.describe_place())
        yield Blank("topic", "", self.choices(self.lists.vocabulary.topics))
        words = _unique(_text(_part(one, "tender"), "description") for one in self.releases)
        yield Blank("summary", "", " | ".join(words) or self.say("data.draft.sentences"))

    def describe_place(self) -> str:
        """The place in the words of the package, with the codes that its names may mean."""
        addresses = [_part(party, "address") for one in self.releases for party in _buyers(one)]
        keys = ("region", "locality", "streetAddress")
        names = _unique(_text(address, key) for address in addresses for key in keys)
        found = {
            region.code: region
            for name in names
            for region in find_regions(name, self.lists.regions)
        }
        regions = list(found.values())[:_MOST_REGIONS]
        shown = list(describe_regions(regions, self.lists.regions))
        return " | ".join([*names, *shown]) or self.say("data.draft.no_place")

    def answers(self) -> Iterator[Blank]:
        """The questions of which the package says something; the others count as not answered."""
        vocabulary = self.lists.vocabulary
        buyers = [_text(_part(one, "buyer"), "name") for one in self.releases]
        buyers += [_text(party, "name") for one in self.releases for party in _buyers(one)]
        agencies = [_text(_part(one, "tender", "procuringEntity"), "name") for one in self.releases]
        suppliers = _unique(
            _text(supplier, "name")
            for one in self.releases
            for award in _list(one, "awards")
            for supplier in _list(award, "suppliers")
        )
        tenders = [_part(one, "tender") for one in self.releases]
        methods = _unique(_text(tender, "procurementMethod") for tender in tenders)
        details = _unique(_text(tender, "procurementMethodDetails") for tender in tenders)
        others = [name for name in _unique(agencies) if name not in buyers]
        known = {
            "purchaser": ("、".join(_unique(buyers)), " | ".join(others)),
            "provider": ("、".join(suppliers), ""),
            "provider_type": ("", self.choices(vocabulary.provider_types) if suppliers else ""),
            "mode": ("", self.choices(vocabulary.modes)),
            "competition": ("", " | ".join((*methods, *details))),
        }
        for question, (text, remark) in known.items():
            if question in vocabulary.questions and (text or remark):
                yield Blank(question, text, remark)

    def figures(self) -> Iterator[DraftFigure]:
        """The values of all releases, one that was published twice once, one that changed twice."""
        seen: dict[str, list[tuple[object, object]]] = {}
        for number, release in enumerate(self.releases):
            for amount in _list_amounts(release, f"releases[{number}]"):
                value = (amount.value.get("amount"), amount.value.get("currency"))
                known = seen.setdefault(amount.name, [])
                if value in known:
                    continue
                known.append(value)
                yield self.figure(amount, len(known))

    def figure(self, amount: _Amount, edition: int) -> DraftFigure:
        """The figure of one value; `edition` counts the values that its releases gave."""
        vocabulary = self.lists.vocabulary
        wording, remark = self.word_amount(amount.value)
        measure = amount.measure if amount.measure in vocabulary.measures else ""
        status = amount.status if amount.status in vocabulary.statuses else ""
        period = self.say("data.draft.check_period" if amount.period else "data.draft.period")
        fields = (
            Blank("label", amount.label.zh),
            Blank("label_en", amount.label.en),
            Blank("amount", wording, remark),
            Blank("measure", measure, "" if measure else self.choices(vocabulary.measures)),
            Blank("period", amount.period, period),
            Blank("status", status, "" if status else self.choices(vocabulary.statuses)),
            Blank("source", "", self.say("data.draft.source")),
        )
        if edition == 1:
            return DraftFigure(amount.name, fields, amount.where)
        where = self.say("data.draft.differs", where=amount.where)
        return DraftFigure(f"{amount.name}_release_{edition}", fields, where)

    def word_amount(self, value: Json) -> tuple[str, str]:
        """The amount in the notation of a record, or a remark on why it has none."""
        number, currency = value.get("amount"), value.get("currency")
        if not isinstance(number, Decimal):
            return "", self.say("data.draft.no_number", number=number)
        if not number.is_finite() or not 0 <= number < _LARGEST:
            return "", self.say("data.draft.odd_number", number=number)
        if isinstance(currency, str) and currency in CURRENCIES:
            return f"{plain(number)}{CURRENCIES[currency].name.zh}", ""
        shown = f"{number} {currency or ''}".strip()
        return "", self.say("data.draft.currency", amount=shown)

    def events(self) -> Iterator[tuple[Blank, ...]]:
        """The events of all releases, each once."""
        seen = set()
        for release in self.releases:
            for title, when in _list_events(release):
                if not when or (title, when) in seen:
                    continue
                seen.add((title, when))
                day = _read_day(when)
                yield (
                    Blank("date", day, when if day != when else ""),
                    Blank("title", title.zh),
                    Blank("title_en", title.en),
                    Blank("source", "", self.say("data.draft.source")),
                )


def _buyers(release: Json) -> list[Json]:
    """The parties that buy."""
    parties = _list(release, "parties")
    roles = [party.get("roles") for party in parties]
    return [
        party
        for party, names in zip(parties, roles, strict=True)
        if isinstance(names, list) and "buyer" in names
    ]


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))


def _list_amounts(release: Json, where: str) -> Iterator[_Amount]:
    """The values of a release; only of a contract's does the standard say what it measures."""
    budget, tender = _part(release, "planning", "budget"), _part(release, "tender")
    parts = (
        (budget, "amount", "budget", say("data.ocds.budget_value")),
        (tender, "minValue", "tender_min", say("data.ocds.tender_min")),
        (tender, "value", "tender_value", say("data.ocds.tender_value")),
        (tender, "maxValue", "tender_max", say("data.ocds.tender_max")),
    )
    for parent, key, name, label in parts:
        if key in parent:
            place = f"{where}/{'planning/budget' if parent is budget else 'tender'}/{key}"
            yield _Amount(name=name, label=label, value=_part(parent, key), where=place)
    for number, award in enumerate(_list(release, "awards")):
        if "value" in award:
            yield _Amount(
                name=_name("award", award, number),
                label=say("data.ocds.award_value"),
                value=_part(award, "value"),
                where=f"{where}/awards[{number}]/value",
            )
    for number, contract in enumerate(_list(release, "contracts")):
        yield from _list_contract(contract, number, f"{where}/contracts[{number}]")


def _list_contract(contract: Json, number: int, where: str) -> Iterator[_Amount]:
    name = _name("contract", contract, number)
    if "value" in contract:
        period = _part(contract, "period")
        ends = [_read_day(_text(period, key)) for key in ("startDate", "endDate")]
        yield _Amount(
            name=name,
            label=say("data.ocds.contract_value"),
            value=_part(contract, "value"),
            where=f"{where}/value",
            measure="contract_value",
            status="contracted",
            period="/".join(ends) if all(ends) and ends[0] <= ends[1] else "",
        )
    for count, payment in enumerate(_list(_part(contract, "implementation"), "transactions")):
        yield _Amount(
            name=f"{name}_paid_{count + 1}",
            label=say("data.ocds.payment_value"),
            value=_part(payment, "value"),
            where=f"{where}/implementation/transactions[{count}]/value",
            status="paid",
            period=_read_day(_text(payment, "date")),
        )


def _name(kind: str, part: Json, number: int) -> str:
    """A name that stays the same from release to release: made of the id, where there is one."""
    identity = part.get("id")
    words = re.findall(
        r"[A-Za-z0-9]+", str(identity) if isinstance(identity, str | Decimal) else ""
    )
    return "_".join((kind, *(words or [str(number + 1)])))[:60].lower()


def _list_events(release: Json) -> Iterator[tuple[Text, str]]:
    """The events of a release with their times as it has them."""
    opened = _text(_part(release, "tender", "tenderPeriod"), "startDate")
    yield say("data.ocds.tender_opens"), opened
    for award in _list(release, "awards"):
        yield say("data.ocds.provider_chosen"), _text(award, "date")
    for contract in _list(release, "contracts"):
        yield say("data.ocds.contract_signed"), _text(contract, "dateSigned")


def _read_day(text: str) -> str:
    """The day of an ISO time where it is the same in China, else nothing."""
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    if moment.tzinfo is None:
        return moment.date().isoformat()
    try:
        inside = moment.astimezone(_BEIJING).date()
    except OverflowError:
        return ""
    return inside.isoformat() if inside == moment.date() else ""
