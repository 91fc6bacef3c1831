"""Documents and decks as PDF, laid out by LibreOffice where it is installed."""
