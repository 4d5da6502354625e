"""`import`: figures of a table enter their case file; nothing else changes or is guessed."""

from __future__ import annotations

import codecs
import csv
import io
import re
import shutil
from pathlib import Path

import pytest
from conftest import TEN_CASES
from hypothesis import given, settings
from hypothesis import strategies as st
from processes import run
from records import FIGURE, export_dataset

from casebook.build.reading import read_dataset
from casebook.data.export import export_case
from casebook.data.formats import disarm, rearm
from casebook.data.import_figures import ImportTarget, OnDifference
from casebook.data.import_merge import ImportPlan, plan_import
from casebook.data.import_table import read_table
from casebook.data.tables import FIGURE_COLUMNS
from casebook.data.workbook import TableProblems
from casebook.problems import ContentError
from casebook.record.lists import read_all_lists
from casebook.record.reader import read_case
from casebook.yaml.edit import Layout, write_scalar
from casebook.yaml.nodes import MapNode, Scalar, read_tree

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = {"haishu": frozenset({"paid_2013", "paid_2014", "clubs"})}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The data of the tiny site, to import into."""
    shutil.copytree(ROOT / "tests/tiny_site/data", tmp_path / "data")
    return tmp_path


def haishu(project: Path) -> Path:
    return project / "data/cases/haishu.yaml"


def plan(
    project: Path, data: str | bytes, on_difference: OnDifference = "refuse", name: str = "t.csv"
) -> ImportPlan:
    content = data.encode() if isinstance(data, str) else data
    target = ImportTarget(
        project=project,
        lists=read_all_lists(project),
        published=PUBLISHED,
        on_difference=on_difference,
        lang="zh",
    )
    return plan_import(content, name, target)


def table(*rows: dict[str, str]) -> str:
    """A table in the open data's columns; each row is completed with usual cells."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, FIGURE_COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({"case": "haishu", "figure": "paid", **FIGURE, **row})
    return stream.getvalue()


def bare(**cells: str) -> str:
    """A table of one row with only these cells."""
    return f"{','.join(cells)}\n{','.join(cells.values())}\n"


def refused(project: Path, data: str, on_difference: OnDifference = "refuse") -> list[str]:
    with pytest.raises(ContentError) as error:
        plan(project, data, on_difference)
    for problem in error.value.problems:
        assert problem.path == "t.csv"
        problem.message("zh").encode("gbk")
    return [f"{p.at.line}:{p.at.column} {p.code}" for p in error.value.problems]


def changed_lines(project: Path, data: str, on_difference: OnDifference = "refuse") -> list[str]:
    """The lines removed from and added to the one changed file."""
    (change,) = plan(project, data, on_difference).changes
    return [line for line in list(change.diff())[3:] if line[0] in "+-"]


def figures_csv(project: Path) -> str:
    dataset, _ = read_dataset(project)
    files = {file.path: file.content for file in export_dataset(dataset)}
    return files["data/figures.csv"].decode()


# Round trips


def test_the_exports_of_the_ten_cases_change_nothing(tmp_path: Path) -> None:
    shutil.copytree(TEN_CASES / "data", tmp_path / "data")

    found = plan(tmp_path, figures_csv(tmp_path))

    assert (found.changes, found.warnings) == ((), ())


def test_figures_that_were_taken_out_come_back_as_they_were_exported(tmp_path: Path) -> None:
    shutil.copytree(TEN_CASES / "data", tmp_path / "data")
    exported = figures_csv(tmp_path)
    for path in (tmp_path / "data/cases").glob("[a-z]*.yaml"):
        drop_printed_figures(path)

    for change in plan(tmp_path, exported).changes:
        change.path.write_bytes(fill_in_readings(change.after))

    assert carried(figures_csv(tmp_path)) == carried(exported)


