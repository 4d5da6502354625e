"""The records: a case with its figures, events, documents, conflicts and changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from casebook.problems import START, Position
from casebook.record.description import MAX_TEXT, described, described_class
from casebook.text import NO_TEXT, Text
from casebook.values.amounts import Quantity
from casebook.values.dates import Period
from casebook.values.words import Qualifier

AnswerState = Literal["stated", "partial", "not_stated", "not_applicable"]
State = Literal["published", "draft"]
ChangeKind = Literal["correction", "clarification", "update"]

QUOTE_LIMIT = 12
# Notes that several fields share.
_NOTE = ("要让读者知道的保留意见。", "A reservation that readers should know of.")
_SOURCE = ("来源：data/sources.yaml 里的名字。", "The source, by its name in data/sources.yaml.")
_QUOTE = (
    f"来源的原话，最多 {QUOTE_LIMIT} 个字，一字不改。",
    f"The source's own words, at most {QUOTE_LIMIT} characters, unchanged.",
)
_LINE = ("原话在来源文本的第几行。", "The line of the quote in the source.")
_PERIOD = (
    "属于什么时候：1995、2012年11月、2009年起、2010年至2012年、约2009年、2012年（推断）、"
    "不晚于2012-12-07，或 EDTF。知道多少写多少。",
    "When, in EDTF or as in 2012年11月; no more precise than the source is.",
)


@described_class
class Report:
    """What one source says of a thing, in the words of this site.

    `confirms` is false where a report beside a figure speaks of something near to it only.
    """

    source: str = described("source", *_SOURCE)
    says: Text = described(
        "bilingual",
        "这个来源怎样说，用自己的话写。",
        "What this source says, in this site's words.",
        role="prose",
    )
    quote: str = described("quote", *_QUOTE, default="", role="quote", limit=QUOTE_LIMIT)
    line: int | None = described("number", *_LINE, default=None)
    confirms: bool = described(
        "flag",
        "no 表示它只是相关，并不证实这个数。",
        "No where it is related and confirms nothing.",
        default=True,
        blank=False,
    )
    at: Position = START


@described_class
class Change:
    """One change of what was published about a figure.

    `before` and `after` are an amount, a period or a qualifier; `after` is empty where the figure
    was taken out.
    """

    case: str
    date: Period = described("day", "更正的日子。", "The day of the change.")
    kind: ChangeKind = described(
        "term", "是哪一种改动。", "What kind of change it is.", words=get_args(ChangeKind)
    )
    before: str = described(
        "line",
        "原来的写法。",
        "What it said before.",
        name="from",
        role="quote",
        example="约8000万元",
    )
    after: str = described(
        "line", "改成的写法。", "What it says now.", name="to", role="quote", example="约5000万元"
    )
    why: Text = described("bilingual", "为什么改。", "Why it was changed.", role="note")
    figure: str = described(
        "gone_figure",
        "已删去的数字的名字。",
        "The name of the figure that is gone.",
        example="paid_2010",
    )
    at: Position = START


@described_class
class Figure:
    """One number of a case: as printed, as understood, what it measures, when, and who says so.

    `per` holds keys of the vocabulary in a fixed order. `line` is the line of the quote in the
    source. `part_of` and `follows` name figures of the same case: the whole that this is a part
    of, and the figure that this one later replaced. `corroborated_by` are other publications
    that say the same. A figure with a `formula` is computed by this site: it has no quote, its
    status is the least certain of those that it rests on, and `rests_on` are all their sources.
    """

    id: str
    case: str
    label: Text = described(
        "bilingual", "这个数是什么。", "What this number is.", role="name", example="年度购买总额"
    )
    quantity: Quantity = described(
        "amount",
        "照来源的原话写，连同“约”“逾”：约8000万元、逾百人、800元至1000元、每年560万元。",
        "As the source words it, with its qualifier: 约8000万元, 逾百人, 800元至1000元.",
        name="amount",
        printed=True,
        example="约8000万元",
    )
    measure: str = described(
        "term",
        "量的是什么；决定可以同什么相比。",
        "What is measured, hence compared.",
        words="measures",
    )
    per: tuple[str, ...] = described(
        "per",
        "按什么计，例如 岗位/年；原话里有“每年”之类就不写。",
        "Per what, as in 岗位/年; left out where the wording says it.",
        default=(),
        printed=True,
        example="岗位/年",
    )
    period: Period = described("period", *_PERIOD, printed=True)
    status: str = described(
        "term",
        "状态：计划、报道、设定……",
        "How far it is: planned, reported, set and so on.",
        printed=True,
        words="statuses",
    )
    source: str = described("source", *_SOURCE, printed=True)
    quote: str = described(
        "quote", *_QUOTE, default="", printed=True, role="quote", limit=QUOTE_LIMIT
    )
    line: int | None = described("number", *_LINE, default=None, printed=True)
    scope: str = described(
        "term",
        "数的是什么、谁的钱、哪一部分；不同的东西用不同的词。",
        "What is counted, whose money, which part; different things take different words.",
        default="",
        words="scopes",
    )
    part_of: str = described(
        "figure_name",
        "是本案例哪个数的一部分；部分不与总额相加。",
        "The figure that this is a part of; parts are not added to it.",
        default="",
        printed=True,
    )
    follows: str = described(
        "figure_name",
        "取代了本案例哪个数。",
        "The figure that this one replaced.",
        default="",
        printed=True,
    )
    read_qualifier: str = described(
        "term",
        "原话不足以判断时，编者的读法；写了就必须写 note。",
        "The editor's reading where the wording is not decisive; needs a note.",
        name="qualifier",
        default="",
        printed=True,
        dumped=False,
        words=get_args(Qualifier),
        example="at_most",
    )
    read_unit: str = described(
        "text",
        "原话漏写单位时，编者补的单位；写了就必须写 note。",
        "The unit where the source leaves it out; needs a note.",
        name="unit",
        default="",
        printed=True,
        dumped=False,
        example="元",
    )
    corroborated_by: tuple[Report, ...] = described(
        "list",
        "别的来源怎样说同一件事。",
        "What other sources say of the same.",
        default=(),
        printed=True,
        items=Report,
    )
    formula: str = described(
        "formula",
        "本站计算的数：由本案例的数字、+ - * / 和括号组成，例如 paid_2011 / paid_2010。"
        "有算式就不写 amount、period、status、source。",
        "A number that this site computes from figures of the case, as paid_2011 / paid_2010; "
        "amount, period, status and source are then left out.",
        default="",
        dumped=False,
        blank=False,
    )
    history: tuple[Change, ...] = described(
        "list",
        "发布以后的更正：日期、原来的写法、原因。",
        "Changes since it was published: when, from what, and why.",
        default=(),
        blank=False,
        items=Change,
        without=("figure",),
    )
    note: Text = described("bilingual", *_NOTE, default=NO_TEXT, role="note")
    rests_on: tuple[str, ...] = ()
    at: Position = START

    @property
    def key(self) -> str:
        """The figure's name across all cases."""
        return f"{self.case}.{self.id}"

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that the figure rests on, one unless it is computed."""
        return self.rests_on or (self.source,)


@described_class
class Event:
    """One dated thing that happened or was announced in a case."""

    case: str
    date: Period = described("period", *_PERIOD)
    title: Text = described(
        "bilingual", "发生或宣布了什么。", "What happened or was announced.", role="name"
    )
    source: str = described("source", *_SOURCE)
    status: str = described(
        "term",
        "计划中的事写 planned，不写就是已发生。",
        "Planned where it has not happened yet.",
        default="",
        words="statuses",
        example="planned",
    )
    quote: str = described(
        "quote", *_QUOTE, default="", role="quote", limit=QUOTE_LIMIT, dumped=False
    )
    line: int | None = described("number", *_LINE, default=None, dumped=False)
    note: Text = described("bilingual", *_NOTE, default=NO_TEXT, role="note")
    at: Position = START


@described_class
class Document:
    """A named official document, with the state that the source gives it."""

    title: Text = described(
        "bilingual",
        "文件名，不加书名号。",
        "The document's name, without its brackets.",
        role="official_title",
    )
    state: str = described(
        "term",
        "来源说它是已印发、计划出台，还是说法不一。",
        "The state that sources give it.",
        words="document_states",
    )
    source: str = described("source", *_SOURCE)
    issuer: Text = described(
        "bilingual",
        "印发的机关。",
        "The body that issued it.",
        default=NO_TEXT,
        role="name",
        limit=MAX_TEXT,
    )
    date: Period | None = described("period", *_PERIOD, default=None)
    note: Text = described("bilingual", *_NOTE, default=NO_TEXT, role="note")
    at: Position = START


@described_class
class Conflict:
    """Statements of sources about one thing that do not agree, side by side."""

    about: Text = described(
        "bilingual", "关于什么事。", "What the statements are about.", role="name", limit=MAX_TEXT
    )
    figures: tuple[str, ...] = described(
        "figure_names",
        "互相矛盾的数字。",
        "The figures that do not agree.",
        default=(),
        example="[paid_2011, fund_2011]",
    )
    reports: tuple[Report, ...] = described(
        "list", "各来源的说法。", "What each source says.", default=(), items=Report
    )
    note: Text = described(
        "bilingual", "现有材料能说明到什么程度。", "How far the material explains it.", role="note"
    )
    at: Position = START


@described_class
class Answer:
    """What the sources say to one question: terms of the vocabulary, or a wording, or silence."""

    question: str
    text: Text = described(
        "bilingual",
        "回答的内容。",
        "What the source states.",
        name="value",
        default=NO_TEXT,
        role="prose",
    )
    state: AnswerState = described(
        "term",
        "partial 表示只写了一部分。",
        "Partial where the source states only some of it.",
        default="stated",
        words=get_args(AnswerState),
    )
    note: Text = described("bilingual", *_NOTE, default=NO_TEXT, role="note")
    terms: tuple[str, ...] = ()
    at: Position = START


@described_class
class Case:
    """One place where a local government buys a public service.

    `slug` is the name of the file and the address of the page, `aliases` are earlier ones.
    `updated` is an ISO date or empty. `withdrawn` are changes of figures that were taken out.
    `story_at` and `summary_at` are where these texts begin in the file, in Chinese and in
    English. `digest` is the version of the record: the SHA-256 of its text in hexadecimal,
    whatever ends its lines.
    """

    slug: str
    path: str
    title: Text = described(
        "bilingual",
        "标题：哪里、什么事。",
        "The title: which place, what it is about.",
        role="name",
        example="东莞：一个社工岗位值多少钱",
    )
    region: str = described(
        "region",
        "行政区划代码（GB/T 2260，2012 年版），须在 data/regions.yaml 里。",
        "The code of GB/T 2260 (2012), as listed in data/regions.yaml.",
        example="441900",
    )
    topic: str = described("term", "主题。", "The topic.", words="topics")
    summary: Text = described(
        "bilingual",
        "一两句话：据谁的什么报道，哪里买了什么，什么没有写。",
        "One or two sentences: who reports what, and what is not stated.",
        role="prose",
    )
    updated: str = described(
        "iso_day",
        "最近一次修改的日子，例如 2026-11-23。",
        "The day of the last change, as 2026-11-23.",
        default="",
        example="2026-11-23",
    )
    state: State = described(
        "term",
        "draft 是草稿，只在预览里看得到；不写就是 published。",
        "A draft is seen in the preview only; published where left out.",
        default="published",
        dumped=False,
        words=get_args(State),
        example="draft",
    )
    aliases: tuple[str, ...] = described(
        "names",
        "以前的文件名（不带 .yaml）。改名以后写上，旧地址就会转到这里。",
        "Earlier names of the file; their addresses lead here.",
        default=(),
        dumped=False,
        blank=False,
        example="[dongguan-city]",
    )
    answers: Mapping[str, Answer] = described(
        "answers",
        "对每个案例都问同样的问题。来源没有写：not_stated；问题不适用：not_applicable。",
        "The same questions are asked of every case: a value, not_stated or not_applicable.",
        items=Answer,
    )
    figures: Mapping[str, Figure] = described(
        "figures",
        "数字：英文名（小写字母、数字、_）下面写它是什么。故事里用 {{英文名}} 引用。",
        "The figures, each under its name; stories refer to one as {{name}}.",
        items=Figure,
        limit=200,
    )
    events: tuple[Event, ...] = described(
        "list",
        "事件：什么时候发生或宣布了什么。",
        "What happened or was announced, and when.",
        items=Event,
        limit=500,
    )
    documents: tuple[Document, ...] = described(
        "list",
        "来源点名的文件。",
        "Official documents that the sources name.",
        default=(),
        items=Document,
        limit=200,
    )
    conflicts: tuple[Conflict, ...] = described(
        "list",
        "互相矛盾的说法，两方都留，不作取舍。",
        "Statements that do not agree, side by side.",
        default=(),
        items=Conflict,
        limit=100,
    )
    withdrawn: tuple[Change, ...] = described(
        "list",
        "已经删去的数字的更正记录；还在的数字，写在它自己的 history 下面。",
        "The changes of figures that are gone; one that is still here has its own history.",
        name="history",
        default=(),
        dumped=False,
        blank=False,
        items=Change,
        optional=("to",),
    )
    story: Text = described(
        "block",
        "故事（Markdown）。每个数字都写成 {{英文名}}，不要手写。",
        "The story, in Markdown; every number is a {{name}}, never typed.",
        default=NO_TEXT,
        role="prose",
    )
    story_at: tuple[Position, Position] = (START, START)
    summary_at: tuple[Position, Position] = (START, START)
    positions: Mapping[str, Position] | None = None
    digest: str = ""

    @property
    def printed_figures(self) -> tuple[Figure, ...]:
        """The figures that a source prints, without those that this site computes."""
        return tuple(figure for figure in self.figures.values() if not figure.formula)

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change of what was published of the case, in the order of the record."""
        own = (change for figure in self.figures.values() for change in figure.history)
        return (*own, *self.withdrawn)


@dataclass(frozen=True, slots=True)
class Outdated:
    """A file whose English is older than its Chinese in these parts.

    A part is a field of a record; a text of the editors is one part without a name.
    """

    path: str
    parts: tuple[str, ...]
