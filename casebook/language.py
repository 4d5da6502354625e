"""Choice of the language that the program prints."""

from __future__ import annotations

import os
import sys

# The module that has this name takes as long to import as all else here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from casebook.text import Lang


def choose_language(asked: str | None) -> Lang:
    """Chinese where it is asked for or the locale is Chinese, else English."""
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
