"""The title of a document: what a browser's tab and a list of results have room for."""

from __future__ import annotations

import re

# Longer titles are cut by those who show them, wherever it may be.
LONGEST = 64

_PAUSE = re.compile(r"[;:,；：，](?!\d)|(?<=\S)(?=[（(])")


def name_document(words: str, site: str = "") -> str:
    """A title with the name of the site behind it, where there is room for both.

    What is longer even alone ends at a pause, so that no figure loses the words behind it.
    """
    whole = f"{words} · {site}" if site and site != words else words
    if len(whole) <= LONGEST:
        return whole
    if len(words) <= LONGEST:
        return words
    pauses = [match.start() for match in _PAUSE.finditer(words, 0, LONGEST - 1)]
    # A single word longer than that can only be cut.
    return words[: pauses[-1] if pauses else LONGEST - 2].rstrip() + " …"
