"""Dumps and lists of any size, made up in the shape of real ones."""
