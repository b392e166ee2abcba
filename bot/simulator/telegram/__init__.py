"""The part of the Telegram Bot API that Cityline uses."""
