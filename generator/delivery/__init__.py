"""Editions to the places where they are read: folders, stores, mail, webhooks, chats."""
