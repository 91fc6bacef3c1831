"""Mutation fuzzing of packages, XML, tags, data, workbooks and pictures; each case has a number."""
