"""What was published of a figure may only change with a reason."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from records import dataset_of, export_dataset, figure, read, record, shown

from casebook.build.checking import check_project
from casebook.build.steps import BuildOptions, build_site
from casebook.checks.history import Published, check_history, parse_published, publish_figure
from casebook.pages.feeds import show_changes
from casebook.problems import ContentError
from casebook.record.dataset import Dataset


def published(dataset: Dataset) -> tuple[Published, ...]:
    files = {file.path: file.content for file in export_dataset(dataset)}
    return parse_published(files["data/figures.csv"])


def entry(before: str, after: str, kind: str = "correction", indent: int = 6) -> str:
    return (
        f"- {{date: 2026-11-23, kind: {kind}, from: {json.dumps(before, ensure_ascii=False)}, "
        f"to: {json.dumps(after, ensure_ascii=False)}, why: 核对原文}}"
    )


def with_history(text: str, *entries: str) -> str:
    lines = "".join(f"      {line}\n" for line in entries)
    return text + f"    history:\n{lines}" if entries else text


def test_the_published_figures_are_read_as_they_are() -> None:
    dataset = dataset_of(record(figure(), figure("range", amount="800元至1000元", scope="books")))

    assert published(dataset) == tuple(map(publish_figure, dataset.figures.values()))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b"a,b\r\n1,2\r\n", id="another table"),
        pytest.param(b"case,figure\r\nx,y\r\n", id="other columns"),
    ],
)
def test_what_is_no_table_of_figures_says_nothing(content: bytes) -> None:
    assert parse_published(content) == ()


@pytest.mark.parametrize(
    ("before", "after", "entries", "codes"),
    [
        pytest.param({}, {}, (), [], id="nothing changed"),
        pytest.param({}, {"label": "另一个名称"}, (), [], id="a label is no value"),
        pytest.param({}, {"amount": "1200000元"}, (), [], id="another notation"),
        pytest.param({}, {"amount": "130万元"}, (), ["E238"], id="value"),
        pytest.param({}, {"amount": "约120万元"}, (), ["E238"], id="qualifier"),
        pytest.param({}, {"period": "2014"}, (), ["E238"], id="period"),
        pytest.param({}, {"amount": "120万美元"}, (), ["E238"], id="currency"),
        pytest.param(
            {}, {"amount": "130万元", "period": "2014"}, (), ["E238", "E238"], id="value and period"
        ),
        pytest.param(
            {}, {"amount": "130万元"}, (entry("120万元", "130万元"),), [], id="value recorded"
        ),
        pytest.param(
            {}, {"amount": "130万元"}, (entry("1200000元", "1300000元"),), [], id="in any notation"
        ),
        pytest.param(
            {},
            {"amount": "约120万元"},
            (entry("120万元", "约120万元"),),
            [],
            id="qualifier recorded",
        ),
        pytest.param({}, {"period": "2014"}, (entry("2013", "2014年"),), [], id="period recorded"),
        pytest.param(
            {},
            {"amount": "130万元", "period": "2014"},
            (entry("120万元", "130万元"), entry("2013", "2014", "clarification")),
            [],
            id="both recorded",
        ),
        pytest.param(
            {}, {"amount": "130万元"}, (entry("110万元", "130万元"),), ["E238"], id="another before"
        ),
        pytest.param(
            {}, {"amount": "130万元"}, (entry("120万元", "140万元"),), ["E238"], id="another after"
        ),
        pytest.param(
            {}, {"amount": "130万元"}, (entry("约120万元", "130万元"),), ["E238"], id="a gained 约"
        ),
        pytest.param(
            {},
            {"amount": "130万元", "period": "2014"},
            (entry("120万元", "130万元"),),
            ["E238"],
            id="one of two recorded",
        ),
        pytest.param(
            {"amount": "1至2万元"}, {"amount": "1至3万元"}, (), ["E238"], id="an end of a range"
        ),
        pytest.param(
            {"amount": "1至2万元"},
            {"amount": "1至3万元"},
            (entry("1至2万元", "1至3万元"),),
            [],
            id="an end of a range recorded",
        ),
        pytest.param(
            {"amount": "达20万元", "measure": "payout_cap"},
            {
                "amount": "达20万元",
                "measure": "payout_cap",
                "qualifier": "at_most",
                "note": "读作上限",
            },
            (entry("exact", "at_most", "clarification"),),
            [],
            id="another reading recorded",
        ),
    ],
)
def test_a_change_of_what_was_published_needs_its_reason(
    before: dict[str, str], after: dict[str, str], entries: tuple[str, ...], codes: list[str]
) -> None:
    was = dataset_of(record(figure(**before)))
    now = dataset_of(record(with_history(figure(**after), *entries)))

    problems = check_history(now, published(was))

    assert [problem.code for problem in problems] == codes
    assert all(problem.at.line == 10 for problem in problems)


def test_the_problem_says_what_was_and_what_is() -> None:
    was, now = dataset_of(record(figure())), dataset_of(record(figure(amount="130万元")))

    (problem,) = check_history(now, published(was))

    assert "原为 120万元，现为 130万元" in problem.text.zh
    assert "from: 120万元" in problem.hint.zh


def test_a_figure_that_was_taken_out_needs_its_reason() -> None:
    was = dataset_of(record(figure(), figure("more", period="2014")))
    silent = dataset_of(record(figure()))
    gone = "{figure: more, date: 2026-11-23, kind: correction, from: 120万元, why: 误录}"
    rest = f"history:\n  - {gone}\n"
    recorded = dataset_of(record(figure(), rest=rest))

    assert [p.code for p in check_history(silent, published(was))] == ["E238"]
    assert check_history(recorded, published(was)) == []
    assert recorded.by_slug["case-1"].changes[0].after == ""


def test_a_new_figure_needs_no_reason() -> None:
    was = dataset_of(record(figure()))
    now = dataset_of(record(figure(), figure("more", period="2014")))

    assert check_history(now, published(was)) == []


def test_a_computed_figure_follows_those_that_it_rests_on() -> None:
    more = figure("more", amount=None, period=None, status=None, source=None, formula="a + b")

    def of(amount: str, *entries: str) -> Dataset:
        return dataset_of(
            record(
                with_history(figure("a", amount=amount), *entries),
                figure("b", period="2014"),
                more,
            )
        )

    now = of("130万元", entry("120万元", "130万元"))

    assert now.figures["case-1.more"].quantity.text == "250万元"
    assert check_history(now, published(of("120万元"))) == []


def test_a_case_that_is_gone_is_a_warning_and_one_that_cannot_be_read_is_not() -> None:
    was = dataset_of(record(figure()), record(figure()))
    now = dataset_of(record(figure()))

    (problem,) = check_history(now, published(was))

    assert (problem.code, problem.severity, problem.path) == (
        "W239",
        "warning",
        "data/cases/case-2.yaml",
    )
    assert check_history(replace(now, unread=frozenset({"case-2"})), published(was)) == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param("{kind: correction, from: 1元, to: 2元, why: 因}", "E202", id="no date"),
        pytest.param("{date: 2026, kind: update, from: 1元, to: 2元, why: 因}", "E224", id="year"),
        pytest.param(
            "{date: 2026-11-23, kind: fix, from: 1元, to: 2元, why: 因}", "E205", id="kind"
        ),
        pytest.param(
            "{date: 2026-11-23, kind: update, from: 1元, to: 2元}", "E202", id="no reason"
        ),
        pytest.param("{date: 2026-11-23, kind: update, from: 1元, why: 因}", "E202", id="no after"),
        pytest.param(
            "{date: 2026-11-23, kind: update, form: 1元, from: 1元, to: 2元, why: 因}",
            "E201",
            id="misspelt",
        ),
    ],
)
def test_an_entry_that_is_not_whole_is_refused(line: str, code: str) -> None:
    _, problems = read(record(with_history(figure(), f"- {line}")))

    assert [problem.code for problem in problems] == [code]


def test_a_figure_that_is_there_tells_its_changes_itself() -> None:
    rest = "history:\n  - {figure: paid, date: 2026-11-23, kind: correction, from: 1元, why: 因}\n"

    _, problems = read(record(figure(), rest=rest))

    assert shown(problems) == ["20:14 E238"]


def test_a_build_refuses_to_change_what_it_published(tiny_project: Path, tmp_path: Path) -> None:
    options = BuildOptions(project=tiny_project, output=tiny_project / "output")
    build_site(options)
    record_path = tiny_project / "data/cases/haishu.yaml"
    text = record_path.read_text(encoding="utf-8")
    changed = text.replace("amount: 120万元", "amount: 125万元").replace(
        "投入120万元", "投入125万元"
    )
    record_path.write_text(changed, encoding="utf-8")

    with pytest.raises(ContentError) as refused:
        build_site(options)

    assert [p.code for p in refused.value.problems] == ["E238"]
    assert [p.code for p in check_project(tiny_project)] == ["E238"]

    recorded = changed.replace(
        "    line: 4\n",
        "    line: 4\n    history:\n      " + entry("120万元", "125万元") + "\n",
    )
    record_path.write_text(recorded, encoding="utf-8")
    assert check_project(tiny_project) == []
    build_site(options)
    page = (tiny_project / "output/cases/haishu/index.html").read_text(encoding="utf-8")
    assert "核对原文" in page
    assert "核对原文" in (tiny_project / "output/corrections/index.html").read_text("utf-8")
    assert "CorrectionComment" in page
    feed = (tiny_project / "output/corrections.xml").read_text(encoding="utf-8")
    assert "120万元" in feed


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        pytest.param("约8000万元", "约8000万元", "about 80 million yuan", id="an amount"),
        pytest.param("2013", "2013年", "2013", id="a year is no number"),
        pytest.param(
            "[..2012-12-07]", "不晚于2012年12月7日", "no later than 7 December 2012", id="EDTF"
        ),
        pytest.param("at_most", "至多", "up to", id="a qualifier"),
    ],
)
def test_what_changed_is_said_in_words(text: str, zh: str, en: str) -> None:
    dataset = dataset_of(record(with_history(figure(), entry(text, text))))

    (row,) = show_changes(dataset.changes, dataset)

    assert (row.before.zh, row.before.en) == (zh, en)


def test_a_published_list_of_other_records_is_held_against_all(tiny_project: Path) -> None:
    options = BuildOptions(project=tiny_project, output=tiny_project / "output")
    build_site(options)
    # Nothing changed here; what is published now comes from elsewhere.
    figures = tiny_project / "output" / "data" / "figures.csv"
    text = figures.read_text(encoding="utf-8")
    assert "120万元,1200000" in text
    figures.write_text(text.replace("120万元,1200000", "110万元,1100000"), encoding="utf-8")

    with pytest.raises(ContentError) as refused:
        build_site(options)

    assert [p.code for p in refused.value.problems] == ["E238"]


def test_the_figures_of_settled_cases_are_not_read() -> None:
    dataset = dataset_of(record(figure()), record(figure()))
    files = {file.path: file.content for file in export_dataset(dataset)}

    rows = parse_published(files["data/figures.csv"], {"case-1"})

    assert [row.case for row in rows] == ["case-2"]


def test_a_preview_may_change_at_will(tiny_project: Path) -> None:
    options = BuildOptions(project=tiny_project, output=tiny_project / "output", drafts=True)
    build_site(options)
    path = tiny_project / "data/cases/haishu.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("120万元", "125万元"), encoding="utf-8")

    assert build_site(options).cases == 2
