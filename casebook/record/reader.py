"""Files of data/ as records: the lists first, then one case a file, all problems in one run."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast, get_args

from casebook.problems import START, Position, Problem
from casebook.record.derived import derive
from casebook.record.fields import Fields, suggest
from casebook.record.model import (
    Answer,
    AnswerState,
    Case,
    Change,
    ChangeKind,
    Conflict,
    Document,
    Event,
    Figure,
    Gone,
    Measure,
    Question,
    Refusal,
    Region,
    Report,
    Source,
    Term,
    Vocabulary,
)
from casebook.text import NO_TEXT, Text
from casebook.values.amounts import Qualifier, Quantity, QuantityError, parse_quantity, with_reading
from casebook.values.dates import Period
from casebook.values.formula import FormulaError, names_of, parse_formula
from casebook.values.urls import judge_url
from casebook.yaml.encoding import MAX_BYTES
from casebook.yaml.files import find_case_files as find_case_files
from casebook.yaml.files import read_bytes as read_bytes
from casebook.yaml.files import show_path as show_path
from casebook.yaml.nodes import ListNode, MapNode, Scalar, read_tree

QUOTE_LIMIT = 12
_FIGURE_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
SILENT = ("not_stated", "not_applicable")


def _with_english(*names: str) -> frozenset[str]:
    return frozenset(names) | {f"{name}_en" for name in names}


LEDGER = "data/addresses.txt"
GONE = "data/gone.yaml"
# It grows with all that was ever published: a million addresses, not the size of a record.
MOST_OF_LEDGER = 64_000_000
# A hundred thousand publications and more; a record has no more than a few.
MOST_OF_SOURCES = 32_000_000
# What stands in for a list that cannot be read.
_NOTHING = MapNode({}, {}, START)
# An address below the root of the site, the same in every language.
_ADDRESS = re.compile(r"/(?:[a-z0-9][A-Za-z0-9._-]*/)*", re.ASCII)

# Stands in for a date that was reported as a problem, so that the rest can still be read.
_UNKNOWN = Period(edtf="", earliest=None, latest=None, precision="interval")

CASE_FIELDS = _with_english("title", "summary", "story") | {
    "region",
    "topic",
    "updated",
    "state",
    "aliases",
    "answers",
    "figures",
    "events",
    "documents",
    "conflicts",
    "history",
}
ANSWER_FIELDS = _with_english("value", "note") | {"state"}
FIGURE_FIELDS = _with_english("label", "note") | {
    "amount",
    "measure",
    "per",
    "period",
    "status",
    "source",
    "quote",
    "line",
    "scope",
    "part_of",
    "follows",
    "qualifier",
    "unit",
    "corroborated_by",
    "formula",
    "history",
}
# What a computed figure takes over from those that it is computed from.
TAKEN_OVER = (
    *("amount", "per", "period", "status", "source", "quote", "line", "part_of", "follows"),
    *("qualifier", "unit", "corroborated_by"),
)
REPORT_FIELDS = _with_english("says") | {"source", "quote", "line", "confirms"}
CHANGE_FIELDS = _with_english("why") | {"date", "from", "to", "kind"}
EVENT_FIELDS = _with_english("title", "note") | {"date", "source", "status", "quote", "line"}
DOCUMENT_FIELDS = _with_english("title", "issuer", "note") | {"state", "source", "date"}
CONFLICT_FIELDS = _with_english("about", "note") | {"figures", "reports"}
SOURCE_FIELDS = _with_english("title", "publisher", "note") | {
    "kind",
    "published",
    "accessed",
    "url",
    "characters",
}
REGION_FIELDS = _with_english("name", "short") | {"level", "parent", "pinyin", "tile"}
TERM_FIELDS = _with_english("name", "note")
SCOPE_FIELDS = TERM_FIELDS | {"bought_by", "per"}
SOURCE_KIND_FIELDS = TERM_FIELDS | {"primary"}
QUESTION_FIELDS = _with_english("name", "ask") | {"terms", "derived", "items"}
GONE_FIELDS = _with_english("title", "why") | {"date", "moved_to"}
REFUSAL_FIELDS = _with_english("title") | {"case", "formula", "unknown", "compare", "spending"}
MEASURE_FIELDS = _with_english("name", "compare") | {"kind", "spending", "mixed", "cap", "zero"}
VOCABULARY_FIELDS = frozenset(Vocabulary.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What the cases draw on: vocabulary, regions and sources.

    Where one of them could not be read at all, they are not `whole`.
    """

    vocabulary: Vocabulary
    regions: Mapping[str, Region]
    sources: Mapping[str, Source]
    whole: bool = True


