"""From what lists and sources say of identifiers to works and repositories."""
