"""The content of pages, and the rules of their templates and style sheets."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from markupsafe import Markup
from palette import read_scheme
from records import case_of, dataset_of, figure, record, tiny_dataset, tiny_lists

from casebook.build.render import PageRenderer, tag_words, words_of
from casebook.build.theme import Theme
from casebook.pages import FIXED_ADDRESSES
from casebook.pages.case_pages import explain_no_chart, make_cases, write_letter
from casebook.pages.feeds import make_feed, name_entry
from casebook.pages.home import count_reviews, count_silences, list_refused, make_home, make_prose
from casebook.pages.page import (
    CONTENT_POLICY,
    LANGS,
    LONGEST_TITLE,
    Page,
    Prose,
    Section,
    Site,
    Slot,
    name_document,
)
from casebook.pages.register import CASE_PAGES, PAGES, make_sitemap
from casebook.pages.sharing import describe_figure
from casebook.problems import CasebookError
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.record.vocabulary import Refusal, Source
from casebook.text import Lang, Text

PROJECT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path for path in (PROJECT / "theme/templates").rglob("*") if path.is_file())
STYLES = sorted((PROJECT / "theme/static/css").glob("*.css"))


def named(path: Path) -> str:
    return path.relative_to(PROJECT / "theme").as_posix()


def site_of(dataset: Dataset, siteurl: str = "", prose: tuple[Prose, ...] = ()) -> Site:
    words = {"name": Text("小站", "Tiny"), "tagline": Text("读书会", "Reading clubs")}
    settings = replace(dataset.settings, **words, siteurl=siteurl)
    return Site(
        dataset=replace(dataset, settings=settings),
        charts={},
        prose={(text.slug, text.lang): text for text in prose},
    )


def make_case(case: Case, lang: Lang, site: Site) -> Page:
    return next(page for page in make_cases(case, site) if page.lang == lang)


def pages_of(site: Site) -> list[Page]:
    pages = [page for make in PAGES for page in make(site)]
    pages += make_sitemap([page.location for page in pages if page.indexed], site)
    for kind in CASE_PAGES:
        pages += [page for case in site.dataset.cases for page in kind.make(case, site)]
    return pages


def test_the_guide_of_settings_lists_what_templates_are_given() -> None:
    guide = (PROJECT / "docs/settings.md").read_text("utf-8")
    everywhere, _, of_pages = guide.partition("## Templates · 模板")[2].partition("| Template |")
    heads = "".join(re.findall(r"^\| (`[^|]*) \|", everywhere, re.MULTILINE))
    rows = [re.findall(r"`([\w.]+)`", row) for row in of_pages.split("\n") if ".html` |" in row]
    listed = {template: names for template, *names in rows}
    site = site_of(tiny_dataset())
    context = PageRenderer(Theme("", {}), site.languages).context_of(
        Page(url="", template=""), site
    )

    assert {*re.findall(r"`(\w+)[`(]", heads)} == {*context, *words_of("en", site.languages)}
    for page in pages_of(site):
        assert {*page.show()} <= {*listed.get(page.template, page.show())}, page.template
    assert {*listed} <= {path.name for path in TEMPLATES}


def lead_with(slot: str) -> Prose:
    section = Section("section-1", "节", (Markup("<p>文</p>"), Slot(slot)))
    return Prose(
        slug="lead", lang="zh", title="标题", summary="摘要", body=Markup(""), sections=(section,)
    )


def without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`, as WCAG defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


# Pages


def test_every_page_for_readers_is_made_in_both_languages() -> None:
    once = ("sitemap.xml", "robots.txt", "_headers")
    pages = [page for page in pages_of(site_of(tiny_dataset())) if page.url not in once]
    urls = {lang: [page.url for page in pages if page.lang == lang] for lang in LANGS}

    assert urls["zh"] == urls["en"]
    assert urls["zh"] == [
        "",
        "cases/",
        "timeline/",
        "compare/",
        "compare/by-amount/",
        "compare/by-year/",
        "compare/by-place/",
        "figures/",
        "charts/",
        "data/",
        "search/",
        "corrections/",
        "versions/",
        "404.html",
        "feed.xml",
        "corrections.xml",
        "cases/haishu/",
        "cases/guangzhou/",
        "figures/haishu/",
        "figures/guangzhou/",
    ]


def test_every_site_has_the_fixed_addresses_and_only_what_it_holds_beside_them() -> None:
    held = {"cases", "figures", "charts"}
    urls = [page.url for page in pages_of(site_of(tiny_dataset()))]
    fixed = [url for url in urls if url.count("/") == 1 or url.partition("/")[0] not in held]

    assert [url for url in dict.fromkeys(fixed) if url == "" or url.endswith("/")] == list(
        FIXED_ADDRESSES
    )


def test_no_two_pages_share_an_address() -> None:
    site = site_of(tiny_dataset(), siteurl="https://example.org")
    addresses = [(page.url, page.lang) for page in pages_of(site)]

    assert len(addresses) == len(set(addresses))


def test_every_template_that_a_page_names_exists() -> None:
    site = site_of(tiny_dataset(), siteurl="https://example.org")
    names = {page.template for page in pages_of(site)} | {"prose.html"}

    assert names <= {path.name for path in TEMPLATES}


@pytest.mark.parametrize("lang", LANGS)
def test_a_case_page_answers_every_question_in_the_order_of_the_vocabulary(lang: str) -> None:
    dataset = tiny_dataset()
    page = make_case(dataset.cases[0], lang, site_of(dataset))

    assert [fact.question.key for fact in page.show()["facts"]] == list(
        dataset.vocabulary.questions
    )


def test_a_case_page_asks_for_all_that_is_silent_or_half_said() -> None:
    half = "  purchaser: {value: 海曙区, state: partial}\n"
    dataset = dataset_of(record().replace("  purchaser: 海曙区\n", half))
    context = make_case(dataset.cases[0], "zh", site_of(dataset)).show()

    assert [question.key for question in context["missing"]] == ["purchaser", "amount", "year"]


def test_a_part_of_an_amount_is_no_amount_beside_its_whole() -> None:
    dataset = dataset_of(record(figure("whole"), figure("part", part_of="whole", scope="clubs")))
    facts = make_case(dataset.cases[0], "zh", site_of(dataset)).show()["facts"]
    (amount,) = [fact for fact in facts if fact.question.key == "amount"]

    assert [shown.id for shown in amount.figures] == ["whole"]


def test_the_notes_beside_a_story_are_the_figures_that_it_names_in_its_order() -> None:
    dataset = tiny_dataset()
    context = make_case(dataset.by_slug["haishu"], "zh", site_of(dataset)).show()

    assert [row.figure.id for row in context["cited"]] == [
        "paid_2013",
        "paid_2014",
        "clubs",
    ]


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        pytest.param((), "来源没有给出任何数字，所以这里没有图。", id="no figure"),
        pytest.param(
            (figure("a"),),
            "来源只给出一个数字，没有可比的第二个，所以这里没有图。",
            id="one figure",
        ),
        pytest.param(
            (figure("a"), figure("b", amount="100个", measure="count")),
            "这里的2个数字分属2种口径，不同口径之间不能比较，放在一条轴上会误导，所以没有图。",
            id="two kinds",
        ),
    ],
)
def test_a_case_without_a_chart_says_why(figures: tuple[str, ...], sentence: str) -> None:
    dataset = dataset_of(record(*figures))

    assert explain_no_chart(dataset.cases[0]).zh == sentence


def test_what_is_refused_is_shown_with_its_figures_and_the_guards_reasons() -> None:
    dataset = dataset_of(
        record(
            figure("early", amount="17项", measure="count", period="2011", scope="clubs"),
            figure("late", amount="262项", measure="count", period="2013"),
        )
    )
    keys = ("case-1.early", "case-1.late")
    refusal = Refusal(id="growth", title=Text("一路增长", "Growth"), compare=keys)

    ((_, parts, reasons),) = list_refused(replace(dataset, refusals=(refusal,)))

    assert [figure.id if figure else words.zh for figure, words in parts] == [
        "early",
        "≠",
        "late",
    ]
    assert "口径不同：前者是读书会，后者是全市" in reasons[0].zh


def test_a_refused_formula_is_shown_with_what_no_source_gives() -> None:
    dataset = dataset_of(record(figure()))
    refusal = Refusal(
        id="head",
        title=Text("人均"),
        case="case-1",
        formula="paid / people",
        unknown={"people": Text("人口", "people")},
    )

    ((_, parts, reasons),) = list_refused(replace(dataset, refusals=(refusal,)))

    assert [figure.id if figure else words.zh for figure, words in parts] == [
        "paid",
        "÷",
        "人口",
    ]
    assert "没有来源给出“人口”" in reasons[0].zh


def test_reviews_are_counted_the_weakest_first() -> None:
    counted = list(count_reviews(tiny_dataset()).items())

    assert counted == [("single", 3), ("contradicted", 2)]


def test_the_most_silent_question_comes_first() -> None:
    counts = [silence["not_stated"] for silence in count_silences(tiny_dataset())]

    assert counts == sorted(counts, reverse=True)


def test_a_slot_for_a_chart_that_cannot_be_drawn_shows_nothing() -> None:
    site = site_of(tiny_dataset(), prose=(lead_with("chart:no-such-chart"),))
    page = next(iter(make_home(site)))
    ((_, blocks),) = page.show()["sections"]

    assert [kind for kind, _ in blocks] == ["text"]


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ("2010年约8000万元", ["2010年", "约8000万元"]),
        ("刊于2012年12月7日", ["2012年12月7日"]),
        ("以“1995年：设施建成后交由青年会管理”为最早", ["“1995年"]),
        ("“2011年指南”只是计划", ["“2011年指南”"]),
        ("1999—2008年没有记载", ["1999—2008年"]),
    ],
)
def test_no_line_ends_inside_a_date_an_amount_or_a_short_name(words: str, whole: list[str]) -> None:
    printed = tag_words(words, "zh")

    assert re.findall('<wbr><span class="unbroken">(.*?)</span>', printed) == whole
    assert printed.striptags() == words


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("Where the money went", "Where the money went · Site"),
        ("How the county paid for all its services, and why " + "nobody " * 9, "services …"),
        ("What the city says of its contracts and of " + "providers " * 5, "providers …"),
        ("A price for each place of about 1,200,000 yuan a year " + "more " * 9, "about …"),
        ("1,200,000 yuan a year for " + "places " * 9, " …"),
    ],
)
def test_a_long_title_is_cut_at_a_pause_or_ahead_of_a_figure(words: str, kept: str) -> None:
    title = name_document(words, "Site")
    plain = title.removesuffix(" …").removesuffix(" · Site")

    assert title.endswith(kept)
    assert len(title) <= LONGEST_TITLE
    assert words.startswith(plain)
    assert not re.search(r"\d$", plain)


def test_an_unknown_slot_ends_the_build() -> None:
    site = site_of(tiny_dataset(), prose=(lead_with("ranking"),))

    with pytest.raises(CasebookError, match="ranking"):
        next(iter(make_home(site))).show()


def test_a_text_without_english_is_shown_in_chinese_and_marked() -> None:
    method = Prose(
        slug="method", lang="zh", title="方法", summary="怎样读", body=Markup("<p>文</p>")
    )
    english = [page for page in make_prose(site_of(tiny_dataset(), prose=(method,)))][1]

    assert english.lang == "en"
    assert english.title == Text("方法", "")
    assert english.show()["prose"] == method


# Dates and names that do not change


def test_a_case_is_dated_by_its_own_word_alone() -> None:
    dataset = tiny_dataset()
    case = dataset.by_slug["haishu"]

    assert case.updated == "2026-01-05"


def test_a_case_without_any_date_is_left_out_of_the_feed() -> None:
    lists = tiny_lists()
    undated = {
        name: Source(id=name, title=source.title, publisher=source.publisher, kind=source.kind)
        for name, source in lists.sources.items()
    }
    case = replace(case_of(record(figure())), updated="")
    dataset = Dataset(
        cases=(case,), vocabulary=lists.vocabulary, regions=lists.regions, sources=undated
    )
    feed = next(iter(make_feed(site_of(dataset))))

    assert feed.show()["entries"] == ()


def test_the_id_of_a_case_in_the_feed_never_changes() -> None:
    assert name_entry("beijing", "zh") == "urn:uuid:d2d40de3-4c14-55bd-bafb-31894751182f"


@pytest.mark.parametrize(
    ("siteurl", "root"),
    [("", "http://localhost"), ("https://example.org", "https://example.org")],
)
def test_the_site_map_always_has_whole_addresses(siteurl: str, root: str) -> None:
    pages = pages_of(site_of(tiny_dataset(), siteurl=siteurl))

    assert [page.show()["root"] for page in pages if page.url == "sitemap.xml"] == [root]


# Linked data


@pytest.mark.parametrize(
    ("amount", "bounds"),
    [
        pytest.param("120万元", {"value": 1200000}, id="exact"),
        pytest.param("超过5000万元", {"minValue": 50000000}, id="more than gives a least value"),
        pytest.param("不超过20万元", {"maxValue": 200000}, id="a ceiling gives a most value"),
        pytest.param("800元至1000元", {"minValue": 800, "maxValue": 1000}, id="range"),
    ],
)
def test_linked_data_never_makes_a_bound_an_exact_value(
    amount: str, bounds: dict[str, str]
) -> None:
    dataset = dataset_of(record(figure("paid", amount=amount)))
    described = describe_figure(dataset.figures["case-1.paid"], "zh", dataset)

    assert {key: described[key] for key in described if key.lower().endswith("value")} == bounds


def test_linked_data_can_be_written_as_json() -> None:
    site = site_of(tiny_dataset(), siteurl="https://example.org")
    page = make_case(site.dataset.cases[0], "en", site)

    assert json.loads(str(page.show()["linked_data"]))["url"] == (
        "https://example.org/en/cases/haishu/"
    )


# Templates


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_wording_of_a_template_is_in_both_languages(path: Path) -> None:
    tree = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    calls = [
        call
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "L"
    ]
    short = [call.lineno for call in calls if len(call.args) != 2]
    empty = [
        call.lineno
        for call in calls
        if any(isinstance(word, nodes.Const) and not word.value for word in call.args)
    ]

    assert (short, empty) == ([], [])


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_leads_to_pages_that_every_site_has(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    named_addresses = re.findall(r'"site:/([a-z/-]*)["#]', source)
    if path.name == "masthead.html":
        named_addresses += re.findall(r"\('([a-z]*/|)', '", source)
    # Pages that editors write; the templates link to them only if they exist.
    texts = ("money/", "method/", "glossary/", "about/")

    assert set(named_addresses) <= {*FIXED_ADDRESSES, *texts}


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_does_not_speak_of_time_as_of_now(path: Path) -> None:
    # The site is read on any day, so only a quotation may speak of now.
    own = re.sub("“[^”]*”", "", path.read_text(encoding="utf-8"))

    assert (
        re.findall("今年|去年|近日|日前|目前|新近|最近|如今|so far|recently|currently", own) == []
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"\|\s*safe\b", id="nothing is passed unescaped"),
        pytest.param(r"\sstyle=", id="no style attribute"),
        pytest.param(r"<style\b", id="no style element"),
        pytest.param(r"\son[a-z]+=", id="no script attribute"),
        pytest.param(r"(?:src|srcset)=\"(?:https?:)?//", id="nothing is fetched from elsewhere"),
        pytest.param(r"#[0-9a-fA-F]{6}\b", id="no hexadecimal colour"),
    ],
)
def test_a_template_keeps_to_what_the_security_policy_allows(path: Path, pattern: str) -> None:
    found = re.findall(pattern, path.read_text(encoding="utf-8"))

    assert found == []


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.suffix == ".html"], ids=named)
def test_chinese_stands_in_a_template_only_as_one_half_of_a_wording(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = Environment(autoescape=True).parse(source)
    loose = [
        data.data.strip()
        for data in tree.find_all(nodes.TemplateData)
        if re.search(r"[\u4e00-\u9fff]", data.data)
    ]

    assert loose == []


@pytest.mark.parametrize(
    ("letter", "lang", "expected"),
    [
        pytest.param(Text(""), "zh", (), id="a site without a letter"),
        pytest.param(
            Text("请公开{place}的{topic}：\n\n{questions}\n\n谢谢。\n"),
            "en",
            ("请公开海曙区的阅读推广：", "{questions}", "谢谢。"),
            id="a letter in Chinese stays Chinese",
        ),
        pytest.param(
            Text("甲", "Dear {place},\n\n{questions}"),
            "en",
            ("Dear Haishu District,", "{questions}"),
            id="a letter in English",
        ),
    ],
)
def test_the_letter_to_a_purchaser_is_data_of_the_site(
    letter: Text, lang: Lang, expected: tuple[str, ...]
) -> None:
    dataset = tiny_dataset()
    dataset = replace(dataset, vocabulary=replace(dataset.vocabulary, letter=letter))

    assert write_letter(dataset.by_slug["haishu"], lang, dataset) == expected


def test_the_policy_of_every_page_allows_only_its_own_files() -> None:
    base = (PROJECT / "theme/templates/base.html").read_text(encoding="utf-8")

    assert '"{{ policy }}"' in base
    assert CONTENT_POLICY == (
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'"
    )


# Style sheets


@pytest.mark.parametrize("path", [path for path in STYLES if path.name != "tokens.css"], ids=named)
def test_a_style_sheet_names_colours_only_by_their_role(path: Path) -> None:
    css = without_comments(path.read_text(encoding="utf-8"))
    colours = re.findall(
        r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\(|:[^;{}]*\b(?:black|white|red|gr[ae]y)\b",
        css,
    )

    assert colours == []


@pytest.mark.parametrize("path", STYLES, ids=named)
def test_a_style_sheet_uses_only_tokens_that_exist(path: Path) -> None:
    tokens = (PROJECT / "theme/static/css/tokens.css").read_text(encoding="utf-8")
    css = path.read_text(encoding="utf-8")
    known = set(re.findall(r"(--[a-z0-9-]+):", tokens + css))
    used = set(re.findall(r"var\((--[a-z0-9-]+)", css))

    assert used - known == set()


@pytest.mark.parametrize("path", STYLES, ids=named)
def test_a_style_sheet_fetches_nothing(path: Path) -> None:
    css = without_comments(path.read_text(encoding="utf-8"))

    assert re.findall(r"@import|url\(|@font-face", css) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "surface"])
@pytest.mark.parametrize("role", ["ink", "ink-muted", "accent"])
def test_text_stands_out_from_its_ground(role: str, ground: str, scheme: str) -> None:
    colours = read_scheme(scheme)

    assert contrast(colours[role], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("role", ["series-1", "series-2", "series-3"])
def test_a_mark_of_a_chart_stands_out_from_the_paper(role: str, scheme: str) -> None:
    colours = read_scheme(scheme)

    assert contrast(colours[role], colours["paper"]) >= 3


# The built site


@pytest.mark.of_cases("beijing")
def test_every_question_stands_on_every_case_page(built_site: Path) -> None:
    names = re.findall(
        r'<dt class="facts__question">([^<]+)</dt>',
        (built_site / "cases/beijing/index.html").read_text(encoding="utf-8"),
    )

    assert len(names) == 10
    # A withdrawn case has no file; its page has no answers.
    for path in (PROJECT / "data" / "cases").glob("*.yaml"):
        page = built_site / "cases" / path.stem / "index.html"
        text = page.read_text(encoding="utf-8")
        assert re.findall(r'<dt class="facts__question">([^<]+)</dt>', text) == names


@pytest.mark.of_cases("foshan", "neijiang")
def test_silence_is_spelled_out(built_site: Path) -> None:
    foshan = (built_site / "cases/foshan/index.html").read_text(encoding="utf-8")
    neijiang = (built_site / "en/cases/neijiang/index.html").read_text(encoding="utf-8")

    assert '<span class="silent">没有来源说明</span>' in foshan
    assert '<span class="silent">not in the compilation</span>' in neijiang
    assert "Yingying Sichuan opera troupe" in neijiang


def test_every_id_of_a_page_is_given_once(built_site: Path) -> None:
    for page in built_site.rglob("*.html"):
        ids = re.findall(r'\sid="([^"]+)"', page.read_text(encoding="utf-8"))
        twice = sorted({name for name in ids if ids.count(name) > 1})

        assert (page.relative_to(built_site).as_posix(), twice) == (
            page.relative_to(built_site).as_posix(),
            [],
        )
