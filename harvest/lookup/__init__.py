"""What the sources answer for the identifiers of the lists: cached, searched, carried over."""
