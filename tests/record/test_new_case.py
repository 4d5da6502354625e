"""`new`: the region by name, the slug and the blank file, which never overwrites another one."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROJECT, copy_parts
from processes import run
from records import TINY, tiny_lists

from casebook.problems import CasebookError, Exit
from casebook.record.new_case import create_case, write_blank
from casebook.record.regions import choose_region, find_regions
from casebook.record.slugs import mend_slug, propose_slug
from casebook.text import LANGS

LISTS = tiny_lists()
# The words typed into the blanks, by the field's name; only the first blank of a name is filled.
FILLING = {
    "updated": "2026-01-05",
    "title": "练习：读书会",
    "topic": "reading",
    "summary": "练习用的一句话。",
    "label": "读书会的价格",
    "amount": "600元",
    "measure": "unit_price",
    "period": "2011年",
    "status": "set",
    "source": "evening-2015-03-02",
    "quote": "600元",
    "scope": "city",
    "date": "2011",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The tiny site's lists and texts, without its cases and without references to them."""
    copy_parts(TINY, tmp_path, ("data", "content"))
    copy_parts(PROJECT, tmp_path, ("pelicanconf.py",))
    shutil.rmtree(tmp_path / "data" / "cases")
    for path in (tmp_path / "content").rglob("lead*.md"):
        path.write_text(re.sub(r"\{\{.*?\}\}", "", path.read_text("utf-8")), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        pytest.param("441900", ["441900"], id="a code"),
        pytest.param("４４１９００", ["441900"], id="a code in full-width digits"),
        pytest.param("东莞", ["441900"], id="a short name"),
        pytest.param("东莞市", ["441900"], id="a full name"),
        pytest.param("Dongguan", ["441900"], id="in letters"),
        pytest.param("dōngguǎn", ["441900"], id="with tone marks"),
        pytest.param("深圳宝安", ["440306"], id="a county behind its city"),
        pytest.param("陕西", ["610000"], id="Shaanxi is not Shanxi"),
        pytest.param("山西", ["140000"], id="Shanxi is not Shaanxi"),
        pytest.param("浦东", ["310115"], id="part of a name"),
        pytest.param("武侯区", ["510107"], id="a unit of the standard that is not listed"),
        pytest.param("chengdu", ["510100"], id="a unit of the standard in letters"),
        pytest.param("xian", ["220403"], id="three places of one name"),
        pytest.param("亚特兰蒂斯", [], id="no such place"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_a_region_is_found_by_code_or_name(asked: str, codes: list[str]) -> None:
    assert [region.code for region in find_regions(asked, LISTS.regions)][:1] == codes


def test_several_places_of_one_name_are_listed() -> None:
    with pytest.raises(CasebookError) as caught:
        choose_region("长宁", LISTS.regions)

    assert "\n  310105 长宁区（上海市）\n  511524 长宁县（宜宾市）" in caught.value.text.zh
    assert caught.value.exit_status == Exit.USAGE


def test_a_misspelt_place_is_told_its_nearest() -> None:
    with pytest.raises(CasebookError) as caught:
        choose_region("东完", LISTS.regions)

    assert "  441900 东莞市（广东省）" in caught.value.text.zh.splitlines()[1:4]


def test_of_places_with_one_name_the_larger_is_the_likelier() -> None:
    with pytest.raises(CasebookError) as caught:
        choose_region("hebie", LISTS.regions)

    assert "  130000 河北省" in caught.value.text.zh.splitlines()[1:4]


def test_an_unknown_code_is_told_others_of_its_province() -> None:
    with pytest.raises(
        CasebookError,
        match=r"441900 Dongguan \(Guangdong\)\n  440000 Guangdong\n  440100 Guangzhou",
    ):
        choose_region("441999", LISTS.regions)


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        pytest.param("Dong Guan", "dong-guan", id="capitals and blanks"),
        pytest.param("dong_guan", "dong-guan", id="underscore"),
        pytest.param("dōngguǎn", "dongguan", id="tone marks"),
        pytest.param("东莞", "", id="Chinese"),
        pytest.param("con", "", id="a name that Windows keeps"),
    ],
)
def test_a_bad_slug_is_told_a_good_one(written: str, mended: str) -> None:
    assert mend_slug(written) == mended


def test_the_usual_slug_of_a_county_names_its_city() -> None:
    assert propose_slug(LISTS.regions["440306"], LISTS.regions) == "shenzhen-baoan"
    assert propose_slug(LISTS.regions["441900"], LISTS.regions) == "dongguan"


