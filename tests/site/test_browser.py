"""The real site in a real browser, at the widths and in the schemes of its readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PROJECT, still_there
from playwright.sync_api import Browser, Page

from casebook.build.steps import BuildOptions, build_site

pytestmark = pytest.mark.browser

SHOWN = (
    "",
    "timeline/",
    "cases/",
    "cases/beijing/",
    "cases/dongguan/",
    "cases/shanghai-fengxian/",
    "cases/shenzhen-baoan/",
    "cases/maanshan/",
    "method/",
    "glossary/",
    "about/",
    "data/",
    "figures/beijing/",
)
MORE_PAGES = (
    *("compare/", "money/", "missing/", "charts/", "charts/disclosure/", "documents/"),
    *("corrections/", "figures/", "cases/guangdong/"),
)
PAGES = still_there(SHOWN)
BOTH = tuple(f"{prefix}{page}" for page in PAGES for prefix in ("", "en/"))


@pytest.fixture(scope="module")
def address(built_site: Path, serve_directory) -> Iterator[str]:  # type: ignore[no-untyped-def]  # see conftest
    with serve_directory(built_site) as url:
        yield url


def open_page(browser: Browser, width: int, **options: object) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 844}, **options)  # type: ignore[arg-type]  # passed through
    return context.new_page()


def test_no_page_complains_or_asks_elsewhere(browser: Browser, address: str) -> None:
    page = open_page(browser, 1280)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("response", lambda answer: said.append(answer.url) if answer.status >= 400 else None)
    page.on(
        "request",
        lambda request: said.append(request.url) if not request.url.startswith(address) else None,
    )
    for name in BOTH:
        response = page.goto(f"{address}/{name}")
        assert response is not None
        assert response.ok, name

    page.context.close()
    assert said == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_page_scrolls_sideways(browser: Browser, address: str, width: int) -> None:
    page = open_page(browser, width)
    wide = []
    for name in BOTH:
        page.goto(f"{address}/{name}")
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            wide.append((name, needed))

    page.context.close()
    assert wide == []


# The words that are broken across lines, except in code, in Chinese and in host names.
_BROKEN_WORDS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (text.parentElement.closest("script, pre, code, svg, textarea, [lang^=zh]")) continue;
    for (const word of text.data.matchAll(/[A-Za-z][A-Za-z’,.0-9]+/g)) {
      if (/\\.[a-z]/.test(word[0])) continue;
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = [...range.getClientRects()].filter((box) => box.width > 0.5);
      if (lines.length > 1 && lines.at(-1).top - lines[0].top > 4) found.push(word[0]);
    }
  }
  return found;
}"""


@pytest.mark.parametrize(
    ("width", "size"),
    [(320, 100), (390, 100), (768, 100), (1024, 100), (1280, 100), (390, 200), (640, 200)],
)
def test_no_english_word_is_broken(browser: Browser, address: str, width: int, size: int) -> None:
    page = open_page(browser, width)
    broken = {}
    for name in still_there((*SHOWN, *MORE_PAGES)):
        page.goto(f"{address}/en/{name}")
        page.evaluate(f"document.documentElement.style.fontSize = '{size}%'")
        page.evaluate("document.querySelectorAll('details').forEach((part) => part.open = true)")
        broken[name] = page.evaluate(_BROKEN_WORDS)

    page.context.close()
    assert {name: words for name, words in broken.items() if words} == {}


def test_quotation_marks_of_english_are_narrow(browser: Browser, address: str) -> None:
    page = open_page(browser, 1280)
    page.goto(f"{address}/en/")
    wide = page.evaluate("""() => {
      const [title] = document.querySelectorAll("h1");
      const measure = (words) => { title.textContent = words; const range = document.createRange();
        range.selectNodeContents(title); return range.getBoundingClientRect().width; };
      return (measure("a“a") - measure("aa")) / parseFloat(getComputedStyle(title).fontSize);
    }""")

    page.context.close()
    assert wide < 0.7


