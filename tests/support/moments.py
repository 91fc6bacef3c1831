"""How often work is killed at random moments: in ordinary runs fewer times than in full."""

from __future__ import annotations

import os

#: ``KILLS=50`` is the full check.
KILLS = int(os.environ.get("KILLS") or 12)
