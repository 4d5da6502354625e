"""False mutations of the texts of cases, and how many of each kind the checks refuse.

    python -m bench.mutations [--missed KIND]

Each mutation takes a text of a case, with its references as they are or typed as numbers, makes one
thing in it false, and runs the check of texts. A mutation without a new problem is a miss.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from pathlib import Path
from typing import Final

import yaml

from casebook.build.reading import read_dataset
from casebook.checks.known_numbers import KnownNumbers
from casebook.checks.numbers_in_text import NumberMention, find_mentions
from casebook.checks.text_claims import check_passage
from casebook.problems import START, Problem
from casebook.record.dataset import Dataset
from casebook.record.description import WrittenText
from casebook.record.model import Case, Figure
from casebook.record.references import REFERENCE, SITE, split_key
from casebook.text import LANGS, Lang
from casebook.values.amounts import parse_quantity
from casebook.values.quantity import in_english
from casebook.values.words import PLANNED_STATUSES, QUALIFIERS

ROOT: Final = Path(__file__).resolve().parents[1]
SEED: Final = 20_261_127

# The words that are inserted into texts, by kind and language.
WORDS: Final = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A text that was made false, with the kind of the mutation and the true text."""

    kind: str
    home: Case
    lang: Lang
    text: str
    truth: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph with its figures, each with its span in the text."""

    home: Case
    lang: Lang
    text: str
    other: str
    told: tuple[tuple[int, int, Figure], ...]
    typed: bool

    def mutate(self, kind: str, span: tuple[int, int], words: str) -> Mutation:
        """The passage with the words in a span replaced."""
        text = self.text[: span[0]] + words + self.text[span[1] :]
        return Mutation(
            kind=kind,
            home=self.home,
            lang=self.lang,
            text=text,
            truth=self.text,
            other=self.other,
        )


def list_passages(dataset: Dataset) -> Iterator[Passage]:
    """The paragraphs of all stories and the summaries, with typed numbers and with references."""
    for case in dataset.cases:
        texts = {
            lang: [part.strip() for part in (*getattr(case.story, lang).split("\n\n"), summary)]
            for lang, summary in zip(LANGS, (case.summary.zh, case.summary.en), strict=True)
        }
        for lang, other in permutations(LANGS):
            for text, translation in zip(texts[lang], texts[other], strict=True):
                for typed in (True, False):
                    yield _read_passage(dataset, case, lang, (text, translation), typed)


def _read_passage(
    dataset: Dataset, case: Case, lang: Lang, texts: tuple[str, str], typed: bool
) -> Passage:
    text, other = texts
    out, told, at = "", [], 0
    for found in REFERENCE.finditer(text):
        out += text[at : found.start()]
        slug, name = split_key(found.group(1).strip())
        if slug == SITE:
            out += found.group()
            at = found.end()
            continue
        figure = dataset.figures[f"{slug or case.slug}.{name}"]
        words = print_figure(figure, lang) if typed else found.group()
        told.append((len(out), len(out) + len(words), figure))
        out += words
        at = found.end()
    out += text[at:]
    return Passage(home=case, lang=lang, text=out, other=other, told=tuple(told), typed=typed)


def print_figure(figure: Figure, lang: Lang) -> str:
    """A figure in plain words, with its qualifier also if that is an editor's reading."""
    quantity = figure.quantity
    if lang == "en":
        return in_english(quantity)
    words = quantity.text
    if quantity.qualifier != parse_quantity(words).qualifier:
        words = QUALIFIERS[quantity.qualifier].name.zh + re.sub(r"\A也?达", "", words)
    return words


def list_mutations(dataset: Dataset) -> Iterator[Mutation]:
    """Every mutation, the same ones in the same order on each run."""
    chance = random.Random(SEED)
    for passage in list_passages(dataset):
        found = _mutate_passage(passage, dataset, chance)
        yield from (mutation for mutation in found if mutation.text != mutation.truth)


