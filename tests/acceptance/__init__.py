"""Whole reports in, whole files out."""
