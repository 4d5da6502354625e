"""The workbook for editing: the sheets that `export` writes, and their import after edits."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from conftest import PROJECT, TEN_CASES, copy_parts
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from processes import run
from records import TINY, tiny_lists

from casebook.data.import_figures import ImportTarget, OnDifference
from casebook.data.import_merge import ImportPlan, plan_import
from casebook.data.workbook import read_records, write_editing_workbook
from casebook.problems import ContentError
from casebook.record.lists import read_all_lists
from casebook.record.new_case import create_case
from casebook.text import LANGS, Lang

Edit = Callable[[Workbook], object]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The data of the tiny site, to import into."""
    shutil.copytree(TINY / "data", tmp_path / "data")
    shutil.copy(TINY.parents[1] / "pelicanconf.py", tmp_path)
    return tmp_path


def export(project: Path = TINY, lang: Lang = "zh") -> bytes:
    lists = tiny_lists() if project == TINY else read_all_lists(project)
    return write_editing_workbook(read_records(project, lists), lists, lang)


def edited(edit: Edit, lang: Lang = "zh", project: Path = TINY) -> bytes:
    """The workbook of a site after an edit, as a program saves it."""
    book = openpyxl.load_workbook(io.BytesIO(export(project, lang)))
    edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def plan(project: Path, data: bytes, on_difference: OnDifference = "refuse") -> ImportPlan:
    target = ImportTarget(
        project=project,
        lists=read_all_lists(project),
        published={},
        on_difference=on_difference,
        lang="en",
    )
    return plan_import(data, "t.xlsx", target)


def lines_changed(found: ImportPlan) -> dict[str, list[str]]:
    """The lines that each file loses and gains."""
    return {
        change.path.stem: [one for one in list(change.diff())[2:] if one[0] in "+-"]
        for change in found.changes
    }


def refusals(project: Path, edit: Edit, lang: Lang = "zh") -> list[str]:
    """The problems of an edited workbook, each with the address of its cell."""
    with pytest.raises(ContentError) as refused:
        plan(project, edited(edit, lang))
    return [f"{one.at} {one.code}" for one in refused.value.problems]


def put(sheet: str, address: str, value: object, number_format: str = "@") -> Edit:
    def edit(book: Workbook) -> None:
        cell = book[sheet][address]
        cell.value = value  # type: ignore[assignment]
        cell.number_format = number_format

    return edit


def append(sheet: str, **cells: str) -> Edit:
    def edit(book: Workbook) -> None:
        heads = [str(cell.value) for cell in book[sheet][1]]
        book[sheet].append([cells.get(head) for head in heads])

    return edit


@pytest.mark.parametrize("lang", LANGS)
def test_a_workbook_without_an_edit_changes_nothing(project: Path, lang: Lang) -> None:
    assert plan(project, export(lang=lang)) == ImportPlan((), (), ())
    assert plan(project, edited(lambda _: None, lang)) == ImportPlan((), (), ())


def test_blanks_of_a_draft_wait_or_are_filled_in(project: Path) -> None:
    create_case(project, "ningbo", "330200", "zh")
    lists = read_all_lists(project)
    data = write_editing_workbook(read_records(project, lists), lists, "en")
    book = openpyxl.load_workbook(io.BytesIO(data))
    heads = [cell.value for cell in book["Events"][1]]
    blank = next(row for row in book["Events"].iter_rows(min_row=2) if row[1].value == "ningbo")
    blank[heads.index("What happened")].value = "公布结果"
    stream = io.BytesIO()
    book.save(stream)

    assert plan(project, data) == ImportPlan((), (), ())
    [lines] = lines_changed(plan(project, stream.getvalue())).values()
    assert [line.split("#")[0].rstrip() for line in lines] == [
        "-    title:",
        "+    title: 公布结果",
    ]


