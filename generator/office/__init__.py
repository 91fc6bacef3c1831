"""Office Open XML ground: packages, parts, relationships, safe parsing. No tags, no charts."""