def test_places_without_a_file_become_drafts_that_export_the_same(tmp_path: Path) -> None:
    shutil.copytree(TEN_CASES / "data", tmp_path / "data")
    exported = figures_csv(tmp_path)
    regions = {}
    for path in (tmp_path / "data/cases").glob("[a-z]*.yaml"):
        regions[path.stem] = path.read_text(encoding="utf-8").split("region: ")[1][:6]
        path.unlink()

    found = plan(tmp_path, exported)
    drafts = {change.path: change.after.decode() for change in found.changes}

    assert len(drafts) == 10
    assert all("\nstate: draft " in text for text in drafts.values())
    for path, text in drafts.items():
        lines = [line for line in text.split("\n") if not line.startswith("state:")]
        for name, value in (
            ("title", "甲"),
            ("region", regions[path.stem]),
            ("topic", "culture"),
            ("summary", "乙"),
        ):
            lines = [f"{name}: {value}" if line.startswith(f"{name}:") else line for line in lines]
        filled = without_computed("\n".join(lines)).encode()
        path.write_bytes(fill_in_readings(filled))
    assert carried(figures_csv(tmp_path)) == carried(exported)


def drop_printed_figures(path: Path) -> None:
    """Delete the figures of a case, unless some are computed, which no table states in full."""
    layout = Layout(path.read_bytes(), "x")
    figures = layout.root.entries["figures"]
    if all("formula" not in entry.value.entries for entry in figures.value.entries.values()):
        path.write_bytes(layout.write([(figures.name_end + 1, figures.end, "")]))


def without_computed(text: str) -> str:
    """A draft without its computed figures, whose notes no table contains."""
    layout = Layout(text.encode(), "x")
    entries = layout.root.entries["figures"].value.entries.values()
    computed = [entry for entry in entries if "formula" in entry.value.entries]
    return layout.edit((entry.start - 2, entry.end, "") for entry in computed)


def fill_in_readings(data: bytes) -> bytes:
    """A file in which each reading has the note that an editor must write."""
    said = "note: 每人、每户、每场、每岗位、每乡镇、每行政村，每年、每月、每日"
    text = re.sub(r"note:  +#", f"{said}  #", data.decode())
    parts = re.split(r"(?m)^(?=(?:  )?[a-z]\w*:)", text)
    bare = (" per:" in part and " note:" not in part and " formula:" not in part for part in parts)
    return "".join(
        re.sub(r"(?m)^(    per: .*\n)", rf"\1    {said}\n", part) if is_bare else part
        for part, is_bare in zip(parts, bare, strict=True)
    ).encode()


def carried(exported: str) -> list[dict[str, str]]:
    """The rows that a table can carry; a computed figure needs more than its row."""
    rows = csv.DictReader(io.StringIO(exported, newline=""))
    return [row for row in rows if not row["derived"]]


# Merging


def test_a_new_figure_stands_where_the_table_has_it(project: Path) -> None:
    path = haishu(project)
    before = path.read_text(encoding="utf-8")
    text = bare(case="haishu", figure="paid_2013") + "haishu,extra\nhaishu,paid_2014\n"

    (change,) = plan(project, text).changes
    after = change.after.decode()
    at = after.index("  extra:\n")

    assert after.index("  paid_2013:") < at < after.index("  paid_2014:")
    assert after.replace(after[at : after.index("  paid_2014:")], "") == before


def test_a_figure_that_comes_first_in_the_table_comes_first(project: Path) -> None:
    text = "case,figure\nhaishu,extra\nhaishu,paid_2013\n"

    (change,) = plan(project, text).changes

    assert b"figures:\n  extra:\n" in change.after


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        pytest.param("figures:\n", "figures:\n  paid:\n    label:", id="blank"),
        pytest.param("figures: {}\n", "figures:\n  paid:\n    label:", id="empty brackets"),
        pytest.param("", "\nfigures:\n  paid:\n    label:", id="left out"),
        pytest.param("figures:  # 数字\n", "figures:  # 数字\n  paid:\n", id="a comment"),
    ],
)
def test_a_case_without_figures_gets_its_first(project: Path, figures: str, expected: str) -> None:
    path = haishu(project)
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("figures:")] + figures, encoding="utf-8")

    (change,) = plan(project, table({})).changes

    assert expected in change.after.decode()
    assert read_tree(change.after, "x")[1] == []


