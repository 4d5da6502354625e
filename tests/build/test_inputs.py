"""The inputs of a site are watched from the first look to the swap."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from processes import tree

from casebook.build import state
from casebook.build import steps as pipeline
from casebook.build.cache import open_cache
from casebook.build.checking import check_project, check_sources
from casebook.build.state import find_changed, read_inputs, refuse_changes
from casebook.build.steps import BuildOptions, build_site
from casebook.problems import CasebookError, ContentError
from casebook.values.digest import digest

links_work = pytest.mark.skipif(os.name == "nt", reason="links need a privilege")


def make_project(folder: Path) -> Path:
    for name in ("data/cases", "content", "theme"):
        (folder / name).mkdir(parents=True)
    (folder / "data" / "cases" / "a.yaml").write_text("title: a", encoding="utf-8")
    (folder / "content" / "a.md").write_text("a", encoding="utf-8")
    return folder


def touch_again(path: Path) -> None:
    times = path.stat()
    path.write_bytes(path.read_bytes())
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns + 1))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(lambda p: None, [], id="no change"),
        pytest.param(
            lambda p: (p / "content/a.md").write_text("aa", encoding="utf-8"),
            ["content/a.md"],
            id="another size",
        ),
        pytest.param(
            lambda p: touch_again(p / "content/a.md"), ["content/a.md"], id="written, same bytes"
        ),
        pytest.param(
            lambda p: (p / "data/cases/b.yaml").write_text("x", encoding="utf-8"),
            ["data/cases/b.yaml"],
            id="added",
        ),
        pytest.param(
            lambda p: (p / "data/cases/a.yaml").unlink(), ["data/cases/a.yaml"], id="removed"
        ),
        pytest.param(
            lambda p: (p / "data/cases/.a.yaml.swp").write_text("x", encoding="utf-8"),
            [],
            id="a swap file of an editor",
        ),
    ],
)
def test_a_change_is_noticed(
    tmp_path: Path, change: Callable[[Path], object], expected: list[str]
) -> None:
    project = make_project(tmp_path)
    inputs = read_inputs(project)
    change(project)

    assert find_changed(inputs) == expected


def test_a_change_is_a_problem_with_its_file(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    inputs = read_inputs(project)
    (project / "content" / "a.md").write_text("changed", encoding="utf-8")

    with pytest.raises(ContentError) as refused:
        refuse_changes(inputs)

    assert [(p.path, p.code) for p in refused.value.problems] == [("content/a.md", "E145")]


@links_work
@pytest.mark.parametrize(
    ("link", "target"),
    [
        pytest.param("data/cases/b.yaml", "/etc/hostname", id="to a file of the machine"),
        pytest.param("content/b.md", "../secret", id="to a file outside the sources"),
        pytest.param("content/more", "..", id="to a folder outside the sources"),
        pytest.param("theme/x.css", "/nowhere/at/all", id="to nothing"),
        pytest.param("theme/loop", "loop", id="to itself"),
    ],
)
def test_a_link_that_leads_out_is_a_problem(tmp_path: Path, link: str, target: str) -> None:
    project = make_project(tmp_path)
    (project / "secret").write_text("s", encoding="utf-8")
    (project / link).symlink_to(target)

    assert [(p.path, p.code) for p in check_sources(project)] == [(link, "E144")]


@links_work
def test_a_source_folder_that_is_a_link_is_a_problem(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    (tmp_path / "elsewhere").mkdir()
    (project / "theme").rmdir()
    (project / "theme").symlink_to(tmp_path / "elsewhere")

    assert [(p.path, p.code) for p in check_sources(project)] == [("theme", "E144")]


@links_work
def test_a_link_within_the_sources_is_no_problem(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    (project / "content" / "b.md").symlink_to("a.md")

    assert check_sources(project) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_a_problem_and_does_not_stop_the_build(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    os.mkfifo(project / "theme" / "pipe.css")
    read_inputs(project)

    assert [(p.path, p.code) for p in check_sources(project)] == [("theme/pipe.css", "E141")]


class Saves:
    """An editor who saves the record `times` times, each time after a build has read it."""

    def __init__(self, project: Path, times: int) -> None:
        self.path = project / "data" / "cases" / "haishu.yaml"
        self.times = times
        self.load = pipeline.load_checked

    def __call__(self, *arguments: object) -> object:
        loaded = self.load(*arguments)  # type: ignore[arg-type]
        if self.times:
            self.times -= 1
            text = self.path.read_text(encoding="utf-8")
            self.path.write_text(text.replace("读书会由", "读书会会由"), encoding="utf-8")
        return loaded


def test_a_build_starts_again_where_a_record_is_saved_meanwhile(
    tiny_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "load_checked", Saves(tiny_project, 1))
    output = tiny_project / "output"
    build_site(BuildOptions(project=tiny_project, output=output))
    page = (output / "cases" / "haishu" / "index.html").read_text(encoding="utf-8")

    assert "读书会会由谁来办" in page


def test_a_build_gives_up_where_the_saving_does_not_end(
    tiny_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "load_checked", Saves(tiny_project, 99))

    with pytest.raises(ContentError) as refused:
        build_site(BuildOptions(project=tiny_project, output=tiny_project / "output"))

    assert [p.code for p in refused.value.problems] == ["E145"]
    assert not (tiny_project / "output").exists()


def test_a_build_starts_again_where_a_record_is_away_for_a_moment(
    tiny_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tiny_project / "data" / "cases" / "haishu.yaml"
    aside = tiny_project / "aside.yaml"
    load = pipeline.load_checked

    def put_back(*arguments: object) -> object:
        if aside.exists():
            aside.rename(path)
        return load(*arguments)  # type: ignore[arg-type]

    def load_and_take_away(*arguments: object) -> object:
        loaded = load(*arguments)  # type: ignore[arg-type]
        path.rename(aside)
        monkeypatch.setattr(pipeline, "load_checked", put_back)
        return loaded

    monkeypatch.setattr(pipeline, "load_checked", load_and_take_away)
    output = tiny_project / "output"
    build_site(BuildOptions(project=tiny_project, output=output))

    assert (output / "cases" / "haishu" / "index.html").exists()
    assert not aside.exists()


def test_a_source_whose_digest_is_missing_is_a_problem(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    inputs = read_inputs(project)
    unread = replace(inputs, digests={k: v for k, v in inputs.digests.items() if k[:4] != "data"})
    with pytest.raises(ContentError) as refused:
        refuse_changes(unread)

    assert {(p.path[:5], p.code) for p in refused.value.problems} == {("data/", "E140")}


def test_a_folder_of_texts_that_cannot_be_listed_ends_the_build(
    tiny_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_site(BuildOptions(project=tiny_project, output=tiny_project / "output"))
    before = {path: path.read_bytes() for path in (tiny_project / "output").rglob("*.html")}
    walk = os.walk

    # As if the system could not list a folder: os.walk, which Pelican uses, skips it.
    def pass_over(top: str, *rest: object, **options: object) -> Iterator[object]:
        for found in walk(top, *rest, **options):  # type: ignore[call-overload]
            if not str(found[0]).endswith("pages"):
                yield found

    monkeypatch.setattr("pelican.generators.os.walk", pass_over)
    with pytest.raises(CasebookError, match=r"content/pages/about.*was not read"):
        build_site(
            BuildOptions(project=tiny_project, output=tiny_project / "output", use_cache=False)
        )

    assert {path: path.read_bytes() for path in before} == before


def test_a_build_that_knows_the_digests_of_its_sources_refuses_one_that_is_too_large(
    tiny_project: Path,
) -> None:
    output = tiny_project / "output"
    build_site(BuildOptions(project=tiny_project, output=output))
    large = tiny_project / "theme" / "static" / "video.bin"
    large.touch()
    os.truncate(large, 50_000_001)

    with pytest.raises(ContentError) as refused:
        build_site(BuildOptions(project=tiny_project, output=output))

    assert [problem.path for problem in refused.value.problems] == ["theme/static/video.bin"]


def test_a_list_that_cannot_be_read_is_named_alone(tiny_project: Path) -> None:
    # Every figure refers to this list, so each would be an error as well.
    (tiny_project / "data" / "sources.yaml").write_bytes("来源".encode("gbk") + b"\xff: {")

    problems = check_project(tiny_project)

    assert {problem.path for problem in problems} == {"data/sources.yaml"}


@pytest.mark.parametrize(
    ("path", "old", "new", "code", "told"),
    [
        pytest.param(
            *("data/sources.yaml", "published: 2016\n", "published: 2017-13\n"),
            *("E220", "  2017年的公报。\n\n"),
            id="a date that a text gives",
        ),
        pytest.param(*("content/pages/about.md", "Slug: ", "Slug: “", "E240", ""), id="an address"),
    ],
)
def test_what_follows_from_a_mistake_is_told_when_it_is_mended(
    tiny_project: Path, path: str, old: str, new: str, code: str, told: str
) -> None:
    case = tiny_project / "data/cases/haishu.yaml"
    case.write_text(case.read_text("utf-8").replace("story: |\n", f"story: |\n{told}"), "utf-8")
    file = tiny_project / path
    file.write_text(file.read_text("utf-8").replace(old, new, 1), "utf-8")

    errors = [one for one in check_project(tiny_project) if one.severity == "error"]

    assert {(one.path, one.code) for one in errors} == {(path, code)}


def test_a_list_of_sources_may_be_longer_than_a_record(tiny_project: Path) -> None:
    path = tiny_project / "data" / "sources.yaml"
    path.write_bytes(path.read_bytes() + b"# " + b"x" * 1_000_000 + b"\n")

    assert check_project(tiny_project) == []


def test_a_file_written_twice_in_one_tick_of_the_clock_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data" / "sources.yaml"
    path.parent.mkdir()
    path.write_text("one", encoding="utf-8")
    stamps = state.stamp_inputs(str(tmp_path))
    # As if the clock advanced in whole seconds and gave both versions the same times.
    monkeypatch.setattr(state, "stamp_inputs", lambda _project: stamps)
    with open_cache(tmp_path / ".cache") as cache:
        state.read_inputs(tmp_path, cache)
        path.write_text("two", encoding="utf-8")
        monkeypatch.setattr(state, "is_young", lambda _stamp, _since: False)
        found = state.read_inputs(tmp_path, cache).digests["data/sources.yaml"]

    assert found == digest(b"two")


@pytest.mark.parametrize("breaks_off", [False, True], ids=["build completes", "build interrupted"])
@pytest.mark.parametrize(
    ("name", "before"),
    [
        pytest.param("data/sources.yaml", "两地读书会", id="sources"),
        pytest.param("data/cases/haishu.yaml", "把读书会交给", id="a case"),
        pytest.param("content/stories/lead.md", "先看总表", id="a text"),
    ],
)
def test_nothing_is_kept_of_a_file_that_is_saved_while_a_build_reads(
    name: str, before: str, breaks_off: bool, tiny_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, output = tiny_project / name, tiny_project / "output"
    first = path.read_bytes().replace(before.encode(), f"甲{before}".encode())
    path.write_bytes(first)
    load = pipeline.load_checked

    def save_and_load(*given: Any) -> Any:
        monkeypatch.setattr(pipeline, "load_checked", load)
        path.write_bytes(first.replace("甲".encode(), "乙".encode()))
        loaded = load(*given)
        if breaks_off:
            raise KeyboardInterrupt
        return loaded

    monkeypatch.setattr(pipeline, "load_checked", save_and_load)
    with suppress(KeyboardInterrupt):
        build_site(BuildOptions(project=tiny_project, output=output))
    # The editor undoes the change.
    path.write_bytes(first)
    build_site(BuildOptions(project=tiny_project, output=output))
    clean = tiny_project / "clean"
    build_site(BuildOptions(project=tiny_project, output=clean, use_cache=False))

    assert tree(output) == tree(clean)
