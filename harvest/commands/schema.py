"""`harvest schema`: the shape of dataset.json."""

from __future__ import annotations

from harvest.commands.options import new_app
from harvest.commands.streams import write
from harvest.writers import json

app = new_app()


@app.command(epilog="Example: harvest schema > dataset.schema.json")
def schema() -> None:
    """Print the JSON Schema of dataset.json."""
    write(json.schema())
