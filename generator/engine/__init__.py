"""Tags in Office XML to a compiled template to rendered parts."""
