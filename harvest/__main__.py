"""Run the command line as `python -m harvest`."""

from harvest.cli import main

main()