@pytest.mark.of_cases("beijing")
def test_everything_can_be_read_without_scripts(browser: Browser, address: str) -> None:
    page = open_page(browser, 390, java_script_enabled=False)
    page.goto(f"{address}/cases/beijing/")
    shown = page.inner_text("main")
    page.goto(f"{address}/")
    home = page.inner_text("main")
    page.context.close()

    assert "4277万元" in shown.replace(" ", "")
    assert "约8000万元" in shown.replace(" ", "")
    assert "上海浦东" in home
    assert "马鞍山" in home


@pytest.mark.parametrize(("width", "shown"), [(390, "narrow"), (1280, "wide")])
def test_one_drawing_of_each_chart_is_shown(
    browser: Browser, address: str, width: int, shown: str
) -> None:
    page = open_page(browser, width)
    page.goto(f"{address}/")
    visible = {
        kind: page.locator(f".chart__{kind} svg.chart__svg:visible").count()
        for kind in ("wide", "narrow")
    }
    page.context.close()

    assert visible.pop(shown) == 3
    assert set(visible.values()) == {0}


@pytest.mark.parametrize(
    ("name", "counted", "least", "most"),
    [
        pytest.param("", "[\\u3400-\\u9fff]", 600, 900, id="Chinese characters"),
        pytest.param("en/", "[\\w'’.,-]+", 400, 600, id="English words"),
    ],
)
def test_home_is_a_story_that_is_read_in_three_minutes(
    browser: Browser, address: str, name: str, counted: str, least: int, most: int
) -> None:
    page = open_page(browser, 390)
    page.goto(f"{address}/{name}")
    length, height, first_chart, charts = page.evaluate(
        f"""() => {{
            const words = [...document.querySelectorAll(
                '.lead__headline, .lead__standfirst, .lead__title, .lead .prose')]
                .map(e => e.innerText).join(' ');
            const charts = document.querySelectorAll('.lead .chart');
            return [words.match(/{counted}/g).length, document.documentElement.scrollHeight,
                charts[0].getBoundingClientRect().top, charts.length];
        }}"""
    )
    page.context.close()

    assert least <= length <= most
    assert charts in (3, 4)
    assert first_chart <= 1.5 * 844
    # Each further case adds a line to the list of cases and to the chart of disclosure.
    more = max(len(list(PROJECT.glob("data/cases/*.yaml"))) - 10, 0)
    assert height <= 9 * 844 + 80 * more


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1280])
def test_home_is_read_and_walked_through_in_one_order(
    browser: Browser, address: str, width: int
) -> None:
    page = open_page(browser, width)
    page.goto(f"{address}/")
    tops = page.evaluate(
        """() => [...document.querySelectorAll('.lead__headline, .lead__section, .footer')]
            .map(e => Math.round(e.getBoundingClientRect().top))"""
    )
    contents = page.locator(".lead__contents a")
    ends = [contents.nth(at).get_attribute("href") for at in range(contents.count())]
    sections = page.locator(".lead__section")
    named = [f"#{sections.nth(at).get_attribute('id')}" for at in range(sections.count())]
    seen = contents.first.is_visible()
    page.context.close()

    assert tops == sorted(set(tops))
    assert seen
    assert ends == named


