"""Draft cases from an OCDS release package.

OCDS has no place for much that a case answers, and a value of it does not say what it may be
compared with. So a measure, a state or a date that the standard does not settle by itself is left
blank, with what the package says beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from casebook.data.draft import (
    Blank,
    clean_text,
    write_field,
    write_figure,
    write_head,
    write_item,
)
from casebook.data.import_figures import ImportTarget
from casebook.data.import_table import MAX_BYTES
from casebook.messages import problem, say
from casebook.problems import START, Position, Problem
from casebook.record.new_case import describe_regions, find_regions, mend_slug
from casebook.text import COMMA, Text
from casebook.values.amounts import plain
from casebook.values.words import CURRENCIES
from casebook.yaml.encoding import decode, show

_LARGEST = Decimal(10) ** 15
_BEIJING = timezone(timedelta(hours=8))
_MOST_REGIONS = 4

Json = Mapping[str, Any]


def read_package(
    data: bytes, path: str, target: ImportTarget, problems: list[Problem]
) -> Mapping[str, tuple[str, int]]:
    """The draft of each contracting process of a package, by the slug that it gets.

    A draft is the text of its file and the number of its figures.
    """
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
            continue
        key = "E336.ocid" if ocid else "E336.no_ocid"
        problems.append(problem(key, path, START, number=number, ocid=show(ocid)))
    if problems:
        return {}
    drafts = {}
    for ocid, of_one in processes.items():
        where = say("data.draft.from_package", name=Path(path).name, ocid=ocid)
        origin = (where, _describe_origin(content))
        drafts[mend_slug(ocid)] = _Process(of_one, target).write(origin)
    return drafts


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


@dataclass(frozen=True, slots=True)
class _Amount:
    """One value of a release: its name, its label, its path, and what the standard settles."""

    name: str
    label: Text
    value: Json
    _: KW_ONLY
    where: str
    measure: str = ""
    status: str = ""
    period: str = ""


class _Process:
    """One contracting process, described by one or more releases."""

    def __init__(self, releases: list[Json], target: ImportTarget) -> None:
        self.releases = releases
        self.regions = target.lists.regions
        self.vocabulary = target.lists.vocabulary
        self.lang = target.lang
        self.say = target.say
        self.choices = target.list_choices

    def texts(self, *path: str) -> list[str]:
        """The texts that the releases have at a path, each once."""
        return _unique(_text(_part(one, *path[:-1]), path[-1]) for one in self.releases)

    def write(self, origin: Iterable[Text]) -> tuple[str, int]:
        """The text of the draft, and the number of its figures."""
        remarks = (remark.inside(self.lang) for remark in origin)
        lines = list(write_head(remarks, self.head(), self.lang))
        figures = list(self.figures())
        parts = {"answers": self.answers(), "figures": chain(*figures), "events": self.events()}
        for name, found in parts.items():
            of_part = list(found)
            lines += ["", f"{name}:", *of_part] if of_part else []
        return "\n".join(lines) + "\n", len(figures)

    def head(self) -> Iterator[Blank]:
        """The fields of the case itself."""
        titles = self.texts("tender", "title")
        remark = "tender/title"
        if len(titles) > 1:
            remark = self.say("data.draft.titles_differ", titles=" | ".join(titles))
        yield Blank("title", titles[0] if len(titles) == 1 else "", remark)
        yield Blank("region", "", self.describe_place())
        yield Blank("topic", "", self.choices(self.vocabulary.topics))
        words = self.texts("tender", "description")
        yield Blank("summary", "", " | ".join(words) or self.say("data.draft.sentences"))

    def describe_place(self) -> str:
        """The place in the words of the package, with the codes that its names may mean."""
        addresses = [_part(party, "address") for party in self.buyers()]
        keys = ("region", "locality", "streetAddress")
        names = _unique(_text(address, key) for address in addresses for key in keys)
        found = {
            region.code: region for name in names for region in find_regions(name, self.regions)
        }
        shown = describe_regions(list(found.values())[:_MOST_REGIONS], self.regions)
        return " | ".join([*names, *shown]) or self.say("data.draft.no_place")

    def buyers(self) -> Iterator[Json]:
        """The parties that buy."""
        for release in self.releases:
            for party in _list(release, "parties"):
                roles = party.get("roles")
                if isinstance(roles, list) and "buyer" in roles:
                    yield party

    def answers(self) -> Iterator[str]:
        """The questions of which the package says something; the others count as not answered."""
        vocabulary = self.vocabulary
        named = (_text(party, "name") for party in self.buyers())
        buyers = _unique([*self.texts("buyer", "name"), *named])
        agencies = self.texts("tender", "procuringEntity", "name")
        awards = [award for one in self.releases for award in _list(one, "awards")]
        parties = [party for award in awards for party in _list(award, "suppliers")]
        suppliers = _unique(_text(party, "name") for party in parties)
        methods = self.texts("tender", "procurementMethod")
        details = self.texts("tender", "procurementMethodDetails")
        known = {
            "purchaser": ("、".join(buyers), " | ".join(n for n in agencies if n not in buyers)),
            "provider": ("、".join(suppliers), ""),
            "provider_type": ("", self.choices(vocabulary.provider_types) if suppliers else ""),
            "mode": ("", self.choices(vocabulary.modes)),
            "competition": ("", " | ".join((*methods, *details))),
        }
        for question, (text, remark) in known.items():
            if question not in vocabulary.questions:
                continue
            if text:
                yield write_field(Blank(question, text, remark), "  ")
            elif remark:
                # An answer that is left out counts as not stated; this one has to be given.
                yield f"  {question}:"
                yield write_field(Blank("value", "", remark), "    ")

    def figures(self) -> Iterator[Iterator[str]]:
        """The values of all releases, one that was published twice once, one that changed twice."""
        seen: dict[str, list[tuple[object, object]]] = {}
        for number, release in enumerate(self.releases):
            for amount in _list_amounts(release, f"releases[{number}]"):
                value = (amount.value.get("amount"), amount.value.get("currency"))
                known = seen.setdefault(amount.name, [])
                if value not in known:
                    known.append(value)
                    yield self.figure(amount, len(known))

    def figure(self, amount: _Amount, edition: int) -> Iterator[str]:
        """The figure of one value; `edition` counts the values that its releases gave."""
        vocabulary = self.vocabulary
        measure = amount.measure if amount.measure in vocabulary.measures else ""
        status = amount.status if amount.status in vocabulary.statuses else ""
        period = self.say("data.draft.check_period" if amount.period else "data.draft.period")
        fields = (
            Blank("label", amount.label.zh),
            Blank("label_en", amount.label.en),
            Blank("amount", *self.word_amount(amount.value)),
            Blank("measure", measure, "" if measure else self.choices(vocabulary.measures)),
            Blank("period", amount.period, period),
            Blank("status", status, "" if status else self.choices(vocabulary.statuses)),
            Blank("source", "", self.say("data.draft.source")),
        )
        name, remark = amount.name, amount.where
        if edition > 1:
            name = f"{name}_release_{edition}"
            remark = self.say("data.draft.differs", where=remark)
        return write_figure(name, fields, "  ", remark=remark)

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

    def events(self) -> Iterator[str]:
        """The events of all releases, each once."""
        found = dict.fromkeys(event for one in self.releases for event in _list_events(one))
        for title, when in found:
            day = _read_day(when)
            fields = (
                Blank("date", day, when if day != when else ""),
                Blank("title", title.zh),
                Blank("title_en", title.en),
                Blank("source", "", self.say("data.draft.source")),
            )
            yield from write_item(fields, "  ")


def _describe_origin(package: Json) -> Text:
    """The publisher, the date, the address and the licence of a package, to list as a source."""
    known = [_text(_part(package, "publisher"), "name")]
    known += [_text(package, key) for key in ("publishedDate", "uri", "license")]
    named = list(filter(None, known)) or ["-"]
    return say("data.draft.list_source", source=COMMA.join(named))


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))


def _list_amounts(release: Json, where: str) -> Iterator[_Amount]:
    """The values of a release; only of a contract's does the standard say what it measures."""
    for path, key, name, label in (
        ("planning/budget", "amount", "budget", say("data.ocds.budget_value")),
        ("tender", "minValue", "tender_min", say("data.ocds.tender_min")),
        ("tender", "value", "tender_value", say("data.ocds.tender_value")),
        ("tender", "maxValue", "tender_max", say("data.ocds.tender_max")),
    ):
        parent = _part(release, *path.split("/"))
        if key in parent:
            yield _Amount(name, label, _part(parent, key), where=f"{where}/{path}/{key}")
    for number, award in enumerate(_list(release, "awards")):
        name, place = _name("award", award, number), f"{where}/awards[{number}]/value"
        if "value" in award:
            label = say("data.ocds.award_value")
            yield _Amount(name, label, _part(award, "value"), where=place)
    for number, contract in enumerate(_list(release, "contracts")):
        yield from _list_contract(contract, number, f"{where}/contracts[{number}]")


