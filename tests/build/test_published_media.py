"""Pictures and files as they are published."""

from __future__ import annotations

import io
import json
import re
from hashlib import sha256
from pathlib import Path

from PIL import Image
from processes import run

from tests.conftest import make_tiny_project

PDF = b"%PDF-1.4\n%%EOF"
PICTURE = """
pictures:
  - file: room.jpg
    alt: 一个房间
    alt_en: A room
    credit: 某某
    licence: CC BY 4.0
documents:
  - title: 通知
    state: issued
    source: {source}
    file: notice.pdf
"""


def make_project(folder: Path) -> bytes:
    """Write the tiny site with a camera's picture and a PDF, and return the picture's bytes."""
    make_tiny_project(folder)
    sources = (folder / "data/sources.yaml").read_text("utf-8")
    source = re.findall(r"^([a-z0-9-]+):$", sources, re.MULTILINE)[0]
    path = folder / "data/cases/haishu.yaml"
    text = re.sub(
        r"\nstory: \|\n", "\nstory: |\n  [[picture:room.jpg]]\n\n", path.read_text("utf-8")
    )
    path.write_text(text.rstrip("\n") + PICTURE.format(source=source), "utf-8")
    exif = Image.Exif()
    # The orientation of an upright camera, which swaps width and height, and the camera's maker.
    exif[0x0112], exif[0x010F] = 6, "MAKER-OF-CAMERAS"
    stream = io.BytesIO()
    Image.effect_noise((2000, 1000), 40).convert("RGB").save(stream, "JPEG", exif=exif)
    for name, content in (("images/room.jpg", stream.getvalue()), ("files/notice.pdf", PDF)):
        (folder / "content" / name).parent.mkdir()
        (folder / "content" / name).write_bytes(content)
    return stream.getvalue()


def test_a_picture_is_published_smaller_upright_and_without_camera_data(tmp_path: Path) -> None:
    content = make_project(tmp_path)

    assert run(tmp_path, "build", "--quiet").returncode == 0
    wide = (tmp_path / "output/data/images/room.jpg").read_bytes()
    narrow = (tmp_path / "output/data/images/800/room.jpg").read_bytes()
    page = (tmp_path / "output/cases/haishu/index.html").read_text("utf-8")

    assert b"MAKER-OF-CAMERAS" in content
    assert b"MAKER-OF-CAMERAS" not in wide + narrow
    assert Image.open(io.BytesIO(wide)).size == (1000, 2000)
    assert Image.open(io.BytesIO(narrow)).size == (800, 1600)
    assert 'src="../../data/images/room.jpg" width="1000" height="2000" alt="一个房间"' in page
    assert 'loading="lazy"' in page
    assert 'srcset="../../data/images/800/room.jpg"' in page
    assert "某某，CC BY 4.0" in page


def test_a_file_is_published_as_it_is_with_its_digest_beside_the_link(tmp_path: Path) -> None:
    make_project(tmp_path)

    assert run(tmp_path, "build", "--quiet").returncode == 0
    page = (tmp_path / "output/cases/haishu/index.html").read_text("utf-8")
    package = json.loads((tmp_path / "output/data/datapackage.json").read_bytes())
    manifest = json.loads((tmp_path / "output/manifest.json").read_bytes())
    (resource,) = (one for one in package["resources"] if one["path"] == "files/notice.pdf")

    assert (tmp_path / "output/data/files/notice.pdf").read_bytes() == PDF
    assert sha256(PDF).hexdigest() in page
    assert (resource["bytes"], resource["hash"]) == (len(PDF), f"sha256:{sha256(PDF).hexdigest()}")
    assert manifest["outputs"]["data/files/notice.pdf"] == sha256(PDF).hexdigest()


def test_another_picture_of_the_same_name_makes_its_page_anew(tmp_path: Path) -> None:
    make_project(tmp_path)
    run(tmp_path, "build", "--quiet")
    stream = io.BytesIO()
    Image.new("RGB", (300, 200)).save(stream, "JPEG")
    (tmp_path / "content/images/room.jpg").write_bytes(stream.getvalue())

    assert run(tmp_path, "build", "--quiet").returncode == 0
    page = (tmp_path / "output/cases/haishu/index.html").read_text("utf-8")

    assert 'width="300" height="200"' in page
    assert not (tmp_path / "output/data/images/800").exists()
