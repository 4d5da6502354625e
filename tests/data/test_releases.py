"""Frozen versions of the data: never changed, compared figure by figure, published as they are."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import frictionless
import pytest
from processes import run
from records import dataset_of, figure, record, tiny_dataset

from casebook.data.releases import (
    ColumnChange,
    ReleaseDifference,
    check_releases,
    freeze_release,
    read_releases,
)
from casebook.problems import CasebookError

FIRST, SECOND = date(2026, 1, 5), date(2026, 2, 5)


def test_a_release_is_a_valid_package_with_a_manifest(tmp_path: Path) -> None:
    folder = freeze_release(tmp_path, tiny_dataset(), FIRST)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    report = frictionless.validate(str(folder / "datapackage.json"))

    assert folder == tmp_path / "data" / "versions" / "2026-01-05"
    assert {"figures.csv", "events.csv", "answers.csv", "cases.json"} < manifest["files"].keys()
    assert report.valid
    assert not list(check_releases(tmp_path))


def test_a_release_is_never_overwritten(tmp_path: Path) -> None:
    freeze_release(tmp_path, dataset_of(record(figure())), FIRST)
    before = (tmp_path / "data/versions/2026-01-05/figures.csv").read_bytes()

    with pytest.raises(CasebookError):
        freeze_release(tmp_path, tiny_dataset(), FIRST)

    assert (tmp_path / "data/versions/2026-01-05/figures.csv").read_bytes() == before


def test_releases_are_compared_figure_by_figure(tmp_path: Path) -> None:
    before = record(figure(), figure("old"), figure("same"))
    after = record(
        figure(amount="约120万元", period="2014", label="另一个名字"), figure("same"), figure("new")
    )
    freeze_release(tmp_path, dataset_of(before), FIRST)
    freeze_release(tmp_path, dataset_of(after), SECOND)

    first, second = read_releases(tmp_path)

    assert first.differences == ()
    assert second.differences == (
        ReleaseDifference(
            kind="changed",
            case="case-1",
            figure="paid",
            label="另一个名字",
            amount="约120万元",
            changes=(
                ColumnChange("amount", "120万元", "约120万元"),
                ColumnChange("qualifier", "exact", "approx"),
                ColumnChange("period", "2013", "2014"),
            ),
        ),
        ReleaseDifference(
            kind="added", case="case-1", figure="new", label="购买金额", amount="120万元"
        ),
        ReleaseDifference(
            kind="removed", case="case-1", figure="old", label="购买金额", amount="120万元"
        ),
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("figures.csv", b"case,figure\r\n", id="changed"),
        pytest.param("events.csv", None, id="taken out"),
        pytest.param("more.csv", b"", id="added"),
        pytest.param("manifest.json", b"{", id="no manifest"),
        pytest.param(
            "manifest.json", '{"files": {"a.csv": ""}}'.encode("utf-16"), id="a manifest in UTF-16"
        ),
    ],
)
def test_a_release_that_is_not_as_it_was_is_an_error(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    folder = freeze_release(tmp_path, tiny_dataset(), FIRST)
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)

    problems = list(check_releases(tmp_path))

    assert ("E296", f"data/versions/2026-01-05/{name}") in {(p.code, p.path) for p in problems}


def test_a_manifest_cannot_name_a_file_elsewhere(tmp_path: Path) -> None:
    folder = freeze_release(tmp_path, tiny_dataset(), FIRST)
    (tmp_path / "secret.txt").write_text("x", encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["../../../secret.txt"] = "0"
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    (release,) = read_releases(tmp_path)

    assert all("/" not in file.path for file in release.files)


def test_the_build_publishes_each_version_as_it_was_frozen(tiny_project: Path) -> None:
    assert run(tiny_project, "release", "--date", "2026-01-05").returncode == 0
    record_ = tiny_project / "data" / "cases" / "haishu.yaml"
    text = record_.read_text(encoding="utf-8")
    record_.write_text(text.replace("amount: 120万元", "amount: 130万元"), encoding="utf-8")
    assert run(tiny_project, "release", "--date", "2026-02-05").returncode == 1
    record_.write_text(text.replace("note: 小票", "note: 小票"), encoding="utf-8")
    assert run(tiny_project, "release", "--date", "2026-02-05").returncode == 0
    assert run(tiny_project, "release", "--date", "2026-02-05").returncode == 2
    assert run(tiny_project, "release", "--date", "5 May").returncode == 2

    done = run(tiny_project, "build", "--quiet")

    assert done.returncode == 0, done.stderr
    site, frozen = tiny_project / "output", tiny_project / "data" / "versions"
    for path in frozen.rglob("*.*"):
        published = site / "versions" / path.relative_to(frozen)
        assert published.read_bytes() == path.read_bytes()
    index = (site / "versions" / "index.html").read_text(encoding="utf-8")
    assert index.index("2026-02-05") < index.index("2026-01-05")
    assert "/versions/2026-02-05/" not in (tiny_project / "data/published/addresses.txt").read_text(
        encoding="utf-8"
    )
    assert "/figures/haishu/" in (tiny_project / "data/published/addresses.txt").read_text(
        encoding="utf-8"
    )
