"""What a text may say: no number without a figure, no qualifier lost or gained, no borrowed voice.

A number in a text is a reference `{{…}}`, or it is typed and then has to be a figure or a date of
the case, told with the words that belong to it. Relative times and superlatives are the source's,
never ours.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from math import log10
from typing import Final, Literal

from casebook.checks.numbers_in_text import (
    BLANK,
    NumberMention,
    blank_markdown,
    find_mentions_in_prose,
)
from casebook.problems import Position, Problem
from casebook.record.dataset import Dataset, Gap
from casebook.record.evidence import sources_of
from casebook.record.model import QUOTE_LIMIT, Case, Figure
from casebook.record.references import REFERENCE, SITE, split_key
from casebook.record.summary import list_periods
from casebook.text import LANGS, Lang, Text
from casebook.values.words import (
    AFTER_IN_TEXT,
    BEFORE_IN_TEXT,
    CURRENCIES,
    PLANNED_STATUSES,
    QUALIFIERS,
    Qualifier,
)

Wording = Literal["story", "summary", "page"]

NEAREST: Final = 3

# What a page says of its own rules and not of a case.
OWN_NUMBERS: Final[tuple[tuple[Decimal, str, str], ...]] = (
    (Decimal(QUOTE_LIMIT), r"个?字|characters", "the longest quotation"),
)

# How a page counts its cases; the count is checked, so that it cannot drift.
_PLACES: Final = ("个?(?:地方|案例|地区)|places|cases", "the cases of the site")

# --- Words beside a number ------------------------------------------------------------------

# A word counts where it touches its number, with at most a filler between them. Look-alikes are
# shut out by what stands before them: 节约 is not 约, 通过 is not 过, 附近 is not 近.
_BEFORE_LEADS: Final[dict[Lang, str]] = {
    # 节约, 合约, 签约 … are words of their own.
    "zh": "(?<![节条合预签契制公邀守履违大])",
    "en": r"(?<![A-Za-z-])",
}
_FILLERS: Final[dict[Lang, str]] = {
    "zh": "[了为是有在到达]{0,2}(?:每[㐀-鿿]{1,3})?(?:人民币|港币|¥|RMB|CNY)?[ *]*",
    "en": r"(?: (?:an?|the|of|total|RMB|CNY|a total of))* ?[¥$]?(?:RMB|CNY)?[ *]*",
}
_NOUN: Final[dict[Lang, str]] = {
    # A noun may stand between the counter and what follows it: 300个项目左右. 余, 多 and the
    # like touch their number, or 每人至多 would qualify what stands before it.
    "zh": "[ *]*(?:[㐀-鿿]{1,5}?(?=及?以[上下内]|之内|左右|[的为]*上限|封顶))?",
    "en": r"(?:[ -](?:yuan|per cent|percent|[a-z]+)){0,2}? ?",
}


def _one_of(words: Mapping[Lang, Mapping[Qualifier, str]], lang: Lang) -> str:
    return "|".join(f"(?P<{name}>{pattern})" for name, pattern in words[lang].items())


_QUALIFIED_BEFORE: Final[dict[Lang, re.Pattern[str]]] = {
    lang: re.compile(
        rf"{_BEFORE_LEADS[lang]}(?:{_one_of(BEFORE_IN_TEXT, lang)}){_FILLERS[lang]}\Z",
        re.IGNORECASE,
    )
    for lang in LANGS
}
_QUALIFIED_AFTER: Final[dict[Lang, re.Pattern[str]]] = {
    lang: re.compile(rf"{_NOUN[lang]}(?:{_one_of(AFTER_IN_TEXT, lang)})", re.IGNORECASE)
    for lang in LANGS
}
_TOUCHING_AFTER: Final[dict[Lang, re.Pattern[str]]] = {
    lang: re.compile(f" ?(?:{_one_of(AFTER_IN_TEXT, lang)})", re.IGNORECASE) for lang in LANGS
}
_TO: Final = re.compile(r" *(?:至|到|[—–―~～〜-]{1,2}|to|and) *")
_BETWEEN: Final = re.compile(r"\bbetween \Z", re.IGNORECASE)
_CEILING: Final = re.compile("上限|封顶|ceiling|maximum|at most", re.IGNORECASE)

# What makes a plan of a sentence, and what makes one of an exact figure by mistake. 将 before a
# number or a reference is 把 (将80%用于薪酬).
PLANNED: Final[dict[Lang, re.Pattern[str]]] = {
    "zh": re.compile(
        f"将(?<![主名大老健麻小]将)(?! ?[0-9０-９{BLANK}]|近|军|士)"
        "|计划|拟(?<![虚模比]拟)(?![人合真定])"
        "|预计|预期|预算|打算|目标|承诺|提出|规划|力争|有望"
    ),
    "en": re.compile(
        r"\b(?:plan(?:s|ned|ning)?|will|would|shall|(?:is|are|was|were|due) to|to be|"
        r"target(?:s|ed)?|goals?|aim(?:s|ed|ing)?|announce[ds]?|announcing|promise[ds]?|pledge[ds]?|propos(?:e[ds]?"
        r"|al)|intend(?:s|ed)?|expect(?:s|ed)?|budgeted|budget (?:of|for))\b",
        re.IGNORECASE,
    ),
}
PLAN_GAINED: Final[dict[Lang, re.Pattern[str]]] = {
    "zh": re.compile(
        "计划(?!生育|经济)|预计|打算|力争|有望|拟(?<![虚模比]拟)(?![人合真定])|将(?<![主名大老健麻小]将)"
        "(?:要|会|达|突破|超|逾|出资|投入|支付|安排|购买|增|提高|升|拨|下达|拿出)"
    ),
    "en": re.compile(
        r"\b(?:plans? to|planned|will|would|intends? to|expects? to|(?:is|are) to|budgeted|is"
        r" expected)\b",
        re.IGNORECASE,
    ),
}

# --- Words of the source --------------------------------------------------------------------

# 说明年份, 过去年份, 项目前期, 出现在 and 12月7日前 only look like relative times.
RELATIVE: Final[dict[Lang, re.Pattern[str]]] = {
    "zh": re.compile(
        "截至目前|今年|去年(?<!过去年)(?!份)|明年(?<![说写注标表声证阐载申发指列]明年)(?!份)|今后|"
        "近日(?<![接临靠附邻]近日)|日前(?<![0-9０-９一二三四五六七八九十次当今昨往节生假期间每同]日前)|"
        "目前(?<![项题节栏数条科账盲剧名品]目前)|新近|最近(?!的?(?:似|数|值))|近期|近来|前不久|眼下|"
        "迄今|如今|现在(?<![出体表实呈发再显展涌]现在)|本月|上月"
    ),
    "en": re.compile(
        r"\b(?:recently|recent (?:days|weeks|months)|(?:this|last|next) (?:year|month)|currently|"
        r"at present|presently|nowadays|these days|at the moment|so far(?! as)|up to now|until now|"
        r"to date(?! (?:the|it|its|from|back|an?|this|that)\b))\b",
        re.IGNORECASE,
    ),
}
SUPERLATIVE: Final[dict[Lang, re.Pattern[str]]] = {
    "zh": re.compile(
        "率先|最早|首个|首创|首家|首例|首次|首开|第一个(?:地|省|市|县|区|城|吃)?|全[国省市]第一|"
        "样本(?![量数])|标杆|领先|改革前沿|大千故里|典范|楷模|开先河|先行者|独一无二|走在前列"
    ),
    "en": re.compile(
        r"\b(?:(?:the|its|their|was|is|as|ranks?|a) first (?:in|of its|to|among|ever|city|province|"
        r"place|district|county|region|local|government|such|one)|first in (?:the|china|its)|"
        r"earliest|pioneer(?:s|ed|ing)?|trailblaz\w*|unprecedented|unique|model(?! contract)|"
        r"benchmark|exemplary|forefront|leading(?! (?:groups?|to|up|from|dancers?|small)\b))\b",
        re.IGNORECASE,
    ),
}
# 数据, 依据, 证据, 名称, 简称 and 资金来源 attribute nothing.
ATTRIBUTED: Final[dict[Lang, re.Pattern[str]]] = {
    "zh": re.compile(
        "据(?<![数依证凭占票收单]据)(?!此|点)|来源(?<!资金来源)(?<!收入来源)(?<!经费来源)(?!于)|报道|"
        "汇编|文章|标题|称(?<![名简全职对统堪相]称)(?![号职谓呼])|写道|写着|说法|所说|认为|视为|誉为|评为|自诩|原文|美誉"
    ),
    "en": re.compile(
        r"\b(?:according to|sources?|compilation|report(?:s|ed|edly)?|article|headline|says?|said|"
        r"calls?|called|claim(?:s|ed)?|describ(?:es|ed)|count(?:s|ed)|considered|regarded|hailed|"
        r"billed|known as|self-styled|puts|in the words of|account)\b",
        re.IGNORECASE,
    ),
}

_QUOTED: Final = re.compile('“[^“”\n]*”|‘[^‘’\n]*’|「[^「」\n]*」|『[^『』\n]*』|"[^"\n]{0,120}"')
_TITLED: Final = re.compile("《[^《》\n]*》|〈[^〈〉\n]*〉")
_SENTENCE_END: Final = re.compile(
    r"[。！？]|[.!?](?=[\s”\"’)]|\Z)|\n\s*\n|\n(?=[ \t]*(?:[-*+>#|]|[0-9]{1,2}[.)] )|[A-Z][a-z]+:)"
)
_CLAUSE_END: Final = re.compile(r"[，、。；：！？\n]|[,;:.!?](?=\s|\Z)")
_PART_END: Final = re.compile(r"[；。！？]|[;.!?](?=\s|\Z)|\n\s*\n|\n(?=[-*+>#|])")
_HEAD: Final = re.compile(r"\A(?:[A-Za-z_]+:[^\n]*(?:\n|\Z))+")
_HEAD_LINE: Final = re.compile(r"^(?!Title:|Summary:|Subtitle:)[A-Za-z_]+:[^\n]*", re.MULTILINE)
_HEAD_NAME: Final = re.compile(r"^[A-Za-z_]+:", re.MULTILINE)


def check_wording(
    text: str,
    start: Position,
    path: str,
    home: Case | None,
    dataset: Dataset,
    lang: Lang,
    wording: Wording,
) -> Iterator[Problem]:
    """What a text says that its records do not: numbers, qualifiers, times and superlatives.

    `start` is the place of the text's first character in its file, and every line is taken to
    begin in the column of the first. `home` is the case that the text belongs to, None for a page.
    """
    reading = _Reading(text, start, path, home, dataset, lang, wording)
    problems = [*reading.check_numbers(), *reading.check_references(), *reading.check_voice()]
    yield from sorted(problems, key=lambda problem: (problem.at, problem.code))


@dataclass(frozen=True, slots=True)
class _Claimed:
    """The words that a text gives a number: its qualifiers, and whether it is a plan."""

    qualifiers: frozenset[Qualifier]
    planned: bool
    plan_gained: bool


class _Known:
    """The figures and dates that a text may tell."""

    def __init__(self, home: Case | None, dataset: Dataset) -> None:
        self.home = home
        self.dataset = dataset

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        cases = self.dataset.cases if self.home is None else (self.home,)
        return tuple(figure for case in cases for figure in case.figures.values())

    @cached_property
    def by_value(self) -> Mapping[Decimal, list[Figure]]:
        """The figures by value, ranges by each of their ends."""
        found: dict[Decimal, list[Figure]] = {}
        for figure in self.figures:
            quantity = figure.quantity
            for value in {quantity.value, quantity.low, quantity.high} - {None}:
                assert value is not None
                found.setdefault(value, []).append(figure)
        return found

    @cached_property
    def dates(self) -> frozenset[str]:
        """Every date that may be told, in each of its precisions: 2012, 2012-12, 2012-12-07.

        A decade is 199X, a day without its year --12-07.
        """
        found: set[str] = set()
        for edtf in self._list_dates():
            found |= _told_dates(edtf)
        if self.home is None:
            for item in self.dataset.lanes.dated:
                if isinstance(item, Gap):
                    found |= _told_dates(f"{item.first}/{item.last}")
        return frozenset(found)

    def _list_dates(self) -> Iterator[str]:
        """Every date that the cases and their sources name, in EDTF."""
        if self.home is None:
            yield from {edtf for case in self.dataset.summaries for edtf in case.dates}
        else:
            yield from (period.edtf for period in list_periods(self.home))
        names = self.dataset.sources if self.home is None else sources_of(self.home)
        for name in names:
            source = self.dataset.sources.get(name)
            if source is not None and source.published is not None:
                yield source.published.edtf

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The titles with digits in them, in both languages."""
        if self.home is None:
            listed = [title for case in self.dataset.summaries for title in case.titles]
            texts = [source.title for source in self.dataset.sources.values()]
        else:
            listed = []
            texts = [document.title for document in self.home.documents]
            used = set(sources_of(self.home))
            texts += [s.title for name, s in self.dataset.sources.items() if name in used]
        found = (title for text in texts for title in (text.zh, text.en))
        return (*listed, *(title for title in found if re.search(r"\d", title)))

    def name(self, figure: Figure) -> str:
        """The reference to a figure, as a text of this home writes it."""
        return f"{{{{{figure.id if self.home is not None else figure.key}}}}}"


