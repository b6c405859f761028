"""croissant.json: the CSV tables for machine learning (https://docs.mlcommons.org/croissant).

It conforms to version 1.0: the context that 1.1 recommends fails its own validator.
"""

from __future__ import annotations

from typing import Any

from harvest.dataset import encoding
from harvest.dataset.publication import Publication
from harvest.writers import packages
from harvest.writers.base import Writer
from harvest.writers.packages import Table, Type

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
TYPES: dict[Type, str] = {"string": "sc:Text", "integer": "sc:Integer", "boolean": "sc:Boolean"}
CONTEXT: dict[str, Any] = {
    "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs",
    "column": "cr:column", "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract",
    "field": "cr:field", "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet", "format": "cr:format", "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key",
    "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path",
    "recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex",
    "repeated": "cr:repeated", "replace": "cr:replace",
    "samplingRate": "cr:samplingRate", "sc": "https://schema.org/",
    "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField",
    "transform": "cr:transform",
}  # fmt: skip


class CroissantWriter(Writer):
    """croissant.json, and the tables that it describes."""

    name = "croissant"

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return all files. Raises UsageError where no licence is set."""
        tables, settings = packages.tables(publication), publication.settings
        license_ = packages.license_of(publication)
        values = {
            "@context": CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": CONFORMS_TO,
            "name": settings.title,
            "description": settings.description or settings.title,
            "url": settings.url,
            "license": packages.license_url(license_) or license_,
            "datePublished": max((change.date for change in publication.changes), default=None),
            "distribution": [_file(table) for table in tables],
            "recordSet": [_records(table) for table in tables],
        }
        content = {name: value for name, value in values.items() if value}
        files = {"croissant.json": encoding.indented(content)}
        return files | {table.name: table.data for table in tables}


def _file(table: Table) -> dict[str, str]:
    return {
        "@type": "cr:FileObject",
        "@id": table.name,
        "name": table.name,
        "contentUrl": table.name,
        "contentSize": f"{len(table.data)} B",
        "encodingFormat": "text/csv",
        "sha256": table.digest,
    }


def _records(table: Table) -> dict[str, Any]:
    name = table.name.removesuffix(".csv")
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"{name}/{column}",
            "name": f"{name}/{column}",
            "dataType": TYPES[type_],
            "source": {"fileObject": {"@id": table.name}, "extract": {"column": column}},
        }
        for column, type_ in table.columns.items()
    ]
    return {"@type": "cr:RecordSet", "@id": name, "name": name, "field": fields}
