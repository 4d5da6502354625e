"""Entry of the command line: `casebook` if it is installed, else `python -m casebook`."""

import sys


def main() -> int:
    """Run the command that was typed and return its exit status."""
    try:
        from casebook.build.last_build import list_packages, repeat_last_build

        if repeat_last_build(sys.argv[1:], list_packages()):
            return 0
        from casebook.commands import cli

        status = cli.main()
    except KeyboardInterrupt:
        # Before the command begins there is nothing to clean up, and a traceback would help nobody.
        status = 130
    if status == 130:
        import os
        from contextlib import suppress

        # If Ctrl-C came inside exec or eval, which dataclasses use, Python ends itself by the
        # signal although the exception was caught, and the caller would see another status.
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
