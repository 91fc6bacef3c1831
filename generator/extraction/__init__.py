"""From the text of an article to proposed facts. Nothing here enters a report by itself."""