def _list_contract(contract: Json, number: int, where: str) -> Iterator[_Amount]:
    name = _name("contract", contract, number)
    if "value" in contract:
        period = _part(contract, "period")
        ends = [_read_day(_text(period, key)) for key in ("startDate", "endDate")]
        yield _Amount(
            name,
            say("data.ocds.contract_value"),
            _part(contract, "value"),
            where=f"{where}/value",
            measure="contract_value",
            status="contracted",
            period="/".join(ends) if all(ends) and ends[0] <= ends[1] else "",
        )
    for count, payment in enumerate(_list(_part(contract, "implementation"), "transactions")):
        yield _Amount(
            f"{name}_paid_{count + 1}",
            say("data.ocds.payment_value"),
            _part(payment, "value"),
            where=f"{where}/implementation/transactions[{count}]/value",
            status="paid",
            period=_read_day(_text(payment, "date")),
        )


def _name(kind: str, part: Json, number: int) -> str:
    """A name that stays the same from release to release: made of the id, where there is one."""
    identity = part.get("id")
    written = str(identity) if isinstance(identity, str | Decimal) else ""
    words = re.findall(r"[A-Za-z0-9]+", written) or [str(number + 1)]
    return "_".join((kind, *words))[:60].lower()


def _list_events(release: Json) -> Iterator[tuple[Text, str]]:
    """The events of a release with their times as it has them."""
    found = [(say("data.ocds.tender_opens"), _part(release, "tender", "tenderPeriod"), "startDate")]
    found += [(say("data.ocds.provider_chosen"), one, "date") for one in _list(release, "awards")]
    contracts = _list(release, "contracts")
    found += [(say("data.ocds.contract_signed"), one, "dateSigned") for one in contracts]
    for title, part, key in found:
        if when := _text(part, key):
            yield title, when


def _read_day(text: str) -> str:
    """The day of an ISO time where it is the same in China, else nothing."""
    try:
        moment = datetime.fromisoformat(text)
        inside = moment if moment.tzinfo is None else moment.astimezone(_BEIJING)
    except (ValueError, OverflowError):
        return ""
    return inside.date().isoformat() if inside.date() == moment.date() else ""
