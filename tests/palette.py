"""The colours of charts in both schemes; only pages show the dark one."""

from __future__ import annotations

import re
from pathlib import Path

from casebook.build.theme import find_colours, read_tokens

STYLES = Path(__file__).parents[1] / "theme/static/css/tokens.css"
DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{\s*(:root \{[^{}]*\})\s*\}")


def read_scheme(scheme: str) -> dict[str, str]:
    """The colours of the theme in a scheme; the dark one overrides the light one."""
    css = STYLES.read_text(encoding="utf-8")
    assert DARK.search(css)
    return find_colours(read_tokens(DARK.sub(r"\1", css) if scheme == "dark" else css))
