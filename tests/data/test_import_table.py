"""`import` of the tables that people have, with their heads, titles, totals, units and numbers."""

from __future__ import annotations

import io
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from processes import run

from casebook.data.import_figures import ImportTarget
from casebook.data.import_merge import ImportPlan, plan_import
from casebook.problems import ContentError
from casebook.record.lists import read_all_lists

ROOT = Path(__file__).resolve().parents[2]
HEAD = "case,figure,label,amount,value,unit,qualifier,measure,period,status,source,quote"
ROW = "testville,total,2024年的金额,120万元,1200000,元,exact,annual_total,2024,reported,s-1,120万元"
SOURCE = "s-1:\n  title: 某报道\n  publisher: 某报\n  kind: newspaper\n  published: 2024-12-31\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The lists of the project with one source, to import into."""
    (tmp_path / "data/cases").mkdir(parents=True)
    shutil.copy(ROOT / "pelicanconf.py", tmp_path)
    for name in ("vocabulary", "regions"):
        shutil.copy(ROOT / f"data/{name}.yaml", tmp_path / f"data/{name}.yaml")
    kinds = (tmp_path / "data/vocabulary.yaml").read_text("utf-8")
    kind = kinds.partition("\nsource_kinds:\n")[2].split(":")[0].strip()
    text = SOURCE.replace("newspaper", kind)
    (tmp_path / "data/sources.yaml").write_text(text, "utf-8")
    return tmp_path


def plan(project: Path, data: bytes, columns: dict[str, str] | None = None) -> ImportPlan:
    target = ImportTarget(
        project=project,
        lists=read_all_lists(project),
        published={},
        on_difference="refuse",
        lang="zh",
        columns=columns or {},
    )
    return plan_import(data, "t.csv", target)


def table(*rows: str) -> bytes:
    return "\n".join(rows).encode() + b"\n"


def row(**cells: str) -> str:
    given = dict(zip(HEAD.split(","), ROW.split(","), strict=True)) | cells
    return ",".join(given.values())


def draft_of(found: ImportPlan) -> str:
    (change,) = found.changes
    return change.after.decode()


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        pytest.param(table(HEAD, ROW), [], id="the columns of the open data"),
        pytest.param(b"\xef\xbb\xbf" + table(HEAD, ROW), [], id="with a mark of its order"),
        pytest.param(table("sep=,", HEAD, ROW), [], id="a line for Excel alone"),
        pytest.param(table(f"{HEAD},,,", f"{ROW},,,", ",,,"), [], id="empty columns at the end"),
        pytest.param(table(f"{HEAD},", f"{ROW},见附件"), ["W330"], id="a column without a name"),
        pytest.param(table(f"{HEAD},备注", f"{ROW},见附件"), ["W330"], id="another column"),
        pytest.param(table("2024年一览表,,", HEAD, ROW), ["W331"], id="a title"),
        pytest.param(table(HEAD, ROW, "合计,,,120万元,,,,,,,,"), ["W332"], id="a total"),
        pytest.param(table(HEAD.replace("case", "Case "), ROW), [], id="capitals and blanks"),
        pytest.param(table(HEAD, ROW, "合 计：" + "," * 11), ["W332"], id="a total with a mark"),
        pytest.param(table(HEAD, ROW, f"testville,总计{',' * 10}"), ["W332"], id="a total by name"),
        pytest.param(table(HEAD, row(case="total")), [], id="a case that is called total"),
        pytest.param(
            table("案例,数字,名称,金额,数值,单位,限定词,指标,时期,状态,来源,原话", ROW),
            [],
            id="Chinese heads",
        ),
    ],
)
def test_a_table_is_read_as_people_have_it(project: Path, data: bytes, codes: list[str]) -> None:
    found = plan(project, data)

    assert [one.code for one in found.warnings] == codes
    assert "    amount: 120万元\n" in draft_of(found)


