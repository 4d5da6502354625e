"""The addresses that may be linked, and the reasons for refusing others."""

from __future__ import annotations

import pytest

from casebook.values.urls import find_url, judge_site_url, judge_url


@pytest.mark.parametrize(
    "url",
    [
        "http://epaper.gmw.cn/gmrb/html/2015-01/06/nw.D110000gmrb_1-05.htm",
        "https://example.org",
        "HTTPS://Example.org:8443/a?b=1&c=%E4%B8%9C#d",
        "https://example.org/东莞",
        "https://8.8.8.8/",
        "https://172.32.0.1/",
    ],
)
def test_an_address_that_readers_can_open_may_be_linked(url: str) -> None:
    assert judge_url(url) is None


@pytest.mark.parametrize(
    ("url", "word"),
    [
        pytest.param("javascript:alert(1)", "开头", id="script"),
        pytest.param("java\tscript:alert(1)", "开头", id="script with a tab"),
        pytest.param("data:text/html,x", "开头", id="data"),
        pytest.param("ftp://example.org/", "开头", id="another protocol"),
        pytest.param("//example.org/", "开头", id="no protocol"),
        pytest.param("ｈttps：／／example.org", "开头", id="full-width"),
        pytest.param("https://", "没有域名", id="no host"),
        pytest.param("https:///a", "没有域名", id="a path for a host"),
        pytest.param("https://exa mple.org/", "空格", id="blank"),
        pytest.param("https://example.org/a b", "空格", id="blank in the path"),
        pytest.param("https://example.org/\\a", "反斜杠", id="backslash"),
        pytest.param("https://example.org/？a", "全角", id="full-width in the path"),
        pytest.param("https://example.org/a。", "全角", id="the end of a sentence"),
        pytest.param("https://user:pass@example.org/", "密码", id="password"),
        pytest.param("https://@example.org/", "密码", id="empty user"),
        pytest.param("http://localhost/", "本机", id="localhost"),
        pytest.param("http://127.0.0.1:8000/", "本机", id="loopback"),
        pytest.param("http://[::1]/", "本机", id="loopback of IPv6"),
        pytest.param("http://10.1.2.3/", "内网", id="private"),
        pytest.param("http://192.168.1.1/", "内网", id="private at home"),
        pytest.param("http://172.16.0.1/", "内网", id="private in between"),
        pytest.param("http://intranet/", "内网", id="a name of one word"),
        pytest.param("https://example.org:99999/", "打不开", id="no such port"),
        pytest.param("http://localhost./", "本机", id="localhost with its dot"),
        pytest.param("http://site.localhost/", "本机", id="a name below localhost"),
        pytest.param("http://nas.lan/", "内网", id="a name of a network at home"),
        pytest.param("http://0177.0.0.1/", "内网", id="octal numbers"),
        pytest.param("http://0x7f.0.0.1/", "内网", id="hexadecimal numbers"),
        pytest.param("https://例子.中国/", "xn--fsqu00a.xn--fiqs8s", id="a Chinese host"),
    ],
)
def test_another_is_refused_with_its_reason(url: str, word: str) -> None:
    fault = judge_url(url)

    assert fault is not None
    assert word in fault.zh


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://example.org/?a=1", id="a query"),
        pytest.param("https://example.org/#top", id="a place in a page"),
        pytest.param('https://example.org/"x', id="a quotation mark"),
        pytest.param("https://example.org/a/../b", id="a way up"),
    ],
)
def test_what_pages_cannot_follow_is_no_address_of_a_site(url: str) -> None:
    assert judge_url(url) is None
    assert judge_site_url(url) is not None
    assert judge_site_url("https://example.org/a-b_c/1..2") is None


@pytest.mark.parametrize(
    ("text", "url"),
    [
        pytest.param("www.example.org/a", "https://www.example.org/a", id="no protocol"),
        pytest.param("[链接](https://example.org/a)", "https://example.org/a", id="Markdown"),
        pytest.param("<https://example.org/a>", "https://example.org/a", id="a mail"),
        pytest.param("网址：https://example.org/a。", "https://example.org/a", id="in a sentence"),
        pytest.param("见官网", "见官网", id="none"),
    ],
)
def test_an_address_is_found_in_what_was_pasted_with_it(text: str, url: str) -> None:
    assert find_url(text) == url