@cache
def _told_dates(edtf: str) -> frozenset[str]:
    """The ends of a period in each precision, with and without their year."""
    found: set[str] = set()
    for day in re.findall(r"[0-9]{4}(?:-[0-9]{2}){0,2}", edtf):
        parts = day.split("-")
        found.add(f"{parts[0][:3]}X")
        found |= {"-".join(parts[:length]) for length in range(1, len(parts) + 1)}
        found |= {"--" + "-".join(parts[1:length]) for length in range(2, len(parts) + 1)}
        found |= {f"---{part}" for part in parts[2:]}
    return frozenset(found)


class _Reading:
    """One text with its sentences, clauses, numbers and references."""

    def __init__(
        self,
        text: str,
        start: Position,
        path: str,
        home: Case | None,
        dataset: Dataset,
        lang: Lang,
        wording: Wording,
    ) -> None:
        self.text = text
        self.start = start
        self.path = path
        self.home = home
        self.dataset = dataset
        self.lang: Lang = lang
        self.prose = blank_markdown(_blank_head(text) if wording == "page" else text)
        self.known = _Known(home, dataset)
        self.last_number = 0
        self.found: dict[tuple[re.Pattern[str], int, int], bool] = {}

    def position(self, offset: int) -> Position:
        """The place in the file of a character of the text."""
        line = self.text.count("\n", 0, offset)
        column = offset - (self.text.rfind("\n", 0, offset) + 1)
        return Position(self.start.line + line, self.start.column + column)

    @cached_property
    def sentences(self) -> list[int]:
        """The offsets at which sentences end."""
        return [found.end() for found in _SENTENCE_END.finditer(self.prose)]

    @cached_property
    def parts(self) -> list[int]:
        """The offsets at which sentences or their halves end."""
        return [found.end() for found in _PART_END.finditer(self.prose)]

    @cached_property
    def clauses(self) -> list[int]:
        """The offsets at which clauses end."""
        return [found.end() for found in _CLAUSE_END.finditer(self.prose)]

    def has(self, pattern: re.Pattern[str], span: tuple[int, int]) -> bool:
        """Whether a stretch of the text has a word of a pattern."""
        key = (pattern, *span)
        if key not in self.found:
            self.found[key] = pattern.search(self.prose, *span) is not None
        return self.found[key]

    def around(self, ends: list[int], offset: int) -> tuple[int, int]:
        """The span between two of the ends that an offset lies in."""
        index = bisect_right(ends, offset)
        return (
            ends[index - 1] if index else 0,
            ends[index] if index < len(ends) else len(self.prose),
        )

    def problem(
        self, offset: int, code: str, zh: str, en: str, hint_zh: str, hint_en: str
    ) -> Problem:
        return Problem(self.path, self.position(offset), code, Text(zh, en), Text(hint_zh, hint_en))

    # --- Numbers ---

    def check_numbers(self) -> Iterator[Problem]:
        """The typed numbers that no record has, or that lost or gained a word."""
        mentions = find_mentions_in_prose(self.prose)
        index = 0
        while index < len(mentions):
            mention = mentions[index]
            following = mentions[index + 1] if index + 1 < len(mentions) else None
            if following is not None and self._is_range(mention, following):
                problem = self._check_range(mention, following)
                if problem is not _NO_RANGE:
                    if problem is not None:
                        yield problem
                    self.last_number = following.end
                    index += 2
                    continue
            found = self._check_mention(mention)
            if found is not None:
                yield found
            if mention.value is not None and not mention.date:
                self.last_number = mention.end
            index += 1

    def _is_range(self, first: NumberMention, second: NumberMention) -> bool:
        between = self.prose[first.end : second.start]
        if not _TO.fullmatch(between) or first.value is None or second.value is None:
            return False
        lead = self.prose[max(0, first.start - 8) : first.start]
        return between.strip() != "and" or _BETWEEN.search(lead) is not None

    def _check_range(self, first: NumberMention, second: NumberMention) -> Problem | None:
        """The problem of two numbers that tell a range figure, None where it is told right.

        Gives _NO_RANGE where there is no such figure, so that each end stands for itself.
        """
        assert first.value is not None and second.value is not None
        lows = {first.value, first.value * second.scale}
        if first.unit == "" and second.unit == "ratio":
            lows.add(first.value / 100)
        figures = [
            figure
            for figure in self.known.by_value.get(second.value, ())
            if figure.quantity.high == second.value
            and figure.quantity.low in lows
            and _fits(second, figure)
        ]
        if not figures:
            return _NO_RANGE
        before, after = self._told(first, figures), self._told(second, figures)
        told = _Claimed(
            before.qualifiers | after.qualifiers,
            before.planned or after.planned,
            before.plan_gained or after.plan_gained,
        )
        text = self.prose[first.start : second.end]
        return self._check_told(first.start, text, told, figures, is_range=True)

    def _check_mention(self, mention: NumberMention) -> Problem | None:
        if mention.date and mention.date in self.known.dates:
            return None
        if mention.titled and len(mention.date) == 4:
            return None
        figures: list[Figure] = []
        if mention.value is not None:
            if self.home is None and self._is_own(mention):
                return None
            figures = [
                figure
                for figure in self.known.by_value.get(mention.value, ())
                if _fits(mention, figure)
            ]
        if not figures:
            return None if self._in_known_title(mention) else self._unknown(mention)
        whole = [figure for figure in figures if figure.quantity.value is not None]
        if not whole:
            figure = figures[0]
            return self.problem(
                mention.start,
                "E271",
                f"“{mention.text}”只是区间的一端：{self.known.name(figure)} 是"
                f"“{figure.quantity.text}”",
                f"“{mention.text}” is only one end of a range: {self.known.name(figure)} is"
                f" “{figure.quantity.text}”",
                f"两端都要写，或改用 {self.known.name(figure)}",
                f"Tell both ends, or use {self.known.name(figure)}",
            )
        meant = self._narrow(mention, whole)
        return self._check_told(mention.start, mention.text, self._told(mention, meant), meant)

    def _narrow(self, mention: NumberMention, figures: list[Figure]) -> list[Figure]:
        """Of several figures of one value, those that the words about the number point at."""
        if len(figures) < 2:
            return figures
        counted = [
            figure
            for figure in figures
            if mention.unit and figure.quantity.unit.startswith(mention.unit)
        ]
        figures = counted or figures
        if self.lang == "zh":
            return figures
        tail = _CLAUSE_END.split(self.prose[mention.end : mention.end + 40], maxsplit=1)[0]
        words = re.findall(r"[a-z]{4,}", tail.lower())[:2]
        scores = [
            sum(word.rstrip("s") in figure.label.en.lower() for word in words) for figure in figures
        ]
        best = max(scores)
        return [figure for figure, score in zip(figures, scores, strict=True) if score == best]

    def _told(self, mention: NumberMention, figures: list[Figure]) -> _Claimed:
        """The words that the text gives a number."""
        found: set[Qualifier] = set()
        if self.lang == "zh" and re.search("[余多]", mention.text):
            found.add("more_than")
        lead = self.prose[max(0, mention.start - 32) : mention.start]
        for part in (lead, mention.text.lower()):
            word = _QUALIFIED_BEFORE[self.lang].search(part)
            if word:
                found.add(_group(word))
                break
        tail = _CLAUSE_END.split(self.prose[mention.end : mention.end + 40], maxsplit=1)[0]
        after = _QUALIFIED_AFTER[self.lang].match(tail)
        if after:
            found.add(_group(after))
        capped = any(figure.quantity.qualifier == "at_most" for figure in figures)
        sentence = self.around(self.sentences, mention.start)
        if capped and not found and self.has(_CEILING, sentence):
            found.add("at_most")
        planned = self.has(PLANNED[self.lang], self.around(self.parts, mention.start))
        # An exact figure gains a plan from its own clause only: 已投入300万元，计划再投.
        gained = self.has(PLAN_GAINED[self.lang], self.around(self.clauses, mention.start))
        return _Claimed(frozenset(found), planned, gained)

    def _check_told(
        self, offset: int, text: str, told: _Claimed, figures: list[Figure], is_range: bool = False
    ) -> Problem | None:
        """The problem of a number whose value is right, None where one figure is told right."""
        problems = [self._compare(offset, text, told, figure, is_range) for figure in figures]
        right = [figure for figure, found in zip(figures, problems, strict=True) if found is None]
        if not right:
            return problems[0]
        for figure, problem in zip(figures, problems, strict=True):
            if (
                problem is not None
                and self.home is not None
                and _lacks_words(figure, told)
                and not self._is_another(figure, right, offset, len(text))
            ):
                return problem
        return None

    def _is_another(self, rival: Figure, right: list[Figure], offset: int, length: int) -> bool:
        """Whether a text that tells one figure right cannot be taken to tell its rival wrong.

        A headline that states as a fact what the text has as a plan gives two figures of one value:
        without its 将 the plan would pass for the headline. So where measure and period are the
        same, a word of the label has to stand between the number before and the end of the clause.
        """
        begin = max(self.around(self.sentences, offset)[0], self.last_number)
        end = self.around(self.clauses, offset + length)[1]
        words = self.prose[begin:offset] + self.prose[offset + length : end]
        return any(
            (figure.measure, figure.period) != (rival.measure, rival.period)
            or figure.quantity.kind != rival.quantity.kind
            or any(word in words.lower() for word in _label_words(figure, rival, self.lang))
            for figure in right
        )

    def _compare(
        self, offset: int, text: str, told: _Claimed, figure: Figure, is_range: bool
    ) -> Problem | None:
        quantity, name = figure.quantity, self.known.name(figure)
        wanted = quantity.qualifier
        expected = frozenset() if wanted in ("exact", "range") else frozenset({wanted})
        gained, lost = told.qualifiers - expected, expected - told.qualifiers
        if wanted == "range" and "approx" in gained and re.search("[约近]|左右", quantity.text):
            gained -= {"approx"}
        hint_zh = f"请照“{quantity.text}”写，或改用 {name}"
        hint_en = f"Follow “{quantity.text}”, or use {name}"
        if gained or lost:
            zh, en = _say_difference(lost, gained)
            return self.problem(
                offset,
                "E271",
                f"“{text}”{zh}：{name} 是“{quantity.text}”",
                f"“{text}” {en}: {name} is “{quantity.text}”",
                hint_zh,
                hint_en,
            )
        if figure.status in PLANNED_STATUSES and not told.planned:
            return self._plan_lost(offset, text, figure)
        if told.plan_gained and figure.status not in PLANNED_STATUSES and not quantity.planned:
            return self.problem(
                offset,
                "E271",
                f"“{text}”被写成了计划：{name} 的状态不是计划",
                f"“{text}” is told as a plan: {name} is none",
                "去掉“计划”“将”一类的词，或核对 status",
                "Leave out the word of planning, or check the status",
            )
        return None

    def _plan_lost(self, offset: int, text: str, figure: Figure) -> Problem:
        name = self.known.name(figure)
        return self.problem(
            offset,
            "E271",
            f"“{text}”没有写明是计划：{name} 的状态是 {figure.status}",
            f"“{text}” is not told as a plan: the status of {name} is {figure.status}",
            "在同一句里写明 将、计划、拟、预计 或 目标",
            "Say in the same sentence that it is planned, announced or a target",
        )

    def _is_own(self, mention: NumberMention) -> bool:
        tail = self.prose[mention.start : mention.end + 16]
        return any(
            mention.value == value and re.search(nouns, tail)
            for value, nouns, _ in (*OWN_NUMBERS, (self.dataset.counts.get("cases"), *_PLACES))
        )

    def _in_known_title(self, mention: NumberMention) -> bool:
        """Whether a number is part of a title that the records have."""
        for title in self.known.titles:
            at = self.prose.find(title)
            while at >= 0:
                if at <= mention.start and mention.end <= at + len(title):
                    return True
                at = self.prose.find(title, at + 1)
        return False

    def _unknown(self, mention: NumberMention) -> Problem:
        whose_zh = "这个案例" if self.home is not None else "任何案例"
        whose_en = "this case" if self.home is not None else "any case"
        if mention.date and (mention.value is None or self._follows_preposition(mention)):
            near = self._nearest_dates(mention.date)
            return self.problem(
                mention.start,
                "E270",
                f"“{mention.text}”不是{whose_zh}记录里的日期",
                f"“{mention.text}” is no date in the records of {whose_en}",
                f"记录里相近的有 {'、'.join(near)}" if near else "记录里没有日期",
                f"Near it are {', '.join(near)}" if near else "The records have no date",
            )
        near_figures = self._nearest_figures(mention)
        names = [(self.known.name(figure), figure.quantity.text) for figure in near_figures]
        zh = "、".join(f"{name}（{text}）" for name, text in names)
        en = ", ".join(f"{name} ({text})" for name, text in names)
        return self.problem(
            mention.start,
            "E270",
            f"“{mention.text}”不是{whose_zh}的数字",
            f"“{mention.text}” is no figure of {whose_en}",
            f"相近的有 {zh}；请改用引用，或先记入 figures"
            if names
            else "请先把它记入 figures，再用 {{…}} 引用",
            f"Near it are {en}; use a reference, or record it under figures"
            if names
            else "Record it under figures and refer to it as {{…}}",
        )

    def _follows_preposition(self, mention: NumberMention) -> bool:
        """Whether four digits alone are meant as a year: in 1996, by 1996."""
        lead = self.prose[max(0, mention.start - 8) : mention.start]
        return (
            re.search(
                r"(?:\b(?:in|of|since|by|from|to|until|till|after|before) |[—–-] ?)\Z", lead, re.I
            )
            is not None
        )

    def _nearest_dates(self, date: str) -> list[str]:
        same = [known for known in self.known.dates if len(known) == len(date)]
        digits = int(re.sub("[^0-9]", "", date) or "0")
        same.sort(key=lambda known: (abs(int(re.sub("[^0-9]", "", known)) - digits), known))
        return same[:NEAREST]

    def _nearest_figures(self, mention: NumberMention) -> list[Figure]:
        """The figures that a number may have meant: by value, then by the digits of its wording."""
        digits = re.sub(r"[^\d]", "", mention.text)
        by_digits = [
            figure
            for figure in self.known.figures
            if digits and re.sub(r"[^\d]", "", figure.quantity.text) == digits
        ]
        by_value: list[Figure] = []
        if mention.value is not None:
            value = mention.value
            fitting = [figure for figure in self.known.figures if _fits(mention, figure)]
            by_value = sorted(
                fitting or self.known.figures,
                key=lambda figure: _distance(value, figure.quantity.magnitude),
            )[:NEAREST]
        return list(
            {figure.key: figure for figure in (*by_value[:1], *by_digits[:1], *by_value)}.values()
        )[:NEAREST]

    # --- References ---

    def check_references(self) -> Iterator[Problem]:
        """The references that a qualifier is added to, and plans that are not told as plans."""
        for found in REFERENCE.finditer(self.text):
            case, name = split_key(found.group(1).strip())
            figure = self.dataset.find_figure(case, name, self.home) if name else None
            if figure is None and case != SITE:
                continue
            yield from self._check_qualified(found, figure)
            if figure is not None and figure.status in PLANNED_STATUSES:
                if self.lang == "zh" and figure.quantity.planned:
                    continue
                if not self.has(PLANNED[self.lang], self.around(self.sentences, found.start())):
                    yield self._plan_lost(found.start(), figure.quantity.text, figure)

    def _check_qualified(self, found: re.Match[str], figure: Figure | None) -> Iterator[Problem]:
        """The problem of a qualifier beside a reference, which prints its own."""
        lead = self.prose[max(0, found.start() - 32) : found.start()]
        word = _QUALIFIED_BEFORE[self.lang].search(lead)
        offset = found.start() - len(lead) + word.start() if word else found.end()
        if word is None:
            word = _TOUCHING_AFTER[self.lang].match(self.prose[found.end() : found.end() + 12])
        if word is None:
            return
        told = _group(word)
        if figure is not None and told == figure.quantity.qualifier:
            if self.lang == "zh" and not _prints_qualifier(figure):
                return
            zh, en = "重复了限定词", "doubles the qualifier"
        else:
            zh, en = _say_difference(frozenset(), frozenset({told}))
        printed = figure.quantity.text if figure is not None else ""
        yield self.problem(
            offset,
            "E271",
            f"“{word.group().strip()}”{zh}：{found.group()} 会照原文印出"
            + (f"“{printed}”" if printed else ""),
            f"“{word.group().strip()}” {en}: {found.group()} prints its own wording"
            + (f" “{printed}”" if printed else ""),
            f"去掉“{word.group().strip()}”",
            f"Leave out “{word.group().strip()}”",
        )

    # --- Voice ---

    def check_voice(self) -> Iterator[Problem]:
        """The relative times and the unattributed superlatives in our own voice."""
        titled = _TITLED.sub(_blank, self.prose)
        for found in RELATIVE[self.lang].finditer(_QUOTED.sub(_blank, titled)):
            yield self.problem(
                found.start(),
                "E272",
                f"“{found.group()}”是来源当时的说法，读者读到时已不是那个时候",
                f"“{found.group()}” was true for the source, not for whoever reads this",
                "写明日期或“据……日的报道”；引用原话请放进“”",
                "Give the date or the report; put the source's own words in quotation marks",
            )
        for found in SUPERLATIVE[self.lang].finditer(titled):
            begin, end = self.around(self.sentences, found.start())
            if not ATTRIBUTED[self.lang].search(titled, begin, end):
                yield self.problem(
                    found.start(),
                    "E273",
                    f"“{found.group()}”是评价，同一句里没有写明是谁说的",
                    f"“{found.group()}” is a judgement; its sentence does not say whose",
                    "写明 据……、来源称、报道说；没有出处就去掉",
                    "Say according to whom, or leave it out",
                )