def _mutate_passage(
    passage: Passage, dataset: Dataset, chance: random.Random
) -> Iterator[Mutation]:
    for start, end, figure in passage.told:
        if passage.typed:
            yield from _mutate_number(passage, (start, end), figure, chance)
        yield from _add_words(passage, (start, end), figure, chance)
        yield from _take_another(passage, (start, end), figure, chance)
    yield from _swap_figures(passage)
    if passage.typed:
        yield from _mutate_years(passage)
        yield from _swap_years(passage)
        yield from _plan_in_english(passage)
        yield from _add_claims(passage, dataset, chance)


def _mutate_number(
    passage: Passage, span: tuple[int, int], figure: Figure, chance: random.Random
) -> Iterator[Mutation]:
    words = passage.text[slice(*span)]
    mentions = [m for m in find_mentions(words) if m.value is not None]
    known = {v for f in passage.home.figures.values() for v in _values(f)}
    for mention in mentions:
        for changed in _change_digit(words, mention, known, chance):
            yield passage.mutate("digit", span, changed)
    if figure.quantity.value != 0:
        for changed in _change_scale(words, passage.lang):
            yield passage.mutate("scale", span, changed)
    for changed in _change_unit(words, passage.lang):
        yield passage.mutate("unit", span, changed)
    bare = _without_qualifier(words, passage.lang)
    if figure.quantity.qualifier not in ("exact", "range"):
        yield passage.mutate("qualifier dropped", span, bare)
        for frame in WORDS["usual_qualifiers"][passage.lang]:
            if not _states(frame, figure):
                yield passage.mutate("qualifier swapped", span, frame.format(bare))
    if figure.status in PLANNED_STATUSES:
        begin, last = _sentence(passage, span)
        told = passage.text[begin:last]
        cut = _without_plan(told, passage.lang)
        if cut != told:
            yield passage.mutate("plan lost", (begin, last), cut)


def _add_words(
    passage: Passage, span: tuple[int, int], figure: Figure, chance: random.Random
) -> Iterator[Mutation]:
    words, lang = passage.text[slice(*span)], passage.lang
    how = "typed" if passage.typed else "at a reference"
    if figure.quantity.qualifier == "exact":
        for frame in WORDS["usual_qualifiers"][lang]:
            yield passage.mutate(f"qualifier added, {how}", span, frame.format(words))
        for frame in chance.sample(WORDS["rare_qualifiers"][lang], 8):
            yield passage.mutate(f"rarer qualifier added, {how}", span, frame.format(words))
    if figure.status not in PLANNED_STATUSES:
        for frame in chance.sample(WORDS["plans"][lang], 4):
            yield passage.mutate(f"plan gained, {how}", span, frame.format(words))
    elif figure.quantity.kind != "share":
        done = {"zh": "已经实际做到{}", "en": "what has now been {}"}[lang]
        begin = _sentence(passage, span)[0]
        told = _without_plan(passage.text[begin : span[0]], lang) + done.format(words)
        yield passage.mutate(f"plan told as done, {how}", (begin, span[1]), told)
    if not figure.per:
        for frame in chance.sample(WORDS["per"][lang], 5):
            if figure.measure == "annual_total" and "annual" in frame:
                continue
            yield passage.mutate(f"per, {how}", span, frame.format(words))
    if (
        figure.measure not in ("average", "cumulative", "programme_total")
        and "/" not in figure.period.edtf
    ):
        for frame in chance.sample(WORDS["aggregates"][lang], 3):
            yield passage.mutate(f"total or average, {how}", span, frame.format(words))


def _take_another(
    passage: Passage, span: tuple[int, int], figure: Figure, chance: random.Random
) -> Iterator[Mutation]:
    others = [
        other
        for other in passage.home.printed_figures
        if other.quantity.statement != figure.quantity.statement
    ]
    for other in chance.sample(others, min(3, len(others))):
        if passage.typed:
            words = print_figure(other, passage.lang)
            yield passage.mutate("another figure's value", span, words)
        else:
            yield passage.mutate("another figure's reference", span, f"{{{{{other.id}}}}}")


