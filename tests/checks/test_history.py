"""Published content may only change with a reason, on any machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from processes import run
from records import dataset_of, figure, read, record, shown

from casebook.build.checking import check_project
from casebook.build.steps import BuildOptions, build_site
from casebook.checks.history import check_history, check_unpublished
from casebook.checks.published import PublishedCase, publish_case, read_published, write_published
from casebook.pages.feeds import find_changes, show_changes
from casebook.problems import ContentError, Problem
from casebook.record.dataset import Dataset
from casebook.record.lists import read_gone
from casebook.text import DEFAULT_LANGUAGES

PROJECT = Path(__file__).resolve().parents[2]
FIRST, TODAY = date(2026, 1, 5), date(2026, 11, 27)


def publish(dataset: Dataset) -> Mapping[str, PublishedCase]:
    return {case.slug: publish_case(case, None, FIRST, DEFAULT_LANGUAGES) for case in dataset.cases}


def check(now: Dataset, was: Dataset) -> list[Problem]:
    return check_history(now, publish(was), {}, TODAY)


def entry(before: str, after: str, kind: str = "correction", indent: int = 6) -> str:
    return (
        f"- {{date: 2026-11-23, kind: {kind}, from: {json.dumps(before, ensure_ascii=False)}, "
        f"to: {json.dumps(after, ensure_ascii=False)}, why: 核对原文}}"
    )


def with_history(text: str, *entries: str) -> str:
    lines = "".join(f"      {line}\n" for line in entries)
    return text + f"    history:\n{lines}" if entries else text


def test_a_ledger_is_read_as_it_was_written(tmp_path: Path) -> None:
    rest = "events:\n  - {date: 1995, title: 开馆, source: evening-2015-03-02}\n"
    published = publish(dataset_of(record(figure(), rest=rest), record(figure("more"))))
    for path, content in write_published(published, DEFAULT_LANGUAGES).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)

    assert read_published(tmp_path) == published
    assert read_published(tmp_path, {"case-1"}).keys() == {"case-2"}


def test_every_case_that_this_site_published_is_there_or_explained() -> None:
    slugs = {path.stem for path in (PROJECT / "data" / "cases").glob("*.yaml")}
    withdrawn = {name.split("/")[1] for name in read_gone(PROJECT, []) if name.count("/") == 2}

    # A new case is recorded only after it is published.
    assert read_published(PROJECT).keys() - withdrawn <= slugs


def test_a_row_that_is_lost_from_the_list_of_cases_frees_no_case(tmp_path: Path) -> None:
    published = publish(dataset_of(record(figure())))
    (tmp_path / "data/published").mkdir(parents=True)
    for path, content in write_published(published, DEFAULT_LANGUAGES).items():
        (tmp_path / path).write_bytes(content)
    (tmp_path / "data/published/cases.csv").write_bytes(b"case,published\n")

    found = read_published(tmp_path)

    assert found["case-1"].facts == published["case-1"].facts


@pytest.mark.parametrize(
    ("damage", "line", "code"),
    [
        pytest.param(lambda data: b"", 1, "E294", id="empty"),
        pytest.param(lambda data: b"x" * 300_000, 1, "E294", id="one long cell"),
        pytest.param(lambda data: data[:-30], 2, "E294", id="cut off"),
        pytest.param(lambda data: data + b"<<<<<<< HEAD\n", 3, "E108", id="a mark of a merge"),
        pytest.param(lambda data: data.replace(b"CNY", b"C\0Y"), 1, "E294", id="a zero byte"),
        pytest.param(lambda data: data.decode().encode("gbk"), 2, "E101", id="GBK"),
        pytest.param(lambda data: data.decode().encode("utf-16"), 1, "E102", id="UTF-16"),
    ],
)
def test_a_ledger_that_is_damaged_is_named_with_its_line(
    damage: Callable[[bytes], bytes], line: int, code: str, tmp_path: Path
) -> None:
    published = publish(dataset_of(record(figure())))
    for path, content in write_published(published, DEFAULT_LANGUAGES).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    path = tmp_path / "data/published/figures.csv"
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(ContentError) as caught:
        read_published(tmp_path)

    (problem,) = caught.value.problems
    assert (problem.path, problem.at.line, problem.code) == (
        "data/published/figures.csv",
        line,
        code,
    )


@pytest.mark.parametrize(
    ("before", "after", "entries", "codes"),
    [
        pytest.param({}, {}, (), [], id="nothing changed"),
        pytest.param({}, {"label": "另一个名称"}, (), ["E238"], id="label"),
        pytest.param({}, {"label_en": "Funded"}, (), [], id="English where there was none"),
        pytest.param({"label_en": "Applied"}, {"label_en": "Funded"}, (), ["E238"], id="English"),
        pytest.param(
            {"label_en": "Applied"},
            {"label_en": "Funded"},
            (entry("Applied", "Funded"),),
            [],
            id="English recorded",
        ),
        pytest.param(
            {}, {"label": "另一个名称"}, (entry("购买金额", "另一个名称"),), [], id="label recorded"
        ),
        pytest.param({}, {"status": "set"}, (), ["E238"], id="status"),
        pytest.param({}, {"status": "set"}, (entry("reported", "set"),), [], id="by its key"),
        pytest.param({}, {"scope": "books"}, (), ["E238"], id="scope"),
        pytest.param({}, {"quote": "投入120万元"}, (), ["E238"], id="quote"),
        pytest.param(
            {"per": "人/月", "amount": "600元", "measure": "unit_price"},
            {"per": "人/年", "amount": "600元", "measure": "unit_price"},
            (),
            ["E238"],
            id="per",
        ),
        pytest.param(
            {"per": "人/月", "amount": "600元", "measure": "unit_price"},
            {"per": "人/年", "amount": "600元", "measure": "unit_price"},
            (entry("人/月", "人/年"),),
            [],
            id="per recorded",
        ),
        pytest.param(
            {"amount": "将投入120万元", "status": "planned"},
            {"amount": "120万元", "status": "planned"},
            (),
            ["E238"],
            id="a plan",
        ),
        pytest.param(
            {},
            {"amount": "140万元"},
            (entry("120万元", "130万元"), entry("130万元", "140万元")),
            [],
            id="in two steps",
        ),
        pytest.param({}, {}, (entry("9亿元", "3家"),), ["E238"], id="nothing bears it out"),
        pytest.param({}, {}, (entry("120万元", "120万元"),), ["E238"], id="no change at all"),
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

    problems = check(now, was)

    assert {problem.code for problem in problems} == {*codes}
    assert all(problem.at.line >= 10 for problem in problems)


def test_a_changed_answer_is_named_at_its_line() -> None:
    was = record(figure())
    now = was.replace("purchaser: 海曙区", "purchaser: 鄞州区")
    line = now.split("\n").index("  purchaser: 鄞州区") + 1

    (problem,) = check(dataset_of(now), dataset_of(was))

    assert (problem.code, problem.at.line) == ("E238", line)


def test_the_problem_says_what_was_and_what_is() -> None:
    was, now = dataset_of(record(figure())), dataset_of(record(figure(amount="130万元")))

    (problem,) = check(now, was)

    assert "原为 120万元，现为 130万元" in problem.text.zh
    assert "from: 120万元" in problem.hint.zh


def test_a_figure_that_was_taken_out_needs_its_reason() -> None:
    was = dataset_of(record(figure(), figure("more", period="2014")))
    silent = dataset_of(record(figure()))
    gone = "{figure: more, date: 2026-11-23, kind: correction, from: 120万元, why: 误录}"
    rest = f"history:\n  - {gone}\n"
    recorded = dataset_of(record(figure(), rest=rest))

    assert [p.code for p in check(silent, was)] == ["E238"]
    assert check(recorded, was) == []
    assert recorded.by_slug["case-1"].changes[0].after == ""


def test_a_new_figure_needs_no_reason() -> None:
    was = dataset_of(record(figure()))
    now = dataset_of(record(figure(), figure("more", period="2014")))

    assert check(now, was) == []


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
    assert check(now, of("120万元")) == []
    assert [one.after for one in find_changes(["case-1.more"], now)] == ["130万元"]


def test_a_case_that_is_gone_is_a_warning_and_one_that_cannot_be_read_is_not() -> None:
    was = dataset_of(record(figure()), record(figure()))
    now = dataset_of(record(figure()))

    (problem,) = check(now, was)

    assert (problem.code, problem.severity, problem.path) == (
        "W239",
        "warning",
        "data/cases/case-2.yaml",
    )
    assert check(replace(now, unread=frozenset({"case-2"})), was) == []


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


EVENT = "events:\n  - {date: 1995, title: 开馆, source: evening-2015-03-02}\n"
CHANGE = "date: 2026-11-23, kind: correction, why: 核对原文"


@pytest.mark.parametrize(
    ("before", "after", "entry_for_it"),
    [
        pytest.param(
            EVENT, EVENT.replace("1995", "1996"), "about: 开馆, from: 1995, to: 1996", id="a date"
        ),
        pytest.param(
            EVENT,
            EVENT.replace("开馆", "开放"),
            "about: 开放, from: 开馆, to: 开放",
            id="a title",
        ),
        pytest.param(EVENT, "", "about: 开馆, from: 开馆", id="an event taken out"),
        pytest.param(
            "documents:\n  - {title: 办法, state: issued, source: evening-2015-03-02}\n",
            "documents:\n  - {title: 规定, state: issued, source: evening-2015-03-02}\n",
            "about: 规定, from: 办法, to: 规定",
            id="a document",
        ),
        pytest.param(
            "conflicts:\n  - {about: 金额, figures: [paid, more], note: 不一}\n",
            "",
            "about: 金额, from: 金额",
            id="a conflict taken out",
        ),
    ],
)
def test_what_is_no_figure_needs_its_reason_too(before: str, after: str, entry_for_it: str) -> None:
    figures = figure(), figure("more", period="2014")
    history = f"history:\n  - {{{CHANGE}, {entry_for_it}}}\n"
    was = dataset_of(record(*figures, rest=before))

    assert [p.code for p in check(dataset_of(record(*figures, rest=after)), was)] == ["E238"]
    assert check(dataset_of(record(*figures, rest=after + history)), was) == []


def test_an_answer_needs_its_reason() -> None:
    was = dataset_of(record().replace("海曙区", "not_stated"))
    text = record().replace("海曙区", "第一职校")
    history = f"history:\n  - {{{CHANGE}, about: purchaser, from: not_stated, to: 第一职校}}\n"

    assert [p.code for p in check(dataset_of(text), was)] == ["E238"]
    assert check(dataset_of(text + history), was) == []
    (row,) = show_changes(dataset_of(text + history).changes, was)
    assert (row.name.zh, row.before.zh, row.after.zh) == ("谁在买", "来源未说明", "第一职校")


@pytest.mark.parametrize(
    ("day", "is_refused"),
    [
        pytest.param("2026-01-04", True, id="before it was published"),
        pytest.param("2026-01-05", False, id="on the day it was published"),
        pytest.param("2026-11-27", False, id="today"),
        pytest.param("2026-11-28", True, id="after today"),
        pytest.param("1990-01-01", True, id="long ago"),
    ],
)
def test_a_change_is_dated_after_the_publication_and_not_after_today(
    day: str, is_refused: bool
) -> None:
    of_day = entry("120万元", "130万元").replace("2026-11-23", day)
    now = dataset_of(record(with_history(figure(amount="130万元"), of_day)))

    problems = check(now, dataset_of(record(figure())))

    assert [p.code for p in problems] == (["E238"] if is_refused else [])


def test_a_published_change_stays_and_explains_no_other() -> None:
    told = record(with_history(figure(amount="130万元"), entry("120万元", "130万元")))
    back = record(with_history(figure(), entry("120万元", "130万元")))

    assert check(dataset_of(told), dataset_of(told)) == []
    assert [p.code for p in check(dataset_of(record(figure(amount="130万元"))), dataset_of(told))]
    assert [p.code for p in check(dataset_of(told), dataset_of(back))] == ["E238"]


def test_a_case_that_was_never_published_has_no_corrections() -> None:
    now = dataset_of(record(with_history(figure(), entry("110万元", "120万元"))))

    assert [p.code for p in check_unpublished(now, ())] == ["E238"]
    assert check_unpublished(now, {"case-1"}) == []


def test_a_correction_moves_the_date_of_its_case() -> None:
    now = dataset_of(record(with_history(figure(), entry("110万元", "120万元"))))

    assert now.by_slug["case-1"].updated == "2026-11-23"


def replace_in(path: Path, *pairs: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")


def test_a_recorded_site_refuses_a_change_and_shows_its_reason(tiny_project: Path) -> None:
    assert run(tiny_project, "record").returncode == 0
    path = tiny_project / "data/cases/haishu.yaml"
    replace_in(path, ("amount: 120万元", "amount: 125万元"), ("投入120万元", "投入125万元"))

    # There is no earlier build in this folder.
    refused = run(tiny_project, "build", "--output", "elsewhere")
    assert (refused.returncode, refused.stderr.count("E238")) == (1, 1)
    assert run(tiny_project, "record").returncode == 1

    today = date.today().isoformat()
    reason = entry("120万元", "125万元").replace("2026-11-23", today)
    replace_in(path, ("    line: 4\n", f"    line: 4\n    history:\n      {reason}\n"))
    assert check_project(tiny_project) == []
    build_site(BuildOptions(project=tiny_project, output=tiny_project / "output"))
    site = tiny_project / "output"
    for name in ("cases/haishu", "corrections", "figures/haishu"):
        assert "核对原文" in (site / name / "index.html").read_text(encoding="utf-8")
    charts = [
        page for page in site.glob("charts/*/index.html") if "核对原文" in page.read_text("utf-8")
    ]
    assert charts
    assert "CorrectionComment" in (site / "cases/haishu/index.html").read_text(encoding="utf-8")
    assert "120万元" in (site / "corrections.xml").read_text(encoding="utf-8")


def test_what_was_recorded_and_never_published_is_easily_taken_back(tiny_project: Path) -> None:
    assert run(tiny_project, "record").returncode == 0
    replace_in(
        tiny_project / "data/cases/haishu.yaml",
        ("amount: 120万元", "amount: 125万元"),
        ("投入120万元", "投入125万元"),
    )

    refused = run(tiny_project, "check", "--lang", "en")
    path = tiny_project / "data/cases/haishu.yaml"
    again = run(tiny_project, "record", "--unpublished", str(path))

    assert "record --unpublished data/cases/haishu.yaml" in refused.stderr
    assert again.returncode == 0, again.stderr
    assert check_project(tiny_project) == []


def test_english_that_changes_alone_needs_its_reason(tiny_project: Path) -> None:
    assert run(tiny_project, "record").returncode == 0
    path = tiny_project / "data/cases/haishu.yaml"
    replace_in(path, ("summary_en: ", "summary_en: Truly, "))

    assert [p.code for p in check_project(tiny_project)] == ["E238"]

    today = date.today().isoformat()
    reason = f"{{date: {today}, kind: update, about: summary, from: x9, to: Truly, why: 因}}"
    replace_in(path, ("summary_en: ", f"history:\n  - {reason}\nsummary_en: "))
    assert check_project(tiny_project) == []


@pytest.fixture
def clone(tiny_project: Path, tmp_path: Path) -> Path:
    """A fresh clone of a project that was recorded and committed."""
    assert run(tiny_project, "record").returncode == 0
    identity = ("-c", "user.name=editor", "-c", "user.email=editor@example.org")
    for command in (("init", "-q"), ("add", "."), (*identity, "commit", "-qm", "x")):
        subprocess.run(["git", "-C", tiny_project, *command], check=True)
    subprocess.run(["git", "clone", "-q", tiny_project, tmp_path / "clone"], check=True)
    return tmp_path / "clone"


def test_a_fresh_clone_holds_the_rule(clone: Path) -> None:
    assert check_project(clone) == []

    replace_in(clone / "data/cases/haishu.yaml", ("status: reported", "status: set"))

    assert {p.code for p in check_project(clone)} == {"E238"}


def run_workflow(project: Path) -> subprocess.CompletedProcess[str]:
    """Run the steps of the publishing workflow as a runner does."""
    workflow = yaml.safe_load((PROJECT / ".github/workflows/pages.yml").read_bytes())
    (job,) = workflow["jobs"].values()
    steps = "\n".join(step["run"] for step in job["steps"] if "run" in step)
    program = f"{sys.executable} -m casebook --project {project}"
    return subprocess.run(
        ["sh", "-ec", steps.replace("python3 build.py", program)],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "SITEURL": "https://example.org"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_workflow_publishes_what_is_recorded_and_nothing_else(
    clone: Path,
) -> None:
    with (clone / "pelicanconf.py").open("a", encoding="utf-8") as file:
        # Without a contact, a public site gets a warning.
        file.write('CONTACT = "desk@example.org"\n')
    whole = run_workflow(clone)
    record_path = clone / "data/cases/haishu.yaml"
    replace_in(record_path, ("status: reported", "status: set"))
    changed = run_workflow(clone)
    replace_in(record_path, ("status: set", "status: reported"))
    (clone / "data/cases/new-place.yaml").write_text(record(figure()), encoding="utf-8")
    unrecorded = run_workflow(clone)

    assert (whole.returncode, whole.stderr) == (0, "")
    assert (changed.returncode, "E238" in changed.stderr + changed.stdout) == (1, True)
    assert unrecorded.returncode == 1
    assert "data/published" in unrecorded.stdout


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


def test_a_preview_may_change_at_will(tiny_project: Path) -> None:
    options = BuildOptions(project=tiny_project, output=tiny_project / "output", drafts=True)
    build_site(options)
    path = tiny_project / "data/cases/haishu.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("120万元", "125万元"), encoding="utf-8")

    assert build_site(options).cases == 2
