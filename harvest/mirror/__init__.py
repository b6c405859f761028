"""Public dumps of the sources, as Parquet: `harvest mirror` makes it, the cache looks into it."""
