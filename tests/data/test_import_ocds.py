"""`import` of OCDS files: drafts of processes, from the latest statements of their releases."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.data.import_figures import ImportTarget
from casebook.data.import_merge import ImportPlan, plan_import
from casebook.problems import ContentError
from casebook.record.lists import read_all_lists
from casebook.record.reader import read_case
from casebook.yaml.nodes import MapNode, read_tree

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = {
    "id": "c1",
    "status": "active",
    "value": {"amount": 560000, "currency": "CNY"},
    "period": {"startDate": "2013-03-01T00:00:00+08:00", "endDate": "2014-02-28"},
    "dateSigned": "2013-02-20",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The lists of the project, to import into."""
    for name in ("vocabulary", "regions", "sources"):
        (tmp_path / "data/cases").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / f"data/{name}.yaml", tmp_path / f"data/{name}.yaml")
    return tmp_path


def plan(project: Path, data: object) -> ImportPlan:
    target = ImportTarget(
        project=project,
        lists=read_all_lists(project),
        published={},
        on_difference="refuse",
        lang="zh",
    )
    content = data if isinstance(data, bytes) else str(data).encode()
    return plan_import(content, "p.json", target)


def package(*releases: dict[str, Any]) -> str:
    named = [{"ocid": "ocds-x1-001"} | release for release in releases]
    return json.dumps({"releases": named}, ensure_ascii=False)


def draft_of(project: Path, *releases: dict[str, Any]) -> str:
    (change,) = plan(project, package(*releases)).changes
    return change.after.decode()


def slugs_of(found: ImportPlan) -> list[str]:
    return [change.path.stem for change in found.changes]


def award(identity: str = "a1", status: str = "active", **rest: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"id": identity, "suppliers": [{"id": "S1", "name": "乙中心"}]}
    return given | ({"status": status} if status else {}) | rest


def money(amount: float, currency: str = "CNY") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def test_a_release_becomes_a_draft_case(project: Path) -> None:
    text = draft_of(
        project,
        {
            "buyer": {"name": "甲局"},
            "tender": {"title": "读书会: 二期", "procurementMethod": "open"},
            "awards": [award(date="2013-02-01")],
            "contracts": [CONTRACT],
        },
    )

    assert 'title: "读书会: 二期"' in text
    assert "\nstate: draft " in text
    assert "  purchaser: 甲局\n" in text
    assert "  provider: 乙中心\n" in text
    assert "    amount: 560000元\n" in text
    assert "    period: 2013-03-01/2014-02-28  # 请核对\n" in text
    assert "  - date: 2013-02-20\n    title: 签订合同\n" in text


def test_the_draft_is_refused_until_its_blanks_are_filled(project: Path) -> None:
    text = draft_of(project, {"tender": {"procurementMethod": "open"}, "contracts": [CONTRACT]})

    node, found = read_tree(text.encode(), "data/cases/x.yaml")
    _, problems = read_case(text.encode(), "data/cases/x.yaml", read_all_lists(project))
    missing = {p.text.zh.split()[-1] for p in problems if p.code == "E202"}

    assert isinstance(node, MapNode) and found == []
    assert {"title", "region", "topic", "summary", "source", "value"} <= missing


@pytest.mark.parametrize(
    ("status", "remark"),
    [
        pytest.param("unsuccessful", "没有成交：乙中心 5 CNY（unsuccessful）", id="unsuccessful"),
        pytest.param("cancelled", "没有成交：乙中心 5 CNY（cancelled）", id="cancelled"),
        pytest.param("pending", "没有成交：乙中心 5 CNY（pending）", id="pending"),
        pytest.param("", "没有写是否成交：乙中心 5 CNY", id="no status"),
    ],
)
def test_who_did_not_win_is_a_remark_and_no_provider(
    project: Path, status: str, remark: str
) -> None:
    text = draft_of(project, {"awards": [award(status=status, value=money(5), date="2013-02-01")]})

    assert f"  provider:\n    value:                    # {remark}\n" in text
    assert "award_a1" not in text
    assert "确定承接方" not in text


@pytest.mark.parametrize("status", ["pending", "cancelled"])
def test_a_contract_that_does_not_bind_has_neither_measure_nor_status(
    project: Path, status: str
) -> None:
    text = draft_of(project, {"contracts": [CONTRACT | {"status": status}]})

    assert f"  # contracts[0]/value；合同状态是 {status}\n  contract_c1:\n" in text
    assert "    measure:                  # 可用的词" in text
    assert "    status:                   # 可用的词" in text
    assert "签订合同" not in text


def test_a_contract_that_has_ended_did_bind(project: Path) -> None:
    text = draft_of(project, {"contracts": [CONTRACT | {"status": "terminated"}]})

    assert "    status: contracted\n" in text