def read_lists(project: Path, problems: list[Problem]) -> Lists:
    """Vocabulary, regions and sources of a project."""
    files = [
        _list_file(project, "vocabulary", problems),
        _list_file(project, "regions", problems),
        _list_file(project, "sources", problems, MOST_OF_SOURCES),
    ]
    vocabulary = _read_vocabulary(files[0], problems)
    regions = _read_regions(files[1], problems)
    sources = _read_sources(files[2], vocabulary, problems)
    return Lists(
        vocabulary=vocabulary,
        regions=regions,
        sources=sources,
        whole=all(node is not _NOTHING for node, _ in files),
    )


def read_refusals(project: Path, problems: list[Problem]) -> tuple[Refusal, ...]:
    """The comparisons that suggest themselves and are not made, none where there is no list."""
    if not (project / "data" / "refusals.yaml").exists():
        return ()
    node, path = _list_file(project, "refusals", problems)
    refusals = []
    for key, value in node.entries.items():
        if not isinstance(value, MapNode):
            continue
        fields = Fields(value, path, problems, REFUSAL_FIELDS)
        unknown = fields.mapping("unknown") or MapNode({}, {}, START)
        names = [name for name in unknown.entries if not name.endswith("_en")]
        words = Fields(unknown, path, problems, unknown.entries)
        refusal = Refusal(
            id=key,
            title=fields.bilingual("title", required=True),
            case=fields.text("case"),
            formula=fields.text("formula"),
            compare=fields.names("compare"),
            spending=fields.names("spending"),
            unknown={name: words.bilingual(name) for name in names},
            at=node.key_at[key],
        )
        if sum(map(bool, (refusal.formula, refusal.compare, refusal.spending))) != 1:
            fields.report(
                refusal.at,
                "E284",
                f"{key} 要写 formula、compare、spending 中的一个",
                f"{key} needs one of formula, compare and spending",
            )
            continue
        refusals.append(refusal)
    return tuple(refusals)


def read_ledger(project: Path, problems: list[Problem]) -> dict[str, int]:
    """Every address that was ever published, with its line; none where there is no ledger yet."""
    path = project / LEDGER
    if not path.exists():
        return {}
    data = read_bytes(path, project, problems, MOST_OF_LEDGER)
    ledger: dict[str, int] = {}
    # Whatever is no address is told by its line, so that odd bytes need no other diagnosis.
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), 1):
        written = line.partition("#")[0].strip()
        if _ADDRESS.fullmatch(written):
            ledger.setdefault(written[1:], number)
        elif written:
            column = line.index(written) + 1
            problems.append(report_address(LEDGER, Position(number, column), written))
    return ledger


def report_address(path: str, at: Position, written: str) -> Problem:
    """The problem of what should be an address of the site and is none."""
    return Problem(
        path,
        at,
        "E290",
        f"{written[:60]} 不是本站的地址",
        f"{written[:60]} is no address of the site",
        "写成 /cases/beijing/ 的样子：前后有斜杠，没有域名，没有语言",
        "Write it as /cases/beijing/, with both slashes, without a host and without a language",
    )


def read_gone(project: Path, problems: list[Problem]) -> dict[str, Gone]:
    """What is told of addresses that are no more, by address; nothing where there is no list."""
    if not (project / GONE).exists():
        return {}
    node, path = _list_file(project, "gone", problems)
    gone: dict[str, Gone] = {}
    for key, value in node.entries.items():
        at = node.key_at[key]
        if not _ADDRESS.fullmatch(key):
            problems.append(report_address(path, at, key))
        elif isinstance(value, MapNode):
            fields = Fields(value, path, problems, GONE_FIELDS)
            moved_to = fields.line("moved_to")
            if moved_to and not _ADDRESS.fullmatch(moved_to):
                problems.append(report_address(path, fields.at("moved_to"), moved_to))
            if fields.has("why") == bool(moved_to):
                fields.report(
                    at,
                    "E293",
                    f"{key} 要写 why（为什么没有了）或 moved_to（搬到了哪里），只写一个",
                    f"{key} needs either why, for what is gone, or moved_to, for what moved",
                )
            gone[key[1:]] = Gone(
                address=key[1:],
                title=fields.bilingual("title", required=not moved_to),
                why=fields.bilingual("why"),
                date=fields.period("date"),
                moved_to=moved_to[1:],
                at=at,
            )
    return gone


def _list_file(
    project: Path, name: str, problems: list[Problem], most: int = MAX_BYTES
) -> tuple[MapNode, str]:
    """The tree of a list, with its path; `_NOTHING` where there is none."""
    path = project / "data" / f"{name}.yaml"
    shown = show_path(path, project)
    faults: list[Problem] = []
    data = read_bytes(path, project, faults, most)
    problems.extend(faults)
    node, found = read_tree(data, shown, most)
    problems.extend(found)
    return (node if isinstance(node, MapNode) and not faults else _NOTHING), shown


