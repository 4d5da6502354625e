"""Runs the command line: `python -m casebook`."""

if __name__ == "__main__":
    try:
        from casebook.cli import main

        status = main()
    except KeyboardInterrupt:
        # Ahead of the command there is nothing to clear up; a traceback would tell nobody anything.
        status = 130
    raise SystemExit(status)
