"""datapackage.json: the CSV tables as a Data Package (https://datapackage.org/standard)."""

from __future__ import annotations

from typing import Any

from harvest.dataset import encoding
from harvest.dataset.publication import Publication
from harvest.writers import packages
from harvest.writers.base import Writer
from harvest.writers.packages import Table

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
KEYS = {"works.csv": "id", "repositories.csv": "id"}


class DataPackageWriter(Writer):
    """datapackage.json, and the tables that it describes."""

    name = "datapackage"

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return all files. Raises UsageError where no licence is set."""
        tables, settings = packages.tables(publication), publication.settings
        license_ = packages.license_of(publication)
        terms = {"name": license_, "path": packages.license_url(license_), "title": license_}
        package = {
            "$schema": PROFILE,
            "name": "harvest",
            "title": settings.title,
            "description": settings.description,
            "homepage": settings.url,
            "licenses": [{name: text for name, text in terms.items() if text}],
            "resources": [_resource(table) for table in tables],
        }
        content = {name: value for name, value in package.items() if value}
        files = {"datapackage.json": encoding.indented(content)}
        return files | {table.name: table.data for table in tables}


def _resource(table: Table) -> dict[str, Any]:
    fields = [{"name": name, "type": type_} for name, type_ in table.columns.items()]
    key = {"primaryKey": [KEYS[table.name]]} if table.name in KEYS else {}
    return {
        "name": table.name.removesuffix(".csv"),
        "path": table.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(table.data),
        "hash": f"sha256:{table.digest}",
        "schema": {"fields": fields, "missingValues": [""], **key},
    }