def _read_vocabulary(file: tuple[MapNode, str], problems: list[Problem]) -> Vocabulary:
    node, path = file
    fields = Fields(node, path, problems, VOCABULARY_FIELDS)
    known = {
        name: group.entries for name, group in node.entries.items() if isinstance(group, MapNode)
    }
    questions = {
        key: Question(
            key=key,
            name=inner.bilingual("name", required=True),
            ask=inner.bilingual("ask"),
            terms=inner.text("terms"),
            derived=inner.flag("derived"),
            items=inner.terms("items", known.get("disclosure_items", {})),
        )
        for key, _, inner in fields.entries("questions", QUESTION_FIELDS)
    }
    measures = {}
    for key, _, inner in fields.entries("measures", MEASURE_FIELDS):
        kinds = {"money": None, "count": None, "share": None}
        measures[key] = Measure(
            key=key,
            name=inner.bilingual("name", required=True),
            kind=inner.term("kind", kinds, required=True) or "money",  # type: ignore[arg-type]  # held by term
            compare=inner.bilingual("compare"),
            spending=inner.flag("spending"),
            mixed=inner.flag("mixed"),
            cap=inner.flag("cap"),
            zero=inner.flag("zero"),
        )
    special = {"scopes": SCOPE_FIELDS, "source_kinds": SOURCE_KIND_FIELDS}
    terms = {
        name: {
            key: _read_term(inner, key, known)
            for key, _, inner in fields.entries(name, special.get(name, TERM_FIELDS))
        }
        for name in VOCABULARY_FIELDS - {"questions", "measures"}
    }
    return Vocabulary(questions=questions, measures=measures, **terms)


def _read_term(fields: Fields, key: str, known: Mapping[str, Mapping[str, object]]) -> Term:
    if fields.has("bought_by") != fields.has("per"):
        fields.report(
            fields.node.at,
            "E202",
            f"{key} 的 bought_by 和 per 要一起写",
            f"bought_by and per of {key} are written together",
        )
    return Term(
        key=key,
        name=fields.bilingual("name", required=True),
        note=fields.bilingual("note"),
        bought_by=fields.term("bought_by", known.get("scopes", {})),
        per=fields.term("per", known.get("per", {})),
        primary=fields.flag("primary"),
    )


def _read_regions(file: tuple[MapNode, str], problems: list[Problem]) -> dict[str, Region]:
    node, path = file
    regions: dict[str, Region] = {}
    levels = {"province": None, "prefecture": None, "county": None}
    for code, value in node.entries.items():
        if not isinstance(value, MapNode):
            continue
        fields = Fields(value, path, problems, REGION_FIELDS)
        tile = fields.mapping("tile")
        place = None
        if tile is not None:
            inside = Fields(tile, path, problems, {"col", "row"})
            place = (inside.whole_number("col") or 0, inside.whole_number("row") or 0)
        regions[code] = Region(
            code=code,
            name=fields.bilingual("name", required=True),
            short=fields.bilingual("short", required=True),
            level=fields.term("level", levels, required=True) or "province",  # type: ignore[arg-type]  # held by term
            parent=fields.text("parent"),
            pinyin=fields.text("pinyin"),
            tile=place,
        )
        parent = regions[code].parent
        if parent and parent not in node.entries:
            fields.known_word(Scalar(parent, fields.at("parent")), "parent", node.entries)
    return regions


def _read_sources(
    file: tuple[MapNode, str], vocabulary: Vocabulary, problems: list[Problem]
) -> dict[str, Source]:
    node, path = file
    sources: dict[str, Source] = {}
    named: dict[str, int] = {}
    for name, value in node.entries.items():
        if not isinstance(value, MapNode):
            continue
        fields = Fields(value, path, problems, SOURCE_FIELDS)
        url = _read_url(fields, named)
        sources[name] = Source(
            id=name,
            title=fields.bilingual("title", required=True),
            publisher=fields.bilingual("publisher", required=True),
            kind=fields.term("kind", vocabulary.source_kinds, required=True),
            published=fields.period("published"),
            accessed=fields.line("accessed"),
            url=url,
            note=fields.bilingual("note"),
            characters=fields.whole_number("characters"),
        )
    return sources


def _read_url(fields: Fields, named: dict[str, int]) -> str:
    """The address of a source, empty where it may not be linked; the ones seen are noted."""
    url = fields.line("url")
    if not url:
        return ""
    fault = judge_url(url)
    at = fields.at("url")
    if fault is not None:
        plain = unicodedata.normalize("NFKC", url)
        hint = plain if plain != url and judge_url(plain) is None else ""
        hints = (f"是不是 {hint}？", f"Did you mean {hint}?") if hint else ("", "")
        fields.report(at, "E260", *fault, *hints)
        return ""
    first = named.setdefault(url, at.line)
    if first != at.line:
        fields.report(
            at,
            "W266",
            f"这个网址在第 {first} 行的来源里已经有了",
            f"the source on line {first} has this address already",
            "同一篇文章只登记一次",
            "List a publication once",
            severity="warning",
        )
    return url