@pytest.mark.parametrize(
    ("lang", "sheets", "heads"),
    [
        (
            "zh",
            "案例 问答 问答·别的来源怎样回答 数字 数字·旁证 数字·更正 事件 文件 图片 "
            "说法不一 说法不一·各来源的说法 更正 来源 词表 casebook",
            "行 案例 数字 名称",
        ),
        (
            "en",
            "Cases/Answers/Answers·What other sources say/Figures/Figures·Corroborated by/"
            "Figures·Corrections/Events/Documents/Pictures/Conflicts/Conflicts·Reports/"
            "Corrections/Sources/Words/casebook",
            "Row Case",
        ),
    ],
)
def test_heads_words_and_remarks_are_in_the_editors_language(
    lang: Lang, sheets: str, heads: str
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export(lang=lang)))
    figures = book.worksheets[3]
    told = [cell.value for cell in figures[1]]

    names = sheets.split() if lang == "zh" else sheets.split("/")
    assert (book.sheetnames, told[: len(heads.split())]) == (names, heads.split())
    assert all(cell.comment is not None for sheet in book.worksheets[:-2] for cell in sheet[1])
    assert book["casebook"].sheet_state == "veryHidden"
    # In a cell of text, a spreadsheet makes no date or number of the typed words.
    assert {cell.number_format for cell in figures[2]} == {"@"}
    measure = told.index("量的是什么" if lang == "zh" else "Measure")
    words = {"zh": "年度购买总额", "en": "Annual total"}
    assert words[lang] in {row[measure].value for row in figures.iter_rows(min_row=2)}
    offered = {
        str(rule.sqref): rule.formula1
        for rule in figures.data_validations.dataValidation
        if rule.type == "list"
    }
    letter = figures.cell(1, measure + 1).column_letter
    assert f"{letter}2:{letter}206" in offered


def together(*edits: Edit) -> Edit:
    def edit(book: Workbook) -> None:
        for one in edits:
            one(book)

    return edit


def test_only_what_was_edited_changes(project: Path) -> None:
    # Changes in the project since the export stay if the workbook was not edited there.
    path = project / "data/cases/guangzhou.yaml"
    path.write_text(path.read_text("utf-8").replace("每人每月900元", "每人900元每月"), "utf-8")
    edit = together(
        put("案例", "G2", "改过的摘要。"),
        put("数字", "D3", "公告的报酬"),
        put("数字", "G4", "混合用途资金"),
        put("事件", "D4", "真有人提出设想"),
        put("问答", "D2", "广州市文化局"),
        put("来源", "I2", "2015-03-03"),
    )

    assert lines_changed(plan(project, edited(edit))) == {
        "sources": ["+  accessed: 2015-03-03"],
        "guangzhou": [
            *("-summary: 据某晚报报道，广州按月给领读人报酬。", "+summary: 改过的摘要。"),
            *("-  purchaser: 广州市", "+  purchaser: 广州市文化局"),
            *("-    label: 公告所写的报酬", "+    label: 公告的报酬"),
        ],
        "haishu": [
            *("-    measure: annual_total", "+    measure: programme_total"),
            *("-    title: 有人提出设想", "+    title: 真有人提出设想"),
        ],
    }


@pytest.mark.parametrize(
    ("edit", "name", "lines"),
    [
        pytest.param(
            put("数字", "E4", None), "haishu", ["-    label_en: Bought in 2013"], id="a figure"
        ),
        pytest.param(
            put("来源", "J2", None),
            "sources",
            ["-  url: https://example.org/clubs?a=1&b=2"],
            id="a source",
        ),
        pytest.param(
            put("问答", "E7", None),
            "haishu",
            ["-  purchaser: {value: 海曙区, value_en: Haishu District}", "+  purchaser: 海曙区"],
            id="an answer",
        ),
    ],
)
def test_an_emptied_cell_takes_its_field_out(
    project: Path, edit: Edit, name: str, lines: list[str]
) -> None:
    assert lines_changed(plan(project, edited(edit))) == {name: lines}


@pytest.mark.parametrize(
    ("edit", "lines"),
    [
        pytest.param(
            put("问答", "D4", "招投标"), ["-  mode: not_stated", "+  mode: tender"], id="by name"
        ),
        pytest.param(
            put("问答", "D4", "tender|委托"),
            ["-  mode: not_stated", "+  mode: [tender, entrustment]"],
            id="two words",
        ),
        pytest.param(
            put("问答", "F3", "不适用"),
            ["-  provider_type: individual", "+  provider_type: not_applicable"],
            id="a state alone",
        ),
        pytest.param(
            put("问答", "E2", "Guangzhou: the city"),
            [
                *("-  purchaser: 广州市", "+  purchaser:", "+    value: 广州市"),
                '+    value_en: "Guangzhou: the city"',
            ],
            id="its english",
        ),
        pytest.param(
            together(put("问答", "F2", "部分写明"), put("问答", "D2", "广州, 某区")),
            [
                *("-  purchaser: 广州市", "+  purchaser:", "+    value: 广州, 某区"),
                "+    state: partial",
            ],
            id="stated in part",
        ),
    ],
)
def test_an_answer_changes_with_its_state(project: Path, edit: Edit, lines: list[str]) -> None:
    assert lines_changed(plan(project, edited(edit))) == {"guangzhou": lines}


