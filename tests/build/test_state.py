"""A build makes only what changed again, and writes the same bytes as a clean build."""

from __future__ import annotations

import gc
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.cases import make_case, name_source, write_project
from casebook.build import last_build, manifest
from casebook.build import output as swap
from casebook.build import site as publish
from casebook.build.steps import BuildOptions, build_site
from casebook.problems import CasebookError
from casebook.record.dataset import Dataset
from tests.conftest import PROJECT

COUNT = 5
SOURCES = ("data", "content", "theme", "pelicanconf.py")


def build(project: Path, output: Path) -> None:
    build_site(BuildOptions(project=project, output=output))


def identities(output: Path) -> dict[str, int]:
    """The inode of every file; a file that was written again has another."""
    return {
        path.relative_to(output).as_posix(): path.stat().st_ino
        for path in output.rglob("*")
        if path.is_file()
    }


def places(folder: Path) -> dict[str, int]:
    """The folders in a folder, by name, with their inodes."""
    return {path.name: path.stat().st_ino for path in folder.iterdir() if path.is_dir()}


def contents(output: Path) -> dict[str, bytes]:
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file()
    }


def replace_in(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture(scope="module")
def made_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built project of a few made-up cases."""
    project = tmp_path_factory.mktemp("made") / "project"
    write_project(PROJECT, project, COUNT)
    build(project, project / "output")
    return project


@pytest.fixture
def project(made_project: Path, tmp_path: Path) -> Path:
    """A copy of the made-up project, built in its new place."""
    target = tmp_path / "project"
    shutil.copytree(made_project, target, ignore=shutil.ignore_patterns("output"))
    build(target, target / "output")
    return target


def record(project: Path, number: int) -> Path:
    return project / "data" / "cases" / f"{make_case(number).slug}.yaml"


def written(project: Path, change: Callable[[Path], object]) -> set[str]:
    """The files that a build writes after a change."""
    before = identities(project / "output")
    change(project)
    build(project, project / "output")
    after = identities(project / "output")
    return {path for path, place in after.items() if before.get(path) != place}


def test_an_edited_story_rewrites_the_pages_that_tell_it_and_nothing_of_other_cases(
    project: Path,
) -> None:
    slug = make_case(2).slug

    changed = written(
        project, lambda _: replace_in(record(project, 2), "story: |\n", "story: |\n  多一句。\n\n")
    )

    others = [make_case(number).slug for number in range(COUNT) if number != 2]
    assert f"cases/{slug}/index.html" in changed
    assert [path for path in changed if any(other in path for other in others)] == []
    assert "feed.xml" in changed
    assert not any(path.startswith(("timeline/", "compare/")) for path in changed)
    assert not any(path.endswith((".svg", ".png")) for path in changed)


def test_a_changed_template_rewrites_only_pages_made_with_it(project: Path) -> None:
    template = project / "theme" / "templates" / "timeline.html"

    changed = written(project, lambda _: replace_in(template, "<div", '<div data-x="1"'))

    assert changed == {"timeline/index.html", "en/timeline/index.html", "manifest.json"}


def test_a_macro_of_all_pages_makes_every_case_anew(project: Path) -> None:
    macro = project / "theme" / "templates" / "macros" / "footer.html"

    changed = written(project, lambda _: replace_in(macro, "<footer", '<footer data-x="1"'))

    assert {f"cases/{make_case(n).slug}/index.html" for n in range(COUNT)} <= changed
    assert not any(path.endswith((".csv", ".yaml", ".png")) for path in changed)


def test_a_case_that_comes_or_goes_rewrites_its_neighbours(project: Path) -> None:
    ordered = sorted(
        (made.record.split("region: ")[1][:6], made.slug)
        for made in [make_case(n) for n in range(COUNT)]
    )
    first, second, third, *rest = (slug for _, slug in ordered)

    changed = written(project, lambda _: (project / "data" / "cases" / f"{second}.yaml").unlink())

    assert {f"cases/{first}/index.html", f"cases/{third}/index.html"} <= changed
    assert not any(f"cases/{slug}/index.html" in changed for slug in rest)
    assert not (project / "output" / "cases" / second).exists()


def test_a_corrected_source_rewrites_only_the_cases_that_rest_on_it(project: Path) -> None:
    shutil.copy2(record(project, 4), project / "data" / "cases" / "other.yaml")
    replace_in(project / "data" / "cases" / "other.yaml", name_source(0), "sample-other")
    with (project / "data" / "sources.yaml").open("a", encoding="utf-8") as stream:
        stream.write("sample-other:\n  title: 另一份\n  publisher: 刊物\n  kind: news_report\n")
    build(project, project / "output")

    changed = written(
        project, lambda _: replace_in(project / "data" / "sources.yaml", "另一份", "另一份材料")
    )

    assert "cases/other/index.html" in changed
    assert f"cases/{make_case(0).slug}/index.html" not in changed


def test_a_published_page_that_was_touched_is_made_anew(project: Path) -> None:
    page = project / "output" / "cases" / make_case(1).slug / "index.html"
    whole = page.read_bytes()

    page.write_bytes(b"damaged")
    build(project, project / "output")

    assert page.read_bytes() == whole


def test_what_a_build_that_broke_off_has_kept_makes_nothing_fresh(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = project / "output" / "cases" / make_case(1).slug / "index.html"
    before = page.read_bytes()
    replace_in(record(project, 1), "这是测量用的", "这是只供测量用的")
    # The build fails after it has cached the case's files, and before the swap.
    monkeypatch.setattr(publish, "export_site", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build(project, project / "output")
    kept = page.read_bytes()
    monkeypatch.undo()
    build(project, project / "output")

    assert kept == before
    assert "只供" in page.read_text("utf-8")


def units(project: Path) -> set[str]:
    """The keys of the sites whose units are kept."""
    with closing(sqlite3.connect(project / ".cache" / "store.sqlite")) as store:
        query = "select key from made where key like 'state:unit:%'"
        return {row[0].split(":")[2] for row in store.execute(query)}


def test_the_units_of_a_site_that_is_no_more_are_forgotten(project: Path) -> None:
    before = units(project)
    build(project, project / "elsewhere")
    added = units(project) - before
    shutil.rmtree(project / "elsewhere")
    replace_in(record(project, 1), "这是测量用的", "这是只供测量用的")
    build(project, project / "output")

    assert len(added) == 1
    assert units(project) == before


def data_sets() -> list[Dataset]:
    """The data sets in memory, without parts of others; other tests may hold some."""
    gc.collect()
    return [kept for kept in gc.get_objects() if isinstance(kept, Dataset) and not kept.whole]


def test_a_build_leaves_no_data_set_in_memory(project: Path) -> None:
    before = len(data_sets())
    for words in ("这是只供测量用的", "这是另供测量用的"):
        _toggle(record(project, 1), "这是测量用的", words)
        build(project, project / "output")

    # A preview builds all day in one process, where such data sets would pile up.
    assert len(data_sets()) <= before


def test_a_large_site_begins_with_a_spare_tree_and_leaves_other_files_where_they_lie(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, spare = project / "output", project / ".output.spare"
    monkeypatch.setattr(swap, "_LARGE", 0)
    replace_in(record(project, 1), "这是测量用的", "这是只供测量用的")
    build(project, output)
    folders = places(spare / "cases")

    replace_in(record(project, 2), "这是测量用的", "这是只供测量用的")
    build(project, output)

    assert places(output / "cases") == folders
    assert "只供" in (output / "cases" / make_case(1).slug / "index.html").read_text("utf-8")
    assert contents(spare).keys() == contents(output).keys()


@pytest.fixture
def aged_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose site and spare tree were built so long ago that their folders are known."""
    monkeypatch.setattr(swap, "_LARGE", 0)
    monkeypatch.setattr(last_build, "YOUNG", 0)
    shutil.rmtree(project / "output")
    for words in ("这是只供测量用的", "这是另供测量用的"):
        _toggle(record(project, 1), "这是测量用的", words)
        build(project, project / "output")
    return project


def test_nobody_looks_into_folders_that_an_edit_does_not_touch(
    aged_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    scan = os.scandir
    watched: Any = SimpleNamespace(
        scandir=lambda folder: looked.append(str(folder)) or scan(folder), lstat=os.lstat
    )
    monkeypatch.setattr(manifest, "os", watched)
    _toggle(record(aged_project, 2), "这是测量用的", "这是只供测量用的")

    build(aged_project, aged_project / "output")

    # The swap changes the stamp of the outermost folder, which is therefore listed.
    assert {Path(path) for path in looked if "/output" in path} == {aged_project / "output"}
    (aged_project / "output" / "cases" / make_case(3).slug / "Thumbs.db").touch()
    _toggle(record(aged_project, 2), "这是测量用的", "这是只供测量用的")
    build(aged_project, aged_project / "output")
    assert {Path(path).name for path in looked if "/output" in path} == {
        "output",
        make_case(3).slug,
    }


@pytest.mark.parametrize("place", ["", "cases/", "cases/{slug}/", "cases/{slug}/new/"])
def test_a_file_is_foreign_in_a_folder_that_was_known_too(place: str, aged_project: Path) -> None:
    folder = aged_project / "output" / place.format(slug=make_case(3).slug)
    folder.mkdir(exist_ok=True)
    (folder / "thesis.txt").write_text("years of work", encoding="utf-8")
    _toggle(record(aged_project, 2), "这是测量用的", "这是只供测量用的")

    with pytest.raises(CasebookError) as refused:
        build(aged_project, aged_project / "output")

    assert "thesis.txt" in refused.value.text.en


@pytest.mark.parametrize("place", ["", "cases/{slug}/", "cases/{slug}/new/"])
def test_a_file_that_was_put_into_the_spare_tree_is_refused_once_it_is_published(
    place: str, aged_project: Path
) -> None:
    folder = aged_project / ".output.spare" / place.format(slug=make_case(3).slug)
    folder.mkdir(exist_ok=True)
    (folder / "planted.html").write_text("planted", encoding="utf-8")
    _toggle(record(aged_project, 2), "这是测量用的", "这是只供测量用的")
    build(aged_project, aged_project / "output")

    with pytest.raises(CasebookError) as refused:
        build(aged_project, aged_project / "output")

    assert "planted.html" in refused.value.text.en


def test_a_manifest_that_somebody_wrote_has_nothing_removed_outside_of_the_site(
    aged_project: Path,
) -> None:
    work, path = aged_project / "thesis.txt", aged_project / "output" / "manifest.json"
    work.write_text("years of work")
    listed = json.loads(path.read_bytes())
    listed["outputs"] |= {str(work): "", "../thesis.txt": ""}
    path.write_text(json.dumps(listed))
    for words in ("这是只供测量用的", "这是另供测量用的"):
        _toggle(record(aged_project, 1), "这是测量用的", words)
        build(aged_project, aged_project / "output")

    assert work.read_text() == "years of work"


def test_a_case_that_is_gone_stays_in_no_spare_tree_whose_manifest_somebody_wrote(
    aged_project: Path,
) -> None:
    manifest = aged_project / ".output.spare" / "manifest.json"
    # It may be a hard link to the published manifest, which must not be overwritten.
    manifest.unlink()
    manifest.write_text('{"generator": "casebook", "outputs": {}}')
    record(aged_project, 3).unlink()
    build(aged_project, aged_project / "output")

    assert not (aged_project / "output" / "cases" / make_case(3).slug).exists()


def test_a_link_in_the_spare_tree_leads_no_build_out_of_it(aged_project: Path) -> None:
    output, spare = aged_project / "output", aged_project / ".output.spare"
    outside, before = aged_project / "outside", contents(output)
    (spare / "cases").rename(outside)
    (spare / "cases").symlink_to(outside)
    kept = contents(outside)
    record(aged_project, 3).unlink()
    with pytest.raises(CasebookError) as refused:
        build(aged_project, output)

    assert "symbolic link" in refused.value.text.en
    assert (contents(outside), contents(output)) == (kept, before)

    build(aged_project, output)

    assert not (output / "cases" / make_case(3).slug).exists()


def test_what_a_file_manager_left_is_not_published_again(aged_project: Path) -> None:
    output = aged_project / "output"
    left = output / "cases" / make_case(3).slug / "Thumbs.db"
    left.write_bytes(b"names of pictures")

    for words in ("这是只供测量用的", "这是另供测量用的"):
        _toggle(record(aged_project, 2), "这是测量用的", words)
        build(aged_project, output)
        assert not left.exists()


def test_what_a_file_manager_left_goes_where_nothing_else_has_changed(project: Path) -> None:
    output = project / "output"
    (output / ".DS_Store").write_bytes(b"names of folders")
    os.utime(record(project, 1))

    build(project, output)

    assert not (output / ".DS_Store").exists()


def test_what_a_known_folder_held_goes_with_its_case(aged_project: Path) -> None:
    output, slug = aged_project / "output", make_case(3).slug
    for number, old in enumerate((3, 2)):
        path = record(aged_project, old)
        kept = path.read_bytes()
        path.unlink()
        build(aged_project, output)
        assert not (output / "cases" / make_case(old).slug).exists(), number
        path.write_bytes(kept)
    build(aged_project, output)

    assert (output / "cases" / slug).exists()
    clean = aged_project / "clean"
    build(aged_project, clean)
    assert contents(clean) == contents(output)


def test_a_folder_with_the_day_in_its_name_leaves_nothing_beside_it(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swap, "_LARGE", 0)
    sites = tmp_path / "sites"

    build(project, sites / "20261127")

    assert [path.name for path in sites.iterdir()] == ["20261127"]


def test_what_was_put_in_the_place_of_a_page_of_the_spare_tree_is_not_published(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, spare = project / "output", project / ".output.spare"
    monkeypatch.setattr(swap, "_LARGE", 0)
    replace_in(record(project, 1), "这是测量用的", "这是只供测量用的")
    build(project, output)
    page = f"cases/{make_case(3).slug}/index.html"
    whole = (output / page).read_bytes()

    (spare / page).unlink()
    (spare / page).write_text("planted", encoding="utf-8")
    replace_in(record(project, 2), "这是测量用的", "这是只供测量用的")
    build(project, output)

    assert (output / page).read_bytes() == whole


def test_a_damaged_page_of_a_large_site_is_mended_where_nothing_else_has_changed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swap, "_LARGE", 0)
    for words in ("这是只供测量用的", "这是另供测量用的"):
        _toggle(record(project, 1), "这是测量用的", words)
        build(project, project / "output")
    page = project / "output" / "cases" / make_case(3).slug / "index.html"
    whole = page.read_bytes()

    page.unlink()
    page.write_bytes(whole + b"!")
    build(project, project / "output")

    assert page.read_bytes() == whole


@pytest.mark.parametrize("page", ["compare/by-year/index.html", "figures/index.html"])
def test_a_damaged_list_is_mended_though_no_version_of_a_case_changed(
    page: str, project: Path
) -> None:
    output = project / "output"
    whole = (output / page).read_bytes()
    (output / page).write_bytes(whole + b"!")

    changed = written(
        project, lambda _: replace_in(record(project, 1), "这是测量用的", "这是只供测量用的")
    )

    assert (output / page).read_bytes() == whole
    others = {path for path in changed if path.startswith(("compare/", "timeline/"))}
    assert page in changed
    assert others <= {page}


def test_a_changed_title_reaches_every_list_that_shows_it(project: Path) -> None:
    output = project / "output"
    replace_in(record(project, 2), "title: 测例", "title: 另一测例")
    build(project, output)

    clean = project / "clean"
    build(project, clean)
    assert contents(clean) == contents(output)
    assert "另一测例" in (output / "figures" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("written", [b"x" * 8, b"x" * 11], ids=["shorter", "unseen by times"])
@pytest.mark.parametrize("name", ["data/figures.csv", "data/cases.json", "search/index.js"])
def test_nothing_is_read_back_from_a_list_that_somebody_changed(
    name: str, written: bytes, project: Path
) -> None:
    output = project / "output"
    text, times = (output / name).read_bytes(), (output / name).stat()
    (output / name).write_bytes(text.replace(make_case(2).slug.encode(), written))
    os.utime(output / name, ns=(times.st_atime_ns, times.st_mtime_ns))
    replace_in(record(project, 1), "这是测量用的", "这是只供测量用的")
    build(project, output)

    clean = project / "clean"
    build(project, clean)
    assert contents(clean) == contents(output)


def test_all_cases_are_told_as_their_own_files_tell_them_after_a_build_that_was_killed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, store = project / "output", project / ".cache" / "store.sqlite"
    monkeypatch.setattr(swap, "_LARGE", 0)
    before, kept = contents(output), store.read_bytes()
    replace_in(record(project, 1), "这是测量用的", "这是只供测量用的")
    build(project, output)
    # As if the build was killed after the swap: the site is published, the state is not kept.
    store.write_bytes(kept)
    replace_in(record(project, 1), "这是只供测量用的", "这是测量用的")
    build(project, output)

    assert contents(output) == before


def _toggle(path: Path, one: str, other: str) -> None:
    """Replace one wording by the other, whichever of the two the file holds."""
    text = path.read_text(encoding="utf-8")
    found, put = (other, one) if other in text else (one, other)
    path.write_text(text.replace(found, put, 1), encoding="utf-8")