def test_a_tender_that_was_called_off_says_so_first(project: Path) -> None:
    text = draft_of(project, {"tender": {"status": "cancelled", "value": money(5)}})

    assert "# 招标没有成：tender/status 是 cancelled\n" in text


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "in reverse"])
def test_a_later_release_corrects_an_earlier_one(project: Path, order: tuple[int, int]) -> None:
    second = [{"id": "S2", "name": "丙中心"}]
    releases = (
        {"date": "2024-05-01T09:00:00+08:00", "awards": [award(value=money(5))]},
        {"date": "2024-06-01T09:00:00+08:00", "awards": [award(value=money(6), suppliers=second)]},
    )
    text = draft_of(project, *(releases[number] for number in order))

    assert "  provider: 丙中心            # 更早的发布写的是 乙中心\n" in text
    assert "  # awards[0]/value；更早的发布写的是 5 CNY (2024-05-01)\n" in text
    assert text.count("    amount: ") == 1
    assert "    amount: 6元\n" in text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(money(5, "XTS"), "没有收录的币种：5 XTS", id="currency"),
        pytest.param({"amount": 5}, "没有收录的币种：5", id="no currency"),
        pytest.param({"amount": "5", "currency": "CNY"}, "amount 不是数：5", id="text"),
        pytest.param(money(-5), "不合理的数 -5", id="negative"),
        pytest.param(money(1e30), "不合理的数 1E+30", id="huge"),
    ],
)
def test_an_amount_that_is_not_clear_is_a_blank_that_says_so(
    project: Path, value: dict[str, object], said: str
) -> None:
    text = draft_of(project, {"tender": {"value": value}})

    assert f"    amount:                   # {said}\n" in text


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        pytest.param("0.10", "0.1元", id="a final zero"),
        pytest.param(
            "203179.70999999999", "203179.71元       # 文件里是 203179.70999999999", id="noise"
        ),
        pytest.param("203179.708", "203179.708元", id="a third of a fen is what it is"),
        pytest.param("1.2E7", "12000000元", id="an exponent"),
    ],
)
def test_a_number_is_taken_as_it_is_printed(project: Path, written: str, amount: str) -> None:
    value = f'{{"amount": {written}, "currency": "CNY"}}'
    data = f'{{"releases": [{{"ocid": "x", "tender": {{"value": {value}}}}}]}}'
    (change,) = plan(project, data).changes

    assert f"    amount: {amount}\n" in change.after.decode()


@pytest.mark.parametrize("key", ["value", "amount"])
def test_payments_of_both_versions_are_read(project: Path, key: str) -> None:
    payment = {"id": "t1", "date": "2024-06-01T00:00:00+08:00", key: money(500000)}
    paid = CONTRACT | {"implementation": {"transactions": [payment]}}
    text = draft_of(project, {"contracts": [paid]})

    assert "  contract_c1_paid_1:\n" in text
    assert "    amount: 500000元\n" in text
    assert "    status: paid\n" in text


def test_a_day_that_is_another_one_in_china_is_a_blank(project: Path) -> None:
    text = draft_of(project, {"awards": [award(date="2013-01-02T23:30:00-05:00")]})

    assert "  - date:                     # 2013-01-02T23:30:00-05:00\n" in text


@pytest.mark.parametrize(
    "ids",
    [
        pytest.param(("标段1", "分包1", "子包1"), id="in Chinese"),
        pytest.param(("a-1", "A_1", "a.1"), id="in marks"),
        pytest.param(tuple(f"{'x' * 60}{n}" for n in range(3)), id="in their ends"),
    ],
)
def test_things_whose_ids_differ_stay_apart(project: Path, ids: tuple[str, ...]) -> None:
    text = draft_of(project, {"awards": [award(one, value=money(5)) for one in ids]})

    assert text.count("    amount: 5元\n") == 3
    assert len({line for line in text.split("\n") if line.startswith("  award_")}) == 3


def test_processes_of_one_slug_stay_apart_and_one_is_told_of(project: Path) -> None:
    releases = [{"ocid": ocid, "tender": {"title": ocid}} for ocid in ("x-A_1", "x-a-1")]
    found = plan(project, json.dumps({"releases": releases}))

    assert slugs_of(found) == ["x-a-1", "x-a-1-edd439"]
    assert [one.code for one in found.warnings] == ["W336"]


def test_an_ocid_in_chinese_gets_a_name(project: Path) -> None:
    found = plan(project, json.dumps({"releases": [{"ocid": "川政采2024-001"}]}))

    assert slugs_of(found) == ["ocds-2024-001"]
    assert [one.code for one in found.warnings] == ["W336"]