def test_an_answer_keeps_what_else_is_said_of_it(project: Path) -> None:
    path = project / "data/cases/guangzhou.yaml"
    noted = "  purchaser:\n    value: 广州市  # 原话\n    note: 据公告。\n"
    path.write_text(path.read_text("utf-8").replace("  purchaser: 广州市\n", noted), "utf-8")

    changed = lines_changed(plan(project, edited(put("问答", "D2", "市文化局"))))

    assert changed == {"guangzhou": ["-    value: 广州市  # 原话", "+    value: 市文化局  # 原话"]}


def test_new_rows_are_new_records_of_one_file(project: Path) -> None:
    edit = together(
        append("来源", 来源="news-2020", 标题="新报道", 出版者="某报", 种类="新闻报道"),
        append("案例", 案例="pudong", 标题="浦东：新的一处", 地区="310115", 主题="阅读推广"),
        append(
            *("数字",),
            **{"案例": "pudong", "数字": "paid", "名称": "购买金额", "金额或数目（原话）": "5万元"},
            **{"量的是什么": "单价", "时期": "2019", "状态": "报道", "来源": "news-2020"},
        ),
        append(
            "事件",
            **{"案例": "pudong", "日期": "2019", "发生或宣布了什么": "开始", "来源": "news-2020"},
        ),
        append("问答", 案例="pudong", 问题="谁在买", 状态="写明", 回答="浦东新区"),
    )
    sources, case = plan(project, edited(edit)).changes

    text = case.after.decode()
    assert b"news-2020:\n  title: \xe6" in sources.after
    assert case.is_new
    assert "title: 浦东：新的一处" in text and "region: 310115" in text
    assert "state: draft" in text and "amount: 5万元" in text
    assert "    measure: unit_price\n" in text and "    source: news-2020\n" in text
    assert "  - date: 2019\n    title: 开始\n" in text
    assert "answers:\n  purchaser: 浦东新区\n" in text
    assert case.summary("en") == f"{case.shown}: new draft with 3 records"


def sort_rows(sheet: Worksheet) -> None:
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for number, row in enumerate(reversed(rows), 2):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column).value = value


def hide_rows(sheet: Worksheet) -> None:
    sheet.auto_filter.add_filter_column(1, ["haishu"])
    for number in (5, 6):
        sheet.row_dimensions[number].hidden = True


def insert_column(sheet: Worksheet) -> None:
    sheet.insert_cols(4)
    sheet["D1"] = "谁来核对"
    sheet["D2"] = datetime(2026, 5, 1)


@pytest.mark.parametrize("rearrange", [sort_rows, hide_rows, insert_column])
def test_rows_are_found_wherever_they_stand(
    project: Path, rearrange: Callable[[Worksheet], None]
) -> None:
    def edit(book: Workbook) -> None:
        put("数字", "D3", "公告的报酬")(book)
        rearrange(book["数字"])

    found = plan(project, edited(edit))

    assert lines_changed(found) == {
        "guangzhou": ["-    label: 公告所写的报酬", "+    label: 公告的报酬"]
    }
    expected = ["数字!D1 W330"] if rearrange is insert_column else []
    assert [f"{one.at} {one.code}" for one in found.warnings] == expected


def test_a_deleted_row_deletes_no_record_and_is_named(project: Path) -> None:
    found = plan(project, edited(lambda book: book["数字"].delete_rows(5)))

    assert not found.changes
    (warning,) = found.warnings
    assert warning.code == "W337"
    assert "haishu paid_2014" in warning.text.en


