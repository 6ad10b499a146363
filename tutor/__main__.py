"""`python -m tutor`."""

from tutor.shells.cli.main import main

main()
