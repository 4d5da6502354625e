"""The developer's guide: its recipes work as printed, and it names every room."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROJECT, copy_parts, make_tiny_project
from test_layers import LAYERS

GUIDE = (PROJECT / "docs" / "developing.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```\w+ (file|append)=(\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

SHARE = """\
figures:
  share:
    label: 女读者的比例
    label_en: Share of women
    amount: 60%
    measure: share
    period: 2014
    status: reported
    source: evening-2015-03-02
    quote: 女读者占60%
"""
DOCUMENT = """\
documents:
  - title: 读书会管理办法
    number: 甬财〔2013〕甲号
    state: issued
    source: evening-2015-03-02
story: |
"""


def apply_block(kind: str, path: Path, text: str) -> None:
    """Apply a block of the guide: create a file, append to it, or change its lines."""
    if kind == "append":
        path.write_text(path.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
    elif path.exists():
        lines = text.splitlines()
        before = "".join(f"{line[1:]}\n" for line in lines if line[:1] in (" ", "-"))
        after = "".join(f"{line[1:]}\n" for line in lines if line[:1] in (" ", "+"))
        whole = path.read_text(encoding="utf-8")
        assert whole.count(before) == 1, f"{path.name} does not hold once:\n{before}"
        path.write_text(whole.replace(before, after), encoding="utf-8")
    else:
        path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program after every recipe, with a tiny project that uses the recipes."""
    folder = tmp_path_factory.mktemp("developing")
    copy_parts(PROJECT, folder, ("casebook",))
    make_tiny_project(folder)
    for kind, path, text in BLOCK.findall(GUIDE):
        apply_block(kind, folder / path, text)
    case = folder / "data" / "cases" / "haishu.yaml"
    record = case.read_text(encoding="utf-8")
    record = record.replace("title: ", f"title: {'长' * 40}", 1)
    case.write_text(record.replace("figures:\n", SHARE).replace("story: |\n", DOCUMENT), "utf-8")
    return folder


@pytest.fixture(scope="module")
def site(program: Path) -> tuple[Path, str]:
    """The site that the program builds after every recipe, and the output of the build."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "casebook", "--project", str(program), "build"],
        cwd=program,
        env={"PYTHONPATH": str(program), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return program / "output", done.stderr


def read(folder: Path, path: str) -> str:
    return (folder / path).read_text(encoding="utf-8")


def test_the_recipe_of_a_chart_makes_its_page_and_its_files(site: tuple[Path, str]) -> None:
    output, _ = site

    assert "全部占比" in read(output, "charts/shares/index.html")
    assert "all shares" in read(output, "en/charts/shares/index.html")
    assert (output / "charts/shares/shares.csv").exists()


def test_the_recipe_of_a_page_makes_it_in_both_languages(site: tuple[Path, str]) -> None:
    output, _ = site

    assert "<h1" in read(output, "shares/index.html")
    assert "Shares" in read(output, "en/shares/index.html")


def test_the_recipe_of_a_rule_finds_what_breaks_it(site: tuple[Path, str]) -> None:
    _, printed = site

    assert "data/cases/haishu.yaml:1:1: W299 the title has" in printed


def test_the_recipe_of_a_field_reaches_page_and_data(site: tuple[Path, str]) -> None:
    output, _ = site
    (document, *_) = json.loads(read(output, "cases/haishu/haishu.json"))["documents"]

    assert "甬财〔2013〕甲号" in read(output, "cases/haishu/index.html")
    assert document["number"] == {"zh": "甬财〔2013〕甲号", "en": ""}


def test_the_recipe_of_a_format_is_offered_and_listed(site: tuple[Path, str]) -> None:
    output, _ = site
    lines = read(output, "data/figures.jsonl").splitlines()

    assert {"case", "figure", "amount"} <= json.loads(lines[0]).keys()
    assert "figures.jsonl" in read(output, "data/index.html")
    assert "data/figures.jsonl" in json.loads(read(output, "manifest.json"))["outputs"]


def test_the_guide_names_every_room() -> None:
    rooms = re.findall(r"^\| `(\w+)/` \|", GUIDE, re.MULTILINE)

    assert rooms == [room for layer in LAYERS for room in layer]


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:\w+/)*\w+\.(?:py|yaml))`", GUIDE))))
def test_every_file_that_the_guide_names_exists(path: str) -> None:
    made = {path for _, path, _ in BLOCK.findall(GUIDE)}
    places = (PROJECT / "casebook" / path, PROJECT / path, PROJECT / "data/cases" / path)
    rooms = [room for layer in LAYERS for room in layer]

    assert (
        path in made
        or any(place.exists() for place in places)
        or any((PROJECT / "casebook" / room / path).exists() for room in rooms)
    )