@pytest.mark.parametrize(
    ("value", "number_format", "written"),
    [
        pytest.param(datetime(2014, 7, 1), "yyyy-mm-dd", "2014-07-01", id="a day"),
        pytest.param(datetime(2014, 7, 1), "mmm-yy", "2014-07", id="a month"),
        pytest.param(datetime(2014, 7, 1), 'yyyy"年"m"月"', "2014-07", id="a Chinese month"),
        pytest.param(datetime(2014, 7, 1), 'yyyy"年"', "2014", id="a Chinese year"),
        pytest.param(2015, "General", "2015", id="a year as a number"),
        pytest.param("2012年春季", "@", "2012年春季", id="a season"),
    ],
)
def test_times_are_read_as_they_show(
    project: Path, value: object, number_format: str, written: str
) -> None:
    found = plan(project, edited(put("事件", "C3", value, number_format)))

    if written == "2014-07-01":
        assert lines_changed(found) == {"haishu": ["-  - date: 2013", "+  - date: 2014-07-01"]}
    assert f"  - date: {written}\n" in found.changes[0].after.decode()


def test_numbers_that_became_numbers_are_the_same(project: Path) -> None:
    edit = together(put("案例", "E3", 330203, "General"), put("事件", "C3", 2013, "0"))

    assert plan(project, edited(edit)) == ImportPlan((), (), ())


WORDS = {
    **{"day": "读成了日期", "guessed": "年份或时刻", "large": "15位", "kind": "不是文字"},
    **{"formula": "公式", "merged": "合并", "row": "行号", "name": "记录的名字"},
    **{"empty": "不能空着", "follows": "算出", "text": "换行"},
}


@pytest.mark.parametrize(
    ("edit", "problems"),
    [
        pytest.param(
            put("数字", "D5", datetime(2014, 7, 1), "yyyy-mm-dd"),
            ["数字!D5 E337.day"],
            id="a date for a name",
        ),
        pytest.param(
            put("数字", "F5", datetime(2026, 7, 1), "m/d"), ["数字!F5 E337.guessed"], id="7/1"
        ),
        pytest.param(
            put("事件", "C3", datetime(2026, 7, 1), 'm"月"d"日"'),
            ["事件!C3 E337.guessed"],
            id="a day without its year",
        ),
        pytest.param(
            put("事件", "C3", datetime(2013, 7, 1, 12, 30), "yyyy-mm-dd hh:mm"),
            ["事件!C3 E337.guessed"],
            id="a time of the day",
        ),
        pytest.param(
            put("来源", "J2", 1234567890123456789, "0"), ["来源!J2 E337.large"], id="digits lost"
        ),
        pytest.param(put("数字", "D5", True), ["数字!D5 E337.kind"], id="true"),
        pytest.param(put("数字", "F5", "#REF!"), ["数字!F5 E337.kind"], id="an error"),
        pytest.param(put("数字", "F5", "=E2"), ["数字!F5 E337.formula"], id="a formula"),
        pytest.param(
            lambda book: book["数字"].merge_cells("B2:B4"),
            ["数字!B2 E337.merged"],
            id="merged cells",
        ),
        pytest.param(
            put("数字", "A3", "99"), ["数字!A1 W337.", "数字!A3 E337.row"], id="no such row"
        ),
        pytest.param(
            put("数字", "A3", "1"), ["数字!A1 W337.", "数字!A3 E337.row"], id="a number twice"
        ),
        pytest.param(put("数字", "C5", "paid"), ["数字!C5 E337.name"], id="another name"),
        pytest.param(put("数字", "B5", "guangzhou"), ["数字!B5 E337.name"], id="another case"),
        pytest.param(put("问答", "C7", "承接方"), ["问答!C7 E337.name"], id="another question"),
        pytest.param(put("数字", "B5", None), ["数字!B5 E202"], id="no case"),
        pytest.param(put("数字", "D5", None), ["数字!D5 E337.empty"], id="no name"),
        pytest.param(put("来源", "E2", None), ["来源!E2 E337.empty"], id="no publisher"),
        pytest.param(put("案例", "C3", None), ["案例!C3 E337.empty"], id="no title"),
        pytest.param(put("问答", "D3", None), ["问答!D3 E337.empty"], id="no answer"),
        pytest.param(put("数字", "F5", "一大笔钱"), ["数字!F5 E210"], id="no amount"),
        pytest.param(put("数字", "S5", "USD"), ["数字!S5 E333"], id="a unit of another amount"),
        pytest.param(put("数字", "I5", "去年"), ["数字!I5 E220"], id="no period"),
        pytest.param(put("数字", "G5", "总共"), ["数字!G5 E205"], id="no measure"),
        pytest.param(put("问答", "D9", "抽签"), ["问答!D9 E205"], id="no mode"),
        pytest.param(put("数字", "K5", "nowhere"), ["数字!K5 E261"], id="no source"),
        pytest.param(put("数字", "D5", "两\n行"), ["数字!D5 E204"], id="two lines"),
        pytest.param(put("案例", "G3", "两\n行"), ["案例!G3 E337.text"], id="two lines of a case"),
        pytest.param(
            lambda book: setattr(book["数字"], "title", "a b") or put("a b", "D3", True)(book),
            ["'a b'!D3 E337.kind"],
            id="a sheet with a blank in its name",
        ),
    ],
)
def test_what_cannot_be_taken_is_refused_at_its_cell(
    project: Path, edit: Edit, problems: list[str]
) -> None:
    with pytest.raises(ContentError) as refused:
        plan(project, edited(edit))

    told = {one.text.zh: f"{one.at} {one.code}" for one in refused.value.problems}
    assert list(told.values()) == [one.split(".")[0] for one in problems]
    kind = problems[-1].partition(".")[2]
    assert not kind or WORDS[kind] in list(told)[-1]


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        pytest.param(put("数字", "F3", "920元"), "数字!F3", id="a figure"),
        pytest.param(put("案例", "G2", "新的摘要。"), "案例!G2", id="a case"),
        pytest.param(put("问答", "D2", "某局"), "问答!D2", id="an answer"),
        pytest.param(put("事件", "G2", "报道"), "事件!G2", id="an event"),
    ],
)
def test_a_record_that_changed_meanwhile_is_not_overwritten(
    project: Path, edit: Edit, place: str
) -> None:
    path = project / "data/cases/guangzhou.yaml"
    text = path.read_text("utf-8")
    changes = {
        "amount: 900元": "amount: 950元",
        "广州按月": "广州每月",
        "purchaser: 广州市": "purchaser: 市局",
    }
    for before, after in {**changes, "status: planned\nconf": "status: set\nconf"}.items():
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, "utf-8")

    assert refusals(project, edit) == [f"{place} E334"]
    assert plan(project, edited(edit), "replace").changes
    assert not plan(project, edited(edit), "keep").changes


