"""`python -m bot.cli`: how the supervisor starts a process without looking for the script."""

from bot.cli.app import main

main()
