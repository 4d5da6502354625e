"""The JSON Schema of a case file, by which editors complete and explain its fields.

It is made from the reader's own fields and from the vocabulary, so that it cannot know another
record than the reader does. `python3 build.py schema` writes it to data/case.schema.json.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, get_args

from casebook.record.model import ChangeKind
from casebook.record.reader import (
    ANSWER_FIELDS,
    CASE_FIELDS,
    CHANGE_FIELDS,
    CONFLICT_FIELDS,
    DOCUMENT_FIELDS,
    EVENT_FIELDS,
    FIGURE_FIELDS,
    QUOTE_LIMIT,
    REPORT_FIELDS,
    SILENT,
    Lists,
)
from casebook.text import Text
from casebook.values.amounts import Qualifier

SCHEMA_FILE: Final = "data/case.schema.json"
Notes = Mapping[str, Text]

_NOTE: Final = Text("要让读者知道的保留意见。", "A reservation that readers should know of.")
_SOURCE: Final = Text(
    "来源：data/sources.yaml 里的名字。", "The source, by its name in data/sources.yaml."
)
_QUOTE: Final = Text(
    f"来源的原话，最多 {QUOTE_LIMIT} 个字，一字不改。",
    f"The source's own words, at most {QUOTE_LIMIT} characters, unchanged.",
)
_LINE: Final = Text("原话在来源文本的第几行。", "The line of the quote in the source.")
_PERIOD: Final = Text(
    "属于什么时候：1995、2012年11月、2009年起、2010年至2012年、约2009年、2012年（推断）、"
    "不晚于2012-12-07，或 EDTF。知道多少写多少。",
    "When, in EDTF or as in 2012年11月; no more precise than the source is.",
)

CASE: Final[Notes] = {
    "title": Text("标题：哪里、什么事。", "The title: which place, what it is about."),
    "region": Text(
        "行政区划代码（GB/T 2260，2012 年版），须在 data/regions.yaml 里。",
        "The code of GB/T 2260 (2012), as listed in data/regions.yaml.",
    ),
    "topic": Text("主题。", "The topic."),
    "summary": Text(
        "一两句话：据谁的什么报道，哪里买了什么，什么没有写。",
        "One or two sentences: who reports what, and what is not stated.",
    ),
    "updated": Text(
        "最近一次修改的日子，例如 2026-11-23。", "The day of the last change, as 2026-11-23."
    ),
    "state": Text(
        "draft 是草稿，只在预览里看得到；不写就是 published。",
        "A draft is seen in the preview only; published where left out.",
    ),
    "aliases": Text(
        "以前的文件名（不带 .yaml）。改名以后写上，旧地址就会转到这里。",
        "Earlier names of the file; their addresses lead here.",
    ),
    "answers": Text(
        "对每个案例都问同样的问题。来源没有写：not_stated；问题不适用：not_applicable。",
        "The same questions are asked of every case: a value, not_stated or not_applicable.",
    ),
    "figures": Text(
        "数字：英文名（小写字母、数字、_）下面写它是什么。故事里用 {{英文名}} 引用。",
        "The figures, each under its name; stories refer to one as {{name}}.",
    ),
    "events": Text("事件：什么时候发生或宣布了什么。", "What happened or was announced, and when."),
    "documents": Text("来源点名的文件。", "Official documents that the sources name."),
    "conflicts": Text(
        "互相矛盾的说法，两方都留，不作取舍。", "Statements that do not agree, side by side."
    ),
    "history": Text(
        "已经删去的数字的更正记录；还在的数字，写在它自己的 history 下面。",
        "The changes of figures that are gone; one that is still here has its own history.",
    ),
    "story": Text(
        "故事（Markdown）。每个数字都写成 {{英文名}}，不要手写。",
        "The story, in Markdown; every number is a {{name}}, never typed.",
    ),
}
ANSWER: Final[Notes] = {
    "value": Text("回答的内容。", "What the source states."),
    "state": Text("partial 表示只写了一部分。", "Partial where the source states only some of it."),
    "note": _NOTE,
}
FIGURE: Final[Notes] = {
    "label": Text("这个数是什么。", "What this number is."),
    "amount": Text(
        "照来源的原话写，连同“约”“逾”：约8000万元、逾百人、800元至1000元、每年560万元。",
        "As the source words it, with its qualifier: 约8000万元, 逾百人, 800元至1000元.",
    ),
    "measure": Text("量的是什么；决定可以同什么相比。", "What is measured, hence compared."),
    "per": Text(
        "按什么计，例如 岗位/年；原话里有“每年”之类就不写。",
        "Per what, as in 岗位/年; left out where the wording says it.",
    ),
    "period": _PERIOD,
    "status": Text("状态：计划、报道、设定……", "How far it is: planned, reported, set and so on."),
    "source": _SOURCE,
    "quote": _QUOTE,
    "line": _LINE,
    "scope": Text(
        "数的是什么、谁的钱、哪一部分；不同的东西用不同的词。",
        "What is counted, whose money, which part; different things take different words.",
    ),
    "part_of": Text(
        "是本案例哪个数的一部分；部分不与总额相加。",
        "The figure that this is a part of; parts are not added to it.",
    ),
    "follows": Text("取代了本案例哪个数。", "The figure that this one replaced."),
    "qualifier": Text(
        "原话不足以判断时，编者的读法；写了就必须写 note。",
        "The editor's reading where the wording is not decisive; needs a note.",
    ),
    "unit": Text(
        "原话漏写单位时，编者补的单位；写了就必须写 note。",
        "The unit where the source leaves it out; needs a note.",
    ),
    "corroborated_by": Text("别的来源怎样说同一件事。", "What other sources say of the same."),
    "formula": Text(
        "本站计算的数：由本案例的数字、+ - * / 和括号组成，例如 paid_2011 / paid_2010。"
        "有算式就不写 amount、period、status、source。",
        "A number that this site computes from figures of the case, as paid_2011 / paid_2010; "
        "amount, period, status and source are then left out.",
    ),
    "history": Text(
        "发布以后的更正：日期、原来的写法、原因。",
        "Changes since it was published: when, from what, and why.",
    ),
    "note": _NOTE,
}
REPORT: Final[Notes] = {
    "source": _SOURCE,
    "says": Text("这个来源怎样说，用自己的话写。", "What this source says, in this site's words."),
    "quote": _QUOTE,
    "line": _LINE,
    "confirms": Text(
        "no 表示它只是相关，并不证实这个数。", "No where it is related and confirms nothing."
    ),
}
CHANGE: Final[Notes] = {
    "date": Text("更正的日子。", "The day of the change."),
    "kind": Text("是哪一种改动。", "What kind of change it is."),
    "from": Text("原来的写法。", "What it said before."),
    "to": Text("改成的写法。", "What it says now."),
    "why": Text("为什么改。", "Why it was changed."),
    "figure": Text("已删去的数字的名字。", "The name of the figure that is gone."),
}
EVENT: Final[Notes] = {
    "date": _PERIOD,
    "title": Text("发生或宣布了什么。", "What happened or was announced."),
    "source": _SOURCE,
    "status": Text(
        "计划中的事写 planned，不写就是已发生。", "Planned where it has not happened yet."
    ),
    "quote": _QUOTE,
    "line": _LINE,
    "note": _NOTE,
}
DOCUMENT: Final[Notes] = {
    "title": Text("文件名，不加书名号。", "The document's name, without its brackets."),
    "state": Text("来源说它是已印发、计划出台，还是说法不一。", "The state that sources give it."),
    "source": _SOURCE,
    "issuer": Text("印发的机关。", "The body that issued it."),
    "date": _PERIOD,
    "note": _NOTE,
}
CONFLICT: Final[Notes] = {
    "about": Text("关于什么事。", "What the statements are about."),
    "figures": Text("互相矛盾的数字。", "The figures that do not agree."),
    "reports": Text("各来源的说法。", "What each source says."),
    "note": Text("现有材料能说明到什么程度。", "How far the material explains it."),
}
# Which fields of the reader each group of notes explains; a test holds them equal.
EXPLAINED: Final[tuple[tuple[Notes, Collection[str]], ...]] = (
    (CASE, CASE_FIELDS),
    (ANSWER, ANSWER_FIELDS),
    (FIGURE, FIGURE_FIELDS),
    (REPORT, REPORT_FIELDS),
    (CHANGE, CHANGE_FIELDS | {"figure"}),
    (EVENT, EVENT_FIELDS),
    (DOCUMENT, DOCUMENT_FIELDS),
    (CONFLICT, CONFLICT_FIELDS),
)

_TEXT: Final = {"type": ["string", "number", "boolean"]}
# What is left empty counts as left out.
_OPTIONAL: Final = {"type": ["string", "number", "boolean", "null"]}


def write_schema(lists: Lists) -> bytes:
    """The schema as the bytes of data/case.schema.json."""
    text = json.dumps(make_schema(lists), ensure_ascii=False, indent=1) + "\n"
    return text.encode("utf-8")


def make_schema(lists: Lists) -> dict[str, Any]:
    """The JSON Schema (draft 7) of a case, with the words of the vocabulary as its choices."""
    vocabulary = lists.vocabulary
    statuses = _choice((key, term.name) for key, term in vocabulary.statuses.items())
    source = _choice((key, item.title) for key, item in lists.sources.items())
    reports = _list(
        _object(
            REPORT,
            REPORT_FIELDS,
            {"source": source, "line": {"$ref": "#/definitions/line"}, "confirms": _flag()},
            ("says",),
        )
    )
    changes = {"kind": _choice((word, Text(word)) for word in get_args(ChangeKind))}
    figure = _object(
        FIGURE,
        FIGURE_FIELDS,
        {
            "measure": _choice((key, item.name) for key, item in vocabulary.measures.items()),
            "status": statuses,
            "source": source,
            "line": {"$ref": "#/definitions/line"},
            "scope": _choice((key, term.name) for key, term in vocabulary.scopes.items()),
            "qualifier": {"enum": list(get_args(Qualifier))},
            "corroborated_by": reports,
            "history": _list(
                _object(CHANGE, CHANGE_FIELDS, changes, ("date", "kind", "from", "why"))
            ),
        },
        ("label", "measure"),
    )
    figure["anyOf"] = [
        {"required": ["amount", "period", "status", "source"]},
        {"required": ["formula"]},
    ]
    regions = {code: region.name for code, region in lists.regions.items()}
    case = _object(
        CASE,
        CASE_FIELDS,
        {
            # Without quotes YAML reads a code as a number, which is as good.
            "region": _choice(
                [*regions.items(), *((int(code), name) for code, name in regions.items())]
            ),
            "topic": _choice((key, term.name) for key, term in vocabulary.topics.items()),
            "state": {"enum": ["published", "draft"]},
            "aliases": {"type": ["array", "string", "null"], "items": _TEXT},
            "answers": _answers(lists),
            "figures": {
                "type": "object",
                "propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9_]*$"},
                "additionalProperties": figure,
            },
            "events": _list(
                _object(
                    EVENT,
                    EVENT_FIELDS,
                    {
                        "source": source,
                        "status": statuses,
                        "line": {"$ref": "#/definitions/line"},
                    },
                    ("date", "title", "source"),
                )
            ),
            "documents": _list(
                _object(
                    DOCUMENT,
                    DOCUMENT_FIELDS,
                    {
                        "source": source,
                        "state": _choice(
                            (key, term.name) for key, term in vocabulary.document_states.items()
                        ),
                    },
                    ("title", "state", "source"),
                )
            ),
            "conflicts": _list(
                _object(
                    CONFLICT,
                    CONFLICT_FIELDS,
                    {"figures": {"type": ["array", "null"], "items": _TEXT}, "reports": reports},
                    ("about", "note"),
                )
            ),
            "history": _list(
                _object(
                    CHANGE,
                    CHANGE_FIELDS | {"figure"},
                    changes,
                    ("figure", "date", "kind", "from", "why"),
                )
            ),
        },
        ("title", "region", "topic", "summary"),
    )
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Casebook: data/cases/*.yaml",
        **case,
        "definitions": {"line": {"type": ["integer", "string", "null"], "pattern": "^[0-9]{1,6}$"}},
    }


def _answers(lists: Lists) -> dict[str, Any]:
    properties = {}
    for key, question in lists.vocabulary.questions.items():
        if question.terms:
            terms = getattr(lists.vocabulary, question.terms)
            word = _choice((name, term.name) for name, term in terms.items())
            word["enum"] = [*SILENT, *word["enum"]]
            word["enumDescriptions"] = ["来源没有写", "不适用", *word["enumDescriptions"]]
        else:
            word = dict(_TEXT)
        several = {"type": "array", "items": word}
        states = {"enum": ["stated", "partial", *SILENT]}
        mapping = _object(ANSWER, ANSWER_FIELDS, {"value": {"anyOf": [word, several]}}, ())
        mapping["properties"]["state"] |= states
        properties[key] = {
            "description": _describe(question.ask or question.name),
            "anyOf": [word, several, mapping, {"type": "null"}],
        }
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _object(
    notes: Notes, fields: Iterable[str], kinds: Mapping[str, Any], required: Collection[str]
) -> dict[str, Any]:
    """A mapping of explained fields; a field of no special kind is a text."""
    properties: dict[str, Any] = {}
    known = set(fields)
    for name, note in notes.items():
        if name not in known:
            continue
        kind = kinds.get(name, _TEXT if name in required else _OPTIONAL)
        properties[name] = {"description": _describe(note), **kind}
        if f"{name}_en" in known:
            twin = Text(f"{name} 的英文。", f"The English of {name}.")
            properties[f"{name}_en"] = {"description": _describe(twin), **_OPTIONAL}
    made = {"type": "object", "additionalProperties": False, "properties": properties}
    return made | ({"required": list(required)} if required else {})


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": items}


def _choice(words: Iterable[tuple[str | int, Text]]) -> dict[str, Any]:
    pairs = list(words)
    return {
        "enum": [key for key, _ in pairs],
        "enumDescriptions": [_describe(name) for _, name in pairs],
    }


def _flag() -> dict[str, Any]:
    return {"enum": ["yes", "no", "true", "false", "是", "否", True, False]}


def _describe(text: Text) -> str:
    return f"{text.zh}\n{text.en}" if text.en else text.zh