@pytest.mark.parametrize(
    ("cells", "amount"),
    [
        pytest.param({"unit": "元"}, "120万元", id="yuan"),
        pytest.param({"unit": "CNY"}, "120万元", id="a code"),
        pytest.param({"amount": "1200000", "quote": ""}, "1200000元", id="a number and yuan"),
        pytest.param(
            {"amount": "120", "unit": "万元", "quote": ""}, "120万元", id="a number and 万元"
        ),
        pytest.param(
            {"amount": "约120", "unit": "万元", "quote": "", "qualifier": ""}, "约120万元"
        ),
        pytest.param(
            {"amount": "100-120", "value": "", "unit": "万元", "quote": "", "qualifier": ""},
            "100-120万元",
            id="a range in a table of 万元",
        ),
        pytest.param({"amount": "120万", "unit": "万元", "quote": ""}, "120万元", id="万 twice"),
        pytest.param(
            {"amount": "120", "value": "120", "unit": "万元", "quote": ""},
            "120万元",
            id="a value in 万元 too",
        ),
        pytest.param({"unit": "元（人民币）"}, "120万元", id="a currency in brackets"),
        pytest.param(
            {"amount": "1200000", "unit": "人民币", "quote": ""}, "1200000元", id="a currency alone"
        ),
        pytest.param(
            {"amount": "1200000", "unit": "元/人", "quote": ""}, "1200000元/人", id="a unit per"
        ),
        pytest.param({"measure": "年度购买总额"}, "120万元", id="names of words"),
        pytest.param({"value": '"1,200,000"'}, "120万元", id="thousands"),
        pytest.param({"value": '"¥1,200,000.00"'}, "120万元", id="a sign of the currency"),
        pytest.param({"value": "1.2E+06"}, "120万元", id="an exponent"),
        pytest.param({"value": "1199999.9999999999"}, "120万元", id="noise"),
    ],
)
def test_units_and_numbers_are_read_as_spreadsheets_write_them(
    project: Path, cells: dict[str, str], amount: str
) -> None:
    assert f"    amount: {amount}\n" in draft_of(plan(project, table(HEAD, row(**cells))))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(table(HEAD.replace(",", ";"), ROW.replace(",", ";")), "E330", id="semicolons"),
        pytest.param(
            table(HEAD.replace(",", "，"), ROW.replace(",", "，")), "E330", id="full width"
        ),
        pytest.param(table("甲,乙", "1,2"), "E330", id="no columns of ours"),
        pytest.param(table(HEAD, row(value="1300000")), "E333", id="another number"),
        pytest.param(table(HEAD, ROW.rpartition(",")[0]), "E331", id="a cell too few"),
        pytest.param(b"PK\x03\x04 no workbook", "E331", id="a damaged workbook"),
        pytest.param(b"\xd0\xcf\x11\xe0 of 2003", "E331", id="an old workbook"),
    ],
)
def test_what_cannot_be_read_is_named(project: Path, data: bytes, code: str) -> None:
    with pytest.raises(ContentError) as refused:
        plan(project, data)

    assert refused.value.problems[0].code == code


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            ["案例,数字,名称,金额（万元）,时期", "testville,a,甲,120,2024"], id="in its head"
        ),
        pytest.param(
            ["一览表,单位：万元", "案例,数字,名称,金额,时期", "testville,a,甲,120,2024"],
            id="above the heads",
        ),
    ],
)
def test_a_unit_for_the_whole_table_is_that_of_each_row(project: Path, rows: list[str]) -> None:
    assert "    amount: 120万元\n" in draft_of(plan(project, table(*rows)))


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for cells in rows:
        book.active.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_is_read_like_a_table(project: Path) -> None:
    cells: list[object] = list(ROW.split(","))
    cells[4], cells[8] = 1200000, datetime(2024, 11, 1)
    found = plan(project, workbook(["一览表"], list(HEAD.split(",")), cells))

    assert [(one.code, one.at.line) for one in found.warnings] == [("W331", 1)]
    assert "    period: 2024-11-01\n" in draft_of(found)


