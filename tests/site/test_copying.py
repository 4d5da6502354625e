"""Copy buttons, and charts embedded in other sites, in a real browser."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from conftest import Serve


@pytest.mark.parametrize(
    ("page", "beside", "begins", "ends"),
    [
        pytest.param("cases/beijing/", ".request + .copy", "", "", id="the letter"),
        pytest.param(
            "charts/beijing-series/", ".chart__snippet + .copy", "<iframe ", "</script>", id="embed"
        ),
        pytest.param(
            "en/cases/beijing/", ".citation > dd > .copy", "Casebook. Beijing: ", ".", id="citation"
        ),
        pytest.param("en/about/", ".to-top > .copy", "http://", "/en/about/", id="the link"),
    ],
)
def test_a_button_copies_what_stands_beside_it(
    built_site: Path,
    serve_directory: Serve,
    browser: Any,
    page: str,
    beside: str,
    begins: str,
    ends: str,
) -> None:
    with serve_directory(built_site) as site:
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        try:
            opened = context.new_page()
            opened.goto(f"{site}/{page}")
            button = opened.locator(beside).first
            button.click()
            opened.wait_for_function(
                "(button) => /已复制|Copied/.test(button.textContent)",
                arg=button.element_handle(),
            )
            copied = opened.evaluate("navigator.clipboard.readText()").strip()
        finally:
            context.close()

    assert copied.startswith(begins)
    assert copied.endswith(ends)
    assert "复制" not in copied
    if beside.startswith(".request"):
        assert "\n\n1. " in copied
        assert "\n2. " in copied


def test_the_link_that_is_copied_is_the_public_one_with_the_place_that_is_open(
    built_site: Path, serve_directory: Serve, browser: Any
) -> None:
    html = (built_site / "figures/beijing/index.html").read_text(encoding="utf-8")
    public = '<link rel="canonical" href="https://example.org/figures/beijing/"></head>'
    with serve_directory(built_site) as site:
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        try:
            page, at = context.new_page(), f"{site}/figures/beijing/"
            whole = html.replace("</head>", public)
            page.route(at, lambda route: route.fulfill(body=whole, content_type="text/html"))
            page.goto(f"{at}#figure-paid_2011")
            button = page.locator(".to-top > .copy")
            button.click()
            page.wait_for_function(
                "(button) => button.textContent === '已复制'", arg=button.element_handle()
            )
            copied = page.evaluate("navigator.clipboard.readText()")
        finally:
            context.close()

    assert copied == "https://example.org/figures/beijing/#figure-paid_2011"


@pytest.mark.of_cases("beijing")
@pytest.mark.parametrize(
    ("asked", "system", "paper"),
    [
        pytest.param("?scheme=light", "dark", "rgb(250, 246, 238)", id="light on a dark system"),
        pytest.param("?scheme=dark", "light", "rgb(23, 21, 18)", id="dark on a light system"),
        pytest.param("", "dark", "rgb(23, 21, 18)", id="as the system"),
    ],
)
def test_an_embedded_chart_has_the_scheme_that_its_page_asks_for(
    built_site: Path, serve_directory: Serve, browser: Any, asked: str, system: str, paper: str
) -> None:
    with serve_directory(built_site) as site:
        page = browser.new_page(color_scheme=system)
        try:
            page.goto(f"{site}/charts/beijing-series/embed/{asked}")
            found = page.evaluate("getComputedStyle(document.body).backgroundColor")
        finally:
            page.close()

    assert found == paper


@pytest.mark.of_cases("beijing")
@pytest.mark.parametrize("width", [360, 560, 670, 1000])
def test_an_embedded_chart_fills_its_column_and_names_its_sources(
    built_site: Path, tmp_path: Path, serve_directory: Serve, browser: Any, width: int
) -> None:
    html = (built_site / "charts/beijing-series/index.html").read_text("utf-8")
    snippet = unescape(re.search(r"&lt;iframe.*?&lt;/iframe&gt;", html, re.DOTALL)[0])  # type: ignore[index]
    with serve_directory(built_site) as site, serve_directory(tmp_path) as host:
        shown = re.sub('src="[^"]*"', f'src="{site}/charts/beijing-series/embed/"', snippet)
        (tmp_path / "index.html").write_text(
            f"<!doctype html><body style='margin:0'>{shown}", "utf-8"
        )
        page = browser.new_page(viewport={"width": width, "height": 900})
        try:
            page.goto(host)
            page.frame_locator("iframe").locator(".embed__from").wait_for()
            border = page.evaluate("getComputedStyle(document.querySelector('iframe')).borderWidth")
            taken, sources = page.frames[1].evaluate(
                "[[...document.querySelectorAll('.chart__svg')].map((svg) =>"
                " svg.getBoundingClientRect().width).reduce((a, b) => Math.max(a, b)),"
                " document.querySelector('.embed__from').innerText]"
            )
        finally:
            page.close()

    assert border == "0px"
    assert taken >= width - 34
    assert "来源：" in sources
