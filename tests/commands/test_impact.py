"""`check --since`: the figures that differ, and the sentences, charts and pages that show them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from processes import break_case, run

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(project: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(
        ["git", *identity, *arguments],
        cwd=project,
        env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
        capture_output=True,
        check=True,
    )


@pytest.fixture
def kept(tiny_project: Path) -> Path:
    """The tiny project with one commit in git."""
    git(tiny_project, "init", "-q")
    git(tiny_project, "add", "data", "content")
    git(tiny_project, "commit", "-qm", "first")
    return tiny_project


def test_nothing_changed_is_said(kept: Path) -> None:
    done = run(kept, "check", "--since", "HEAD")

    assert (done.returncode, done.stdout) == (0, "no figure has changed\nno problems\n")


def test_a_changed_figure_names_what_shows_it(kept: Path) -> None:
    break_case(kept, "amount: 120万元", "amount: 121万元")
    break_case(kept, "投入120万元", "投入121万元")

    lines = run(kept, "check", "--since", "HEAD", "--lang", "zh").stdout.splitlines()

    assert lines[:2] == [
        "变动的数字（1）",
        "  haishu.paid_2013: amount 120万元 > 121万元; value 1200000 > 1210000",
    ]
    mentions = re.sub(r":[0-9]+:", ":", "\n".join(line for line in lines if "{{" in line))
    assert "  data/cases/haishu.yaml: 据某晚报报道，海曙2013年花去{{paid_2013}}" in mentions
    assert "  data/cases/haishu.yaml: An evening paper says" in mentions
    assert "  content/stories/lead.md: " in mentions
    assert "  haishu-series" in lines
    assert lines[lines.index("显示它们的页面（4）") + 1 :][:4] == [
        "  /cases/haishu/",
        "  /en/cases/haishu/",
        "  /",
        "  /en/",
    ]


def test_new_and_lost_figures_are_named(kept: Path) -> None:
    break_case(kept, "  clubs:\n", "  societies:\n")
    break_case(kept, "{{clubs}}", "{{societies}}")

    out = run(kept, "check", "--since", "HEAD").stdout

    assert "  haishu.clubs: deleted 逾百个\n" in out
    assert "  haishu.societies: new 逾百个\n" in out


def test_a_text_whose_english_was_left_behind_is_named(kept: Path) -> None:
    break_case(kept, "海曙把读书会交给图书馆举办", "海曙把读书会交给图书馆去办")

    out = run(kept, "check", "--since", "HEAD").stdout

    assert "texts whose English was not updated (1)\n  data/cases/haishu.yaml: summary_en\n" in out


@pytest.mark.parametrize("name", ["manifest.json", "data/figures.csv", ""])
def test_a_published_site_serves_as_well(tiny_project: Path, name: str) -> None:
    site = tiny_project / "published"
    (site / "data").mkdir(parents=True)
    (site / "manifest.json").write_text("{}", encoding="utf-8")
    (site / "data" / "figures.csv").write_text(
        "case,figure,amount,value,min,max,unit,qualifier,period,derived\n"
        "haishu,paid_2013,120万元,1200000,,,CNY,exact,2013,\n",
        encoding="utf-8",
    )

    out = run(tiny_project, "check", "--since", str(site / name)).stdout

    assert "haishu.paid_2013" not in out.partition("sentences")[0]
    assert "  haishu.paid_2014: new 约150万元\n" in out


@pytest.mark.parametrize("since", ["no-such-revision", "--output=x", "HEAD~99"])
def test_what_is_neither_revision_nor_site_is_wrong_usage(kept: Path, since: str) -> None:
    assert run(kept, "check", f"--since={since}").returncode == 2
