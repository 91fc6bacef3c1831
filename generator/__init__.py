"""Word briefings and PowerPoint decks from data whose figures know their source."""
