"""Watch over the files that a site is made from."""

from __future__ import annotations

import threading
import time
from pathlib import Path

_WATCHED = ("data", "content", "theme")
_SETTINGS = "pelicanconf.py"
# The watch wakes up this often, in milliseconds, to see whether a watched folder was replaced.
_WAKE = 100


def start_watching(project: Path) -> threading.Event:
    """An event that is set after every burst of changes to what the site is made from.

    The watch is in place when this returns, so that no change goes unseen from then on.
    """
    ready, changed = threading.Event(), threading.Event()
    threading.Thread(target=_watch, args=(project, ready, changed), daemon=True).start()
    ready.wait(5)
    return changed


def _watch(project: Path, ready: threading.Event, changed: threading.Event) -> None:
    from watchfiles import DefaultFilter, watch

    class SourceFilter(DefaultFilter):
        ignore_entity_patterns = (*DefaultFilter.ignore_entity_patterns, r"\.bak$", r"^\.", r"~$")

    seen = _identify(project)
    while True:
        folders = [project / name for name in _WATCHED if (project / name).is_dir()]
        bursts = watch(
            *folders,
            watch_filter=SourceFilter(),
            debounce=200,
            step=15,
            rust_timeout=_WAKE,
            yield_on_timeout=True,
            raise_interrupt=False,
        )
        try:
            for burst in bursts:
                ready.set()
                before, seen = seen, _identify(project)
                if burst or seen != before:
                    changed.set()
                if seen[:-1] != before[:-1]:
                    # A folder was replaced; the watch still holds the old one.
                    break
        except OSError:
            # A folder went away between the look and the watch.
            time.sleep(_WAKE / 1000)


def _identify(project: Path) -> tuple[object, ...]:
    """Which folders are watched, and the state of the settings, which lie beside them."""
    found: list[object] = []
    for name in (*_WATCHED, _SETTINGS):
        try:
            status = (project / name).stat()
        except OSError:
            found.append(None)
            continue
        is_file = name == _SETTINGS
        stamp = (status.st_mtime_ns, status.st_size) if is_file else (status.st_dev, status.st_ino)
        found.append(stamp)
    return tuple(found)
