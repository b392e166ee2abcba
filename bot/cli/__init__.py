"""The command `cityline`."""

from bot.cli.app import main

__all__ = ["main"]