@pytest.mark.parametrize("beside", ["中文", "in words"])
def test_of_a_workbook_the_sheet_of_figures_is_read_and_the_others_are_named(
    project: Path, beside: str
) -> None:
    book = Workbook()
    book.active.append(["说明"])
    heads = [cell for name in HEAD.split(",") for cell in (name, f"{name} {beside}")]
    sheet = book.create_sheet("数字")
    sheet.append(heads)
    sheet.append([cell for one in ROW.split(",") for cell in (one, "")])
    book.create_sheet("空")
    stream = io.BytesIO()
    book.save(stream)
    found = plan(project, stream.getvalue())

    assert [(one.code, "Sheet" in one.text.zh) for one in found.warnings] == [("W331", True)]
    assert "    amount: 120万元\n" in draft_of(found)


def test_a_fault_in_a_workbook_is_at_its_row_and_column(project: Path) -> None:
    cells = [*ROW.split(",")[:4], 1300000, *ROW.split(",")[5:]]
    with pytest.raises(ContentError) as refused:
        plan(project, workbook(list(HEAD.split(",")), cells))

    assert [(one.code, one.at.line, one.at.column) for one in refused.value.problems] == [
        ("E333", 2, 5)
    ]


def test_a_mapping_says_what_the_columns_of_others_are(project: Path) -> None:
    columns = {"case": "=testville", "label": "项目名称", "amount": "合同金额（元）"}
    data = table("序号,项目名称,合同金额（元）", "1,读书会,1200000元", "合计,,1200000元")
    found = plan(project, data, columns)

    assert [one.code for one in found.warnings] == ["W330", "W332"]
    assert [change.path.stem for change in found.changes] == ["testville"]
    assert "  row_1:\n    label: 读书会\n    amount: 1200000元\n" in draft_of(found)


def test_a_mapping_is_typed_or_kept_in_a_file(project: Path) -> None:
    (project / "t.csv").write_text("名目,钱\n读书会,120万元\n", "utf-8")
    (project / "map.yaml").write_text("case: =testville\nlabel: 名目\namount: 钱\n", "utf-8")
    for columns in ("case==testville,label=名目,amount=钱", str(project / "map.yaml")):
        file = str(project / "t.csv")
        done = run(project, "import", file, "--dry-run", "--columns", columns)

        assert done.returncode == 0
        assert "+    label: 读书会" in done.stdout
        assert "+    amount: 120万元" in done.stdout


def test_a_mapping_of_a_column_that_there_is_not_is_wrong_usage(project: Path) -> None:
    (project / "t.csv").write_text("名目\n", "utf-8")
    done = run(project, "import", str(project / "t.csv"), "--columns", "sum=名目")

    assert done.returncode == 2
    assert "sum" in done.stderr


CASE = """\
title: 试镇：读书会
region: 330203
topic: {topic}
summary: 一句话。  # 编者的话
updated: 2024-12-31
answers:
  purchaser: 试镇
  evaluation:
events:
  - date: 2013
    title: 开始
    source: s-1
"""


@pytest.fixture
def case(project: Path) -> Path:
    """A case file of the project, to import into."""
    topic = next(iter(read_all_lists(project).vocabulary.topics))
    path = project / "data/cases/testville.yaml"
    path.write_text(CASE.format(topic=topic), "utf-8")
    return path


def after(project: Path, data: bytes) -> str:
    (change,) = plan(project, data).changes
    return change.after.decode()


def test_events_are_added_once(project: Path, case: Path) -> None:
    head = "case,date,earliest,latest,precision,title,source"
    rows = ("testville,2013年,,,year,开始,s-1", "testville,2014,,,year,又一次,s-1")
    text = after(project, table(head, *rows))

    assert text == case.read_text("utf-8") + "  - date: 2014\n    title: 又一次\n    source: s-1\n"


def test_the_season_of_an_export_is_read_back(project: Path, case: Path) -> None:
    text = after(project, table("case,date,title", "testville,2012-21/..,播种"))

    assert "  - date: 2012年春季起\n    title: 播种\n" in text


def test_a_plan_stays_one(project: Path, case: Path) -> None:
    text = after(project, table("case,date,title,source,status", "testville,2015,再来,s-1,planned"))

    assert text.endswith("    title: 再来\n    source: s-1\n    status: planned\n")


