"""What of the records fits the words of the Open Contracting Data Standard, and what does not.

The result borrows the names of OCDS 1.1.5 and claims no conformance: the records describe places
and not single contracting processes, have no ocid, and most of their amounts are not exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from casebook.data.table_rows import version_of
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.text import Text
from casebook.values.amounts import plain

NOTICE: Final = Text(
    "借用开放合同数据标准（OCDS）1.1.5 的字段名，不是符合该标准的发布：记录说的是一个地方，"
    "不是一次采购过程，没有 ocid；放不进去的数字列在 unplaced 里并写明原因。",
    "Borrows the field names of the Open Contracting Data Standard (OCDS) 1.1.5 and does not "
    "conform to it: a record is about a place and not about one contracting process, and has no "
    "ocid. Figures without a place are listed under unplaced, with the reason.",
)


@dataclass(frozen=True, slots=True)
class Mapped:
    """One row of the mapping: a thing of ours, its path in OCDS or nothing, and a remark."""

    ours: Text
    path: str
    note: Text


MAPPING: Final = (
    Mapped(
        Text("购买方", "purchaser"),
        "buyer, parties[]",
        Text("没有机构代码，只有名称。", "By name only; there is no identifier."),
    ),
    Mapped(
        Text("承接方", "provider"),
        "parties[]",
        Text(
            "角色是 supplier；来源多半不写名称，那就没有。",
            "In the role of supplier; mostly the sources do not name one.",
        ),
    ),
    Mapped(
        Text("怎样购买", "how it is bought"),
        "tender.procurementMethod, tender.procurementMethodDetails",
        Text(
            "只有“委托”对应 direct；“招投标”没有写是公开还是邀请，所以只写在 Details 里。",
            "Only entrustment is direct; a tender that is not said to be open or by invitation "
            "stands in the details alone.",
        ),
    ),
    Mapped(
        Text("计划、设定、下达的年度金额", "a yearly amount that is planned, set or allocated"),
        "planning.budget.amount",
        Text("只限精确的写法。", "Exact wordings only."),
    ),
    Mapped(
        Text("单笔购买：计划", "one purchase, planned"),
        "tender.value",
        Text("只限精确的写法。", "Exact wordings only."),
    ),
    Mapped(
        Text("单笔购买：签约", "one purchase, contracted"),
        "contracts[].value",
        Text("只限精确的写法。", "Exact wordings only."),
    ),
    Mapped(
        Text("已支付的金额", "an amount that was paid"),
        "contracts[].implementation.transactions[].value",
        Text("只限精确的写法。", "Exact wordings only."),
    ),
    Mapped(
        Text("单价", "unit price"),
        "tender.items[].unit",
        Text("计价单位写在 unit.name。", "What it is per stands in unit.name."),
    ),
    Mapped(
        Text("具名文件", "named document"),
        "planning.documents[]",
        Text("只有标题，没有网址。", "By title; there is no address."),
    ),
    Mapped(
        Text("地方", "place"),
        "",
        Text(
            "OCDS 只有地址，没有行政区划代码的位置；这里写在 place。",
            "OCDS has addresses only; the code of GB/T 2260 stands under place.",
        ),
    ),
    Mapped(
        Text("赔付上限", "ceiling of a payout"),
        "",
        Text("不是支出，没有位置。", "No spending, and no place."),
    ),
    Mapped(
        Text("多年累计额", "cumulative amount"),
        "",
        Text("跨许多过程，没有位置。", "Spans many processes, and has no place."),
    ),
    Mapped(
        Text("混合用途资金", "programme of mixed use"),
        "",
        Text("购买只是用途之一，没有位置。", "Purchase is one use among others; no place."),
    ),
    Mapped(
        Text("区间与“约”“逾”“至多”", "ranges, about, more than, at most"),
        "",
        Text(
            "value.amount 只能写一个数，放进去就丢了限定词。",
            "value.amount is one number; the qualifier would be lost.",
        ),
    ),
    Mapped(
        Text("只说“报道”的金额", "amounts that are reported and no more"),
        "",
        Text(
            "来源没有说是预算、合同还是支付，不能替它选。",
            "The source does not say whether budget, contract or payment; none is chosen for it.",
        ),
    ),
    Mapped(
        Text("互相矛盾的说法", "statements that contradict each other"),
        "",
        Text("一个字段只容得下一个值。", "A field holds one value."),
    ),
    Mapped(
        Text("数量与占比、本站计算的数", "counts, shares, and what this site computed"),
        "",
        Text("没有位置。", "No place."),
    ),
)

# Why a figure has no place, by the word that stands in the file.
REASONS: Final[Mapping[str, Text]] = {
    "computed": Text("本站计算", "computed by this site"),
    "not_money": Text("不是金额", "no amount of money"),
    "range": Text("是区间", "a range"),
    "qualifier": Text("不是精确的数", "not exact"),
    "conflict": Text("来源说法不一", "sources disagree"),
    "measure": Text("OCDS 没有这一种量", "OCDS has no field for what it measures"),
    "status": Text("没有写是预算、合同还是支付", "budget, contract or payment is not stated"),
}

# The path that an exact amount has by what it measures and how far it is.
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
        # The field holds one amount; further ones stand beside it, for none is the right one.
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