def test_comments_order_and_notation_stay(project: Path) -> None:
    path = haishu(project)
    text = path.read_text(encoding="utf-8")
    odd = (
        text.replace("  paid_2013:\n", "  # 第一笔\n  paid_2013:   # 注\n\n")
        .replace("    amount: 120万元\n", '    amount:   "120万元"   # 原话\n')
        .replace("figures:\n", "# 数字\nfigures:\n")
    )
    path.write_text(odd, encoding="utf-8")
    data = bare(case="haishu", figure="paid_2013", amount="130万元")

    (change,) = plan(project, data, "replace").changes
    history = change.after.decode().split("    history:\n")

    assert change.after.decode().startswith(odd.split('"120万元"')[0])
    assert "    amount:   130万元   # 原话\n" in change.after.decode()
    assert odd.split('"120万元"')[1].split("    line: 4\n")[0] in change.after.decode()
    assert history[1].split("  paid_2014:")[1] == odd.split("  paid_2014:")[1]


@pytest.mark.parametrize("end", ["\r\n", "\r"], ids=["Windows", "old Mac"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
def test_line_ends_and_byte_order_mark_stay(project: Path, end: str, mark: str) -> None:
    path = haishu(project)
    text = path.read_text(encoding="utf-8")
    sound = plan(project, table({})).changes[0].after.decode()
    path.write_bytes((mark + text).replace("\n", end).encode())

    (change,) = plan(project, table({})).changes

    assert change.after.decode() == (mark + sound).replace("\n", end)


def test_a_blank_is_filled_in_and_its_comment_stays(project: Path) -> None:
    path = haishu(project)
    text = path.read_text(encoding="utf-8")
    blank = text.replace("status: reported\n", "status:                 # 状态\n", 1)
    path.write_text(blank, encoding="utf-8")
    data = bare(case="haishu", figure="paid_2013", status="planned")

    assert changed_lines(project, data) == [
        "-    status:                 # 状态",
        "+    status: planned         # 状态",
    ]


def test_a_difference_is_told_and_nothing_is_written(project: Path) -> None:
    data = "case,figure,amount,status\nhaishu,paid_2014,约160万元,planned\n"

    with pytest.raises(ContentError) as error:
        plan(project, data)
    first, second = error.value.problems

    assert (first.at.line, first.at.column, first.code) == (2, 18, "E334")
    assert first.text.zh == (
        "paid_2014 的 amount 与 data/cases/haishu.yaml:27 不同：原为 约150万元，表里是 约160万元"
    )
    assert (second.at.column, second.code) == (25, "E334")


def test_the_records_side_may_be_kept(project: Path) -> None:
    data = bare(case="haishu", figure="paid_2014", amount="约160万元")

    assert plan(project, data, "keep").changes == ()


def test_a_published_figure_that_changes_asks_for_its_reason(project: Path) -> None:
    data = bare(case="haishu", figure="paid_2014", amount="约160万元")

    lines = [re.sub(" +#", "  #", line) for line in changed_lines(project, data, "replace")]

    assert lines == [
        "-    amount: 约150万元",
        "+    amount: 约160万元",
        "+    history:",
        "+      - date:  # 改的那一天，如 2026-11-23",
        "+        kind:  # 可用的词：correction、clarification、update",
        "+        from: 约150万元",
        "+        to: 约160万元",
        "+        why:  # 为什么改",
    ]


def test_a_new_change_stands_below_the_earlier_ones(project: Path) -> None:
    path = haishu(project)
    first = bare(case="haishu", figure="paid_2014", amount="约160万元")
    path.write_bytes(plan(project, first, "replace").changes[0].after)
    second = bare(case="haishu", figure="paid_2014", amount="约170万元")

    after = plan(project, second, "replace").changes[0].after.decode()

    assert after.count("history:") == 1
    assert after.index("from: 约150万元") < after.index("from: 约160万元")


def test_a_table_that_says_the_same_in_other_words_changes_nothing(project: Path) -> None:
    data = bare(case="haishu", figure="clubs", period='"[..2015-03-02]"', unit="个", value="100")

    assert plan(project, data).changes == ()


def test_a_reading_is_written_with_a_blank_for_its_reason(project: Path) -> None:
    row = {"amount": "5类", "measure": "count", "qualifier": "at_least", "value": "5"}

    lines = changed_lines(project, table(row))

    assert "+    qualifier: at_least" in lines
    assert "+    note:                     # 为什么这样读" in lines


def test_what_a_row_leaves_out_is_a_blank_that_check_refuses(project: Path) -> None:
    data = bare(case="haishu", figure="new", value="5000", unit="CNY")

    (change,) = plan(project, data).changes
    _, problems = read_case(change.after, "data/cases/haishu.yaml", read_all_lists(project))

    assert "    amount:                   # 表里只有 value 5000, unit CNY" in change.after.decode()
    assert [p.code for p in problems if p.severity == "error"] == ["E202"] * 6


# Problems of a table


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        pytest.param({"amount": "x5万元"}, "amount", "E210", id="amount"),
        pytest.param({"measure": "anual_total"}, "measure", "E205", id="measure"),
        pytest.param({"period": "2013-13"}, "period", "E220", id="period"),
        pytest.param({"status": "reportd"}, "status", "E205", id="status"),
        pytest.param({"source": "evening"}, "source", "E261", id="source"),
        pytest.param({"per": "人/月月"}, "per", "E205", id="per"),
        pytest.param({"quote": "一二三四五六七八九十一二三"}, "quote", "E262", id="quote"),
        pytest.param({"amount": "6万元", "value": "6000"}, "value", "E333", id="value"),
        pytest.param({"amount": "6万元", "unit": "USD"}, "unit", "E333", id="unit"),
        pytest.param({"amount": "6万元", "qualifier": "range"}, "qualifier", "E210", id="range"),
        pytest.param({"amount": "6万元至8万元", "max": "8万"}, "max", "E333", id="a word"),
        pytest.param({"measure": "clubs"}, "measure", "E205", id="a word of another list"),
        pytest.param({"measure": "count"}, "measure", "E218", id="a count of money"),
        pytest.param({"figure": "2013年"}, "figure", "E241", id="name of the figure"),
        pytest.param({"case": "Haishu"}, "case", "E240", id="name of the case"),
        pytest.param({"case": "con"}, "case", "E241", id="a name of Windows"),
        pytest.param({"derived": "a /"}, "derived+3", "E280", id="formula"),
        pytest.param({"label": "a\nb"}, "label", "E204", id="two lines in one cell"),
        pytest.param({"figure": "clubs", "derived": "a / b"}, "derived", "E334", id="computed"),
    ],
)
def test_a_wrong_cell_is_named_at_its_place(
    project: Path, row: dict[str, str], column: str, code: str
) -> None:
    text = table(row)
    name, _, offset = column.partition("+")
    lines = text.replace("\r\n", "\n").partition("\n")[2].rstrip("\n")
    cells = next(csv.reader([lines.replace("\n", "")]))
    index = FIGURE_COLUMNS.index(name)
    at = 1 + sum(len(cell) + 1 for cell in cells[:index]) + int(offset or 0)
    at += lines.startswith('"', at - 1)

    assert f"2:{at} {code}" in refused(project, text)


