"""Records in the words of the Open Contracting Data Standard, as far as these go.

The result borrows the names of OCDS 1.1.5 and claims no conformance: the records describe places
and not single contracting processes, have no ocid, and most of their amounts are not exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from casebook.data.table_rows import version_of
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.text import Text
from casebook.values.amounts import plain

NOTICE: Final = say("data.ocds.notice")


@dataclass(frozen=True, slots=True)
class Mapped:
    """One row of the mapping: a thing of ours, its path in OCDS or nothing, and a remark."""

    ours: Text
    path: str
    note: Text


MAPPING: Final = (
    Mapped(say("data.ocds.purchaser"), "buyer, parties[]", say("data.ocds.purchaser_note")),
    Mapped(say("data.ocds.provider"), "parties[]", say("data.ocds.provider_note")),
    Mapped(
        say("data.ocds.mode"),
        "tender.procurementMethod, tender.procurementMethodDetails",
        say("data.ocds.mode_note"),
    ),
    Mapped(say("data.ocds.yearly"), "planning.budget.amount", say("data.ocds.exact_only")),
    Mapped(say("data.ocds.planned"), "tender.value", say("data.ocds.exact_only")),
    Mapped(say("data.ocds.contracted"), "contracts[].value", say("data.ocds.exact_only")),
    Mapped(
        say("data.ocds.paid"),
        "contracts[].implementation.transactions[].value",
        say("data.ocds.exact_only"),
    ),
    Mapped(say("data.ocds.price"), "tender.items[].unit", say("data.ocds.price_note")),
    Mapped(say("data.ocds.document"), "planning.documents[]", say("data.ocds.document_note")),
    Mapped(say("data.ocds.place"), "", say("data.ocds.place_note")),
    Mapped(say("data.ocds.payout_cap"), "", say("data.ocds.payout_cap_note")),
    Mapped(say("data.ocds.cumulative"), "", say("data.ocds.cumulative_note")),
    Mapped(say("data.ocds.programme"), "", say("data.ocds.programme_note")),
    Mapped(say("data.ocds.inexact"), "", say("data.ocds.inexact_note")),
    Mapped(say("data.ocds.reported"), "", say("data.ocds.reported_note")),
    Mapped(say("data.ocds.conflict"), "", say("data.ocds.conflict_note")),
    Mapped(say("data.ocds.other"), "", say("data.ocds.other_note")),
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

# The path of an exact amount by its measure and its status.
_PLACES: Final[Mapping[tuple[str, str], str]] = {
    **{
        (measure, status): "planning.budget.amount"
        for measure in ("annual_total", "recurring_commitment")
        for status in ("planned", "set", "allocated")
    },
    ("contract_value", "planned"): "tender.value",
    ("contract_value", "contracted"): "contracts[].value",
    **{
        (measure, "paid"): "contracts[].implementation.transactions[].value"
        for measure in ("annual_total", "recurring_commitment", "contract_value")
    },
}
_PRICES: Final = "tender.items[].unit"
_PLACED_MEASURES: Final = frozenset({"unit_price", *(measure for measure, _ in _PLACES)})
_DIRECT: Final = "entrustment"


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
    return {
        "notice": {"zh": NOTICE.zh, "en": NOTICE.en},
        "conformsTo": None,
        "mapping": [
            {"ours": row.ours.en, "ours_zh": row.ours.zh, "ocds": row.path or None} | _note(row)
            for row in MAPPING
        ],
        "reasons": {name: {"zh": text.zh, "en": text.en} for name, text in REASONS.items()},
        "cases": [describe_release(case, dataset) for case in dataset.cases],
    }


def _note(row: Mapped) -> dict[str, object]:
    return {"note": row.note.en, "note_zh": row.note.zh}


def describe_release(case: Case, dataset: Dataset) -> dict[str, object]:
    """One case in the words of OCDS, as far as they go."""
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
    parties = [{"name": name, "roles": [role]} for name, role in names if name]
    described: dict[str, object] = {
        "id": case.slug,
        "language": "zh",
        "title": case.title.zh,
        "description": case.summary.zh,
        "version": version_of(case),
        "place": {
            "scheme": "GB/T 2260-2012",
            "id": case.region,
            "description": dataset.place(case).zh,
        },
        "parties": parties,
    }
    if buyer:
        described["buyer"] = {"name": buyer}
    described |= dict(_stages(case, placed, dataset))
    return described | {"unplaced": unplaced}


def _stages(
    case: Case, placed: Mapping[str, list[Figure]], dataset: Dataset
) -> Iterator[tuple[str, object]]:
    planning: dict[str, object] = {}
    budgets = [_amount(figure) for figure in placed.get("planning.budget.amount", ())]
    if budgets:
        # The field holds one amount; of several none is the right one.
        planning["budget"] = budgets[0] if len(budgets) == 1 else {"alternatives": budgets}
    if case.documents:
        planning["documents"] = [{"title": document.title.zh} for document in case.documents]
    if planning:
        yield "planning", planning
    tender: dict[str, object] = {"mainProcurementCategory": "services"}
    mode = dataset.answer(case, "mode") if "mode" in dataset.vocabulary.questions else None
    if mode is not None and mode.terms:
        tender["procurementMethodDetails"] = dataset.answer_text(mode).zh
        if mode.terms == (_DIRECT,):
            tender["procurementMethod"] = "direct"
    items = [
        {
            "id": figure.id,
            "description": figure.label.zh,
            "unit": {
                "name": "/".join(dataset.vocabulary.per[key].name.zh for key in figure.per),
                "value": _value(figure),
            },
        }
        for figure in placed.get(_PRICES, ())
    ]
    if items:
        tender["items"] = items
    values = [_amount(figure) for figure in placed.get("tender.value", ())]
    if values:
        tender["value"] = values[0]["amount"] if len(values) == 1 else {"alternatives": values}
    yield "tender", tender
    contracts: list[dict[str, object]] = [
        {"id": figure.id, "title": figure.label.zh, "value": _value(figure)}
        for figure in placed.get("contracts[].value", ())
    ]
    contracts += [
        {
            "id": figure.id,
            "title": figure.label.zh,
            "implementation": {"transactions": [{"id": figure.id, "value": _value(figure)}]},
        }
        for figure in placed.get("contracts[].implementation.transactions[].value", ())
    ]
    if contracts:
        yield "contracts", contracts


def _answer(case: Case, question: str, dataset: Dataset) -> str:
    if question not in dataset.vocabulary.questions:
        return ""
    answer = dataset.answer(case, question)
    return dataset.answer_text(answer).zh if answer.state in ("stated", "partial") else ""


def _amount(figure: Figure) -> dict[str, object]:
    return {"description": figure.label.zh, "amount": _value(figure), "figure": figure.id}


def _value(figure: Figure) -> dict[str, object]:
    quantity = figure.quantity
    # A number of JSON: amounts are whole in practice, and decimal text would be no OCDS value.
    text = plain(quantity.value) if quantity.value is not None else "0"
    return {"amount": float(text) if "." in text else int(text), "currency": quantity.unit}
