"""The Word briefing: styles, page, building blocks, and the text of each edition."""