def test_all_wrong_cells_come_out_in_one_run(project: Path) -> None:
    rows = [{"amount": "x"}, {"figure": "b", "measure": "x"}, {"case": "new-place", "source": "x"}]

    assert [line.split()[1] for line in refused(project, table(*rows))] == ["E210", "E205", "E261"]


@pytest.mark.parametrize(
    ("data", "expected", "word"),
    [
        pytest.param("", "1:1 E107", "空的", id="empty"),
        pytest.param("a,b\n1,2\n", "1:1 E330", "case、figure", id="other columns"),
        pytest.param("case;figure\nx;y\n", "1:1 E330", "分号", id="semicolons"),
        pytest.param("case\tfigure\nx\ty\n", "1:1 E330", "Tab", id="tabs"),
        pytest.param("case,figure,case\n", "1:13 E330", "两次", id="a column twice"),
        pytest.param("case,figure\nhaishu\n", "2:1 E331", "表下的注", id="too few cells"),
        pytest.param("case,figure\n\nhaishu,a,b\n", "3:1 E331", "3 格", id="too many cells"),
        pytest.param('case,figure\nhaishu,"a\n', "2:1 E331", "引号", id="an open quote"),
        pytest.param('case,figure\nhaishu,"a"b\n', "2:1 E331", "引号", id="text behind a quote"),
        pytest.param("case,figure\nhaishu,\n", "2:1 E202", "figure", id="no name"),
        pytest.param("case,figure\nhaishu,a\nhaishu,a\n", "3:8 E332", "第 2 行", id="twice"),
        pytest.param("case,figure\nhaishu,a\u200bb\n", "2:9 E105", "U+200B", id="invisible"),
    ],
)
def test_a_table_that_is_none_is_named(project: Path, data: str, expected: str, word: str) -> None:
    with pytest.raises(ContentError) as error:
        plan(project, data)
    first = error.value.problems[0]

    assert f"{first.at.line}:{first.at.column} {first.code}" == expected
    assert word in first.message("zh")


