"""A build prints its timings if asked to."""

from __future__ import annotations

from pathlib import Path

from processes import run, tree

from casebook.build.timings import Spent, Timings
from casebook.pages.register import CASE_PAGES, PAGES


def test_a_build_tells_its_stages_and_what_it_made_of_each_type_of_page(
    tiny_project: Path, tmp_path: Path
) -> None:
    place = ("--quiet", "--output", str(tmp_path / "site"))
    timed = run(tiny_project, "build", "--timings", *place)
    plain = run(tiny_project, "build", "--quiet", "--output", str(tmp_path / "plain"))
    words = [" ".join(line.split()[2:]) for line in timed.stderr.splitlines()]

    assert (timed.returncode, timed.stdout) == (0, "")
    assert words[1:14] == [
        *("look", "imports", "inputs", "read", "check", "charts", "pictures", "prose"),
        *("cases", "lists", "exports", "publish", "all"),
    ]
    # The pages of two cases in two languages, none of them taken from an earlier build.
    assert "case (4 / 0)" in words
    assert plain.stderr == ""
    assert tree(tmp_path / "plain") == tree(tmp_path / "site")


def test_a_second_build_tells_what_it_kept(tiny_project: Path) -> None:
    run(tiny_project, "build", "--quiet")
    story = tiny_project / "data" / "cases" / "haishu.yaml"
    text = story.read_text(encoding="utf-8")
    story.write_text(text.replace("story: |\n", "story: |\n  多一句。\n\n"), encoding="utf-8")
    words = run(tiny_project, "build", "--quiet", "--timings").stderr
    nothing = run(tiny_project, "build", "--quiet", "--timings").stderr

    assert "case  (2 / 2)" in words
    assert [line.split()[2] for line in nothing.splitlines()[1:]] == ["look", "all"]


def test_every_type_of_page_has_a_name_of_its_own() -> None:
    names = [*(kind.name for kind in CASE_PAGES), *(make.__name__ for make in PAGES)]

    assert len(set(names)) == len(names)


def test_a_stage_that_comes_again_is_added_to_itself() -> None:
    timings = Timings()
    for stage in ("read", "check", "read", ""):
        timings.begin(stage)

    assert list(timings.stages) == ["read", "check", ""]


def test_types_of_pages_are_added_up() -> None:
    timings = Timings()
    timings.add({"case": Spent(wall=1.5, cpu=1.0, made=2)})
    timings.add({"case": Spent(kept=3)})

    assert timings.types == {"case": Spent(wall=1.5, cpu=1.0, made=2, kept=3)}
