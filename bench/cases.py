"""A project with any number of cases, made up from a seed, and the same texts for the peers.

The records resemble the real ones in length and in the number of figures, answers, events and
sources. Every number in a story is a reference, as the rules require.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SEED = 20121207
REGIONS = (
    *("110000", "310115", "310120", "330203", "340500", "440100", "440300", "440306"),
    *("440600", "441900", "511011", "350500", "610000", "321084"),
)
# The number of cases that share a publication; the real compilation has ten.
CASES_PER_SOURCE = 10

_PROVIDERS = ("social_organisation", "social_work_agency", "public_institution", "enterprise")
_MODES = ("tender", "entrustment", "project_application", "post_purchase")
_TOPICS = ("elderly_care", "culture", "training", "social_work", "community_services")
_PEOPLE = (("老人", "old people"), ("学童", "schoolchildren"), ("居民", "residents"))
_OPENINGS = (
    "区里先请街道报来需要，再由主管部门列出清单，向社会公布。",
    "起初只有少数街道愿意试办，办公室设在原有的服务中心里。",
    "承接的机构要有独立的账目，并且每季度把记录交给主管部门。",
    "居民可以在社区里报名，也可以由家人代为报名，名额用完为止。",
    "评估由另一家机构进行，但结果怎样使用，材料里没有写。",
    "材料没有说明落选的机构有哪些，也没有说明评分的办法。",
    "服务的内容写得很细，时间和地点却没有写，只能从附件里推断。",
    "付款分几次进行，每次都要先看记录，再由财政部门核对。",
)
_OPENINGS_EN = (
    "Streets first said what they needed, and the department then published a list.",
    "At the beginning few streets were willing, and the office stood in an old service centre.",
    "Providers keep accounts of their own and hand their records in every quarter.",
    "Residents sign up in their community, or a relative does so for them, while places last.",
    "Another body evaluates the work, but how the result is used is not stated.",
    "Neither the losing bidders nor the way of scoring is named in the material.",
    "The services are described in detail, while times and places can only be inferred.",
    "Payments come in parts, each of them after the records were checked.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A made-up case: its slug, its record, and its text for the page of a peer."""

    slug: str
    title: str
    summary: str
    record: str
    body: str
    amounts: tuple[tuple[int, int], ...]


def make_cases(count: int, seed: int = SEED) -> Iterator[Made]:
    """The first cases of a seed; a larger count begins with the same cases."""
    for number in range(count):
        yield make_case(number, seed)


