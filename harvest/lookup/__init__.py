"""Answers of the sources for the identifiers of the lists: cached, searched, carried over."""
