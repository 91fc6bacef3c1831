"""Reports that come back: what is due, runs that go on where they were killed, their history."""
