"""From what lists and sources say of identifiers to works and repositories: which are one, and which value wins."""