def fill_blanks(text: str) -> str:
    left = dict(FILLING)
    lines = []
    for line in text.split("\n"):
        found = re.match(r"( *(?:- )?)([a-z_]+):( *#.*)?$", line)
        word = left.pop(found[2], None) if found else None
        if found and found[2] in ("title", "source") and found[1]:
            word = FILLING[found[2]]
        lines.append(f"{found[1]}{found[2]}: {word}" if found and word else line)
    return "\n".join(lines)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_new_file_passes_check_once_its_blanks_are_filled(project: Path, lang: str) -> None:
    made = run(project, "new", "dongguan", "--region", "东莞", "--lang", lang)
    path = project / "data" / "cases" / "dongguan.yaml"
    unfilled = run(project, "check", str(path), "--lang", lang)
    path.write_text(fill_blanks(path.read_text(encoding="utf-8")), encoding="utf-8")

    filled = run(project, "check", str(path), "--lang", lang)

    assert made.returncode == 0, made.stderr
    assert unfilled.returncode == 0
    assert "W209" in unfilled.stderr
    assert (filled.returncode, filled.stderr) == (0, "")


def test_a_new_file_says_its_region_and_lists_the_words() -> None:
    text = write_blank(LISTS.regions["441900"], LISTS, "zh")

    assert "\nregion: 441900            # 东莞市，广东省\n" in text
    assert "    # measure 可用的词：annual_total 年度购买总额，" in text
    assert max(map(len, text.split("\n"))) <= 100


def test_a_blank_case_has_the_same_fields_in_both_languages() -> None:
    fields = [
        re.findall(r"^(?:# )? *(?:# )?(?:- )?([a-z_]+):(?= |$)", text, re.MULTILINE)
        for lang in LANGS
        for text in [write_blank(LISTS.regions["441900"], LISTS, lang)]
    ]

    assert fields[0] == fields[1]


@pytest.mark.parametrize(
    ("slug", "region", "said"),
    [
        pytest.param("东莞", "441900", "文件名只能用英文小写字母", id="Chinese slug"),
        pytest.param("Dong Guan", "441900", "可以用 dong-guan", id="a better slug is offered"),
        pytest.param("../x", "441900", "文件名只能用", id="a path"),
        pytest.param("nul", "441900", "Windows 的保留名", id="Windows keeps the name"),
        pytest.param("en", "441900", "本站的保留名", id="the site keeps the name"),
        pytest.param("x", "甲乙丙丁", "data/regions.yaml 里都没有“甲乙丙丁”", id="no such place"),
    ],
)
def test_what_will_not_do_is_wrong_usage(project: Path, slug: str, region: str, said: str) -> None:
    done = run(project, "new", slug, "--region", region, "--lang", "zh")

    assert done.returncode == 2
    assert said in done.stderr
    assert not (project / "data" / "cases").exists()


@pytest.mark.parametrize("name", ["dongguan.yaml", "DongGuan.yaml"])
def test_a_case_is_never_written_over(project: Path, name: str) -> None:
    cases = project / "data" / "cases"
    cases.mkdir()
    (cases / name).write_text("title: 旧\n", encoding="utf-8")

    done = run(project, "new", "dongguan", "--region", "441900", "--lang", "zh")

    assert done.returncode == 2
    assert f"data/cases/{name} 已经存在" in done.stderr
    assert [path.name for path in cases.iterdir()] == [name]
    assert (cases / name).read_text(encoding="utf-8") == "title: 旧\n"


def test_without_a_terminal_nothing_is_asked(project: Path) -> None:
    done = run(project, "new")

    assert done.returncode == 2
    assert "build.py new suzhou --region 320000" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_on_a_terminal_what_is_missing_is_asked(project: Path) -> None:
    master, slave = pty.openpty()
    os.write(master, "深圳宝安\n\n".encode())

    done = subprocess.run(
        [sys.executable, "-m", "casebook", "--project", str(project), "--lang", "zh", "new"],
        stdin=slave,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
        cwd=PROJECT,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "文件的英文名 [shenzhen-baoan]：" in done.stdout
    assert "region: 440306" in (project / "data/cases/shenzhen-baoan.yaml").read_text("utf-8")


def test_create_case_gives_the_path_and_the_region(project: Path) -> None:
    path, region = create_case(project, "dongguan", "东莞", "zh")

    assert path == project / "data" / "cases" / "dongguan.yaml"
    assert region.name.zh == "东莞市"