RELEASE = {"ocid": "ocds-x1-001", "tender": {"title": "读书会"}}
LINE = json.dumps(RELEASE)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(json.dumps({"releases": [RELEASE]}), id="a package of releases"),
        pytest.param(LINE, id="a single release"),
        pytest.param(f"[{LINE}]", id="a list of releases"),
        pytest.param(
            json.dumps({"records": [{"ocid": "ocds-x1-001", "releases": [RELEASE]}]}),
            id="a package of records",
        ),
        pytest.param(
            json.dumps(
                {
                    "records": [
                        {"releases": [{"url": "https://example.org"}], "compiledRelease": RELEASE}
                    ]
                }
            ),
            id="records whose releases are only linked",
        ),
        pytest.param(f"{LINE}\n{LINE}\n", id="JSON Lines"),
        pytest.param(gzip.compress(LINE.encode()), id="gzip"),
    ],
)
def test_whatever_form_it_has_a_process_is_read(project: Path, data: object) -> None:
    (change,) = plan(project, data).changes

    assert change.path.stem == "ocds-x1-001"
    assert "title: 读书会" in change.after.decode()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param('{"releases": [,]}', "1:15 E336", id="no JSON"),
        pytest.param("[1]", "1:1 E336", id="no object"),
        pytest.param(b"\n", "1:1 E107", id="an empty file"),
        pytest.param('{"records": []}', "1:1 E336", id="no records"),
        pytest.param('{"a": 1}', "1:1 E336", id="something else"),
        pytest.param('{"releases": [{}]}', "1:1 E336", id="no ocid"),
        pytest.param('{"releases": [NaN]}', "1:1 E336", id="no number"),
        pytest.param('{"a":' * 5000, "1:1 E336", id="nested too deep"),
        pytest.param(b"\x1f\x8b\x08broken", "1:1 E336", id="damaged gzip"),
    ],
)
def test_a_file_that_is_none_is_named(project: Path, data: object, expected: str) -> None:
    with pytest.raises(ContentError) as refused:
        plan(project, data)

    found = [f"{p.at.line}:{p.at.column} {p.code}" for p in refused.value.problems]
    assert found[0] == expected


def test_a_contract_of_an_award_that_was_not_made_does_not_bind(project: Path) -> None:
    text = draft_of(
        project,
        {
            "awards": [award("a1", "unsuccessful"), award("a2")],
            "contracts": [CONTRACT | {"awardID": "a1"}, CONTRACT | {"id": "c2", "awardID": "a2"}],
        },
    )

    assert text.count("    status: contracted\n") == 1
    assert "合同所属的 award 状态是 unsuccessful" in text
    assert text.count("title: 签订合同") == 1


def test_a_state_in_capitals_is_the_state(project: Path) -> None:
    assert "  provider: 乙中心\n" in draft_of(project, {"awards": [award(status="Active")]})


def test_a_supplier_that_is_named_by_its_id_is_looked_up_among_the_parties(project: Path) -> None:
    parties = [{"id": "S1", "name": "丙中心", "roles": ["supplier"]}]
    release = {"parties": parties, "awards": [award(suppliers=[{"id": "S1"}])]}

    assert "  provider: 丙中心\n" in draft_of(project, release)


def test_releases_are_ordered_by_the_moment_whatever_the_time_zone(project: Path) -> None:
    earlier = {"date": "2024-05-01T01:00:00+08:00", "tender": {"title": "旧"}}
    later = {"date": "2024-04-30T20:00:00Z", "tender": {"title": "新"}}

    assert "\ntitle: 新 " in draft_of(project, later, earlier)


def test_the_word_of_an_earlier_release_on_the_buyer_is_a_remark(project: Path) -> None:
    earlier = {"date": "2024-05-01", "buyer": {"name": "旧局"}}
    text = draft_of(project, earlier, {"date": "2024-06-01", "buyer": {"name": "新局"}})

    assert re.search(r"  purchaser: 新局 +# 更早的发布写的是 旧局", text)


@pytest.mark.parametrize("identity", ["1", None, ["1"], {"x": 1}])
def test_things_of_one_id_stay_apart(project: Path, identity: object) -> None:
    awards = [award(id=identity, value=money(100)), award(id=identity, value=money(90))]
    text = draft_of(project, {"id": "1", "awards": awards}, {"id": "2", "awards": awards})

    assert re.findall(r"amount: (\S+)", text) == ["100元", "90元"]


def test_a_record_without_a_whole_release_is_told_of(project: Path) -> None:
    records = [
        {"ocid": "ocds-x1-002", "releases": [{"url": "https://example.org"}]},
        {"ocid": "ocds-x1-003", "versionedRelease": {"ocid": "ocds-x1-003"}},
        {"releases": [RELEASE]},
    ]
    found = plan(project, json.dumps({"records": records}))

    assert [(one.code, "ocds-x1-00" in one.text.zh) for one in found.warnings] == [
        ("W336", True),
        ("W336", True),
    ]
    assert slugs_of(found) == ["ocds-x1-001"]


def test_a_character_that_was_lost_is_told_of_and_the_rest_is_imported(project: Path) -> None:
    release = RELEASE | {"tender": {"title": "读\ufffd会"}}
    found = plan(project, json.dumps(release, ensure_ascii=False))

    assert [(one.code, one.severity) for one in found.warnings] == [("E106", "warning")]
    assert "\ntitle: 读?会 " in found.changes[0].after.decode()


@settings(max_examples=60)
@given(st.recursive(st.none() | st.text(max_size=5) | st.integers(), lambda inner: st.lists(inner)))
def test_no_file_raises(value: object) -> None:
    keys = ("buyer", "parties", "tender", "awards", "contracts", "planning")
    release = {"ocid": "ocds-x1-001"} | dict.fromkeys(keys, value)
    data = json.dumps({"releases": [release], "publisher": value})
    try:
        plan(ROOT / "tests/tiny_site", data)
    except ContentError as error:
        assert error.problems
