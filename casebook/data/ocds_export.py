"""Records in the terms of the Open Contracting Data Standard, as far as it has a term.

The result uses names of OCDS 1.1.5 and claims no conformance: the records describe places and
not single contracting processes, have no ocid, and most of their amounts are not exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from casebook.data.formats import without_empty
from casebook.data.tables import name_in, version_of
from casebook.messages import read_catalogue, say
from casebook.patterns import read_words
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.text import Lang, Languages, Text
from casebook.values.quantity import plain

STANDARD: Final = read_words(__file__, "ocds.yaml")
# The path of an exact amount by its measure and its status.
_PLACES: Final[Mapping[str, Mapping[str, str]]] = STANDARD["amounts"]


@dataclass(frozen=True, slots=True)
class Mapped:
    """One row of the mapping: a field of a record, its path in OCDS, if any, and a remark."""

    ours: Text
    path: str
    note: Text


def _remark(name: str) -> Text:
    key = f"data.ocds.{name}_note"
    return say(key if key in read_catalogue() else "data.ocds.exact_only")


MAPPING: Final = tuple(
    Mapped(say(f"data.ocds.{name}"), path, _remark(name))
    for name, path in STANDARD["mapping"].items()
)
NOTICE: Final = say("data.ocds.notice", missing=", ".join(STANDARD["missing"]))

# The reasons why a figure has no path, by their words in the file.
REASONS: Final[Mapping[str, Text]] = {
    name: say(f"data.ocds.unplaced.{name}") for name in STANDARD["reasons"]
}


def place_figure(figure: Figure, case: Case, dataset: Dataset) -> tuple[str, str]:
    """The path of a figure in OCDS, or the reason why it has none."""
    places = _PLACES.get(figure.measure)
    if figure.formula:
        return "", "computed"
    if dataset.vocabulary.measures[figure.measure].kind != "money":
        return "", "not_money"
    if places is None:
        return "", "measure"
    if figure.quantity.qualifier != "exact":
        return "", "range" if figure.quantity.qualifier == "range" else "qualifier"
    if any(figure.id in conflict.figures for conflict in case.conflicts):
        return "", "conflict"
    path = places.get(figure.status) or places.get("any", "")
    return path, "" if path else "status"


def describe_releases(dataset: Dataset) -> dict[str, object]:
    """The content of ocds.json: the notice, the mapping, and each case in the terms of OCDS."""
    # The standard is in English, and so are the remarks on it if the site has English.
    languages = Languages(sorted(dataset.languages))
    return {
        "notice": {lang: NOTICE.inside(lang) for lang in dataset.languages},
        # Stated expressly, because the names are those of the standard.
        "conformsTo": None,
        "validator": {name: STANDARD[name] for name in ("schema", "missing")},
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
    """One case in the terms of OCDS, as far as there are any."""
    first, region = dataset.languages.first, dataset.regions[case.region]
    placed: dict[str, list[Figure]] = defaultdict(list)
    unplaced = []
    for figure in case.figures.values():
        path, reason = place_figure(figure, case, dataset)
        if path:
            placed[path].append(figure)
        else:
            unplaced.append({"figure": figure.id, "amount": figure.quantity.text, "reason": reason})
    buyer, provider = _answer(case, "purchaser", dataset), _answer(case, "provider", dataset)
    names = [(buyer, "buyer"), (provider, "supplier")]
    return {
        "id": case.slug,
        "language": first,
        "title": case.title.own(first),
        "description": case.summary.own(first),
        "version": version_of(case),
        "place": {
            **({"scheme": "GB/T 2260 (2012-10)"} if region.standard else {}),
            "id": region.code,
            "description": dataset.place(case).inside(first),
        },
        "parties": [{"name": name, "roles": [role]} for name, role in names if name],
        **without_empty({"buyer": {"name": buyer}, **_describe_stages(case, placed, dataset)}),
        "unplaced": unplaced,
    }


def _describe_stages(
    case: Case, placed: Mapping[str, list[Figure]], dataset: Dataset
) -> dict[str, object]:
    """The stages of a contracting process; `placed` are the figures at each path."""
    first, paths = dataset.languages.first, STANDARD["mapping"]
    mode = dataset.answer(case, dataset.who_and_how[1])
    modes = [dataset.vocabulary.modes[term] for term in mode.terms]
    planning = {
        "budget": _choose([_describe(figure, first) for figure in placed[paths["yearly"]]]),
        # Documents of a record have no ids; their places in the list identify them.
        "documents": [
            {"id": str(number), "title": document.title.own(first)}
            for number, document in enumerate(case.documents, start=1)
        ],
    }
    planned = [_describe(figure, first) for figure in placed[paths["planned"]]]
    tender = {
        "id": case.slug,
        "mainProcurementCategory": "services",
        "procurementMethodDetails": dataset.answer_text(mode.question, mode).inside(first)
        if modes
        else "",
        "procurementMethod": "direct" if modes and all(one.direct for one in modes) else "",
        "items": [
            {
                "id": figure.id,
                "description": figure.label.own(first),
                "unit": {
                    "name": "/".join(
                        dataset.vocabulary.per[key].name.own(first) for key in figure.per
                    ),
                    "value": _value(figure),
                },
            }
            for figure in placed[paths["price"]]
        ],
        "value": planned[0]["amount"] if len(planned) == 1 else _choose(planned),
    }
    contracts: list[dict[str, object]] = []
    for name in ("contracted", "paid"):
        for figure in placed[paths[name]]:
            paid = {"transactions": [{"id": figure.id, "value": _value(figure)}]}
            held = {"implementation": paid} if name == "paid" else {"value": _value(figure)}
            contracts.append({"id": figure.id, "title": figure.label.own(first), **held})
    return {"planning": planning, "tender": tender, "contracts": contracts}


def _choose(amounts: list[dict[str, object]]) -> dict[str, object]:
    """The value of a field for one amount; several amounts become alternatives."""
    if len(amounts) > 1:
        return {"alternatives": amounts}
    return amounts[0] if amounts else {}


def _answer(case: Case, question: str, dataset: Dataset) -> str:
    if question not in dataset.vocabulary.questions:
        return ""
    answer = dataset.answer(case, question)
    if answer.state not in ("stated", "partial"):
        return ""
    return dataset.answer_text(answer.question, answer).inside(dataset.languages.first)


def _describe(figure: Figure, first: Lang) -> dict[str, object]:
    return {"description": figure.label.own(first), "amount": _value(figure), "figure": figure.id}


def _value(figure: Figure) -> dict[str, object]:
    quantity = figure.quantity
    # A JSON number: amounts are whole in practice, and OCDS allows no decimal text as a value.
    text = plain(quantity.value) if quantity.value is not None else "0"
    return {"amount": float(text) if "." in text else int(text), "currency": quantity.unit}
