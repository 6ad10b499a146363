"""`python -m tutor`."""

from tutor.shells.cli import main

main()
