"""A corpus of hostile input, made anew by this script at each run, and a runner with limits."""
