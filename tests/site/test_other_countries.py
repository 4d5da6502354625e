"""A site of another country needs only data: lists, records, texts and settings."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest

from casebook.build.checking import check_project
from casebook.commands.cli import main

ELSEWHERE = Path(__file__).parents[1] / "elsewhere"
# Files of the program, left out because its search reads Chinese numbers on any site.
OF_PROGRAM = "assets/"


@pytest.mark.parametrize(
    ("site", "options", "foreign", "shown"),
    [
        pytest.param(
            "counties",
            ["--languages", "en", "--currency", "USD", "--name", "Open Counties"],
            r"[㐀-鿿（；]|Chin[ae]|\byuan\b|renminbi|CNY|GB/T|zh-Hans",
            {
                "index.html": ['amount__number">58.50<', "Taking the ceiling of penalties"],
                "cases/index.html": ["Request for proposals", "Nonprofit", "Cedar"],
                "compare/index.html": ["per night", "Company"],
                "cases/stone-jail/index.html": ["To the records officer of Stone County"],
                "data/figures.csv": ["mill-nurses,rate,Rate of a nurse,$58.50 an hour,58.5,"],
            },
            id="contracts of US counties in English",
        ),
        pytest.param(
            "towns",
            ["--languages", "en,zh", "--currency", "JPY", "--name", "Towns Watch / 町村观察"],
            r"中国|人民币|(?<!日)元|CNY|\byuan\b|GB/T 2260|\bChina\b",
            {
                "index.html": ["21.5 million yen", 'lang="ja">310円/食'],
                "zh/index.html": ["巴士与校餐", "把票价当作町付的钱"],
                "zh/cases/hama-bus/index.html": ["约数", "年度委托费"],
                "compare/index.html": ["Designated manager", "per meal"],
                "data/figures.csv": ["oka-meals,fee,Fee of a year,年額960万円,9600000,"],
            },
            id="contracts of Japanese towns in English and Chinese",
        ),
    ],
)
def test_a_site_of_another_country_needs_no_change_of_code(
    site: str, options: list[str], foreign: str, shown: dict[str, list[str]], tmp_path: Path
) -> None:
    project = tmp_path / "site"
    main(["init", str(project), "--yes", *options])
    shutil.rmtree(project / "data")
    shutil.copytree(ELSEWHERE / site, project, dirs_exist_ok=True)

    problems = check_project(project)
    status = main(["--project", str(project), "build", "--quiet"])

    output = project / "output"
    texts = {
        path.relative_to(output).as_posix(): path.read_bytes().decode("utf-8", "ignore")
        for path in sorted(output.rglob("*"))
        if path.is_file() and path.suffix not in (".png", ".xlsx", ".sqlite", ".zip")
    }
    assert problems == []
    assert status == 0
    assert {
        name: found.group()
        for name, text in texts.items()
        if not name.startswith(OF_PROGRAM) and (found := re.search(foreign, text))
    } == {}
    for name, words in shown.items():
        assert [word for word in words if word not in texts[name]] == []
    schema = json.loads(texts["data/cases.schema.json"])
    jsonschema.Draft202012Validator(schema).validate(json.loads(texts["data/cases.json"]))


def test_messages_of_a_site_in_english_name_its_words_in_english(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "site"
    main(["init", str(project), "--yes", "--languages", "en", "--currency", "NOK"])
    regions = project / "data/regions.yaml"
    regions.write_text(
        "north: {name: North Fjord}\nsouth: {name: South Fjord, parent: north}\n", "utf-8"
    )
    case = project / "data/cases/example.yaml"
    priced = "amount: NOK 800\n    per: day\n    measure: unit_price"
    text = case.read_text("utf-8").replace("region: example", "region: north")
    text = text.replace("amount: NOK 800 per session\n    measure: unit_price", priced)
    case.write_text(text.replace("Price of one session", "Price per project"), "utf-8")
    capsys.readouterr()

    for command in (["new", "x", "--region", "fjord"], ["new", "x", "--region", "Sout Fjord"]):
        main(["--project", str(project), *command, "--lang", "en"])
    main(["--project", str(project), "check", "--lang", "en"])

    printed = capsys.readouterr().err
    assert "\n  north North Fjord\n" in printed
    assert printed.count("\n  south South Fjord (North Fjord)\n") == 2
    assert "GB/T" not in printed
    assert "says per session, but per does not include “session”" in printed
    assert "says per project, but per does not include “project”" in printed