def _mutate_years(passage: Passage) -> Iterator[Mutation]:
    years = {m.date for m in find_mentions(passage.text) if len(m.date) == 4}
    years |= {day for f in passage.home.figures.values() for day in _years(f.period.edtf)}
    years |= {day for e in passage.home.events for day in _years(e.date.edtf)}
    for mention in find_mentions(passage.text):
        if len(mention.date) != 4 or mention.titled:
            continue
        for year in sorted(years - {mention.date}):
            words = mention.text.replace(mention.date, year)
            yield passage.mutate("another year", (mention.start, mention.end), words)
        words = mention.text.replace(mention.date, "1987")
        yield passage.mutate("unknown year", (mention.start, mention.end), words)


def _swap_figures(passage: Passage) -> Iterator[Mutation]:
    """Mutations in which two figures of one measure and unit are swapped."""
    for (start, end, one), (begin, last, other) in combinations(passage.told, 2):
        alike = one.measure == other.measure and one.quantity.unit == other.quantity.unit
        first, second = passage.text[start:end], passage.text[begin:last]
        if alike and one.quantity.statement != other.quantity.statement and first != second:
            words = second + passage.text[end:begin] + first
            how = "typed" if passage.typed else "at references"
            yield passage.mutate(f"two of one measure swapped, {how}", (start, last), words)


def _swap_years(passage: Passage) -> Iterator[Mutation]:
    years = [m for m in find_mentions(passage.text) if len(m.date) == 4 and not m.titled]
    for one, other in combinations(years, 2):
        if one.date != other.date:
            words = other.text + passage.text[one.end : other.start] + one.text
            yield passage.mutate("years swapped", (one.start, other.end), words)


def _plan_in_english(passage: Passage) -> Iterator[Mutation]:
    open_ended = re.compile(r"\b(?:may|whether|when|what|plan\w*|(?:was|is) to)\b", re.IGNORECASE)
    for found in re.finditer(r"\b([a-z]+)\b", passage.text) if passage.lang == "en" else ():
        words = WORDS["plans_of_verbs"].get(found[1])
        # In a sentence that already leaves this open, a plan would not be false.
        if words and not open_ended.search(passage.text, *_sentence(passage, found.span())):
            yield passage.mutate("plan in English only", found.span(), words)


def _add_claims(passage: Passage, dataset: Dataset, chance: random.Random) -> Iterator[Mutation]:
    place = dataset.regions[passage.home.region].short.inside(passage.lang)
    end = (len(passage.text), len(passage.text))
    for kind, frames in WORDS["claims"].items():
        for frame in chance.sample(frames[passage.lang], 3):
            space = "" if passage.lang == "zh" else " "
            yield passage.mutate(kind, end, space + frame.format(place))


def _change_digit(
    words: str, mention: NumberMention, known: set[object], chance: random.Random
) -> Iterator[str]:
    signs = "0123456789" if re.search("[0-9]", mention.text) else "零一二三四五六七八九"
    places = [at for at in range(mention.start, mention.end) if words[at] in signs]
    for at in chance.sample(places, min(2, len(places))):
        for sign in chance.sample(signs[2:], 8):
            changed = words[:at] + sign + words[at + 1 :]
            values = {m.value for m in find_mentions(changed)}
            if sign != words[at] and not values & known:
                yield changed
                break


def _change_scale(words: str, lang: Lang) -> Iterator[str]:
    if lang == "en":
        if "million" in words:
            yield words.replace("million", "billion")
            yield words.replace(" million", "")
        else:
            yield re.sub(r"([0-9])(?![0-9,.%])", r"\1 million", words)
        return
    if re.search("[万亿]", words):
        yield words.translate(str.maketrans("万亿", "亿万"))
        yield re.sub("万", "千", words) if "万" in words else re.sub("亿", "百万", words)
    elif re.search("[0-9]", words):
        yield re.sub("([0-9])(?![0-9.])", r"\1万", words)


