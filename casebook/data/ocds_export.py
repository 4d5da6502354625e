"""Records in the words of the Open Contracting Data Standard, as far as these go.

The result borrows the names of OCDS 1.1.5 and claims no conformance: the records describe places
and not single contracting processes, have no ocid, and most of their amounts are not exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

from casebook.data.table_rows import version_of
from casebook.data.tables import name_in
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.text import Lang, Languages, Text
from casebook.values.amounts import plain

_SCHEMA: Final = "https://standard.open-contracting.org/schema/1__1__5/release-schema.json"
_BUDGET: Final = "planning.budget.amount"
_TENDER: Final = "tender.value"
_CONTRACTS: Final = "contracts[].value"
_PAYMENTS: Final = "contracts[].implementation.transactions[].value"
_PRICES: Final = "tender.items[].unit"


@dataclass(frozen=True, slots=True)
class Mapped:
    """One row of the mapping: a thing of ours, its path in OCDS or nothing, and a remark."""

    ours: Text
    path: str
    note: Text


MAPPING: Final = tuple(
    Mapped(say(ours), path, say(note))
    for ours, path, note in (
        ("data.ocds.purchaser", "buyer, parties[]", "data.ocds.purchaser_note"),
        ("data.ocds.provider", "parties[]", "data.ocds.provider_note"),
        (
            "data.ocds.mode",
            "tender.procurementMethod, tender.procurementMethodDetails",
            "data.ocds.mode_note",
        ),
        ("data.ocds.yearly", _BUDGET, "data.ocds.exact_only"),
        ("data.ocds.planned", _TENDER, "data.ocds.exact_only"),
        ("data.ocds.contracted", _CONTRACTS, "data.ocds.exact_only"),
        ("data.ocds.paid", _PAYMENTS, "data.ocds.exact_only"),
        ("data.ocds.price", _PRICES, "data.ocds.price_note"),
        ("data.ocds.document", "planning.documents[]", "data.ocds.document_note"),
        ("data.ocds.place", "", "data.ocds.place_note"),
        ("data.ocds.payout_cap", "", "data.ocds.payout_cap_note"),
        ("data.ocds.cumulative", "", "data.ocds.cumulative_note"),
        ("data.ocds.programme", "", "data.ocds.programme_note"),
        ("data.ocds.inexact", "", "data.ocds.inexact_note"),
        ("data.ocds.reported", "", "data.ocds.reported_note"),
        ("data.ocds.conflict", "", "data.ocds.conflict_note"),
        ("data.ocds.other", "", "data.ocds.other_note"),
    )
)

# Why a figure has no place, by the word for it in the file.
REASONS: Final[Mapping[str, Text]] = {
    "computed": say("data.ocds.unplaced.computed"),
    "not_money": say("data.ocds.unplaced.not_money"),
    "range": say("data.ocds.unplaced.range"),
    "qualifier": say("data.ocds.unplaced.qualifier"),
    "conflict": say("data.ocds.unplaced.conflict"),
    "measure": say("data.ocds.unplaced.measure"),
    "status": say("data.ocds.unplaced.status"),
}

# What a validator by the release schema of OCDS 1.1.5 misses, and nothing else: a test holds it.
MISSING: Final = ("ocid", "date", "tag", "initiationType", "contracts[].awardID")
NOTICE: Final = say("data.ocds.notice", missing=", ".join(MISSING))

_YEARLY: Final = ("annual_total", "recurring_commitment")
# The path of an exact amount by its measure and its status.
_PLACES: Final[Mapping[tuple[str, str], str]] = {
    **dict.fromkeys(product(_YEARLY, ("planned", "set", "allocated")), _BUDGET),
    **dict.fromkeys(product((*_YEARLY, "contract_value"), ("paid",)), _PAYMENTS),
    ("contract_value", "planned"): _TENDER,
    ("contract_value", "contracted"): _CONTRACTS,
}
_PLACED_MEASURES: Final = frozenset({"unit_price", *(measure for measure, _ in _PLACES)})


def place_figure(figure: Figure, case: Case, dataset: Dataset) -> tuple[str, str]:
    """The path that a figure has in OCDS, or else the reason why it has none."""
    if figure.formula:
        return "", "computed"
    if dataset.vocabulary.measures[figure.measure].kind != "money":
        return "", "not_money"
    if figure.measure not in _PLACED_MEASURES:
        return "", "measure"
    if figure.quantity.qualifier == "range":
        return "", "range"
    if figure.quantity.qualifier != "exact":
        return "", "qualifier"
    if any(figure.id in conflict.figures for conflict in case.conflicts):
        return "", "conflict"
    if figure.measure == "unit_price":
        return _PRICES, ""
    path = _PLACES.get((figure.measure, figure.status), "")
    return path, "" if path else "status"


def describe_releases(dataset: Dataset) -> dict[str, object]:
    """Everything that ocds.json holds: the notice, the mapping, and each case in its words."""
    # The standard is English, and so is what is said of it where the site has English at all.
    languages = Languages(sorted(dataset.languages))
    return {
        "notice": {lang: NOTICE.inside(lang) for lang in dataset.languages},
        # Said outright, since the names are those of the standard.
        "conformsTo": None,
        "validator": {"schema": _SCHEMA, "missing": MISSING},
        "mapping": [
            {
                **name_in(row.ours, "ours", languages),
                "ocds": row.path or None,
                **name_in(row.note, "note", languages),
            }
            for row in MAPPING
        ],
        "reasons": {
            name: {lang: text.inside(lang) for lang in dataset.languages}
            for name, text in REASONS.items()
        },
        "cases": [describe_release(case, dataset) for case in dataset.cases],
    }


def describe_release(case: Case, dataset: Dataset) -> dict[str, object]:
    """One case in the words of OCDS, as far as they go."""
    first = dataset.languages.first
    placed: dict[str, list[Figure]] = {}
    unplaced = []
    for figure in case.figures.values():
        path, reason = place_figure(figure, case, dataset)
        if path:
            placed.setdefault(path, []).append(figure)
        else:
            unplaced.append({"figure": figure.id, "amount": figure.quantity.text, "reason": reason})
    buyer = _answer(case, "purchaser", dataset)
    provider = _answer(case, "provider", dataset)
    names = [(buyer, "buyer"), (provider, "supplier")]
    region = dataset.regions[case.region]
    scheme = {"scheme": "GB/T 2260-2012"} if region.standard else {}
    parties = [{"name": name, "roles": [role]} for name, role in names if name]
    described: dict[str, object] = {
        "id": case.slug,
        "language": first,
        "title": case.title.own(first),
        "description": case.summary.own(first),
        "version": version_of(case),
        "place": {**scheme, "id": region.code, "description": dataset.place(case).inside(first)},
        "parties": parties,
    }
    if buyer:
        described["buyer"] = {"name": buyer}
    described |= dict(_stages(case, placed, dataset))
    return described | {"unplaced": unplaced}


def _stages(
    case: Case, placed: Mapping[str, list[Figure]], dataset: Dataset
) -> Iterator[tuple[str, object]]:
    first = dataset.languages.first
    planning: dict[str, object] = {}
    budgets = [_amount(figure, first) for figure in placed.get(_BUDGET, ())]
    if budgets:
        # The field holds one amount; of several none is the right one.
        planning["budget"] = budgets[0] if len(budgets) == 1 else {"alternatives": budgets}
    if case.documents:
        # A record has no ids of documents; the place in the list tells them apart.
        planning["documents"] = [
            {"id": str(number), "title": document.title.own(first)}
            for number, document in enumerate(case.documents, start=1)
        ]
    if planning:
        yield "planning", planning
    tender: dict[str, object] = {"id": case.slug, "mainProcurementCategory": "services"}
    mode = dataset.answer(case, dataset.who_and_how[1])
    if mode.terms:
        tender["procurementMethodDetails"] = dataset.answer_text(mode.question, mode).inside(first)
        if all(dataset.vocabulary.modes[term].direct for term in mode.terms):
            tender["procurementMethod"] = "direct"
    items = [
        {
            "id": figure.id,
            "description": figure.label.own(first),
            "unit": {
                "name": "/".join(dataset.vocabulary.per[key].name.own(first) for key in figure.per),
                "value": _value(figure),
            },
        }
        for figure in placed.get(_PRICES, ())
    ]
    if items:
        tender["items"] = items
    values = [_amount(figure, first) for figure in placed.get(_TENDER, ())]
    if values:
        tender["value"] = values[0]["amount"] if len(values) == 1 else {"alternatives": values}
    yield "tender", tender
    contracts: list[dict[str, object]] = [
        {"id": figure.id, "title": figure.label.own(first), "value": _value(figure)}
        for figure in placed.get(_CONTRACTS, ())
    ]
    contracts += [
        {
            "id": figure.id,
            "title": figure.label.own(first),
            "implementation": {"transactions": [{"id": figure.id, "value": _value(figure)}]},
        }
        for figure in placed.get(_PAYMENTS, ())
    ]
    if contracts:
        yield "contracts", contracts


def _answer(case: Case, question: str, dataset: Dataset) -> str:
    if question not in dataset.vocabulary.questions:
        return ""
    answer = dataset.answer(case, question)
    if answer.state not in ("stated", "partial"):
        return ""
    return dataset.answer_text(answer.question, answer).inside(dataset.languages.first)


def _amount(figure: Figure, first: Lang) -> dict[str, object]:
    return {"description": figure.label.own(first), "amount": _value(figure), "figure": figure.id}


def _value(figure: Figure) -> dict[str, object]:
    quantity = figure.quantity
    # A number of JSON: amounts are whole in practice, and decimal text would be no OCDS value.
    text = plain(quantity.value) if quantity.value is not None else "0"
    return {"amount": float(text) if "." in text else int(text), "currency": quantity.unit}
