"""Start the command line of the report that lies beside this file."""

import sys
from pathlib import Path

if __name__ == "__main__":  # processes that a batch starts read this file too, and need nothing
    from generator.app.commands import main

    sys.exit(main(home=Path(__file__).resolve().parent))
