"""What the tables hold: each column with its type, its words and what it points to.

The data package, the SQLite file, the workbook and the data dictionary are all made from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from casebook.record.model import Measure, Question, Term, Vocabulary
from casebook.text import NO_TEXT, Text
from casebook.values.amounts import QUALIFIER_WORDS

ColumnType = Literal["string", "number", "date"]


@dataclass(frozen=True, slots=True)
class Category:
    """One of the words that a column may hold, with its name and what it means."""

    value: str
    name: Text
    note: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `words` names a closed list of words, `points_to` the table of its key.

    A column with a `joined` sign may hold several of the words at once.
    """

    name: str
    note: Text
    type: ColumnType = "string"
    required: bool = False
    words: str = ""
    joined: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns whose values stand in the columns of another table."""

    columns: tuple[str, ...]
    table: str
    target: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTable:
    """One table of open data; its file is `data/<name>.csv`."""

    name: str
    title: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(column.name for column in self.columns)


def _id(name: str, zh: str, en: str) -> Column:
    return Column(name=name, note=Text(zh, en), required=True)


_CASE: Final = _id(
    "case", "案例的英文名，也是网址的一部分", "slug of the case, part of its address"
)
_FIGURE: Final = _id("figure", "数字在案例内的名字", "id of the figure within its case")
_TO_CASE: Final = ForeignKey(("case",), "cases", ("case",))
_TO_FIGURE: Final = ForeignKey(("case", "figure"), "figures", ("case", "figure"))
_TO_SOURCE: Final = ForeignKey(("source",), "sources", ("source",))

FIGURES: Final = DataTable(
    name="figures",
    title=Text("数字", "Figures"),
    columns=(
        _CASE,
        _FIGURE,
        Column(
            name="label",
            note=Text("这个数是什么（中文）", "what the figure is, in Chinese"),
            required=True,
        ),
        Column(
            name="amount",
            note=Text("来源的写法", "the amount as printed in the source"),
            required=True,
        ),
        Column(
            name="value",
            note=Text(
                "以基本单位计的数值（元，不是万元；比例；个数）；区间为空",
                "the number in base units (yuan, ratio or count); empty for a range",
            ),
            type="number",
        ),
        Column(
            name="min",
            note=Text("区间的下限，基本单位", "lower end of a range, in base units"),
            type="number",
        ),
        Column(
            name="max",
            note=Text("区间的上限，基本单位", "upper end of a range, in base units"),
            type="number",
        ),
        Column(
            name="unit",
            note=Text(
                "CNY、HKD、USD、ratio，或来源所用的量词；来源没有量词时为空",
                "CNY, HKD, USD, ratio, or the counter word of the source, empty where it has none",
            ),
        ),
        Column(
            name="qualifier",
            note=Text(
                "限定词：精确、约、逾……", "exact, approx, more_than, at_least, at_most or range"
            ),
            required=True,
            words="qualifiers",
        ),
        Column(
            name="measure",
            note=Text(
                "量的是什么；不同的量不能比较",
                "what is measured; only equal measures may be compared",
            ),
            required=True,
            words="measures",
        ),
        Column(
            name="per",
            note=Text(
                "按什么计，几项用 / 连接；不同的不能比较",
                "what the amount is counted per, joined by /; only equal values may be compared",
            ),
            words="per",
            joined="/",
        ),
        Column(
            name="period",
            note=Text("属于什么时候，EDTF", "the time that the figure speaks of, as EDTF"),
            required=True,
        ),
        Column(
            name="status",
            note=Text(
                "状态：计划、报道、设定……",
                "whether the figure was planned, reported, set and so on",
            ),
            required=True,
            words="statuses",
        ),
        Column(
            name="derived",
            note=Text(
                "本站计算的数的算式，由本案例的数字组成；来源印出的数为空",
                "the formula over figures of the case where the figure was computed by this site",
            ),
        ),
        Column(
            name="source",
            note=Text(
                "来源的名字，见 sources；几个来源用 | 连接",
                "id of the source, as in the table sources; several are joined by |",
            ),
            required=True,
        ),
        Column(name="quote", note=Text("来源的短引文", "a short quote from the source")),
    ),
    key=("case", "figure"),
    foreign_keys=(_TO_CASE,),
)
EVENTS: Final = DataTable(
    name="events",
    title=Text("事件", "Events"),
    columns=(
        _CASE,
        Column(
            name="date", note=Text("时间，EDTF", "the time of the event, as EDTF"), required=True
        ),
        Column(
            name="earliest",
            note=Text(
                "可能的第一天；没有下限时为空",
                "the first day that the date can mean; empty where open",
            ),
            type="date",
        ),
        Column(
            name="latest",
            note=Text(
                "可能的最后一天；没有上限时为空",
                "the last day that the date can mean; empty where open",
            ),
            type="date",
        ),
        Column(
            name="precision",
            note=Text("精确到日、月、年，还是一段时间", "day, month, year or interval"),
            required=True,
            words="precisions",
        ),
        Column(
            name="title",
            note=Text("发生了什么（中文）", "what happened, in Chinese"),
            required=True,
        ),
        Column(
            name="source",
            note=Text("来源的名字，见 sources", "id of the source, as in the table sources"),
            required=True,
        ),
    ),
    foreign_keys=(_TO_CASE, _TO_SOURCE),
)
ANSWERS: Final = DataTable(
    name="answers",
    title=Text("问答", "Answers"),
    columns=(
        _CASE,
        Column(
            name="question",
            note=Text("问题，每个案例都问同样的", "the question; the same are asked of every case"),
            required=True,
            words="questions",
        ),
        Column(
            name="state",
            note=Text(
                "写明、部分写明、来源未说明、不适用",
                "stated, partial, not_stated or not_applicable",
            ),
            required=True,
            words="answer_states",
        ),
        Column(
            name="value",
            note=Text(
                "回答：词表里的词，用 | 连接，或中文的写法",
                "the answer: keys of the vocabulary joined by |, or a wording in Chinese",
            ),
        ),
    ),
    key=("case", "question"),
    foreign_keys=(_TO_CASE,),
)
CASES: Final = DataTable(
    name="cases",
    title=Text("案例", "Cases"),
    columns=(
        _CASE,
        Column(name="title", note=Text("标题", "the title, in Chinese"), required=True),
        Column(name="title_en", note=Text("英文标题", "the title in English")),
        Column(name="place", note=Text("地方", "the place, in Chinese"), required=True),
        Column(name="place_en", note=Text("地方的英文名", "the place in English")),
        Column(
            name="region",
            note=Text(
                "行政区划代码，GB/T 2260（2012 年版）",
                "the code of GB/T 2260 (2012 edition)",
            ),
            required=True,
        ),
        Column(name="topic", note=Text("主题", "the topic"), required=True, words="topics"),
        Column(name="summary", note=Text("概要", "the summary, in Chinese"), required=True),
        Column(name="summary_en", note=Text("英文概要", "the summary in English")),
        Column(
            name="updated",
            note=Text("记录最近一次修改的日子", "the day of the last change"),
            type="date",
        ),
        Column(
            name="version",
            note=Text(
                "记录的版本：其 SHA-256 的前 12 位，只随这份记录变",
                "the version of the record: the first 12 digits of its SHA-256, which changes "
                "with this record only",
            ),
            required=True,
        ),
    ),
    key=("case",),
)
SOURCES: Final = DataTable(
    name="sources",
    title=Text("来源", "Sources"),
    columns=(
        _id("source", "来源的名字", "id of the source"),
        Column(name="title", note=Text("题名", "the title, in Chinese"), required=True),
        Column(name="title_en", note=Text("英文题名", "the title in English")),
        Column(name="publisher", note=Text("出版者", "the publisher, in Chinese"), required=True),
        Column(name="publisher_en", note=Text("出版者的英文名", "the publisher in English")),
        Column(
            name="kind", note=Text("哪一类出版物", "the kind of publication"), words="source_kinds"
        ),
        Column(name="published", note=Text("出版的时间，EDTF", "when it was published, as EDTF")),
        Column(name="accessed", note=Text("查阅的日子", "the day on which it was read")),
        Column(
            name="url",
            note=Text(
                "网址；没有可以给出的网址时为空", "the address, empty where none can be given"
            ),
        ),
        Column(
            name="note",
            note=Text("关于这个来源的保留意见", "a reservation about the source, in Chinese"),
        ),
        Column(name="note_en", note=Text("保留意见（英文）", "the reservation in English")),
    ),
    key=("source",),
)
COMPARABILITY: Final = DataTable(
    name="comparability",
    title=Text("可比性", "Comparability"),
    columns=(
        _CASE,
        _FIGURE,
        Column(
            name="class",
            note=Text(
                "口径：量、单位、按什么计、范围都相同的数字才有同一个口径，才可以比较；"
                "本站计算的数为空，不参与比较",
                "the comparability class; only figures with the same one may be compared. Empty "
                "for figures that this site computed, which are compared with nothing",
            ),
        ),
        Column(
            name="scope",
            note=Text(
                "范围：数的是什么、谁的钱、哪一部分", "what is counted, whose money, which part"
            ),
            words="scopes",
        ),
        Column(
            name="part_of",
            note=Text(
                "是本案例哪个数的一部分；部分不与总额相加",
                "the figure of the case that this is a part of; parts are never added to it",
            ),
        ),
        Column(
            name="follows",
            note=Text("取代了本案例哪个数", "the figure of the case that this one replaced"),
        ),
        Column(
            name="conflicts_with",
            note=Text(
                "与本案例哪些数说法不一，用 | 连接",
                "figures of the case that sources do not agree about, joined by |",
            ),
        ),
        Column(
            name="review",
            note=Text("有多可靠：单一报道、有旁证……", "how well the figure is supported"),
            required=True,
            words="reviews",
        ),
    ),
    key=("case", "figure"),
    foreign_keys=(_TO_FIGURE,),
)
EVIDENCE: Final = DataTable(
    name="evidence",
    title=Text("依据", "Evidence"),
    columns=(
        _CASE,
        _FIGURE,
        Column(name="source", note=Text("来源的名字", "id of the source"), required=True),
        Column(
            name="relation",
            note=Text(
                "数字出自它、它证实、它相关、它另有说法",
                "whether the figure rests on the source, or is confirmed by it, related to it or "
                "disputed by it",
            ),
            required=True,
            words="relations",
        ),
        Column(name="quote", note=Text("来源的短引文", "a short quote from the source")),
        Column(
            name="line",
            note=Text("引文在来源的第几行", "the line of the quote in the source"),
            type="number",
        ),
    ),
    foreign_keys=(_TO_FIGURE, _TO_SOURCE),
)
VOCABULARY: Final = DataTable(
    name="vocabulary",
    title=Text("词表", "Vocabulary"),
    columns=(
        _id("list", "词所在的列表", "the list that the word stands in"),
        _id("key", "记录和表格里的写法", "the word as records and tables have it"),
        Column(name="name", note=Text("中文名", "its name in Chinese"), required=True),
        Column(name="name_en", note=Text("英文名", "its name in English")),
        Column(
            name="note",
            note=Text(
                "意思；对 measures，是可以同什么相比",
                "what it means; of measures, what they may be compared with",
            ),
        ),
        Column(name="note_en", note=Text("意思（英文）", "what it means, in English")),
    ),
    key=("list", "key"),
)

# The three of the contract first, then what they point to and what explains them.
TABLES: Final = (
    *(FIGURES, EVENTS, ANSWERS, CASES, SOURCES),
    *(COMPARABILITY, EVIDENCE, VOCABULARY),
)

FIGURE_COLUMNS: Final = FIGURES.names
EVENT_COLUMNS: Final = EVENTS.names
ANSWER_COLUMNS: Final = ANSWERS.names

# The closed lists that stand in no file of the project.
FIXED_WORDS: Final[Mapping[str, tuple[Category, ...]]] = {
    "qualifiers": tuple(
        Category(key, Text(words["zh"], words["en"])) for key, words in QUALIFIER_WORDS.items()
    ),
    "precisions": (
        Category("day", Text("日", "day")),
        Category("month", Text("月", "month")),
        Category("year", Text("年", "year")),
        Category("interval", Text("一段时间", "interval")),
    ),
    "answer_states": (
        Category("stated", Text("写明", "stated")),
        Category("partial", Text("部分写明", "stated in part")),
        Category("not_stated", Text("来源未说明", "not stated in the sources")),
        Category("not_applicable", Text("不适用", "not applicable")),
    ),
    "reviews": (
        Category("single", Text("单一报道", "single report")),
        Category("corroborated", Text("有旁证", "corroborated")),
        Category("contradicted", Text("另有不同说法", "contradicted")),
        Category("primary", Text("有一手文件", "primary document")),
        Category("computed", Text("本站计算", "computed by this site")),
    ),
    "relations": (
        Category("rests_on", Text("数字出自这个来源", "the figure rests on it")),
        Category("confirms", Text("这个来源证实它", "it says the same")),
        Category("related", Text("相关，并不证实", "related, confirms nothing")),
        Category("disagrees", Text("对同一件事另有说法", "says something else of the same matter")),
    ),
}


def list_words(vocabulary: Vocabulary) -> dict[str, tuple[Category, ...]]:
    """Every closed list by its name, those of the vocabulary and the fixed ones."""
    listed: dict[str, tuple[Category, ...]] = {
        name: _describe(getattr(vocabulary, name).values())
        for name in (
            *("questions", "topics", "provider_types", "modes", "measures", "statuses"),
            *("scopes", "per", "source_kinds"),
        )
    }
    return {**listed, **FIXED_WORDS}


def _describe(terms: Iterable[Term | Measure | Question]) -> tuple[Category, ...]:
    return tuple(Category(term.key, term.name, _explain(term)) for term in terms)


def _explain(term: Term | Measure | Question) -> Text:
    if isinstance(term, Measure):
        return term.compare
    return term.ask if isinstance(term, Question) else term.note