# What `_check_range` gives where no figure is such a range.
_NO_RANGE: Final = Problem("", Position(0, 0), "", Text("", ""))


def _fits(mention: NumberMention, figure: Figure) -> bool:
    """Whether a figure may be what a number with its unit tells."""
    quantity = figure.quantity
    if mention.unit in (*CURRENCIES, "ratio"):
        return quantity.unit == mention.unit
    if mention.unit == "":
        return quantity.unit != "ratio"
    if quantity.kind != "count":
        return False
    if mention.unit == "people":
        return bool(re.match("[人名位]", quantity.unit))
    if mention.unit == "time":
        return bool(re.match("小时|课时|学时|[天岁年月日周]|个?月", quantity.unit))
    return not re.match("[人名位]", quantity.unit) or mention.unit.startswith("个")


def _lacks_words(figure: Figure, told: _Claimed) -> bool:
    """Whether a figure wants a qualifier or a word of planning that the text does not have."""
    wanted = figure.quantity.qualifier
    lost = wanted not in ("exact", "range") and wanted not in told.qualifiers
    return lost or (figure.status in PLANNED_STATUSES and not told.planned)


def _label_words(figure: Figure, rival: Figure, lang: Lang) -> set[str]:
    """The words that a figure's label has and its rival's has not: in Chinese, pairs of them."""
    if lang == "en":
        of, other = (
            set(re.findall(r"[a-z]{4,}|[0-9]+", each.label.en.lower())) for each in (figure, rival)
        )
        return of - other
    of, other = (
        {
            run[at : at + 2]
            for run in re.findall("[㐀-鿿]{2,}", each.label.zh)
            for at in range(len(run) - 1)
        }
        for each in (figure, rival)
    )
    return {pair for pair in of - other if pair not in figure.quantity.text}


