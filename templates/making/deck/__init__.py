"""The deck: master, layouts, slides, and the text of each edition."""