def test_a_record_that_was_deleted_meanwhile_is_not_made_again(project: Path) -> None:
    (project / "data/cases/guangzhou.yaml").unlink()

    assert not plan(project, edited(lambda _: None)).changes
    assert refusals(project, put("数字", "D3", "报酬")) == ["数字!B2 E337"]


def test_a_workbook_that_unpacks_to_too_much_is_not_read(project: Path) -> None:
    def edit(book: Workbook) -> None:
        for number in range(10, 40):
            book["数字"].cell(number, 4).value = f"{number}" + "长" * 30_000

    import casebook.data.import_table as module

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MAX_BYTES", 1_000_000)
        assert refusals(project, edit) == ["1:1 E331"]


# A place for every field


def read(path: Path) -> Any:
    return yaml.load(path.read_bytes(), yaml.BaseLoader)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("site", [PROJECT, TEN_CASES], ids=["the project", "the tests"])
def test_the_ten_cases_without_an_edit_stay_as_they_are(site: Path, lang: Lang) -> None:
    assert plan(site, export(site, lang)) == ImportPlan((), (), ())
    assert plan(site, edited(lambda _: None, lang, site)) == ImportPlan((), (), ())


def copy_rows(target: Workbook, source: Workbook, slugs: Collection[str]) -> None:
    """Type the rows of some cases, and of all sources, into a workbook as new rows."""
    for sheet in source.worksheets[:-2]:
        for cells in sheet.iter_rows(min_row=2, values_only=True):
            if sheet.title == "来源" or cells[1] in slugs:
                target[sheet.title].append([None, *cells[1:]])


