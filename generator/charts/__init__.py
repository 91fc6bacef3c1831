"""A chart or diagram specification to native parts, shapes and pictures."""
