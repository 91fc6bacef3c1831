"""Start the command line of the report that lies beside this file."""

import sys
from pathlib import Path

from generator.app.commands import main

if __name__ == "__main__":
    sys.exit(main(home=Path(__file__).resolve().parent))