def is_draft(data: bytes) -> bool:
    """Whether a record, which may have faults elsewhere, says that it is a draft."""
    node, _ = read_tree(data, "")
    state = node.entries.get("state") if isinstance(node, MapNode) else None
    return isinstance(state, Scalar) and state.text.strip() == "draft"


def read_case(data: bytes, path: str, lists: Lists) -> tuple[Case | None, list[Problem]]:
    """The case of one file, or None where a problem keeps it from being published."""
    node, problems = read_tree(data, path)
    if node is None:
        return None, problems
    if not isinstance(node, MapNode):
        zh, en = "最外层应当是“字段: 值”的行", "the file should hold lines of “field: value”"
        return None, [*problems, Problem(path, node.at, "E132", zh, en)]
    slug = path.rsplit("/", 1)[-1].removesuffix(".yaml")
    lines = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    case = _CaseReader(node, path, slug, lines, problems, lists).read()
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    # Other ends of lines and a byte order mark make no other version.
    text = unicodedata.normalize("NFC", "\n".join(lines))
    return replace(case, digest=hashlib.sha256(text.encode()).hexdigest()), problems


def read_figure(
    node: MapNode, key: str, path: str, lists: Lists, problems: list[Problem]
) -> Figure | None:
    """The figure of one mapping by itself, where it is sound and not computed."""
    case = _CaseReader(MapNode({}, {}, node.at), path, "", [], problems, lists)
    return case.read_figure(key, node.at, Fields(node, path, problems, FIGURE_FIELDS))


