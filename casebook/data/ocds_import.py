"""Draft cases from the contracting processes of an OCDS file.

OCDS has no field for many answers of a case, and its values do not say what they may be compared
with. So a measure, a status or a date that the standard does not define stays blank, with the
words of the file beside it. Awards not made and tenders called off become remarks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

from casebook.data.import_figures import ImportTarget
from casebook.data.ocds_package import (
    Json,
    Process,
    read_list,
    read_part,
    read_processes,
    read_state,
    read_text,
)
from casebook.data.record_edit import write_record
from casebook.data.record_rows import CASE, JOINED, TypedRow
from casebook.data.workbook import TableProblems
from casebook.messages import say
from casebook.record.regions import describe_regions, find_regions
from casebook.text import COMMA, Text
from casebook.values.digest import digest
from casebook.values.quantity import plain
from casebook.values.words import CURRENCIES
from casebook.yaml.edit import can_write

# No purchase is nearly so large; such a number is a mistake of the file.
_LARGEST = Decimal(10) ** 15
_FEN = Decimal("0.01")
# All of China has one time zone.
_BEIJING = timezone(timedelta(hours=8))
# A remark is one line, and a short name may fit many places.
_MOST_REGIONS = 4
# Statuses of the standard: awards that were made, contracts that bind or did until they ended.
_WON = ("active",)
_BINDING = ("active", "terminated")
_CALLED_OFF = ("cancelled", "unsuccessful", "withdrawn")
_PLAIN_ID = re.compile(r"[A-Za-z0-9]+(?:[-_./ ][A-Za-z0-9]+)*")


def read_drafts(
    data: bytes, target: ImportTarget, problems: TableProblems
) -> Mapping[str, tuple[str, int]]:
    """The draft of each contracting process of a file, by its slug.

    A draft is the text of its file and the number of its figures.
    """
    drafts = {}
    for process in read_processes(data, problems):
        row = _Draft(process, target).make()
        where = say("data.draft.from_package", name=Path(problems.path).name, ocid=process.ocid)
        origin = [where, _describe_origin(process.package)]
        status = read_state(read_part(process.compiled, "tender"))
        if status in _CALLED_OFF:
            origin.append(say("data.draft.called_off", state=status))
        text = target.write_origin(origin) + write_record(row, CASE, target.lists)
        drafts[process.slug] = text, len(row.rows["figures"])
    return drafts


# A figure for one value of a release, with the amount and the currency of the value.
_Amount = tuple[TypedRow, tuple[object, object]]


class _Draft:
    """The draft of one contracting process, from the latest values of its releases."""

    def __init__(self, process: Process, target: ImportTarget) -> None:
        self.process = process
        self.compiled = process.compiled
        self.target = target
        self.vocabulary = target.lists.vocabulary
        self.say = target.say
        self.choices = target.list_choices
        # The names given so far, by the kind and the id of the part.
        self.names: dict[tuple[str, str], str] = {}
        self.taken: set[str] = set()

    def make(self) -> TypedRow:
        """The record of the draft."""
        row, tender = self.target.start_draft(), read_part(self.compiled, "tender")
        title = read_text(tender, "title")
        earlier = self.earlier(self.texts("tender", "title"), [title])
        _put(row, "title", title, earlier or "tender/title")
        row.remarks["region"] = self.describe_place()
        summary = read_text(tender, "description")
        row.remarks["summary"] = summary or self.say("data.draft.sentences")
        row.rows["answers"] = list(self.answers(tender))
        row.rows["figures"] = list(self.figures())
        row.rows["events"] = list(self.events())
        return row

    def earlier(self, words: Iterable[str], now: Iterable[str] = ()) -> str:
        """A remark on other words of earlier releases, empty if there are none."""
        other = _unique(word for word in words if word not in set(now))
        return self.say("data.draft.earlier", words=" | ".join(other)) if other else ""

    def texts(self, *path: str) -> list[str]:
        """The texts of the releases at a path, each once."""
        found = (read_text(read_part(one, *path[:-1]), path[-1]) for one in self.process.releases)
        return _unique(found)

    def describe_place(self) -> str:
        """The place in the words of the file, with the region codes that its names may mean."""
        regions = self.target.lists.regions
        addresses = [read_part(party, "address") for party in self.buyers()]
        keys = ("region", "locality", "streetAddress")
        names = _unique(read_text(address, key) for address in addresses for key in keys)
        found = {region.code: region for name in names for region in find_regions(name, regions)}
        shown = describe_regions(list(found.values())[:_MOST_REGIONS], regions)
        return " | ".join([*names, *(one.inside(self.target.lang) for one in shown)]) or self.say(
            "data.draft.no_place"
        )

    def buyers(self) -> Iterator[Json]:
        """The parties with the role of a buyer."""
        for party in read_list(self.compiled, "parties"):
            roles = party.get("roles")
            if isinstance(roles, list) and "buyer" in roles:
                yield party

    def answers(self, tender: Json) -> Iterator[TypedRow]:
        """The answers that the file has something about; other questions count as not answered."""
        buyer = read_text(read_part(self.compiled, "buyer"), "name")
        buyers = _unique([buyer, *(read_text(party, "name") for party in self.buyers())])
        agency = read_text(read_part(tender, "procuringEntity"), "name")
        before = self.earlier(self.texts("buyer", "name"), buyers)
        suppliers, remark = self.find_suppliers()
        types = self.choices(self.vocabulary.provider_types)
        procedure = (read_text(tender, f"procurementMethod{end}") for end in ("", "Details"))
        known = {
            "purchaser": (buyers, _join("" if agency in buyers else agency, before)),
            "provider": (suppliers, remark),
            "provider_type": ([], types if suppliers else ""),
            # The methods of the standard (open, selective, limited, direct) are not our modes.
            "mode": ([], self.choices(self.vocabulary.modes)),
            "competition": ([], " | ".join(filter(None, procedure))),
        }
        for question, (names, remark) in known.items():
            if question in self.vocabulary.questions and (names or remark):
                row = TypedRow(name=question)
                # A name with the separator of words would become a list of names.
                _put(row, "value", "、".join(names).replace(JOINED, "｜"), remark)
                yield row

    def find_suppliers(self) -> tuple[list[str], str]:
        """The suppliers that won, with a remark on all others that are or were named."""
        suppliers: list[str] = []
        remarks: list[str] = []
        parties = name_parties(self.compiled)
        for award in read_list(self.compiled, "awards"):
            names, status = name_suppliers(award, parties), read_state(award)
            if status in _WON:
                suppliers += names
            elif names or "value" in award:
                value = " ".join(str(part) for part in read_part(award, "value").values())
                words = " ".join(filter(None, ["、".join(names), value]))
                key = "data.draft.not_awarded" if status else "data.draft.award_unsaid"
                remarks.append(self.say(key, words=words, state=status))
        earlier = [
            name
            for release in self.process.releases[:-1]
            for named in [name_parties(release)]
            for award in read_list(release, "awards")
            if read_state(award) in _WON
            for name in name_suppliers(award, named)
        ]
        return _unique(suppliers), _join(*remarks, self.earlier(earlier, suppliers))

    def figures(self) -> Iterator[TypedRow]:
        """A figure for each value of the process, with a remark on other values before."""
        earlier: dict[str, list[str]] = {}
        now = {row.name: (row, value) for row, value in self.list_amounts(self.compiled)}
        for release in self.process.releases[:-1]:
            for row, value in self.list_amounts(release):
                if row.name in now and value != now[row.name][1]:
                    shown = " ".join(str(part) for part in value if part is not None)
                    day = read_text(release, "date")[:10]
                    earlier.setdefault(row.name, []).append(f"{shown} ({day})")
        for name, (row, _) in now.items():
            row.remarks[""] = _join(row.remarks[""], self.earlier(earlier.get(name, ())))
            yield row

    def make_figure(
        self, name: str, label: Text, value: Json, where: str, **settled: str
    ) -> _Amount:
        """The figure of a value at a path, with the fields `settled` by the standard."""
        row = self.start_row("label", label)
        row.name, row.remarks[""] = name, where
        _put(row, "amount", *self.word_amount(value))
        day = settled.get("period", "")
        _put(
            row, "period", day, self.say("data.draft.check_period" if day else "data.draft.period")
        )
        words = {"measure": self.vocabulary.measures, "status": self.vocabulary.statuses}
        for field, listed in words.items():
            word = settled.get(field, "")
            _put(row, field, *((word, "") if word in listed else ("", self.choices(listed))))
        return row, (value.get("amount"), value.get("currency"))

    def start_row(self, field: str, words: Text) -> TypedRow:
        """A record with a text of the program in each language of the site, without a source."""
        languages = self.target.lists.languages
        texts = {languages.name(field, lang): words.inside(lang) for lang in languages}
        return TypedRow(texts=texts, remarks={"source": self.say("data.draft.source")})

    def word_amount(self, value: Json) -> tuple[str, str]:
        """The amount in the notation of a record, with a remark if it is absent or rounded."""
        number, currency = value.get("amount"), value.get("currency")
        if not isinstance(number, Decimal):
            return "", self.say("data.draft.no_number", number=number)
        if not number.is_finite() or not 0 <= number < _LARGEST:
            return "", self.say("data.draft.odd_number", number=number)
        code = currency.upper() if isinstance(currency, str) else ""
        code = "CNY" if code == "RMB" else code
        if code not in CURRENCIES:
            shown = f"{number} {currency or ''}".strip()
            return "", self.say("data.draft.currency", amount=shown)
        # 203179.70999999999 is 203179.71 after a computer converted it to binary and back.
        rounded = number.quantize(_FEN)
        is_noise = rounded != number and abs(rounded - number) < Decimal("1e-6")
        remark = self.say("data.draft.noise", number=number) if is_noise else ""
        unit = CURRENCIES[code].name.zh
        if self.target.lists.languages.first == "en":
            unit = f" {CURRENCIES[code].name.en}"
        return f"{plain(rounded if is_noise else number)}{unit}", remark

    def events(self) -> Iterator[TypedRow]:
        """The events of the process, each once."""
        for title, when in dict.fromkeys(_list_events(self.compiled)):
            row, day = self.start_row("title", title), _read_day(when)
            _put(row, "date", day, when if day != when else "")
            yield row

    def list_amounts(self, release: Json) -> Iterator[_Amount]:
        """The values of a release; the standard states the measure of contract values only."""
        for path, key, name, label in (
            ("planning/budget", "amount", "budget", say("data.ocds.budget_value")),
            ("tender", "minValue", "tender_min", say("data.ocds.tender_min")),
            ("tender", "value", "tender_value", say("data.ocds.tender_value")),
            ("tender", "maxValue", "tender_max", say("data.ocds.tender_max")),
        ):
            parent = read_part(release, *path.split("/"))
            if key in parent:
                yield self.make_figure(name, label, read_part(parent, key), f"{path}/{key}")
        for number, (award, name) in enumerate(self.name_all("award", release)):
            if "value" in award and read_state(award) in _WON:
                label, where = say("data.ocds.award_value"), f"awards[{number}]/value"
                yield self.make_figure(name, label, read_part(award, "value"), where)
        named = zip(self.name_all("contract", release), _list_contracts(release), strict=True)
        for number, ((contract, name), (_, state, binds)) in enumerate(named):
            where = f"contracts[{number}]"
            if "value" in contract:
                period = read_part(contract, "period")
                ends = [_read_day(read_text(period, key)) for key in ("startDate", "endDate")]
                settled = {"measure": "contract_value", "status": "contracted"} if binds else {}
                yield self.make_figure(
                    name,
                    say("data.ocds.contract_value"),
                    read_part(contract, "value"),
                    _join(
                        f"{where}/value", "" if binds else self.explain_contract(contract, state)
                    ),
                    period="/".join(ends) if all(ends) and ends[0] <= ends[1] else "",
                    **settled,
                )
            payments = read_list(read_part(contract, "implementation"), "transactions")
            for count, payment in enumerate(payments):
                # Version 1.0 of the standard has amount where 1.1 has value.
                key = "value" if "value" in payment else "amount"
                yield self.make_figure(
                    f"{name}_paid_{count + 1}",
                    say("data.ocds.payment_value"),
                    read_part(payment, key),
                    f"{where}/implementation/transactions[{count}]/{key}",
                    status="paid",
                    period=_read_day(read_text(payment, "date")),
                )

    def explain_contract(self, contract: Json, award: str) -> str:
        """A remark on why a contract does not bind: its own status, or that of its award."""
        state = read_state(contract) or "-"
        if state in _BINDING:
            return self.say("data.draft.contract_award", state=award)
        return self.say("data.draft.contract_status", state=state)

    def name_all(self, kind: str, release: Json) -> Iterator[tuple[Json, str]]:
        """The parts of a kind, with names that are the same in every release.

        Names are made from the ids, if there are any.
        """
        counted = Counter[str]()
        for number, part in enumerate(read_list(release, f"{kind}s")):
            identity = part.get("id")
            written = str(identity) if isinstance(identity, str | Decimal) else f"{number + 1}"
            counted[written] += 1
            # Two parts with one id are two parts, although the standard asks for different ids.
            written += f" ({counted[written]})" if counted[written] > 1 else ""
            if (kind, written) not in self.names:
                words = re.findall(r"[A-Za-z0-9]+", written)
                name = "_".join((kind, *words)).lower()[:50].rstrip("_")
                # Ids that differ only in Chinese, at the end or in signs need different names.
                if not _PLAIN_ID.fullmatch(written) or len(written) > 40 or name in self.taken:
                    name = f"{name}_{digest(written.encode())[:6]}"
                self.names[kind, written] = name
                self.taken.add(name)
            yield part, self.names[kind, written]


def _put(row: TypedRow, name: str, text: str, remark: str) -> None:
    """Put a text into a row, or into the remark behind it if YAML has no notation for it."""
    if text and not can_write(text):
        text, remark = "", f"{text} {remark}".strip()
    row.texts[name], row.remarks[name] = text, remark


def _join(*remarks: str) -> str:
    return "；".join(filter(None, remarks))


def name_parties(release: Json) -> dict[str, str]:
    """The name of each party of a release by its id."""
    parties = read_list(release, "parties")
    return {str(party.get("id")): read_text(party, "name") for party in parties}


def name_suppliers(award: Json, parties: Mapping[str, str]) -> list[str]:
    """The suppliers of an award; a supplier with an id only has the name of its party."""
    return _unique(
        read_text(party, "name") or parties.get(str(party.get("id")), "")
        for party in read_list(award, "suppliers")
    )


def _list_contracts(release: Json) -> Iterator[tuple[Json, str, bool]]:
    """The contracts of a release, each with the status of its award, if known, and if it binds.

    A contract binds if it is or was in force, unless its award was not made.
    """
    states = {
        one["id"]: read_state(one)
        for one in read_list(release, "awards")
        if isinstance(one.get("id"), str | Decimal)
    }
    for contract in read_list(release, "contracts"):
        asked = contract.get("awardID")
        award = states.get(asked, "") if isinstance(asked, str | Decimal) else ""
        yield contract, award, read_state(contract) in _BINDING and award in ("", *_WON)


def _describe_origin(package: Json) -> Text:
    """The publisher, date, address and licence of a package, for the list of sources."""
    known = [read_text(read_part(package, "publisher"), "name")]
    known += [read_text(package, key) for key in ("publishedDate", "uri", "license")]
    named = list(filter(None, known)) or ["-"]
    return say("data.draft.list_source", source=COMMA.join(named))


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))


def _list_events(release: Json) -> Iterator[tuple[Text, str]]:
    """The events of a release with their times as written."""
    opens, chosen, signed = (
        say("data.ocds.tender_opens"),
        say("data.ocds.provider_chosen"),
        say("data.ocds.contract_signed"),
    )
    found = [(opens, read_text(read_part(release, "tender", "tenderPeriod"), "startDate"))]
    awards = [one for one in read_list(release, "awards") if read_state(one) in _WON]
    found += [(chosen, read_text(one, "date")) for one in awards]
    contracts = [one for one, _, binds in _list_contracts(release) if binds]
    found += [(signed, read_text(one, "dateSigned")) for one in contracts]
    return ((title, when) for title, when in found if when)


def _read_day(text: str) -> str:
    """The day of an ISO time if it is the same day in China, else empty."""
    try:
        moment = datetime.fromisoformat(text)
        inside = moment if moment.tzinfo is None else moment.astimezone(_BEIJING)
    except (ValueError, OverflowError):
        return ""
    return inside.date().isoformat() if inside.date() == moment.date() else ""
