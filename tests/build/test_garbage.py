"""Garbage in any file is named with a remedy, and the site stays as it was.

Each kind of garbage is tried in one place, and each place with two or more kinds;
`python -m tests.garbage` tries every kind in every place.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from tests.garbage import COMMANDS, GARBAGE, Lab, choose_places, list_garbage, place_words


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(tmp_path_factory.mktemp("garbage"))


def test_every_garbage_ends_with_a_message_and_touches_nothing(lab: Lab) -> None:
    places, wrong = choose_places(lab.project), []
    for number, (garbage, make) in enumerate(list_garbage(lab.project).items()):
        place = places[number % len(places)]
        sound = (lab.project / place).read_bytes()
        if (content := make(sound)) != sound:
            # Previews and builds are tried less often: a build takes as long as three checks, and a
            # preview as long as a check and a build.
            turns = {"serve": number % 25 == 0, "build": number % 4 == 0}
            trial = lab.judge(place, garbage, content, **turns)
            wrong += [str(trial)] if trial.wrong else []

    assert wrong == []
    assert len(places) > 30


@pytest.mark.parametrize(
    ("place", "garbage", "code"),
    [
        ("theme/templates/home.html", "GBK", "E101"),
        ("theme/templates/home.html", "a word", "E320"),
        ("theme/templates/home.html", "twice over", "E320"),
        ("theme/templates/home.html", "open blocks", "E320"),
        ("theme/static/css/tokens.css", "empty", "E322"),
        ("theme/static/css/own.css", "a page of a browser", "E108"),
        ("theme/static/css/base.css", "cut within a character", "E101"),
        ("theme/static/own.svg", "cut in half", "E321"),
        ("theme/static/own.woff2", "cut in half", "E321"),
        ("layouts/macros/own.html", "open blocks", "E320"),
        ("pelicanconf.py", "GBK", "E101"),
        ("pelicanconf.py", "nested lists", "E340"),
        ("content/pages/method.md", "empty", "E202"),
        ("content/pages/method.md", "a word", "E112"),
        ("content/pages/about.en.md", "bytes of content/pages/about.md", "E205"),
        ("data/published/figures.csv", "missing", "E294"),
        ("data/published/answers.csv", "bytes of data/published/figures.csv", "E294"),
        ("data/published/addresses.txt", "empty", "E294"),
        ("data/published/english.txt", "one broken byte", "E101"),
        ("data/versions/2026-01-05/manifest.json", "nested names", "E296"),
        ("data/sources.yaml", "Git LFS", "E108"),
        ("data/vocabulary.yaml", "Latin-1", "E106"),
    ],
)
def test_a_garbage_is_named_for_what_it_is(place: str, garbage: str, code: str, lab: Lab) -> None:
    content = list_garbage(lab.project)[garbage]((lab.project / place).read_bytes())
    trial = lab.judge(place, garbage, content, serve=False)

    assert trial.wrong == []
    assert code in trial.codes


def test_a_macro_that_is_gone_is_named_with_its_template(lab: Lab) -> None:
    trial = lab.judge("theme/templates/macros/figure.html", "empty", b"", serve=False)

    assert (trial.status, trial.wrong) == (1, [])


@pytest.mark.parametrize("place", [".cache/store.sqlite", ".cache/store.key", ".cache/last-build"])
def test_a_damaged_cache_is_made_anew(place: str, lab: Lab) -> None:
    for garbage in ("empty", "random bytes"):
        content = GARBAGE[garbage]((lab.project / place).read_bytes())

        assert lab.judge_kept(place, garbage, content).wrong == []


@pytest.mark.parametrize(
    ("place", "garbage"),
    [
        ("index.html", "random bytes"),
        ("data/figures.csv", "missing"),
        ("manifest.json", "cut in half"),
    ],
)
def test_a_damaged_page_is_mended_and_a_folder_without_manifest_refused(
    place: str, garbage: str, lab: Lab
) -> None:
    content = GARBAGE[garbage](lab.sound[place])

    assert lab.judge_published(place, garbage, content).wrong == []


def test_no_command_ends_in_a_fault_or_writes_half(lab: Lab) -> None:
    wrong = []
    names = islice(iter(GARBAGE), 6, None, 5)
    places = ("data/cases/haishu.yaml", "data/vocabulary.yaml", "pelicanconf.py")
    for number, (words, garbage) in enumerate(zip(COMMANDS, names, strict=False)):
        place = places[number % len(places)]
        wrong += lab.judge_command(place_words(lab, words, place), place, garbage).wrong

    assert wrong == []


def test_a_project_without_any_of_its_optional_files_is_built(lab: Lab, tmp_path: Path) -> None:
    for place in ("data/gone.yaml", "data/refusals.yaml", "data/case.schema.json"):
        trial = lab.judge(place, "missing", None, serve=False)

        assert (trial.status, trial.wrong) == (0, [])