def enter(site: Path, empty: Path, slugs: Collection[str]) -> None:
    """Import cases of a site into an empty site through a workbook."""
    source = openpyxl.load_workbook(io.BytesIO(export(site)))
    for change in plan(
        empty, edited(lambda book: copy_rows(book, source, slugs), "zh", empty)
    ).changes:
        change.path.write_bytes(change.after)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A site with a vocabulary, but without cases and sources."""
    (tmp_path / "data/cases").mkdir(parents=True)
    shutil.copy(PROJECT / "pelicanconf.py", tmp_path)
    for name in ("vocabulary", "regions"):
        shutil.copy(PROJECT / f"data/{name}.yaml", tmp_path / f"data/{name}.yaml")
    return tmp_path


def test_a_case_is_entered_through_the_workbook_as_it_would_be_by_hand(tmp_path: Path) -> None:
    site, workbook = tmp_path / "site", tmp_path / "t.xlsx"
    options = ("--yes", "--name", "试", "--languages", "zh,en")
    assert run(site, "init", str(site), *options).returncode == 0
    copy_parts(PROJECT, site, ("data/vocabulary.yaml", "data/regions.yaml", "theme"))
    (site / "data/cases/example.yaml").unlink()
    (site / "data/sources.yaml").unlink()
    for path in site.glob("content/stories/lead*.md"):
        head = path.read_text("utf-8").partition("\n\n")[0]
        path.write_text(f"{head}\n\n正在写。\n", "utf-8")
    exported = run(site, "export", "--xlsx", str(workbook), "--lang", "zh")
    assert exported.returncode == 0, exported.stderr
    book = openpyxl.load_workbook(workbook)
    source = openpyxl.load_workbook(io.BytesIO(export(PROJECT)))
    copy_rows(book, source, {"neijiang"})
    state = next(cell.column for cell in book["案例"][1] if cell.value == "状态")
    book["案例"].cell(2, state).value = "发布"
    book.save(workbook)
    imported = run(site, "import", str(workbook))
    assert imported.returncode == 0, imported.stderr
    again = run(site, "import", str(workbook))

    assert read(site / "data/cases/neijiang.yaml") == read(PROJECT / "data/cases/neijiang.yaml")
    assert read(site / "data/sources.yaml") == read(PROJECT / "data/sources.yaml")
    assert (again.returncode, again.stdout) == (0, "nothing to change\n")
    checked = run(site, "check", str(site / "data/cases/neijiang.yaml"))
    assert checked.returncode == 0, checked.stderr


def test_every_case_is_entered_as_it_would_be_by_hand(empty: Path) -> None:
    slugs = [path.stem for path in (PROJECT / "data/cases").glob("[a-z]*.yaml")]
    enter(PROJECT, empty, slugs)

    assert slugs
    assert read(empty / "data/sources.yaml") == read(PROJECT / "data/sources.yaml")
    for slug in slugs:
        name = f"data/cases/{slug}.yaml"
        assert read(empty / name) == read(PROJECT / name) | {"state": "draft"}, slug


def test_a_row_that_belongs_to_nothing_is_refused(project: Path) -> None:
    said = {"案例": "haishu", "数字": "nothing", "来源": "gazette-2016", "怎样说": "相同。"}

    assert refusals(project, append("数字·旁证", **said)) == ["数字·旁证!C2 E205"]


def test_records_inside_of_new_ones_are_put_into_them(project: Path) -> None:
    edit = together(
        append(
            "说法不一", 案例="guangzhou", 关于什么="数额", 说明="不能确认。", 数字="pay|pay_said"
        ),
        append(
            "说法不一·各来源的说法",
            **{
                "案例": "guangzhou",
                "关于什么": "数额",
                "来源": "gazette-2016",
                "怎样说": "另一数。",
            },
        ),
    )

    assert (
        lines_changed(plan(project, edited(edit)))["guangzhou"][-7:]
        == [
            *("+  - about: 数额", "+    figures: [pay, pay_said]", "+    reports:"),
            *("+      - source: gazette-2016", "+        says: 另一数。", "+    note: 不能确认。"),
        ][-7:]
    )


def test_a_published_figure_takes_its_reason_from_the_same_workbook(project: Path) -> None:
    told = {"案例": "haishu", "数字": "paid_2014", "日期": "2026-01-01", "种类": "更正"}
    why = {"原来的写法": "约150万元", "改成的写法": "约160万元", "原因": "录错。"}
    amount = put("数字", "F5", "约160万元")
    target = ImportTarget(
        project=project,
        lists=read_all_lists(project),
        published={"haishu": frozenset({"paid_2014"})},
        on_difference="refuse",
        lang="zh",
    )
    found = plan_import(edited(together(amount, append("数字·更正", **told, **why))), "t", target)
    blank = plan_import(edited(amount), "t", target)

    assert lines_changed(found)["haishu"] == [
        *("-    amount: 约150万元", "+    amount: 约160万元", "+    history:"),
        *("+      - date: 2026-01-01", "+        kind: correction", "+        from: 约150万元"),
        *("+        to: 约160万元", "+        why: 录错。"),
    ]
    assert "        why:                  # 为什么改" in blank.changes[0].after.decode()


def test_what_a_computed_figure_takes_from_others_is_not_typed(project: Path) -> None:
    path = project / "data/cases/haishu.yaml"
    computed = (
        "  both:\n    label: 两年\n    formula: paid_2013 + paid_2014\n    measure: cumulative\n"
    )
    path.write_text(path.read_text("utf-8").replace("figures:\n", f"figures:\n{computed}"), "utf-8")
    workbook = edited(put("数字", "F4", "270万元"), "zh", project)
    with pytest.raises(ContentError) as refused:
        plan(project, workbook)

    assert [f"{one.at} {one.code}" for one in refused.value.problems] == ["数字!F4 E337"]


def test_a_text_that_was_cut_short_is_not_written_back(project: Path) -> None:
    path = project / "data/cases/haishu.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("story: |\n", f"story: |\n  {'长' * 40_000}\n"), "utf-8")
    story = openpyxl.load_workbook(io.BytesIO(export(project)))["案例"]
    column = next(cell.column_letter for cell in story[1] if cell.value == "正文")
    with pytest.raises(ContentError) as refused:
        plan(project, edited(put("案例", f"{column}3", "短了。"), "zh", project))

    assert [f"{one.at} {one.code}" for one in refused.value.problems] == [f"案例!{column}3 E337"]
    assert plan(project, export(project)) == ImportPlan((), (), ())


def test_an_answer_that_figures_give_may_be_typed_all_the_same(project: Path) -> None:
    found = lines_changed(plan(project, edited(put("问答", "D10", "一笔钱"))))

    assert found == {"haishu": ["+  amount: 一笔钱"]}


# LibreOffice


@pytest.fixture(scope="session")
def save_anew() -> Callable[[Path, Path], Path]:
    """Opens a workbook in LibreOffice and saves it to another folder."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        missing = "LibreOffice is not installed"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)

    def save(workbook: Path, folder: Path) -> Path:
        settings = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [program, settings, "--headless", "--convert-to", "xlsx", "--outdir"]
        subprocess.run([*command, str(folder), str(workbook)], check=True, capture_output=True)
        return folder / workbook.name

    return save