def test_a_table_may_be_larger_than_a_record(project: Path) -> None:
    rows = "".join(f"haishu,made_{number},{'甲' * 300}\n" for number in range(1500))
    text = "case,figure,quote\n" + rows

    assert len(text.encode()) > 1_000_000
    assert len(refused(project, text)) == 1500


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_a_table_in_another_encoding_is_named(project: Path, encoding: str) -> None:
    with pytest.raises(ContentError) as error:
        plan(project, table({}).encode(encoding))

    assert error.value.problems[0].code in ("E101", "E102")


def test_a_column_that_is_none_of_ours_is_a_warning(project: Path) -> None:
    found = plan(project, "case,figure,lable\nhaishu,paid_2013,x\n")

    assert [(p.code, p.at.column, p.hint.zh) for p in found.warnings] == [
        ("W330", 13, "是不是 label？")
    ]


def test_the_csv_of_a_case_comes_back_as_it_was_published(project: Path) -> None:
    """The file has a byte order mark, and columns of the place and of the sources."""
    dataset = read_dataset(project)[0]
    (published,) = (
        file.content
        for file in export_case(dataset.by_slug["haishu"], dataset)
        if file.path.endswith(".csv")
    )

    found = plan(project, published)

    assert published.startswith(codecs.BOM_UTF8)
    assert (found.changes, found.warnings) == ((), ())


def test_a_broken_case_file_is_named_and_left(project: Path) -> None:
    path = haishu(project)
    path.write_text(path.read_text(encoding="utf-8").replace("topic: ", "topic："), "utf-8")

    with pytest.raises(ContentError) as error:
        plan(project, table({}))

    assert [(p.path, p.code) for p in error.value.problems] == [("data/cases/haishu.yaml", "E112")]


def test_a_figure_in_braces_gets_lines_of_its_own(project: Path) -> None:
    path = haishu(project)
    text = path.read_text(encoding="utf-8")
    start, end = text.index("  clubs:\n"), text.index("events:")
    path.write_text(text[:start] + "  clubs: {label: x}\n" + text[end:], encoding="utf-8")

    assert changed_lines(project, bare(case="haishu", figure="clubs", amount="100个")) == [
        *("-  clubs: {label: x}", "+  clubs:", "+    label: x", "+    amount: 100个"),
        *("+    measure:", "+    period:", "+    status:", "+    source:"),
    ]


def test_a_case_whose_name_differs_by_case_only_is_refused(project: Path) -> None:
    haishu(project).rename(project / "data/cases/Other.yaml")

    assert refused(project, table({"case": "other"})) == ["2:1 E243"]


@pytest.mark.parametrize("cell", ["=1+1", "+5万元", "-3", "@x", "＝甲", "'", "甲", "'甲", ""])
def test_a_disarmed_cell_is_read_back(cell: str) -> None:
    assert rearm(disarm(cell)) == cell


CELLS = st.text(st.sampled_from("a,\"\n'= 甲"), max_size=4).map(lambda text: f"x{text}x")


