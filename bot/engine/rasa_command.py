"""Rasa's own command line in the engine's environment: `python -m bot.engine.rasa_command data validate`, from the project's root."""

import sys
import warnings

from bot.engine.lean import suit
from bot.engine.serve import ROOT


def main() -> None:
    suit(ROOT / "config.yml")
    warnings.simplefilter("ignore")
    from rasa.__main__ import main as rasa

    sys.argv[0] = "rasa"
    rasa()


if __name__ == "__main__":
    main()
