"""`python -m app.cli` is the same as `gongjiang`; processes that start each other use it, wherever the script lies."""

from app.cli import main

main()