def make_case(number: int, seed: int = SEED) -> Made:
    """The case with a number, the same on every call."""
    chance = random.Random(f"{seed}-{number}")
    slug = f"case-{number:06}"
    people, people_en = chance.choice(_PEOPLE)
    first = chance.randrange(2004, 2012)
    years = range(first, first + chance.randrange(3, 7))
    amounts = tuple((year, chance.randrange(40, 900)) for year in years)
    title, title_en = (
        f"测例{_count(number)}：给{people}买服务",
        f"Sample {_letters(number)}: {people_en}",
    )
    summary = f"这是测量用的测例，不是真实的案例：给{people}买服务，分年列出金额。"
    summary_en = f"A sample made for measuring, not a real case: services for {people_en}."
    source = name_source(number // CASES_PER_SOURCE)
    figures = "".join(_figure(year, amount, source) for year, amount in amounts)
    events = "".join(_event(year, source) for year in (first - 1, first, first + 2))
    story = _paragraphs(_OPENINGS, chance, "", amounts)
    story_en = _paragraphs(_OPENINGS_EN, chance, " ", amounts)
    record = f"""title: {title}
title_en: "{title_en}"
region: {chance.choice(REGIONS)}
topic: {chance.choice(_TOPICS)}
summary: {summary}
summary_en: "{summary_en}"
updated: 2026-01-{1 + number % 28:02}
answers:
  purchaser: {{value: 测例地方的主管部门, value_en: A department of the sample}}
  provider_type: {chance.choice(_PROVIDERS)}
  provider: not_stated
  mode: {chance.choice(_MODES)}
  competition: not_stated
  evaluation: not_stated
  beneficiaries: {{value: {people}, value_en: {people_en}}}
  document: not_stated
figures:
{figures}  places:
    label: 报名的{people}
    label_en: Enrolled {people_en}
    amount: 约{(enrolled := chance.randrange(3, 90) * 10)}人
    measure: count
    period: {first}
    status: reported
    source: {source}
    quote: 约{enrolled}人
    scope: people
events:
{events}story: |
{_indent(story)}
story_en: |
{_indent(story_en)}
"""
    return Made(
        slug=slug,
        title=title,
        summary=summary,
        record=record,
        body=_peer_body(amounts, story, story_en),
        amounts=amounts,
    )


def name_source(number: int) -> str:
    """The id of a publication."""
    return f"sample-{number:05}"


def write_project(root: Path, folder: Path, count: int, seed: int = SEED) -> None:
    """Write a project with this many cases and the theme, the settings and the lists of `root`."""
    folder.mkdir(parents=True)
    shutil.copytree(root / "theme", folder / "theme")
    shutil.copy2(root / "pelicanconf.py", folder)
    (folder / "data" / "cases").mkdir(parents=True)
    for name in ("vocabulary.yaml", "regions.yaml"):
        shutil.copy2(root / "data" / name, folder / "data")
    write_cases(folder, count, seed)
    for place, text in _PROSE.items():
        path = folder / "content" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def write_cases(folder: Path, count: int, seed: int = SEED) -> None:
    """Write the records of this many cases, and the publications that they cite."""
    for made in make_cases(count, seed):
        write_case(folder, made)
    sources = -(-count // CASES_PER_SOURCE)
    text = "".join(_source(number) for number in range(sources))
    (folder / "data" / "sources.yaml").write_text(text, encoding="utf-8")


def write_case(folder: Path, made: Made) -> None:
    """Write the record of one case."""
    path = folder / "data" / "cases" / f"{made.slug}.yaml"
    path.write_text(made.record, encoding="utf-8")


def _source(number: int) -> str:
    return f"""{name_source(number)}:
  title: 测例材料{_count(number)}
  title_en: Sample material {number}
  publisher: 测例刊物
  publisher_en: Sample publisher
  kind: news_report
  published: 2020-{1 + number % 12:02}-{1 + number % 28:02}
"""


def _figure(year: int, amount: int, source: str) -> str:
    return f"""  paid_{year}:
    label: {year}年的购买金额
    label_en: Bought in {year}
    amount: {amount}万元
    measure: annual_total
    period: {year}
    status: reported
    source: {source}
    quote: {amount}万元
    line: {year - 2000}
    scope: city_purchase
"""


def _event(year: int, source: str) -> str:
    return f"""  - date: {year}
    title: 主管部门公布清单
    title_en: The department publishes its list
    source: {source}
    status: reported
    line: {year - 2000}
"""


def _paragraphs(
    sentences: tuple[str, ...],
    chance: random.Random,
    space: str,
    amounts: tuple[tuple[int, int], ...],
) -> tuple[str, ...]:
    """Three paragraphs, each with a reference to an amount while amounts are left."""
    paragraphs = []
    for number in range(3):
        chosen = [chance.choice(sentences) for _ in range(4)]
        if number < len(amounts):
            chosen.insert(2, f"{{{{paid_{amounts[number][0]}}}}}" + ("。" if not space else "."))
        paragraphs.append(space.join(chosen))
    return tuple(paragraphs)


def _indent(paragraphs: tuple[str, ...]) -> str:
    return "\n\n".join(f"  {paragraph}" for paragraph in paragraphs)


def _peer_body(
    amounts: tuple[tuple[int, int], ...], story: tuple[str, ...], story_en: tuple[str, ...]
) -> str:
    """The text of the case in plain Markdown: a table of the amounts and both stories."""
    rows = "\n".join(f"| {year} | {amount}万元 | annual_total |" for year, amount in amounts)
    text = "\n\n".join((*story, *story_en))
    for year, amount in amounts:
        text = text.replace(f"{{{{paid_{year}}}}}", f"**{amount}万元**")
    return f"| year | amount | measure |\n| --- | --- | --- |\n{rows}\n\n{text}\n"


def _letters(number: int) -> str:
    """A name for a number without digits, because digits in a title would have to be a figure."""
    return "".join("ABCDEFGHJK"[int(digit)] for digit in str(number))


def _count(number: int) -> str:
    """The same name in Chinese."""
    return "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(number))


_PROSE = {
    "stories/lead.md": """Title: 测量用的测例
Slug: lead
Lang: zh
Summary: 这些案例是为测量编写的。

这里的案例是为测量编写的，没有一个是真的。

## 总览

[[overview]]

## 金额

[[money]]

## 还缺什么

[[missing]]

## 案例

[[cases]]

## 下载

[[downloads]]
""",
    **{
        f"pages/{slug}.md": f"""Title: {title}
Slug: {slug}
Lang: zh
Summary: {title}。

## {title}

这里的案例是为测量编写的，没有一个是真的。
"""
        for slug, title in (("method", "方法"), ("glossary", "词汇"), ("about", "关于"))
    },
}
