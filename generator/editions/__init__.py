"""Builds that are remembered: what is current, what was edited, which editions are kept."""
