"""harvest turns curated paper lists into one enriched, provenance-tracked dataset."""

__version__ = "0.1.0"
