"""Choice of the language of the program's output."""

from __future__ import annotations

import os
import sys

# Importing `typing` takes as long as importing everything else here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from casebook.text import Lang


def choose_language(asked: str | None) -> Lang:
    """Chinese if it is asked for, or if none is and the locale is Chinese; else English."""
    if asked is not None:
        return "zh" if asked == "zh" else "en"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    if sys.platform == "win32":
        import locale

        name = locale.getlocale()[0] or ""
        return "zh" if name.lower().startswith(("zh", "chinese")) else "en"
    return "en"
