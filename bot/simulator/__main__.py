"""`python -m bot.simulator [port]`: the simulator alone, for trying things out."""

import sys

from bot.simulator.run import run

if __name__ == "__main__":
    run(port=int(sys.argv[1]) if len(sys.argv) > 1 else 8319)