@settings(max_examples=200)
@given(st.lists(st.tuples(CELLS, CELLS)))
def test_every_cell_stands_where_it_is_said_to(cells: list[tuple[str, str]]) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([("case", "figure"), *cells])
    lines = stream.getvalue().split("\n")

    rows = read_table(stream.getvalue().encode(), TableProblems("t.csv"))

    assert [(row.text("case"), row.text("figure")) for row in rows] == cells
    for row in rows:
        for cell in row.cells.values():
            first = cell.text.partition("\n")[0].replace('"', '""')
            assert lines[cell.at.line - 1].startswith(first, cell.at.column - 1)


def test_a_quotation_mark_inside_of_a_cell_is_text() -> None:
    (row,) = read_table(b'case,figure,label\nx,y,a"b\n', TableProblems("t.csv"))

    assert (row.text("label"), row.place("label").column) == ('a"b', 5)


@settings(max_examples=300)
@given(st.text(max_size=40).filter(lambda text: "\n" not in text))
def test_a_scalar_is_read_as_it_was_written(text: str) -> None:
    try:
        written = write_scalar(text)
    except ValueError:
        return
    node, problems = read_tree(f"a:\n  - b: {written}\n    c: d\n".encode(), "")

    assert problems == [] and isinstance(node, MapNode)


@pytest.mark.parametrize("text", ["[..2012]", "a: b", "# x", "甲 # 乙", "'", '"甲"', "- a", "*a"])
def test_a_scalar_that_yaml_would_misread_is_quoted(text: str) -> None:
    node, _ = read_tree(f"x: {write_scalar(text)}\n".encode(), "")

    assert isinstance(node, MapNode)
    value = node.entries["x"]
    assert isinstance(value, Scalar) and value.text == text


# The command


def test_import_shows_the_difference_and_keeps_a_copy(tiny_project: Path) -> None:
    path = haishu(tiny_project)
    before = path.read_bytes()
    (tiny_project / "t.csv").write_text(table({"label": "新的"}), encoding="utf-8")

    done = run(tiny_project, "import", str(tiny_project / "t.csv"), "--lang", "zh")

    assert done.returncode == 0, done.stderr
    assert "+    label: 新的\n" in done.stdout
    assert "data/cases/haishu.yaml：新增 1 项，改动 0 处\n" in done.stdout
    assert path.with_name("haishu.yaml.bak").read_bytes() == before
    assert path.read_bytes() != before


def test_a_dry_run_writes_nothing(tiny_project: Path) -> None:
    (tiny_project / "t.csv").write_text(table({}, {"case": "new"}), encoding="utf-8")
    before = {path: path.read_bytes() for path in (tiny_project / "data").rglob("*.yaml")}

    done = run(tiny_project, "import", "--dry-run", str(tiny_project / "t.csv"))

    assert done.returncode == 0
    assert "+++ data/cases/new.yaml" in done.stdout
    assert {
        path: path.read_bytes() for path in (tiny_project / "data").rglob("*") if path.is_file()
    } == before


def test_a_difference_ends_with_a_problem_and_no_change(tiny_project: Path) -> None:
    before = haishu(tiny_project).read_bytes()
    data = "case,figure,amount\nhaishu,paid_2014,1万元\nhaishu,fresh,2万元\n"
    (tiny_project / "t.csv").write_text(data, encoding="utf-8")

    done = run(tiny_project, "import", str(tiny_project / "t.csv"))

    assert done.returncode == 1
    assert done.stderr.startswith("t.csv:2:18: E334 ")
    assert haishu(tiny_project).read_bytes() == before


def test_a_table_that_is_not_there_is_wrong_usage(tiny_project: Path) -> None:
    assert run(tiny_project, "import", "no-such.csv").returncode == 2


def test_a_draft_with_blanks_keeps_nothing_from_being_published(tiny_project: Path) -> None:
    (tiny_project / "t.csv").write_text(bare(case="new", figure="paid"), encoding="utf-8")
    run(tiny_project, "import", str(tiny_project / "t.csv"))

    built = run(tiny_project, "build", "--quiet")
    checked = run(tiny_project, "check")

    assert (built.returncode, built.stderr) == (0, "")
    assert checked.returncode == 0
    assert "data/cases/new.yaml:1:1: W209 this is a draft" in checked.stderr
    assert "on lines 6, 7, 8" in checked.stderr
