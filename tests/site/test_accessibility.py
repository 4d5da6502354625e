"""Pages pass axe-core and a strict HTML parser, and work with a keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import AXE_RULES, COLOUR_RULES, Axe, library, still_there
from playwright.sync_api import Browser, Page

# One page of each kind; the two cases together have every part that a case can have.
KINDS = (
    *("", "cases/", "cases/beijing/", "cases/shanghai-fengxian/", "timeline/"),
    *("compare/", "search/", "glossary/", "404.html"),
    *("figures/beijing/", "data/", "versions/", "charts/beijing-series/"),
)
ADDRESSES = tuple(f"{prefix}{kind}" for kind in still_there(KINDS) for prefix in ("", "en/"))
# Further pages of these kinds, with longer words, tables or drawings.
ALIKE = (
    *("cases/guangdong/", "money/", "missing/", "documents/", "method/", "about/", "corrections/"),
    *("figures/", "charts/", "charts/disclosure/", "compare/by-year/"),
)


@pytest.fixture(scope="module")
def address(built_site: Path, serve_directory) -> Iterator[str]:  # type: ignore[no-untyped-def]  # see conftest
    with serve_directory(built_site) as url:
        yield url


def open_page(browser: Browser, width: int, scheme: str = "light", height: int = 844) -> Page:
    # The content security policy of the pages would block the script of axe.
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]  # one of two words
        bypass_csp=True,
    )
    return context.new_page()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(
    browser: Browser, address: str, axe: Axe, width: int, scheme: str
) -> None:
    page = open_page(browser, width, scheme)
    rules = AXE_RULES if scheme == "light" else COLOUR_RULES
    found = []
    for name in ADDRESSES:
        page.goto(f"{address}/{name}")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        found += [(name, *violation) for violation in axe(page, rules)]
    page.context.close()

    assert found == []


@pytest.mark.browser
@pytest.mark.parametrize("name", ["cases/shanghai-fengxian/", "search/"])
def test_everything_that_acts_is_reached_by_the_tab_key_and_shows_it(
    browser: Browser, address: str, name: str
) -> None:
    page = open_page(browser, 1280)
    page.goto(f"{address}/{name}")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    expected = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input, summary, [tabindex="0"]')]
            .filter(e => e.checkVisibility({visibilityProperty: true})).length"""
    )
    reached = 0
    unmarked = []
    for _ in range(expected + 5):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
                const e = document.activeElement;
                if (e === document.body || e.dataset.seen) { return null; }
                e.dataset.seen = 'yes';
                return [e.outerHTML.slice(0, 80), getComputedStyle(e).outlineStyle];
            }"""
        )
        if seen is None:
            break
        reached += 1
        if seen[1] == "none":
            unmarked.append(seen[0])
    page.context.close()

    assert reached == expected
    assert unmarked == []


# Elements that hide a part of their content or reach beyond the page, and do not scroll.
_CUT = """() => [...document.querySelectorAll("main *, header *, footer *")].filter((part) => {
  if (!part.checkVisibility()) return false;
  // A thumbnail shows the top of its drawing, and says nothing that the link beside it does not.
  if (part.closest("svg, .visually-hidden, [inert]")) return false;
  for (let box = part; box !== document.body; box = box.parentElement) {
    if (["auto", "scroll"].includes(getComputedStyle(box).overflowX)) return false;
  }
  const look = getComputedStyle(part);
  const hides = look.overflowX === "hidden" || look.overflowX === "clip";
  return part.getBoundingClientRect().right > document.documentElement.clientWidth + 1
    || (hides && part.scrollWidth > part.clientWidth + 1)
    || (hides && part.scrollHeight > part.clientHeight + 1);
}).map((part) => `${part.tagName} ${part.className} ${part.textContent.slice(0, 40)}`)"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 640, 1280])
def test_text_twice_as_large_still_fits(browser: Browser, address: str, width: int) -> None:
    page = open_page(browser, width)
    wide = []
    for name in (*ADDRESSES, *ALIKE, *(f"en/{kind}" for kind in ALIKE)):
        page.goto(f"{address}/{name}")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            wide.append((name, needed))
        wide += [(name, part) for part in page.evaluate(_CUT)]
    page.context.close()

    assert wide == []


@pytest.mark.browser
def test_a_target_for_a_finger_is_large_enough(browser: Browser, address: str) -> None:
    page = open_page(browser, 390)
    small = []
    for name in ("", "compare/", "search/"):
        page.goto(f"{address}/{name}")
        small += page.evaluate(
            """() => [...document.querySelectorAll('nav a, .tiles__link, summary')]
                .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 24)
                .map(e => e.outerHTML.slice(0, 80))"""
        )
    page.context.close()

    assert small == []


def test_every_page_is_sound_html(built_site: Path) -> None:
    html5lib = library("html5lib")
    wrong = []
    for path in sorted(built_site.rglob("*.html")):
        parser = html5lib.HTMLParser()
        parser.parse(path.read_text(encoding="utf-8"))
        wrong += [(path.relative_to(built_site).as_posix(), *error[:2]) for error in parser.errors]

    assert wrong == []