def _group(found: re.Match[str]) -> Qualifier:
    """The qualifier whose words a match found."""
    name = next(name for name, text in found.groupdict().items() if text is not None)
    return next(qualifier for qualifier in QUALIFIERS if qualifier == name)


def _prints_qualifier(figure: Figure) -> bool:
    """Whether the printed wording itself holds the qualifier, which an editor may have added."""
    wanted = figure.quantity.qualifier
    printed = "".join(
        segment.text for segment in figure.quantity.segments if segment.role == "qualifier"
    )
    patterns = [table["zh"].get(wanted) for table in (BEFORE_IN_TEXT, AFTER_IN_TEXT)]
    return wanted == "range" or any(pattern and re.search(pattern, printed) for pattern in patterns)


def _say_difference(lost: frozenset[Qualifier], gained: frozenset[Qualifier]) -> tuple[str, str]:
    """What happened to a qualifier, in both languages."""
    zh, en = [], []
    if lost:
        zh.append("丢了限定词" + "".join(f"“{QUALIFIERS[name].name.zh}”" for name in sorted(lost)))
        en.append(
            "lost its " + " and ".join(f"“{QUALIFIERS[name].name.en}”" for name in sorted(lost))
        )
    if gained:
        zh.append(
            "多了限定词" + "".join(f"“{QUALIFIERS[name].name.zh}”" for name in sorted(gained))
        )
        en.append(
            "gained " + " and ".join(f"“{QUALIFIERS[name].name.en}”" for name in sorted(gained))
        )
    return "，".join(zh), " and ".join(en)


def _distance(value: Decimal, other: Decimal) -> float:
    """How far two values are apart, as a ratio."""
    if not value or not other:
        return float("inf") if value != other else 0.0
    return abs(log10(float(value)) - log10(float(other)))


def _blank(found: re.Match[str]) -> str:
    return BLANK * len(found.group())


def _blank_head(text: str) -> str:
    """The text of a page with the fields of its head blanked, except title and summary."""
    head = _HEAD.match(text)
    if head is None:
        return text
    shown = _HEAD_NAME.sub(_blank, _HEAD_LINE.sub(_blank, head.group()))
    return shown + text[head.end() :]
