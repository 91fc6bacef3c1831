"""What the shipped templates are made of: the house look, Word pages, slides, and the prose."""
