"""Runs the command line: `python -m casebook`."""

import sys

if __name__ == "__main__":
    try:
        from casebook.build.last_build import list_packages, repeat_last_build

        if repeat_last_build(sys.argv[1:], list_packages()):
            status = 0
        else:
            from casebook.commands.cli import main

            status = main()
    except KeyboardInterrupt:
        # Ahead of the command there is nothing to clear up; a traceback would tell nobody anything.
        status = 130
    if status == 130:
        import os
        from contextlib import suppress

        # Where Ctrl-C came inside exec or eval, of which dataclasses are made, Python ends itself
        # by the signal, although it was caught; who started it would see another status.
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)
    raise SystemExit(status)