def test_text_on_a_phone_is_at_least_sixteen_pixels(browser: Browser, address: str) -> None:
    page = open_page(browser, 390)
    page.goto(f"{address}/")
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('main p, main dd, main td')]
            .filter(e => e.offsetParent && e.innerText.trim())
            .map(e => parseFloat(getComputedStyle(e).fontSize))"""
    )
    page.context.close()

    assert min(sizes) >= 14
    assert sorted(sizes)[len(sizes) // 2] >= 16


@pytest.mark.of_cases("beijing")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_follow_the_colour_scheme(browser: Browser, address: str, scheme: str) -> None:
    page = open_page(browser, 1280, color_scheme=scheme)
    page.goto(f"{address}/cases/beijing/")
    ink, paper = page.evaluate(
        """() => {
            const text = document.querySelector('.chart__wide svg text');
            return [getComputedStyle(text).fill, getComputedStyle(document.body).backgroundColor];
        }"""
    )
    page.context.close()

    light = [sum(map(float, c[c.index("(") + 1 : -1].split(",")[:3])) for c in (ink, paper)]
    assert (light[0] < light[1]) == (scheme == "light")


def test_a_mark_of_a_chart_leads_to_its_figure(browser: Browser, address: str) -> None:
    page = open_page(browser, 1280)
    page.goto(f"{address}/")
    link = page.locator(".chart__wide svg a").first
    target = link.get_attribute("href")
    assert target is not None
    page.goto(f"{address}/{target.removeprefix('./')}")
    found = page.locator(".sheet:target .sheet__amount").count()
    page.context.close()

    assert target.removeprefix("./").startswith("figures/")
    assert found == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("figures/beijing/#figure-paid_2011", "约 80,000,000 CNY", id="Chinese"),
        pytest.param("en/figures/beijing/#figure-paid_2011", "about 80,000,000 CNY", id="English"),
        pytest.param("figures/maanshan/#figure-winners", "5 家培训机构", id="a count"),
        pytest.param(
            "en/figures/maanshan/#figure-winners", "5", id="no Chinese counter in English"
        ),
    ],
)
def test_the_value_of_a_figure_keeps_its_qualifier(
    browser: Browser, address: str, url: str, words: str
) -> None:
    page = open_page(browser, 1280)
    page.goto(f"{address}/{url}")
    facts = page.locator(".sheet:target dt", has_text=re.compile("^(数值|Value)$"))
    value = facts.locator("+ dd").inner_text()
    page.context.close()

    assert value == words


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("figures/", "每年购买或补助的演出，2012年（推断）起，计划", id="a plan"),
        pytest.param("figures/", "每个乡镇的综合文化站，未注明日期，目标", id="a target"),
        pytest.param("figures/", "2011年参与申报的社会组织", id="a fact"),
        pytest.param("en/figures/", "Budget for 2014 (another source), planned", id="English"),
    ],
)
def test_the_list_of_figures_tells_plans_from_what_was_done(
    browser: Browser, address: str, url: str, words: str
) -> None:
    page = open_page(browser, 1280)
    page.goto(f"{address}/{url}")
    listed = page.locator(".index__words").all_inner_texts()
    page.context.close()

    assert words in listed


@pytest.mark.parametrize("width", [390, 1280])
def test_every_mark_of_every_chart_is_hit_at_its_centre(
    browser: Browser, address: str, built_site: Path, width: int
) -> None:
    page = open_page(browser, width)
    tried, missed, small = 0, [], []
    for path in sorted(built_site.glob("charts/*/index.html")):
        # A page at the address of a former chart holds no chart and leads to another page.
        if 'class="chart__svg"' not in path.read_text(encoding="utf-8"):
            continue
        name = path.parent.name
        page.goto(f"{address}/charts/{name}/")
        marks = page.evaluate(
            """() => [...document.querySelectorAll('.chart__svg')]
                .filter(svg => svg.checkVisibility())
                .flatMap(svg => [...svg.querySelectorAll('a')])
                .map(link => ({
                    size: [link.getBoundingClientRect().width, link.getBoundingClientRect().height],
                    named: Boolean(link.querySelector('title')?.textContent),
                    missed: [...link.querySelectorAll('path, text')].filter(part => {
                        part.scrollIntoView({block: 'center', inline: 'center'});
                        const box = part.getBoundingClientRect();
                        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                        return document.elementFromPoint(x, y)?.closest('a') !== link;
                    }).map(part => part.outerHTML.slice(0, 120)),
                }))"""
        )
        tried += len(marks)
        missed += [(name, each) for mark in marks for each in mark["missed"]]
        small += [(name, mark["size"]) for mark in marks if min(mark["size"]) < 23.9]
        small += [(name, "no name") for mark in marks if not mark["named"]]
    page.context.close()

    assert tried > 100
    assert (missed, small) == ([], [])


def test_a_mark_says_what_it_is_where_nothing_hovers(browser: Browser, address: str) -> None:
    page = open_page(browser, 390, has_touch=True)
    page.goto(f"{address}/charts/disclosure/")
    mark = page.locator(".chart__narrow svg g").first
    name = mark.locator("title").text_content()
    mark.tap()
    touched = page.locator(".chart__said").inner_text()
    page.locator(".chart__narrow svg a").first.focus()
    focused = page.locator(".chart__said").inner_text()
    page.context.close()

    assert touched == name
    assert focused not in ("", touched)


def test_a_figure_in_the_text_and_its_mark_light_each_other(browser: Browser, address: str) -> None:
    page = open_page(browser, 1280)
    page.goto(f"{address}/cases/beijing/")
    page.locator("#story .prose a.figure[href$='-paid_2011']").hover()
    lit = page.locator(".chart__wide svg a.is-lit").count()
    page.locator("h1").hover()
    left = page.locator(".is-lit").count()
    page.context.close()

    assert (lit, left) == (1, 0)


def test_the_letter_is_printed_alone(browser: Browser, address: str) -> None:
    page = open_page(browser, 1280)
    page.add_init_script("window.print = () => { window.printed = document.body.className; }")
    page.goto(f"{address}/cases/beijing/")
    page.locator(".request ~ .copy").last.click()
    printed = page.evaluate("window.printed")
    page.emulate_media(media="print")
    page.evaluate("words => { document.body.className = words; }", printed)
    seen = page.locator("body *:visible").evaluate_all(
        "all => all.filter(e => !e.children.length && e.textContent.trim())"
        ".filter(e => !e.closest('.request')).map(e => e.outerHTML.slice(0, 80))"
    )
    letter = page.locator(".request").inner_text()
    page.context.close()

    assert seen == []
    assert "政府信息公开工作机构：" in letter
    assert "第二十七条" in letter


@pytest.mark.of_cases("dongguan")
def test_the_language_switch_keeps_the_place(browser: Browser, address: str) -> None:
    page = open_page(browser, 1280)
    page.goto(f"{address}/cases/dongguan/")
    page.get_by_role("link", name="English").first.click()
    english = page.url
    language = page.get_attribute("html", "lang")
    page.context.close()

    assert english == f"{address}/en/cases/dongguan/"
    assert language == "en"


def test_the_site_can_be_read_from_a_disk(browser: Browser, built_site: Path) -> None:
    page = open_page(browser, 1280)
    page.goto((built_site / "index.html").as_uri())
    page.get_by_role("link", name="时间线").first.click()
    title = page.locator("h1").inner_text()
    page.context.close()

    assert title != ""


@pytest.mark.parametrize("name", ["data/", "cases/beijing/", "figures/beijing/"])
def test_each_form_of_a_citation_is_saved_as_a_file(
    browser: Browser, address: str, name: str
) -> None:
    page = open_page(browser, 390)
    page.goto(f"{address}/{name}")
    page.locator(".sheet__cite").evaluate_all("all => all.forEach(one => { one.open = true; })")
    forms = page.locator(".citation__more").first
    forms.locator("summary").click()
    saved = {}
    for link in forms.locator(".citation__save").all():
        with page.expect_download() as waiting:
            link.click()
        file = waiting.value
        saved[file.suggested_filename.rpartition(".")[2]] = file.path().read_text("utf-8")
    shown = forms.locator(".citation__code").all_text_contents()
    title = page.get_attribute("meta[name=citation_title]", "content")
    # A figure is cited by its own label, not by the title of its page.
    label = page.locator(".sheet__label").first.inner_text() if "figures" in name else title
    page.context.close()

    assert saved.keys() == {"ris", "bib", "json"}
    assert list(saved.values()) == shown
    assert title
    assert all(label in content for content in saved.values())


def test_an_address_that_moved_keeps_its_place_on_the_page(
    browser: Browser,
    tiny_project: Path,
    serve_directory,  # type: ignore[no-untyped-def]  # see conftest
) -> None:
    path = tiny_project / "data" / "cases" / "haishu.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"aliases: [old]\n{text}", encoding="utf-8")
    build_site(BuildOptions(project=tiny_project, output=tiny_project / "output"))
    page = open_page(browser, 390)

    with serve_directory(tiny_project / "output") as url:
        page.goto(f"{url}/cases/old/#figure-paid_2013")
        page.wait_for_url(f"{url}/cases/haishu/**")
        found = page.url
        page.context.close()

    assert found.endswith("#figure-paid_2013")
