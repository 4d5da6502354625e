"""Runs the command line: `python -m casebook`."""

from casebook.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
