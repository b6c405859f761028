"""The published dataset: its files, its history, its facets."""