def _change_unit(words: str, lang: Lang) -> Iterator[str]:
    if lang == "en":
        if "yuan" in words:
            yield words.replace("yuan", "US dollars")
            yield words.replace("yuan", "organisations")
        elif "%" in words:
            yield words.replace("%", " yuan")
        else:
            yield f"{words} million yuan"
        return
    if "元" in words:
        yield words.replace("元", "美元")
        yield words.replace("元", "人")
    elif unit := re.search("[项家个类场种人条名%]", words):
        yield words[: unit.start()] + "万元"
        yield words[: unit.start()] + ("人" if unit[0] != "人" else "项")


def _without_qualifier(words: str, lang: Lang) -> str:
    if lang == "en":
        return re.sub("^(about|more than|at least|up to) ", "", words)
    return re.sub("约|逾|突破|超过|不低于|至少|至多|左右|余|多", "", words)


def _without_plan(words: str, lang: Lang) -> str:
    if lang == "zh":
        return re.sub("(?:按)?计划数?，?|将(?!来)|拟|预计|目标", "", words)
    pattern = r"(?i)\b(?:planned|plans?(?: to)?|to be|is to|are to|targets?|will|would)\b"
    return re.sub(pattern, "", words)


def _states(frame: str, figure: Figure) -> bool:
    states = {
        "approx": ("约", "近", "左右", "about", "nearly"),
        "more_than": ("超过", "逾", "more than", "over"),
        "at_least": ("至少", "以上", "at least"),
        "at_most": ("不超过", "不到", "up to"),
    }
    return frame.format("").strip() in states[figure.quantity.qualifier]


def _sentence(passage: Passage, span: tuple[int, int]) -> tuple[int, int]:
    ends = [m.end() for m in re.finditer(r"[。！？]|[.!?](?=\s|\Z)", passage.text)]
    begin = max((end for end in ends if end <= span[0]), default=0)
    return begin, min((end for end in ends if end >= span[1]), default=len(passage.text))


def _values(figure: Figure) -> Iterator[object]:
    yield from (figure.quantity.value, figure.quantity.low, figure.quantity.high)


def _years(edtf: str) -> Sequence[str]:
    return re.findall("[0-9]{4}", edtf.split("-")[0] if "/" not in edtf else edtf)


def judge(mutation: Mutation, dataset: Dataset) -> list[Problem]:
    """The problems that the check of texts finds in a mutation but not in the true text.

    A plan in one language only is checked together with the other language.
    """
    home, lang = mutation.home, mutation.lang
    other = mutation.other if mutation.kind.endswith("only") else ""
    known = {problem.text for problem in check(mutation.truth, home, lang, dataset, other)}
    found = check(mutation.text, home, lang, dataset, other)
    return [problem for problem in found if problem.text not in known]


def check(text: str, home: Case, lang: Lang, dataset: Dataset, other: str = "") -> list[Problem]:
    """The problems of a text of a case, checked with its `other` language if there is one."""
    languages: tuple[Lang, Lang] = (lang, "en" if lang == "zh" else "zh")
    texts = [
        WrittenText(words=words, lang=each, path=home.path, at=START)
        for words, each in zip((text, other), languages, strict=True)
        if words
    ]
    return list(check_passage(texts, KnownNumbers(home, dataset)))


def main() -> None:
    """Print how many mutations of each kind are refused, and the missed ones of a given kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--missed", metavar="KIND", default="")
    parser.add_argument("--share", type=float, default=1.0, help="the part of them to try")
    options = parser.parse_args()
    dataset, _ = read_dataset(ROOT)
    total: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    chance = random.Random(SEED)
    for mutation in list_mutations(dataset):
        if chance.random() > options.share:
            continue
        found = judge(mutation, dataset)
        total[mutation.kind] += 1
        caught[mutation.kind] += bool(found)
        errors[mutation.kind] += any(each.severity == "error" for each in found)
        if not found and options.missed and mutation.kind.startswith(options.missed):
            print(f"{mutation.home.slug} {mutation.lang}: {mutation.text}")
    for kind, count in sorted(total.items()):
        part = caught[kind] / count
        print(f"{kind:38} {caught[kind]:5}/{count:<5} {part:6.1%}  errors {errors[kind]}")
    print(f"{'all':38} {caught.total():5}/{total.total():<5} {caught.total() / total.total():6.1%}")


if __name__ == "__main__":
    main()
