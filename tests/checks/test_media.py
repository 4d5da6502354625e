"""Pictures and files: their types by content, the records that name them, and missing ones."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from records import case_of, dataset_of, record, shown

from casebook.build.checking import check_project
from casebook.checks.media import check_theme_file, stories_show_their_pictures
from tests.conftest import make_tiny_project

PICTURE = """
pictures:
  - file: room.jpg
    alt: 一个房间
    alt_en: A room
    credit: 某某
    licence: CC BY 4.0
"""


def draw(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(stream, kind, **options)
    return stream.getvalue()


def camera() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "MAKER"
    return exif


def check_with(folder: Path, files: dict[str, bytes], part: str = PICTURE) -> list[str]:
    """The problems of media in the tiny site, with these files and this part of a record."""
    make_tiny_project(folder)
    path = folder / "data/cases/haishu.yaml"
    text = re.sub(
        r"\nstory: \|\n", "\nstory: |\n  [[picture:room.jpg]]\n\n", path.read_text("utf-8")
    )
    path.write_text(text.rstrip("\n") + "\n" + part.lstrip("\n"), "utf-8")
    for name, content in files.items():
        (folder / "content" / name).parent.mkdir(exist_ok=True)
        (folder / "content" / name).write_bytes(content)
    found = check_project(folder)
    return [f"{one.path} {one.code}" for one in found if re.match("[EW]31[0-9]", one.code)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(draw(), None, id="a JPEG"),
        pytest.param(draw(exif=camera()), None, id="a JPEG with what a camera wrote"),
        pytest.param(draw("PNG"), "E311", id="a PNG by another name"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "E311", id="an SVG"),
        pytest.param(b"%PDF-1.4\n", "E311", id="a PDF is no picture"),
        pytest.param(draw("GIF"), "E311", id="a GIF"),
        pytest.param(b"", "E311", id="nothing"),
        pytest.param(draw(size=(400, 300))[:900], "E313", id="cut off"),
        pytest.param(b"\xff\xd8\xff" + b"x" * 500 + b"\xff\xd9", "E313", id="damaged"),
        pytest.param(draw("PNG", (9000, 9000)), "E311", id="too many pixels by another name"),
    ],
)
def test_a_picture_is_judged_by_its_content(
    tmp_path: Path, content: bytes, code: str | None
) -> None:
    expected = [f"content/images/room.jpg {code}"] if code else []

    assert check_with(tmp_path, {"images/room.jpg": content}) == expected


def test_a_picture_of_too_many_pixels_is_refused(tmp_path: Path) -> None:
    part = PICTURE.replace("room.jpg", "room.png")
    found = check_with(tmp_path, {"images/room.png": draw("PNG", (9000, 9000))}, part)

    assert "content/images/room.png E312" in found


def test_a_picture_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert check_with(tmp_path, {}) == ["data/cases/haishu.yaml E310"]


def test_a_file_that_nobody_names_is_told(tmp_path: Path) -> None:
    files = {"images/room.jpg": draw(), "images/other.jpg": draw()}

    assert check_with(tmp_path, files) == ["content/images/other.jpg W317"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        pytest.param("notice.pdf", b"%PDF-1.4\n%%EOF", None, id="a PDF"),
        pytest.param("notice.png", draw("PNG"), None, id="a scan"),
        pytest.param("notice.jpg", draw(exif=camera()), "E314", id="a scan with camera data"),
        pytest.param("notice.pdf", b"PK\x03\x04", "E311", id="an archive"),
        pytest.param("notice.pdf", b"%PDF-1.4\n%%EOF" + b"x" * 3000, "E313", id="a PDF cut off"),
        pytest.param("notice.pdf", b"%PDF-1.4\n%%EOF\n" + b"\0" * 9000, None, id="a padded PDF"),
    ],
)
def test_a_copy_of_a_document_is_a_pdf_or_a_scan(
    tmp_path: Path, name: str, content: bytes, code: str | None
) -> None:
    part = f"{PICTURE}documents:\n  - title: 通知\n    state: issued\n    source: SOURCE\n"
    source = re.search(r"^([a-z0-9-]+):$", _sources(), re.MULTILINE)
    assert source is not None
    part = part.replace("SOURCE", source[1]) + f"    file: {name}\n"
    found = check_with(tmp_path, {"images/room.jpg": draw(), f"files/{name}": content}, part)

    assert found == ([f"content/files/{name} {code}"] if code else [])


def _sources() -> str:
    return (Path(__file__).parents[1] / "tiny_site/data/sources.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("../room.jpg", "E317", id="a path"),
        pytest.param("a room.jpg", "E317", id="a blank"),
        pytest.param(".room.jpg", "E317", id="a hidden file"),
        pytest.param("读书会.jpg", None, id="Chinese"),
    ],
)
def test_a_name_is_part_of_an_address(tmp_path: Path, name: str, code: str | None) -> None:
    from records import read

    _, problems = read(record() + PICTURE.replace("room.jpg", name))

    assert [one.code for one in problems] == ([code] if code else [])


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        pytest.param("[[picture:room.jpg]]", [], id="on a line of its own"),
        pytest.param("见 [[picture:room.jpg]]。", ["E315"], id="within a sentence"),
        pytest.param("[[picture:rom.jpg]]", ["E315", "W315"], id="a picture that it has not"),
        pytest.param("没有图。", ["W315"], id="not shown"),
    ],
)
def test_a_story_shows_the_pictures_of_its_case(story: str, expected: list[str]) -> None:
    case = case_of(f"{record()}{PICTURE}story: |\n  {story}\n")
    found = list(stories_show_their_pictures(case, dataset_of(record())))

    assert sorted(line.split()[1] for line in shown(found)) == expected


def test_a_picture_stands_once_under_pictures() -> None:
    again = PICTURE.removeprefix("\npictures:\n")
    case = case_of(f"{record()}{PICTURE}{again}story: |\n  [[picture:room.jpg]]\n")
    found = list(stories_show_their_pictures(case, dataset_of(record())))

    assert [one.code for one in found] == ["E315"]
    assert found[0].text.en == "the picture room.jpg is listed twice under pictures"


def test_a_picture_has_words_in_both_languages() -> None:
    text = PICTURE.replace("    alt_en: A room\n", "")
    case = case_of(f"{record()}{text}story: |\n  [[picture:room.jpg]]\n")
    found = list(stories_show_their_pictures(case, dataset_of(record())))

    assert [one.code for one in found] == ["W316"]


@pytest.mark.parametrize(
    ("styles", "expected"),
    [
        pytest.param('@import "more.css";\nmain { color: red }', ["1:1 E321"], id="import"),
        pytest.param("main { color: red }\n  @IMPORT url(a.css);", ["2:3 E321"], id="at the end"),
        pytest.param(
            "@font-face {\n  src: url('https://fonts.example/a.woff2');\n}",
            ["2:8 E321"],
            id="a font of another site",
        ),
        pytest.param("main { background: url( //a.example/b.png) }", ["1:20 E321"], id="a picture"),
        pytest.param("/* @import 'a'; url(//a) */ a { content: '@import' }", [], id="in words"),
        pytest.param("a { background: url(../images/a.png) }", [], id="a picture of the site"),
    ],
)
def test_what_no_page_takes_from_elsewhere_is_named_in_a_style_sheet(
    tmp_path: Path, styles: str, expected: list[str]
) -> None:
    path = tmp_path / "own.css"
    path.write_text(styles, "utf-8")

    assert shown([*check_theme_file(path, tmp_path)]) == expected


@pytest.mark.parametrize(
    ("styles", "place"),
    [
        pytest.param("a { color: red }\n}", "2:1", id="a bracket that nothing opened"),
        pytest.param("a { width: calc(1px }", "1:21", id="a bracket of another kind"),
        pytest.param("a { color: red }\n/* no end", "2:1", id="a comment without its end"),
        pytest.param("a { color: red }\ncolour = red", "2:8", id="a sign of a program"),
        pytest.param("a { color: red }\n.own", "2:1", id="a selector without its block"),
    ],
)
def test_a_style_sheet_that_would_swallow_the_next_is_named_at_its_place(
    tmp_path: Path, styles: str, place: str
) -> None:
    path = tmp_path / "own.css"
    path.write_text(styles, "utf-8")

    assert shown([*check_theme_file(path, tmp_path)]) == [f"{place} E321"]


@pytest.mark.parametrize(
    ("drawing", "place"),
    [
        pytest.param("<p>words</p>", "1:1", id="no drawing"),
        pytest.param("<svg>\n<g></svg>", "2:6", id="an element without its end"),
        pytest.param('<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "1:27", id="an entity"),
    ],
)
def test_a_drawing_of_the_theme_is_svg_without_entities(
    tmp_path: Path, drawing: str, place: str
) -> None:
    path = tmp_path / "own.svg"
    path.write_text(drawing, "utf-8")

    assert shown([*check_theme_file(path, tmp_path)]) == [f"{place} E321"]