def test_documents_and_pictures_are_listed_like_events(project: Path, case: Path) -> None:
    head = "case,title,title_en,state,source,issuer,date,file"
    document = table(head, "testville,试镇通知,Notice,issued,s-1,试镇,2013年,tongzhi.pdf")
    picture = table("case,file,alt,credit,licence", "testville,room.jpg,一间屋,某人,CC BY 4.0")

    assert after(project, document) == case.read_text("utf-8") + (
        "\ndocuments:\n  - title: 试镇通知\n    title_en: Notice\n    state: issued\n"
        "    source: s-1\n    issuer: 试镇\n    date: 2013年\n    file: tongzhi.pdf\n"
    )
    assert after(project, picture) == case.read_text("utf-8") + (
        "\npictures:\n  - file: room.jpg\n    alt: 一间屋\n    credit: 某人\n"
        "    licence: CC BY 4.0\n"
    )


def test_what_a_listed_thing_lacks_is_added_below_it(project: Path, case: Path) -> None:
    case.write_text(case.read_text("utf-8") + "  # 见汇编\nstory: 正文\n", "utf-8")
    text = after(project, table("case,date,title,status", "testville,2013年,开始,planned"))

    assert "    source: s-1\n    status: planned\n  # 见汇编\nstory: 正文\n" in text


def test_what_a_listed_thing_has_otherwise_is_refused(project: Path, case: Path) -> None:
    with pytest.raises(ContentError) as refused:
        plan(project, table("case,date,title,source", "testville,2013,开始,s-2"))

    assert [(one.code, one.at.line, one.at.column) for one in refused.value.problems] == [
        ("E334", 2, 19)
    ]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(table("case,date,title", *["testville,2015,再来"] * 2), id="an event"),
        pytest.param(
            table("case,question,state,value", *["testville,mode,stated,tender"] * 2),
            id="an answer",
        ),
        pytest.param(table("source,title,publisher", *["s-9,甲,乙"] * 2), id="a source"),
    ],
)
def test_what_a_table_has_twice_is_refused(project: Path, case: Path, data: bytes) -> None:
    with pytest.raises(ContentError) as refused:
        plan(project, data)

    assert [(one.code, one.at.line) for one in refused.value.problems] == [("E332", 3)]


def test_answers_fill_what_is_blank_and_add_what_is_not_there(project: Path, case: Path) -> None:
    rows = ("testville,purchaser,stated,试镇", "testville,evaluation,not_stated,")
    text = after(project, table("case,question,state,value", *rows, "testville,provider,stated,甲"))

    assert "  purchaser: 试镇\n  evaluation: not_stated\n  provider: 甲\n" in text


def test_an_answer_that_differs_is_refused(project: Path, case: Path) -> None:
    with pytest.raises(ContentError) as refused:
        plan(project, table("case,question,state,value", "testville,purchaser,stated,别处"))

    assert [(one.code, one.at.line, one.at.column) for one in refused.value.problems] == [
        ("E334", 2, 28)
    ]


def test_sources_are_listed_and_what_is_missing_of_one_is_added(project: Path) -> None:
    head = "source,title,title_en,publisher,publisher_en,kind,published,accessed,url,note,note_en"
    rows = ("s-1,某报道,A report,某报,,,,,,,", "s-2,另一篇,,另一报,,newspaper,2025-01-02,,,,")
    text = after(project, table(head, *rows))

    assert "  title_en: A report\n" in text
    assert text.endswith(
        "s-2:\n  title: 另一篇\n  publisher: 另一报\n  kind: newspaper\n  published: 2025-01-02\n"
    )


def test_an_export_taken_back_changes_nothing(tmp_path: Path) -> None:
    for name in ("data", "content", "theme"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pelicanconf.py", tmp_path)
    assert run(tmp_path, "build", "--quiet").returncode == 0
    tables = ("figures", "events", "answers", "sources", "documents", "pictures")
    for name in (*(f"{one}.csv" for one in tables), "casebook.xlsx"):
        done = run(tmp_path, "import", str(tmp_path / "output/data" / name), "--dry-run")

        assert (name, done.returncode, done.stdout) == (name, 0, "nothing to change\n")
