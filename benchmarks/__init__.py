"""Measurements: ``python benchmarks/run.py``."""