class _CaseReader:
    """Reads one case; every part is read even where another is wrong."""

    def __init__(
        self,
        node: MapNode,
        path: str,
        slug: str,
        lines: list[str],
        problems: list[Problem],
        lists: Lists,
    ) -> None:
        self.slug = slug
        self.lines = lines
        self.path = path
        self.lists = lists
        self.vocabulary = lists.vocabulary
        self.fields = Fields(node, path, problems, CASE_FIELDS)

    def read(self) -> Case:
        fields = self.fields
        return Case(
            slug=self.slug,
            path=self.path,
            title=fields.bilingual("title", required=True, example="东莞：一个社工岗位值多少钱"),
            region=self.read_region(),
            topic=fields.term("topic", self.vocabulary.topics, required=True),
            summary=fields.bilingual("summary", required=True),
            answers=self.read_answers(),
            figures=self.read_figures(),
            events=tuple(self.read_event(inner) for inner in fields.items("events", EVENT_FIELDS)),
            documents=tuple(
                self.read_document(inner) for inner in fields.items("documents", DOCUMENT_FIELDS)
            ),
            conflicts=tuple(
                self.read_conflict(inner) for inner in fields.items("conflicts", CONFLICT_FIELDS)
            ),
            story=fields.bilingual_block("story"),
            story_at=(
                _text_start(fields, "story", self.lines),
                _text_start(fields, "story_en", self.lines),
            ),
            summary_at=(
                _text_start(fields, "summary", self.lines),
                _text_start(fields, "summary_en", self.lines),
            ),
            updated=self.read_day("updated"),
            state="draft"
            if fields.term("state", {"published": None, "draft": None}) == "draft"
            else "published",
            positions=dict(fields.node.key_at),
            withdrawn=tuple(
                self.read_change(inner, self.figure_of_change(inner))
                for inner in fields.items("history", CHANGE_FIELDS | {"figure"})
            ),
            aliases=fields.names("aliases"),
        )

    def read_region(self) -> str:
        value = self.fields.scalar("region", required=True, example="441900")
        if value is None:
            return ""
        code = value.text.strip()
        if code in self.lists.regions:
            return code
        names = [
            f"{key}（{region.name.zh}）"
            for key, region in self.lists.regions.items()
            if key[:4] == code[:4] or code in region.name.zh
        ][:3]
        close = suggest(code, self.lists.regions.keys(), "zh") if not names else ""
        hint = f"相近的有 {'、'.join(names)}" if names else close
        self.fields.report(
            value.at,
            "E251",
            f"region 不认识行政区划代码 {code[:20]}",
            f"region does not know the code {code[:20]}",
            hint or "代码列在 data/regions.yaml",
            f"Near: {', '.join(names)}" if names else "The codes stand in data/regions.yaml",
        )
        return ""

    def read_day(self, name: str) -> str:
        period = self.fields.period(name)
        if period is None:
            return ""
        if period.precision != "day" or period.lane != "dated":
            self.fields.report(
                self.fields.at(name),
                "E224",
                f"{name} 应当是一天，例如 2026-11-23",
                f"{name} should be a day such as 2026-11-23",
            )
            return ""
        return period.edtf

    def read_answers(self) -> dict[str, Answer]:
        questions = self.vocabulary.questions
        group = self.fields.mapping("answers")
        answers: dict[str, Answer] = {}
        if group is None:
            group = MapNode({}, {}, self.fields.at("answers"))
        asked = Fields(group, self.path, self.fields.problems, questions)
        for key, question in questions.items():
            if asked.has(key):
                answers[key] = self.read_answer(asked, question)
            elif not question.derived:
                asked.report(
                    group.key_at.get(key, group.at),
                    "W206",
                    f"没有回答“{question.name.zh}”（{key}），按“来源未说明”处理",
                    f"the question {key} is not answered and counts as not stated",
                    f"写 {key}: not_stated 可以去掉这条提醒",
                    f"Write {key}: not_stated to say so",
                    severity="warning",
                )
        return answers

    def read_answer(self, asked: Fields, question: Question) -> Answer:
        node = asked.node.entries[question.key]
        note = NO_TEXT
        state: AnswerState = "stated"
        english = ""
        if isinstance(node, MapNode):
            inner = Fields(node, self.path, asked.problems, ANSWER_FIELDS)
            note = inner.bilingual("note")
            english = inner.line("value_en")
            states = {"stated": None, "partial": None, "not_stated": None, "not_applicable": None}
            state = cast(AnswerState, inner.term("state", states) or "stated")
            if not inner.has("value"):
                if state not in SILENT:
                    inner.text("value", required=True)
                return Answer(question=question.key, state=state, note=note, at=node.at)
            node = inner.node.entries["value"]
        scalars = node.items if isinstance(node, ListNode) else (node,)
        words = [item for item in scalars if isinstance(item, Scalar) and item.text.strip()]
        if len(words) != len(scalars) or not words:
            asked.report(
                node.at,
                "E203",
                f"回答 {question.key} 应当是文字或文字的列表",
                f"the answer to {question.key} should be a text or a list of texts",
            )
            return Answer(question=question.key, state="not_stated", at=node.at)
        if len(words) == 1 and words[0].text.strip() in SILENT:
            silent = cast(AnswerState, words[0].text.strip())
            return Answer(question=question.key, state=silent, note=note, at=node.at)
        if question.terms:
            known = cast("Mapping[str, object]", getattr(self.vocabulary, question.terms))
            terms = tuple(
                term for word in words if (term := asked.known_word(word, question.key, known))
            )
            return Answer(question=question.key, state=state, terms=terms, note=note, at=node.at)
        text = Text("、".join(word.text.strip() for word in words), english)
        return Answer(question=question.key, state=state, text=text, note=note, at=node.at)

    def read_figures(self) -> dict[str, Figure]:
        figures: dict[str, Figure] = {}
        computed: dict[str, tuple[Position, Fields]] = {}
        for key, at, inner in self.fields.entries("figures", FIGURE_FIELDS):
            if not _FIGURE_NAME.fullmatch(key):
                inner.report(
                    at,
                    "E241",
                    f"数字的名字 {key[:40]} 只能用英文小写字母、数字和 _，以字母开头",
                    f"the figure's name {key[:40]} may only hold a-z, 0-9 and _",
                )
            if inner.has("formula"):
                computed[key] = (at, inner)
                continue
            figure = self.read_figure(key, at, inner)
            if figure is not None:
                figures[key] = figure
        for key in self.faulty_figures & figures.keys():
            # What is computed from it would only repeat that it is wrong.
            del figures[key]
        self.compute_figures(computed, figures)
        return {key: figures[key] for key in self.written_figures if key in figures}

    @property
    def faulty_figures(self) -> set[str]:
        """The names of the figures in whose lines an error was found."""
        wrong = {p.at.line for p in self.fields.problems if p.severity == "error"}
        group = self.fields.node.entries.get("figures")
        if not (wrong and isinstance(group, MapNode) and group.key_at):
            return set()
        starts = sorted((at.line, key) for key, at in group.key_at.items())
        ends = [*(line for line, _ in starts[1:]), starts[-1][0] + len(FIGURE_FIELDS)]
        return {
            key
            for (line, key), end in zip(starts, ends, strict=True)
            if not wrong.isdisjoint(range(line, end))
        }

    @property
    def written_figures(self) -> Mapping[str, object]:
        """What stands under `figures`, whether it can be read or not."""
        written = self.fields.node.entries.get("figures")
        return written.entries if isinstance(written, MapNode) else {}

    def compute_figures(
        self, computed: dict[str, tuple[Position, Fields]], figures: dict[str, Figure]
    ) -> None:
        """Add the figures that have a formula, those that others rest on first."""
        known = self.written_figures
        waiting: dict[str, tuple[Position, Fields, set[str]]] = {}
        for key, (at, inner) in computed.items():
            value = inner.scalar("formula")
            if value is None:
                continue
            try:
                names = list(names_of(parse_formula(value.text.strip())))
            except FormulaError as error:
                place = Position(value.at.line, value.at.column + error.column - 1)
                inner.report(
                    place if value.is_plain else value.at,
                    "E280",
                    f"formula 看不懂：{error.zh}",
                    f"formula is not understood: {error.en}",
                )
                continue
            strangers = [name for name in names if name.id not in known]
            for name in strangers:
                place = Position(value.at.line, value.at.column + name.column - 1)
                inner.report(
                    place if value.is_plain else value.at,
                    "E250",
                    f"formula 里的数字 {name.id} 不在这个案例里",
                    f"formula names the figure {name.id}, which this case does not have",
                    suggest(name.id, known, "zh"),
                    suggest(name.id, known, "en"),
                )
            if not strangers:
                waiting[key] = (at, inner, {name.id for name in names})
        while ready := [key for key, (_, _, names) in waiting.items() if names <= figures.keys()]:
            for key in ready:
                at, inner, _ = waiting.pop(key)
                figure = self.compute_figure(key, at, inner, figures)
                if figure is not None:
                    figures[key] = figure
        # What waits for a figure that cannot be read has no fault of its own.
        while hopeless := [
            key
            for key, (_, _, needed) in waiting.items()
            if any(name not in waiting and name not in figures for name in needed)
        ]:
            for key in hopeless:
                del waiting[key]
        for key, (_, inner, _) in waiting.items():
            inner.report(
                inner.at("formula"),
                "E282",
                f"{key} 的 formula 绕回了自己",
                f"the formula of {key} comes back to itself",
            )

    def compute_figure(
        self, key: str, at: Position, fields: Fields, figures: dict[str, Figure]
    ) -> Figure | None:
        """A figure that this site computes from others of the case."""
        for name in TAKEN_OVER:
            if fields.has(name):
                fields.report(
                    fields.at(name),
                    "E281",
                    f"{key} 有 formula，就不写 {name}：它由算式里的数字决定",
                    f"{key} has a formula, so it has no {name}: its figures settle that",
                    "只写 label、formula、measure、scope、note",
                    "Write only label, formula, measure, scope and note",
                )
        label = fields.bilingual("label", required=True, example="2011年是2010年的几倍")
        measure = fields.term("measure", self.vocabulary.measures, required=True)
        scope = fields.term("scope", self.vocabulary.scopes)
        note = fields.bilingual("note")
        formula = fields.text("formula")
        derived, reasons = derive(formula, figures, self.vocabulary)
        for reason in reasons:
            fields.report(
                fields.at("formula"),
                "E283",
                f"{key} 不能这样算：{reason.zh}",
                f"{key} may not be computed: {reason.en}",
            )
        if derived is None:
            return None
        self.check_reading(fields, derived.quantity, measure, note)
        return Figure(
            id=key,
            case=self.slug,
            label=label,
            quantity=derived.quantity,
            measure=measure,
            per=derived.per,
            period=derived.period,
            status=derived.status,
            source=derived.sources[0],
            scope=scope,
            note=note,
            at=at,
            formula=formula,
            rests_on=derived.sources,
            history=self.read_history(fields, key),
        )

    def figure_of_change(self, fields: Fields) -> str:
        """The figure that was taken out, which may not stand in the case any more."""
        name = fields.text("figure", required=True, example="paid_2010")
        if name in self.written_figures:
            fields.report(
                fields.at("figure"),
                "E238",
                f"{name} 还在这个案例里，它的更正记录写在它自己的 history 下面",
                f"{name} is still in this case, and its changes stand in its own history",
            )
        return name

    def read_history(self, fields: Fields, figure: str) -> tuple[Change, ...]:
        return tuple(
            self.read_change(inner, figure) for inner in fields.items("history", CHANGE_FIELDS)
        )

    def read_change(self, fields: Fields, figure: str) -> Change:
        date = fields.period("date", required=True)
        kind = fields.term("kind", dict.fromkeys(get_args(ChangeKind)), required=True)
        before = fields.line("from", required=True, example="约8000万元")
        if fields.has("date") and date is not None and date.precision != "day":
            fields.report(
                fields.at("date"),
                "E224",
                "date 应当是一天，例如 2026-11-23",
                "date should be a day such as 2026-11-23",
            )
        return Change(
            case=self.slug,
            figure=figure,
            date=date or _UNKNOWN,
            kind=cast(ChangeKind, kind or "correction"),
            before=before,
            after=fields.line(
                "to", required="figure" not in fields.node.entries, example="约5000万元"
            ),
            why=fields.bilingual("why", required=True),
            at=fields.node.at,
        )

    def read_figure(self, key: str, at: Position, fields: Fields) -> Figure | None:
        label = fields.bilingual("label", required=True, example="年度购买总额")
        quantity = self.read_amount(fields)
        measure = fields.term("measure", self.vocabulary.measures, required=True)
        period = fields.period("period", required=True)
        status = fields.term("status", self.vocabulary.statuses, required=True)
        source = self.read_source(fields)
        note = fields.bilingual("note")
        per = self.read_per(fields, quantity)
        quote = self.read_quote(fields)
        scope = fields.term("scope", self.vocabulary.scopes)
        line = fields.whole_number("line")
        reports = self.read_reports(fields, "corroborated_by")
        # What is computed from a figure asks for every one of these.
        if quantity is None or period is None or not (measure and status and source):
            return None
        self.check_reading(fields, quantity, measure, note)
        return Figure(
            id=key,
            case=self.slug,
            label=label,
            quantity=quantity,
            measure=measure,
            per=per,
            period=period,
            status=status,
            source=source,
            line=line,
            note=note,
            corroborated_by=reports,
            at=at,
            quote=quote,
            scope=scope,
            part_of=self.read_reference(fields, "part_of", key),
            follows=self.read_reference(fields, "follows", key),
            history=self.read_history(fields, key),
        )

    def read_amount(self, fields: Fields) -> Quantity | None:
        value = fields.scalar("amount", required=True, example="约8000万元")
        if value is None:
            return None
        try:
            quantity = parse_quantity(value.text.strip())
        except QuantityError as error:
            at = value.at
            if value.is_plain:
                at = Position(at.line, at.column + error.column - 1)
            fields.report(at, "E210", f"amount {error.zh}", f"amount {error.en}")
            return None
        qualifier = cast(Qualifier, fields.term("qualifier", dict.fromkeys(get_args(Qualifier))))
        unit = fields.text("unit")
        if qualifier or unit:
            if not fields.has("note"):
                fields.report(
                    fields.at("qualifier" if qualifier else "unit"),
                    "E217",
                    "写了 qualifier 或 unit，就要在 note 里说明为什么这样读",
                    "a reading (qualifier or unit) needs a note that says why",
                )
            try:
                quantity = with_reading(quantity, qualifier or None, unit or None)
            except ValueError as error:
                zh = error.zh if isinstance(error, QuantityError) else str(error)
                at = fields.at("qualifier" if qualifier else "unit")
                fields.report(at, "E210", f"amount {zh}", f"amount {error}")
                return None
        if not quantity.unit:
            fields.report(
                value.at,
                "E215",
                f"amount 的“{value.text.strip()[:40]}”没有单位",
                f"amount “{value.text.strip()[:40]}” has no unit",
                "请写上 元、% 或量词（项、家、人 等），原文没有单位时另写 unit 和 note",
                "Write 元, % or a counter, or add unit and note where the source has none",
            )
            return None
        return quantity

    def check_reading(self, fields: Fields, quantity: Quantity, measure: str, note: Text) -> None:
        if not measure:
            return
        expected = self.vocabulary.measures[measure]
        if quantity.kind != expected.kind:
            kinds_zh = {"money": "金额", "count": "数量", "share": "比例"}
            fields.report(
                fields.at("measure"),
                "E218",
                f"measure {measure} 是{kinds_zh[expected.kind]}，"
                f"amount 写的却是{kinds_zh[quantity.kind]}",
                f"measure {measure} is {expected.kind}, but the amount is {quantity.kind}",
            )
        elif expected.kind == "share" and fields.has("part_of") and quantity.magnitude > 1:
            fields.report(
                fields.at("amount"),
                "E214",
                "部分的占比超过了 100%",
                "the share of a part is more than 100 per cent",
                "请核对原话，或改写 part_of",
                "Check the wording, or mend part_of",
            )
        elif quantity.magnitude == 0 and not expected.zero:
            fields.report(
                fields.at("amount"),
                "W216",
                "金额为 0",
                "the amount is 0",
                severity="warning",
            )

    def read_per(self, fields: Fields, quantity: Quantity | None) -> tuple[str, ...]:
        by_word = {term.name.zh: key for key, term in self.vocabulary.per.items()}
        written = fields.scalar("per")
        words: list[Scalar] = []
        if written is not None:
            words = [
                Scalar(word.strip(), written.at) for word in written.text.split("/") if word.strip()
            ]
        keys = [self.per_key(fields, word, by_word) for word in words]
        if quantity is not None and quantity.per:
            at = fields.at("amount")
            printed = [self.per_key(fields, Scalar(w, at), by_word) for w in quantity.per]
            missing = [key for key in printed if key and key not in keys]
            if words and missing:
                fields.report(
                    fields.at("per"),
                    "E219",
                    f"per 与 amount 的写法不一致：amount 写的是 每{'每'.join(quantity.per)}",
                    f"per does not agree with the amount, which says {'/'.join(quantity.per)}",
                )
            keys += missing
        order = list(self.vocabulary.per)
        return tuple(sorted({key for key in keys if key}, key=order.index))

    def per_key(self, fields: Fields, word: Scalar, by_word: dict[str, str]) -> str:
        if word.text in by_word:
            return by_word[word.text]
        if word.text in self.vocabulary.per:
            return word.text
        return fields.known_word(word, "per", by_word)

    def read_source(self, fields: Fields) -> str:
        value = fields.scalar("source", required=True, example=next(iter(self.lists.sources), ""))
        if value is None:
            return ""
        name = value.text.strip()
        if name in self.lists.sources:
            return name
        fields.report(
            value.at,
            "E261",
            f"来源 {name[:40]} 不在 data/sources.yaml 里",
            f"the source {name[:40]} is not in data/sources.yaml",
            suggest(name, self.lists.sources, "zh"),
            suggest(name, self.lists.sources, "en"),
        )
        return ""

    def read_quote(self, fields: Fields) -> str:
        quote = fields.line("quote")
        if len(quote) > QUOTE_LIMIT:
            fields.report(
                fields.at("quote"),
                "E262",
                f"引文 {len(quote)} 字，最多 {QUOTE_LIMIT} 字",
                f"the quote has {len(quote)} characters, at most {QUOTE_LIMIT} are allowed",
            )
        return quote

    def read_reports(self, fields: Fields, name: str) -> tuple[Report, ...]:
        return tuple(
            Report(
                source=self.read_source(inner),
                says=inner.bilingual("says", required=True),
                quote=self.read_quote(inner),
                line=inner.whole_number("line"),
                confirms=not inner.has("confirms") or inner.flag("confirms"),
                at=inner.node.at,
            )
            for inner in fields.items(name, REPORT_FIELDS)
        )

    def read_event(self, fields: Fields) -> Event:
        date = fields.period("date", required=True)
        return Event(
            case=self.slug,
            date=date or _UNKNOWN,
            title=fields.bilingual("title", required=True),
            source=self.read_source(fields),
            status=fields.term("status", self.vocabulary.statuses),
            quote=self.read_quote(fields),
            line=fields.whole_number("line"),
            note=fields.bilingual("note"),
            at=fields.node.at,
        )

    def read_document(self, fields: Fields) -> Document:
        return Document(
            title=fields.bilingual("title", required=True),
            state=fields.term("state", self.vocabulary.document_states, required=True),
            source=self.read_source(fields),
            issuer=fields.bilingual("issuer"),
            date=fields.period("date"),
            note=fields.bilingual("note"),
            at=fields.node.at,
        )

    def read_conflict(self, fields: Fields) -> Conflict:
        return Conflict(
            about=fields.bilingual("about", required=True),
            note=fields.bilingual("note", required=True),
            figures=tuple(
                self.known_figure(item, fields, "figures")
                for item in fields.list_of("figures")
                if isinstance(item, Scalar)
            ),
            reports=self.read_reports(fields, "reports"),
            at=fields.node.at,
        )

    def read_reference(self, fields: Fields, name: str, own: str) -> str:
        """The other figure of the case that a field names, or nothing."""
        value = fields.scalar(name)
        return self.known_figure(value, fields, name, own) if value is not None else ""

    def known_figure(self, value: Scalar, fields: Fields, name: str, own: str = "") -> str:
        """The name of a figure of this case, other than the one that names it."""
        word = value.text.strip()
        others = [figure for figure in self.written_figures if figure != own]
        if word not in others:
            fields.report(
                value.at,
                "E250",
                f"{name} 里的数字 {word} 不在这个案例里" if word != own else f"{name} 写的是它自己",
                f"{name} names the figure {word}, which this case does not have"
                if word != own
                else f"{name} names the figure itself",
                suggest(word, others, "zh"),
                suggest(word, others, "en"),
            )
        return word


def _text_start(fields: Fields, name: str, lines: list[str]) -> Position:
    """Where the first character of a text stands, which for a block is below its | or >."""
    value = fields.node.entries.get(name)
    if not isinstance(value, Scalar):
        return START
    if value.style not in ("|", ">"):
        # The text of a quoted value begins after its quotation mark.
        return value.at if value.is_plain else Position(value.at.line, value.at.column + 1)
    for number, line in enumerate(lines[value.at.line :], value.at.line + 1):
        if line.strip():
            return Position(number, len(line) - len(line.lstrip()) + 1)
    return value.at
