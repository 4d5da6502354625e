"""Runs the command line: `casebook` where it is installed, else `python -m casebook`."""

import sys


def main() -> int:
    """Run the command that was typed and give its exit status."""
    try:
        from casebook.build.last_build import list_packages, repeat_last_build

        if repeat_last_build(sys.argv[1:], list_packages()):
            return 0
        from casebook.commands import cli

        status = cli.main()
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
    return status


if __name__ == "__main__":
    raise SystemExit(main())
