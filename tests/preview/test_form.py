"""The form writes the typed text into the file and changes nothing else in it."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest
from conftest import PROJECT, TEN_CASES, copy_parts
from preview.forms import Controls, copy_site, press

from casebook.preview.form import Forms

HAISHU = "/edit/haishu/"
SOURCES = "/edit/data/sources/"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return copy_site(tmp_path)


@pytest.fixture
def forms(site: Path) -> Forms:
    return Forms(site, "zh")


@pytest.fixture
def case(site: Path) -> Path:
    return site / "data/cases/haishu.yaml"


def differing(before: bytes, after: bytes) -> list[str]:
    """The removed lines, each with a minus, and then the added lines."""
    old, new = before.decode().splitlines(), after.decode().splitlines()
    gone = [f"-{line}" for line in old if line not in new]
    return [*gone, *(line for line in new if line not in old)]


@pytest.fixture(scope="module")
def ten_forms(tmp_path_factory: pytest.TempPathFactory) -> Forms:
    """The forms of the ten cases; a test may not change these cases."""
    folder = tmp_path_factory.mktemp("ten")
    copy_parts(TEN_CASES, folder, ("data", "pelicanconf.py"))
    return Forms(folder, "zh")


@pytest.mark.parametrize("path", sorted(TEN_CASES.glob("data/cases/*.yaml")), ids=lambda p: p.stem)
def test_a_form_that_nobody_typed_in_changes_no_byte(path: Path, ten_forms: Forms) -> None:
    answer = press(ten_forms, f"/edit/{path.stem}/", "keep")
    folder = ten_forms.project

    assert answer.location == f"/edit/{path.stem}/?done=saved"
    assert (folder / "data/cases" / path.name).read_bytes() == path.read_bytes()
    assert not list(folder.rglob("*.bak"))


def test_an_edit_touches_its_line_alone(forms: Forms, case: Path) -> None:
    before = (
        case.read_bytes()
        .replace(b"\n", b"\r\n")
        .replace(b"  paid_2014:", b"  # \xe8\xaf\xb4\xe6\x98\x8e\r\n  paid_2014:")
    )
    case.write_bytes(before)
    typed = Controls(forms.show(HAISHU).page).with_values(figures__0__note="按全年计。")

    answer = press(forms, HAISHU, "save", typed)

    assert answer.location == "/edit/haishu/?done=saved"
    assert differing(before, case.read_bytes()) == ["    note: 按全年计。"]
    assert case.read_bytes().count(b"\r\n") == before.count(b"\r\n") + 1
    assert case.with_name("haishu.yaml.bak").read_bytes() == before


def test_a_save_is_undone_and_done_again(forms: Forms, case: Path) -> None:
    before = case.read_bytes()
    press(forms, HAISHU, "save", Controls(forms.show(HAISHU).page).with_values(title="换了"))
    after = case.read_bytes()

    press(forms, HAISHU, "undo")
    undone = case.read_bytes()
    press(forms, HAISHU, "undo")

    assert undone == before
    assert case.read_bytes() == after != before


def test_problems_call_fields_as_the_form_does(forms: Forms) -> None:
    typed = Controls(forms.show(HAISHU).page).with_values(title="", figures__0__amount="一大笔钱")

    page = Controls(press(forms, HAISHU, "check", typed).page)

    assert page.problems["title"].startswith("还没有写。例如：西河")
    assert "说明写进 “名称” 或 “说明”" in page.problems["figures.0.amount"]
    assert "数字 · paid_2013 · 金额或数目（原话）</a>" in page.words


def test_the_problems_of_a_figure_without_a_name_are_at_its_fields(forms: Forms) -> None:
    typed = Controls(forms.show(HAISHU).page).with_values(
        **{"figures__0__@name": "", "figures__0__amount": "一大笔钱"}
    )

    page = Controls(press(forms, HAISHU, "check", typed).page)

    assert {"figures.0.@name", "figures.0.amount"} <= page.problems.keys()


def test_places_are_listed_as_they_are_asked_for(forms: Forms) -> None:
    new = forms.show("/new/").page
    asked = Controls(press(forms, "/new/", "live", Controls(new).with_values(region="普陀")).page)
    one = Controls(press(forms, "/new/", "check", Controls(new).with_values(region="宁波")).page)

    assert len(new) < 80_000 and '<option value="310107">' not in new.decode()
    assert '<option value="310107">普陀区' in asked.words
    assert "改成 普陀区 / Putuo District · 舟山市" in asked.problems["region"]
    assert [each for each in asked.buttons if each.startswith("set region=")] == [
        *("set region=310107", "set region=330903"),
    ]
    assert dict(one.pairs)["region"] == "330200"


def test_who_has_seen_what_changed_may_save_over_just_that(forms: Forms, case: Path) -> None:
    typed = Controls(forms.show(HAISHU).page).with_values(title="表单里的")
    case.write_text(case.read_text("utf-8").replace("读书会由谁来办", "别人改的"), "utf-8")
    stale = Controls(press(forms, HAISHU, "save", typed).page)
    (over,) = (each for each in stale.buttons if each.startswith("over "))
    case.write_text(case.read_text("utf-8").replace("别人改的", "又改了"), "utf-8")

    again = Controls(press(forms, HAISHU, over, stale.pairs).page)
    assert "又改了" in case.read_text("utf-8")
    (over,) = (each for each in again.buttons if each.startswith("over "))
    saved = press(forms, HAISHU, over, again.pairs)

    assert saved.location == "/edit/haishu/?done=saved"
    assert "title: 表单里的\n" in case.read_text("utf-8")


def test_one_copy_is_kept_whatever_is_saved(forms: Forms, case: Path) -> None:
    for title in ("甲", "乙", "丙"):
        before = case.read_bytes()
        press(forms, HAISHU, "save", Controls(forms.show(HAISHU).page).with_values(title=title))

    copies = [path.name for path in case.parent.glob("*.bak*")]
    assert copies == ["haishu.yaml.bak"]
    assert case.with_name("haishu.yaml.bak").read_bytes() == before
    assert "data/cases/haishu.yaml.bak" in Controls(forms.show(HAISHU, "saved").page).words


def test_a_problem_is_at_its_field_with_its_remedy(forms: Forms, case: Path) -> None:
    before = case.read_bytes()
    typed = Controls(forms.show(HAISHU).page).with_values(
        figures__0__source="evening-2015-03-0", figures__1__quote="约160万元"
    )

    page = Controls(press(forms, HAISHU, "save", typed).page)

    assert page.problems["figures.0.source"].startswith("来源 evening-2015-03-0 不在")
    assert "set figures.0.source=evening-2015-03-02" in page.buttons
    assert "约160万元" in page.problems["figures.1.amount"]
    assert case.read_bytes() == before

    mended = Controls(
        press(forms, HAISHU, "set figures.0.source=evening-2015-03-02", page.pairs).page
    )

    assert "figures.0.source" not in mended.problems
    assert dict(mended.pairs)["figures.1.quote"] == "约160万元"


@pytest.mark.parametrize(
    ("amount", "reading"),
    [
        pytest.param("约8000万元", "读作 80,000,000 元；约", id="about"),
        pytest.param("每人每月800元至1000元", "读作 800–1,000 元；区间；每人/月", id="range"),
        pytest.param("逾百个", "读作 100 个；超过", id="counter"),
        pytest.param("80%", "读作 80%；精确", id="share"),
        pytest.param("数万元", "读作 20,000–100,000 元；概数", id="rough"),
    ],
)
def test_an_amount_is_read_while_it_is_typed(forms: Forms, amount: str, reading: str) -> None:
    typed = Controls(forms.show(HAISHU).page).with_values(figures__0__amount=amount)

    page = Controls(press(forms, HAISHU, "live", typed).page)

    assert page.readings["figures.0.amount"] == reading
    assert '<datalist id="l-sources"' not in page.words


@pytest.mark.parametrize(
    ("name", "typed", "key"),
    [
        pytest.param("region", "宁波市", "330200", id="a place by its name"),
        pytest.param("region", "guangzhou", "440100", id="a place in Latin letters"),
        pytest.param("figures.0.source", "读书会公告", "gazette-2016", id="a source by its title"),
    ],
)
def test_what_is_searched_is_found_by_its_name(
    forms: Forms, name: str, typed: str, key: str
) -> None:
    given = Controls(forms.show(HAISHU).page).with_values(**{name.replace(".", "__"): typed})

    page = Controls(press(forms, HAISHU, "check", given).page)

    assert dict(page.pairs)[name] == key


def test_rows_are_added_moved_and_removed_without_a_save(forms: Forms, case: Path) -> None:
    before = case.read_bytes()
    added = Controls(press(forms, HAISHU, "add events").page)
    typed = added.with_values(
        events__2__date="2016", events__2__title="停办", events__2__source="gazette-2016"
    )
    moved = Controls(press(forms, HAISHU, "up events.2", typed).page)
    removed = Controls(press(forms, HAISHU, "remove events.0", moved.pairs).page)

    assert case.read_bytes() == before
    assert dict(removed.pairs)["events.0.title"] == "停办"

    press(forms, HAISHU, "save", removed.pairs)

    assert differing(before, case.read_bytes()) == [
        "-  - date: 2013",
        "-    title: 开始购买读书会服务",
        "-    title_en: Purchase of reading clubs begins",
        "  - date: 2016",
        "    title: 停办",
        "    source: gazette-2016",
    ]


def test_a_file_that_changed_on_disk_is_not_overwritten(forms: Forms, case: Path) -> None:
    typed = Controls(forms.show(HAISHU).page).with_values(title="表单里的")
    case.write_text(case.read_text("utf-8").replace("读书会由谁来办", "别人改的"), "utf-8")
    meanwhile = case.read_bytes()

    first = Controls(press(forms, HAISHU, "save", typed).page)
    press(forms, HAISHU, "save", first.pairs)

    assert case.read_bytes() == meanwhile
    assert "-title: 海曙：别人改的" in first.words
    assert dict(first.pairs)["title"] == "表单里的"


@pytest.mark.parametrize("trace", [".haishu.yaml.swp", ".~lock.haishu.yaml#"])
def test_a_file_that_is_open_in_another_editor_is_left_alone(
    forms: Forms, case: Path, trace: str
) -> None:
    before = case.read_bytes()
    case.with_name(trace).touch()
    typed = Controls(forms.show(HAISHU).page).with_values(title="换了")

    page = press(forms, HAISHU, "save", typed).page.decode()

    assert trace in page
    assert case.read_bytes() == before


def test_nothing_is_written_while_a_build_is_made(forms: Forms, site: Path, case: Path) -> None:
    from filelock import FileLock

    before = case.read_bytes()
    typed = Controls(forms.show(HAISHU).page).with_values(title="换了")
    with FileLock(site / ".output.lock"):
        page = press(forms, HAISHU, "save", typed).page.decode()

    assert "正在生成网站" in page
    assert case.read_bytes() == before


def test_a_link_is_not_cut(forms: Forms, case: Path) -> None:
    real = case.with_name("~haishu")
    case.rename(real)
    case.symlink_to(real)

    page = press(forms, HAISHU, "save", Controls(forms.show(HAISHU).page).with_values(title="换"))

    assert "是一个链接" in page.page.decode()
    assert case.is_symlink()


@pytest.mark.parametrize(
    "address",
    ["/edit/../haishu/", "/edit/nobody/", "/edit/..%2fhaishu/", "/edit/data/vocabulary/", "/new/x"],
)
def test_a_name_that_no_case_has_leads_to_the_list_of_those_there_are(
    forms: Forms, address: str
) -> None:
    answer = forms.show(address)

    assert answer.status == 404
    assert "没有这个案例" in answer.page.decode()
    assert 'href="/edit/haishu/"' in answer.page.decode()


def test_a_write_needs_the_token_of_this_preview(forms: Forms, site: Path, case: Path) -> None:
    before = case.read_bytes()
    stranger = Controls(Forms(site, "zh").show(HAISHU).page).with_values(title="换了")

    refused = press(forms, HAISHU, "save", stranger)

    assert refused.status == 403
    assert case.read_bytes() == before


def test_what_was_typed_before_the_preview_was_started_anew_can_be_saved(
    forms: Forms, site: Path, case: Path
) -> None:
    typed = Controls(Forms(site, "zh").show(HAISHU).page).with_values(title="换了")
    page = Controls(press(forms, HAISHU, "save", typed).page)

    assert "预览重新启动过，这一次没有存" in page.words
    assert press(forms, HAISHU, "save", page.pairs).location == "/edit/haishu/?done=saved"
    assert "title: 换了\n" in case.read_text("utf-8")


def test_the_list_of_cases_can_be_the_first_page_that_is_opened(forms: Forms) -> None:
    assert '<a href="/edit/haishu/">海曙：读书会由谁来办</a>' in forms.show("/edit/").page.decode()


def test_a_new_case_without_a_place_is_asked_for_a_name(forms: Forms, site: Path) -> None:
    page = press(forms, "/new/", "save").page.decode()

    assert "没有存：请先写“地区”，或在“文件名”里起一个名字" in page
    assert len(list((site / "data/cases").iterdir())) == 2


def test_a_new_case_is_a_draft_named_after_its_place(forms: Forms, site: Path) -> None:
    blank = Controls(forms.show("/new/").page)
    typed = blank.with_values(title="鄞州：一顿饭的补助", region="宁波市鄞州区")

    answer = press(forms, "/new/", "save", typed)

    assert answer.location == "/edit/ningbo-yinzhou/?done=saved"
    written = (site / "data/cases/ningbo-yinzhou.yaml").read_text("utf-8")
    assert written.startswith(
        "# yaml-language-server: $schema=../case.schema.json\ntitle: 鄞州：一顿饭的补助\n"
        "region: 330212\ntopic:\nsummary:\nstate: draft\n\nanswers:\n  purchaser: not_stated\n"
    )


def test_a_new_case_is_written_over_no_other(forms: Forms, case: Path) -> None:
    before = case.read_bytes()
    typed = Controls(forms.show("/new/").page).with_values(**{"@slug": "haishu"})

    page = press(forms, "/new/", "save", typed).page.decode()

    assert "haishu.yaml" in page
    assert case.read_bytes() == before


def test_a_source_is_registered_and_others_stay(forms: Forms, site: Path) -> None:
    path = site / "data/sources.yaml"
    before = path.read_bytes()
    page = Controls(press(forms, SOURCES, "add sources").page)
    at = sum(name.endswith(".@name") for name, _ in page.pairs) - 1
    typed = page.with_values(
        **{
            f"sources__{at}__@name": "news-2017",
            f"sources__{at}__title": "读书会三年",
            f"sources__{at}__publisher": "某报",
            f"sources__{at}__kind": "news_report",
        }
    )

    press(forms, SOURCES, "save", typed)

    assert path.read_bytes() == before + (
        "\nnews-2017:\n  title: 读书会三年\n  publisher: 某报\n  kind: news_report\n".encode()
    )


def test_a_published_figure_that_changes_owes_a_reason(tmp_path: Path) -> None:
    copy_parts(PROJECT, tmp_path, ("data", "content", "pelicanconf.py", "theme"))
    forms = Forms(tmp_path, "zh")
    address = "/edit/neijiang/"
    typed = Controls(forms.show(address).page).with_values(figures__1__period="2012")

    page = Controls(press(forms, address, "check", typed).page)
    owed = Controls(press(forms, address, "explain", page.pairs).page)

    assert "explain" in page.buttons
    values = dict(owed.pairs)
    assert values["figures.1.history.0.from"] == "[..2012-12-07]"
    assert values["figures.1.history.0.to"] == "2012"
    assert owed.problems["figures.1.history.0.why"].startswith("还没有写")


def git(project: Path, *arguments: str) -> str:
    own = ("-c", "user.name=x", "-c", "user.email=x@localhost")
    done = subprocess.run(
        ["git", *own, "-C", str(project), *arguments], capture_output=True, check=True
    )
    return done.stdout.decode()


def test_a_proposal_is_a_branch_and_nothing_else_changes(
    forms: Forms, site: Path, case: Path
) -> None:
    git(site, "init", "-q", "-b", "main")
    git(site, "add", "data")
    git(site, "commit", "-qm", "start")
    (site / "data/regions.yaml").write_bytes(
        b"# mine\n" + (site / "data/regions.yaml").read_bytes()
    )
    (site / "data/vocabulary.yaml").open("ab").write(b"# staged\n")
    git(site, "add", "data/vocabulary.yaml")
    before = git(site, "status", "--porcelain", "data"), case.read_bytes()
    typed = Controls(forms.show(HAISHU).page).with_values(title="建议的标题")

    page = press(forms, HAISHU, "propose", typed).page.decode()
    press(forms, HAISHU, "propose", typed)

    assert "edit/haishu" in page
    assert (git(site, "status", "--porcelain", "data"), case.read_bytes()) == before
    assert git(site, "diff", "--name-only", "main", "edit/haishu") == "data/cases/haishu.yaml\n"
    assert "+title: 建议的标题" in git(site, "show", "edit/haishu")
    assert git(site, "rev-parse", "edit/haishu^") == git(site, "rev-parse", "main")
    assert git(site, "branch", "--list", "edit/haishu-2").strip() == "edit/haishu-2"


def test_a_proposal_without_git_is_a_patch_that_applies(
    forms: Forms, site: Path, case: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = case.read_bytes().rstrip(b"\n")
    case.write_bytes(before)
    typed = Controls(forms.show(HAISHU).page).with_values(
        title="建议的标题", story_en="Another text."
    )

    answer = press(forms, HAISHU, "propose", typed)

    assert case.read_bytes() == before
    assert answer.file_name == "haishu.patch"
    other = copy_site(tmp_path_factory.mktemp("other"))
    (other / "data/cases/haishu.yaml").write_bytes(before)
    git(other, "init", "-q")
    (other / "haishu.patch").write_bytes(answer.page)
    git(other, "apply", "haishu.patch")
    assert "title: 建议的标题" in (other / "data/cases/haishu.yaml").read_text("utf-8")


def test_a_file_with_mistakes_of_notation_is_mended_first(forms: Forms, case: Path) -> None:
    before = case.read_bytes()
    case.write_text(before.decode().replace("topic: reading", "topic：reading"), "utf-8")

    page = Controls(forms.show(HAISHU).page)
    press(forms, HAISHU, "fix", page.pairs)

    assert page.buttons == ["fix", "check"]
    assert case.read_bytes() == before


def test_a_button_that_is_pressed_twice_saves_once(forms: Forms, case: Path) -> None:
    typed = Controls(forms.show(HAISHU).page).with_values(title="按了两下")
    before = case.read_bytes()

    answers = [press(forms, HAISHU, "save", typed) for _ in range(2)]

    assert [answer.location for answer in answers] == ["/edit/haishu/?done=saved"] * 2
    assert case.with_name("haishu.yaml.bak").read_bytes() == before


def test_what_was_typed_outlives_the_file_that_it_was_typed_for(forms: Forms, case: Path) -> None:
    typed = Controls(forms.show(HAISHU).page).with_values(title="文件没有了")
    case.unlink()

    told = press(forms, HAISHU, "save", typed)
    saved = press(forms, "/new/", "keep", Controls(told.page).pairs)

    assert "data/cases/haishu.yaml 已经不在了" in told.page.decode()
    assert saved.location == "/edit/haishu/?done=saved"
    assert "title: 文件没有了\n" in case.read_text("utf-8")
    assert "    quote: 投入120万元\n" in case.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("data/vocabulary.yaml", "topics:", "topics：", id="a full-width colon"),
        pytest.param("data/vocabulary.yaml", "questions:", "question:", id="a misspelt key"),
        pytest.param("data/regions.yaml", ":", "：", id="faulty regions"),
    ],
)
def test_nothing_is_saved_by_faulty_lists_and_nothing_typed_is_lost(
    forms: Forms, site: Path, case: Path, name: str, old: str, new: str
) -> None:
    typed = Controls(forms.show(HAISHU).page).with_values(title="词表坏了")
    sound, before = (site / name).read_text("utf-8"), case.read_bytes()
    assert old in sound
    (site / name).write_text(sound.replace(old, new, 1), "utf-8")

    told = press(forms, HAISHU, "save", typed)
    held = case.read_bytes()
    (site / name).write_text(sound, "utf-8")
    again = press(forms, HAISHU, "check", Controls(told.page).pairs)

    assert f"<code>{name}:" in told.page.decode()
    # A form offers to mend only its own file.
    assert "fix" not in Controls(told.page).buttons
    assert held == before
    assert dict(Controls(again.page).pairs)["title"] == "词表坏了"


def test_a_file_is_mended_without_a_loss_of_what_was_typed(forms: Forms, case: Path) -> None:
    typed = Controls(forms.show(HAISHU).page).with_values(summary="写到一半。")
    case.write_text(case.read_text("utf-8").replace("topic: ", "topic："), "utf-8")

    told = press(forms, HAISHU, "save", typed)
    mended = press(forms, HAISHU, "fix", Controls(told.page).pairs)

    assert "topic: reading\n" in case.read_text("utf-8")
    assert "改好了能自动改的" in mended.page.decode()
    assert dict(Controls(mended.page).pairs)["summary"] == "写到一半。"


def test_the_last_row_of_a_list_goes_with_the_name_of_the_list(forms: Forms, case: Path) -> None:
    before = case.read_bytes().replace(b"\nstory:", b"\n\nstory:")
    case.write_bytes(before)
    added = press(forms, HAISHU, "add conflicts").page
    typed = Controls(added).with_values(conflicts__0__about="价格")
    press(forms, HAISHU, "keep", typed)
    with_conflict = case.read_bytes()

    press(forms, HAISHU, "keep", Controls(press(forms, HAISHU, "remove conflicts.0").page).pairs)

    assert b"conflicts:" in with_conflict
    assert case.read_bytes() == before


def test_a_day_that_is_missing_is_asked_for_where_it_goes(forms: Forms, case: Path) -> None:
    text = case.read_text("utf-8")
    case.write_text("".join(x for x in text.splitlines(True) if "updated:" not in x), "utf-8")
    page = Controls(forms.show(HAISHU).page)

    pressed = press(forms, HAISHU, next(b for b in page.buttons if b.startswith("set updated=")))

    assert "W208" in page.problems["updated"]
    assert dict(Controls(pressed.page).pairs)["updated"] == date.today().isoformat()


def test_an_amount_is_read_without_zeros_behind_its_point(forms: Forms) -> None:
    typed = Controls(forms.show(HAISHU).page).with_values(figures__0__amount="1.5亿元")
    page = Controls(press(forms, HAISHU, "check", typed).page)

    assert page.readings["figures.0.amount"] == "读作 150,000,000 元；精确"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("state", "“草稿”：只在预览里看得到，不会发布；不写就是 “发布”。"),
        ("figures.0.source", "来源：data/sources.yaml 里的名字。写名称去找也行。"),
        (
            "figures.0.wording",
            "引文里没有这个数时，写明原因：“编者数出”，“照意思转写”，"
            "“只见到副本的一部分”，“取自数据文件”。",
        ),
    ],
)
def test_a_note_says_words_as_the_form_shows_them(forms: Forms, name: str, told: str) -> None:
    page = forms.show(HAISHU).page.decode()

    assert f'id="n-{name}">{told}' in page


@pytest.mark.parametrize("name", ["", "evening-2015"])
def test_a_source_that_cases_rest_on_is_not_taken_out_unseen(
    forms: Forms, site: Path, name: str
) -> None:
    before = (site / "data/sources.yaml").read_bytes()
    page = Controls(forms.show(SOURCES).page)
    number = dict(map(reversed, page.pairs))["evening-2015-03-02"].split(".")[1]
    place = f"sources.{number}"
    if name:
        typed = page.with_values(**{f"{place}.@name": name})
    else:
        typed = Controls(press(forms, SOURCES, f"remove {place}").page).pairs

    told = press(forms, SOURCES, "save", typed)

    used = (
        "来源 evening-2015-03-02 还有案例在用（data/cases/guangzhou.yaml、data/cases/haishu.yaml）"
    )
    assert used in told.page.decode()
    assert (site / "data/sources.yaml").read_bytes() == before


def test_text_editors_know_a_source_that_was_entered_in_a_form(forms: Forms, site: Path) -> None:
    schema = site / "data/case.schema.json"
    schema.write_text("{}", "utf-8")
    number = forms.show(SOURCES).page.decode().count('data-row="sources"')
    added = Controls(press(forms, SOURCES, "add sources").page)
    words = {"@name": "new-2016", "title": "新来源", "publisher": "某报", "kind": "news_report"}
    typed = added.with_values(**{f"sources.{number}.{key}": word for key, word in words.items()})

    saved = press(forms, SOURCES, "save", typed)

    assert saved.location == "/edit/data/sources/?done=saved"
    assert "new-2016" in schema.read_text("utf-8")


def test_a_day_that_is_still_to_come_is_told_as_a_check_would(forms: Forms) -> None:
    typed = Controls(forms.show(HAISHU).page).with_values(updated="2999-01-01")

    told = Controls(press(forms, HAISHU, "save", typed).page)

    assert "E225" in told.problems["updated"]


def test_words_of_a_text_are_not_taken_for_names_of_fields(tmp_path: Path) -> None:
    copy_parts(PROJECT, tmp_path, ("data", "content", "pelicanconf.py"))
    forms = Forms(tmp_path, "zh")
    page = Controls(forms.show("/edit/neijiang/").page)
    typed = page.with_values(figures__0__label="a page reports source and title")

    told = Controls(press(forms, "/edit/neijiang/", "check", typed).page)

    assert "现为 a page reports source and title，" in told.words
    assert "“更正”" in told.words
