"""Data from outside: files to facts and definitions, each value with its provenance."""
