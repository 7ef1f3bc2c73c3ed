"""``python -m workbench``: the command line, a contract of its own (see ``docs/cli.md``)."""

from workbench.cli.program import main

if __name__ == "__main__":
    main()
