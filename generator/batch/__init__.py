"""One document for each row of a file: in parallel, to be resumed, with flat memory."""