def test_libreoffice_opens_and_saves_it(
    project: Path, tmp_path_factory: pytest.TempPathFactory, save_anew: Callable[[Path, Path], Path]
) -> None:
    folder = tmp_path_factory.mktemp("office")
    workbook = project / "t.xlsx"
    workbook.write_bytes(export())

    assert plan(project, save_anew(workbook, folder).read_bytes()) == ImportPlan((), (), ())
    workbook.write_bytes(edited(put("数字", "D3", "公告的报酬")))
    assert lines_changed(plan(project, save_anew(workbook, folder).read_bytes())) == {
        "guangzhou": ["-    label: 公告所写的报酬", "+    label: 公告的报酬"]
    }


# The commands


def test_the_commands_write_it_and_take_it_back(tiny_project: Path, tmp_path: Path) -> None:
    workbook = tmp_path / "out.xlsx"
    assert run(tiny_project, "export", "--xlsx", str(workbook)).returncode == 0
    before = {path: path.read_bytes() for path in (tiny_project / "data").rglob("*.yaml")}
    done = run(tiny_project, "import", str(workbook))

    assert (done.returncode, done.stdout, done.stderr) == (0, "nothing to change\n", "")
    assert {path: path.read_bytes() for path in (tiny_project / "data").rglob("*.yaml")} == before
    # An existing workbook may contain edits, so it is not overwritten.
    assert run(tiny_project, "export", "--xlsx", str(workbook)).returncode == 2
    assert run(tiny_project, "export", "--xlsx", str(tmp_path / "out.csv")).returncode == 2
