"""An OCDS release package as draft cases: what it states is written, the rest is left to ask.

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
from casebook.problems import START, Position, Problem
from casebook.record.lists import Lists
from casebook.record.new_case import describe_regions, find_regions, mend_slug
from casebook.text import Lang
from casebook.values.amounts import plain
from casebook.values.words import CURRENCIES
from casebook.yaml.encoding import decode, show

_LARGEST = Decimal(10) ** 15
_BEIJING = timezone(timedelta(hours=8))
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_REGIONS = 4

Json = Mapping[str, Any]


def read_package(
    data: bytes, path: str, lists: Lists, lang: Lang, problems: list[Problem]
) -> Mapping[str, Draft]:
    """The draft of each contracting process of a package, by the slug that it gets."""
    text, found = decode(data, path, MAX_BYTES)
    problems += found
    package = _parse(text, path, problems) if text is not None else None
    if package is None:
        return {}
    releases = package.get("releases")
    if not isinstance(releases, list) or not all(isinstance(one, dict) for one in releases):
        zh, en = "没有 releases，不是 OCDS 的 release package", "no releases, so no OCDS package"
        if "records" in package:
            zh, en = (
                "这是 record package，不是 release package",
                "a record package, not of releases",
            )
        problems.append(Problem(path, START, "E336", zh, en, *_HINTS))
        return {}
    processes: dict[str, list[Json]] = {}
    for number, release in enumerate(releases):
        ocid = _text(release, "ocid")
        if not mend_slug(ocid):
            zh = f"releases[{number}] 的 ocid {show(ocid) or '是空的'}，起不出文件名"
            en = f"the ocid {show(ocid)} of releases[{number}] makes no file name"
            problems.append(Problem(path, START, "E336", zh, en, *_HINTS))
            continue
        processes.setdefault(ocid, []).append(release)
    if problems:
        return {}
    return {
        mend_slug(ocid): _Process(ocid, found, package, path, lists, lang).draft()
        for ocid, found in processes.items()
    }


_HINTS = (
    "导入的是 OCDS 1.1 的 release package（JSON），或公开数据 figures.csv 那样的表",
    "Give an OCDS 1.1 release package (JSON), or a table like figures.csv of the open data",
)


def _parse(text: str, path: str, problems: list[Problem]) -> Json | None:
    try:
        # A number is kept as it is written, and what is no number is refused.
        package = json.loads(
            text, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse_constant
        )
    except json.JSONDecodeError as error:
        at = Position(error.lineno, error.colno)
        zh, en = f"不是 JSON（{error.msg}）", f"no JSON ({error.msg})"
        problems.append(Problem(path, at, "E336", zh, en, *_HINTS))
    except (RecursionError, ValueError):
        zh, en = (
            "JSON 嵌套太深，或有不是数的数",
            "JSON nests too deep, or has numbers that are none",
        )
        problems.append(Problem(path, START, "E336", zh, en, *_HINTS))
    else:
        if isinstance(package, dict):
            return package
        zh, en = "JSON 的最外层应当是一个对象", "the outermost of the JSON should be an object"
        problems.append(Problem(path, START, "E336", zh, en, *_HINTS))
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
    """One value of a release: what it is called, where it stands, and what the standard settles."""

    name: str
    label: str
    label_en: str
    value: Json
    where: str
    measure: str = ""
    status: str = ""
    period: str = ""


class _Process:
    """One contracting process, told by one or more releases."""

    def __init__(
        self,
        ocid: str,
        releases: list[Json],
        package: Json,
        path: str,
        lists: Lists,
        lang: Lang,
    ) -> None:
        self.ocid = ocid
        self.releases = releases
        self.package = package
        self.path = path
        self.lists = lists
        self.lang = lang

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

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
        name = Path(self.path).name
        yield self.say(
            f"由 OCDS 发布包 {name} 导入，ocid {self.ocid}",
            f"Imported from the OCDS package {name}, ocid {self.ocid}",
        )
        told = [_text(_part(self.package, "publisher"), "name")]
        told += [_text(self.package, key) for key in ("publishedDate", "uri", "license")]
        shown = self.say("，", ", ").join(filter(None, told)) or "-"
        yield self.say(
            f"先在 data/sources.yaml 登记这个来源，再填各处的 source：{shown}",
            f"List its source in data/sources.yaml, then fill in each source: {shown}",
        )

    def head(self) -> Iterator[Blank]:
        titles = _unique(_text(_part(one, "tender"), "title") for one in self.releases)
        remark = "tender/title"
        if len(titles) > 1:
            remark = self.say("各次发布不同：", "releases differ: ") + " | ".join(titles)
        yield Blank("title", titles[0] if len(titles) == 1 else "", remark)
        yield Blank("region", "", self.describe_place())
        yield Blank("topic", "", list_choices(self.lists.vocabulary.topics, self.lang))
        words = _unique(_text(_part(one, "tender"), "description") for one in self.releases)
        yield Blank("summary", "", " | ".join(words) or self.say("一两句话", "a sentence or two"))

    def describe_place(self) -> str:
        """What the package says of the place, with the codes that its names may mean."""
        addresses = [_part(party, "address") for one in self.releases for party in self.buyers(one)]
        keys = ("region", "locality", "streetAddress")
        names = _unique(_text(address, key) for address in addresses for key in keys)
        found = {
            region.code: region
            for name in names
            for region in find_regions(name, self.lists.regions)
        }
        regions = list(found.values())[:_MOST_REGIONS]
        shown = list(describe_regions(regions, self.lists.regions))
        return " | ".join([*names, *shown]) or self.say("没有写地方", "no place is told")

    def buyers(self, release: Json) -> list[Json]:
        """The parties that buy."""
        return [party for party in _list(release, "parties") if "buyer" in _roles(party)]

    def answers(self) -> Iterator[Blank]:
        """The questions of which the package says something; the others count as not answered."""
        buyers = [_text(_part(one, "buyer"), "name") for one in self.releases]
        buyers += [_text(party, "name") for one in self.releases for party in self.buyers(one)]
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
            "provider_type": ("", self.choices("provider_type") if suppliers else ""),
            "mode": ("", self.choices("mode")),
            "competition": ("", " | ".join((*methods, *details))),
        }
        for question, (text, remark) in known.items():
            if question in self.lists.vocabulary.questions and (text or remark):
                yield Blank(question, text, remark)

    def choices(self, question: str) -> str:
        words = {
            "provider_type": self.lists.vocabulary.provider_types,
            "mode": self.lists.vocabulary.modes,
        }
        return list_choices(words[question], self.lang)

    def figures(self) -> Iterator[DraftFigure]:
        """The values of all releases, one that was published twice once, one that changed twice."""
        seen: dict[str, list[tuple[object, object]]] = {}
        for number, release in enumerate(self.releases):
            for amount in _list_amounts(release, f"releases[{number}]"):
                told = (amount.value.get("amount"), amount.value.get("currency"))
                known = seen.setdefault(amount.name, [])
                if told in known:
                    continue
                known.append(told)
                yield self.figure(amount, len(known))

    def figure(self, amount: _Amount, edition: int) -> DraftFigure:
        vocabulary = self.lists.vocabulary
        wording, remark = self.word_amount(amount.value)
        measure = amount.measure if amount.measure in vocabulary.measures else ""
        status = amount.status if amount.status in vocabulary.statuses else ""
        period = self.say("属于什么时候", "the time that it speaks of")
        if amount.period:
            period = self.say("请核对", "please check")
        source = self.say("登记后填写", "once it is listed")
        fields = (
            Blank("label", amount.label),
            Blank("label_en", amount.label_en),
            Blank("amount", wording, remark),
            Blank(
                "measure", measure, "" if measure else list_choices(vocabulary.measures, self.lang)
            ),
            Blank("period", amount.period, period),
            Blank("status", status, "" if status else list_choices(vocabulary.statuses, self.lang)),
            Blank("source", "", source),
        )
        name, where = amount.name, amount.where
        if edition > 1:
            where += self.say("，与前一次发布不同", ", differs from the release before")
            name = f"{name}_release_{edition}"
        return DraftFigure(name, fields, where)

    def word_amount(self, value: Json) -> tuple[str, str]:
        """The amount in the notation of a record, or a remark on why it has none."""
        number, currency = value.get("amount"), value.get("currency")
        if not isinstance(number, Decimal):
            return "", self.say(f"amount 不是数：{number}", f"amount is no number: {number}")
        if not number.is_finite() or not 0 <= number < _LARGEST:
            return "", self.say(f"不合理的数 {number}", f"no sensible number: {number}")
        known = CURRENCIES.get(currency) if isinstance(currency, str) else None
        shown = f"{number} {currency or ''}".strip()
        if known is None:
            return "", self.say(f"币种不明：{shown}", f"unknown currency: {shown}")
        return f"{plain(number)}{known.name.zh}", ""

    def events(self) -> Iterator[tuple[Blank, ...]]:
        """What happened on a day, once for each thing and day."""
        seen = set()
        for release in self.releases:
            for zh, en, when in _list_events(release):
                if not when or (zh, when) in seen:
                    continue
                seen.add((zh, when))
                day = _read_day(when)
                remark = when if day != when else ""
                yield (
                    Blank("date", day, remark),
                    Blank("title", zh),
                    Blank("title_en", en),
                    Blank("source", "", self.say("登记后填写", "once it is listed")),
                )


def _roles(party: Json) -> list[object]:
    roles = party.get("roles")
    return roles if isinstance(roles, list) else []


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))


def _list_amounts(release: Json, where: str) -> Iterator[_Amount]:
    """The values of a release; only of a contract's does the standard say what it measures."""
    budget = _part(release, "planning", "budget")
    if "amount" in budget:
        value = _part(budget, "amount")
        yield _Amount(
            name="budget",
            label="预算",
            label_en="Budget",
            value=value,
            where=f"{where}/planning/budget/amount",
        )
    tender = _part(release, "tender")
    names = {
        "minValue": ("tender_min", "招标估价下限", "Least estimated value of the tender"),
        "value": ("tender_value", "招标估价", "Estimated value of the tender"),
        "maxValue": ("tender_max", "招标估价上限", "Greatest estimated value of the tender"),
    }
    for key, (name, zh, en) in names.items():
        if key in tender:
            yield _Amount(
                name=name,
                label=zh,
                label_en=en,
                value=_part(tender, key),
                where=f"{where}/tender/{key}",
            )
    for number, award in enumerate(_list(release, "awards")):
        if "value" in award:
            name = _name("award", award, number)
            place = f"{where}/awards[{number}]/value"
            yield _Amount(
                name=name,
                label="成交金额",
                label_en="Value of the award",
                value=_part(award, "value"),
                where=place,
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
            label="合同金额",
            label_en="Value of the contract",
            value=_part(contract, "value"),
            where=f"{where}/value",
            measure="contract_value",
            status="contracted",
            period="/".join(ends) if all(ends) and ends[0] <= ends[1] else "",
        )
    for count, payment in enumerate(_list(_part(contract, "implementation"), "transactions")):
        yield _Amount(
            name=f"{name}_paid_{count + 1}",
            label="支付金额",
            label_en="Amount paid",
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


def _list_events(release: Json) -> Iterator[tuple[str, str, str]]:
    """What happened: in Chinese, in English, and when, as the release has it."""
    tender = _part(release, "tender")
    opened = _text(_part(tender, "tenderPeriod"), "startDate")
    yield "开始招标", "The tender opens", opened
    for award in _list(release, "awards"):
        yield "确定承接方", "The provider is chosen", _text(award, "date")
    for contract in _list(release, "contracts"):
        yield "签订合同", "The contract is signed", _text(contract, "dateSigned")


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
