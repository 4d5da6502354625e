"""Plugin of Pelican that tells anyone who runs `pelican` itself which command builds the site."""

from __future__ import annotations

import sys
from typing import Any, Final

# The program's own runs have this setting.
OWN_RUN: Final = "CASEBOOK_RUN"
OWN_PLUGIN: Final = __name__


def register() -> None:
    """Connect the check of every run of Pelican, so that it comes before any writing."""
    from pelican.plugins import signals

    signals.initialized.connect(refuse_other_runs)


def refuse_other_runs(pelican: Any) -> None:
    """End a run that this program did not start: it would overwrite the pages of the site."""
    if pelican.settings.get(OWN_RUN):
        return
    from casebook.language import choose_language
    from casebook.messages import say
    from casebook.packaged import COMMAND

    told = say("build.pelican_itself", command=COMMAND)
    print(told.inside(choose_language(None)), file=sys.stderr)
    raise SystemExit(2)
