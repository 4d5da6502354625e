"""Plugin of Pelican: it says which command builds the site to whoever runs pelican itself."""

from __future__ import annotations

import sys
from typing import Any, Final

# A run of our own has this among its settings.
OWN_RUN: Final = "CASEBOOK_RUN"
OWN_PLUGIN: Final = __name__


def register() -> None:
    """Have every run of Pelican looked at before it writes anything."""
    from pelican.plugins import signals

    signals.initialized.connect(refuse_other_runs)


def refuse_other_runs(pelican: Any) -> None:
    """End a run that is not ours: it would write its own pages over those of the site."""
    if pelican.settings.get(OWN_RUN):
        return
    from casebook.language import choose_language
    from casebook.messages import say
    from casebook.packaged import COMMAND

    told = say("build.pelican_itself", command=COMMAND)
    print(told.inside(choose_language(None)), file=sys.stderr)
    raise SystemExit(2)
