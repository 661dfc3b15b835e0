"""Croissant 1.0 metadata of a built folder: what dataset search engines and loaders read.

One record set per Parquet file, since a record set has one source; format:
mlcommons.org/croissant, version 1.0.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from recode_data.publish.front_matter import schema_of, title
from recode_data.publish.manifest import configs_of, entries, items, mapping, number
from recode_data.records import JsonValue

CONTEXT: dict[str, JsonValue] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "equivalentProperty": "cr:equivalentProperty",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}

CITATION = "ReCode: Updating Code API Knowledge with Reinforcement Learning, arXiv 2506.20495, for the task"


def croissant(manifest: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The JSON-LD document; same manifest, same document. The date is the youngest release's."""
    schemas = _schemas(manifest)
    listed = mapping(manifest.get("files"))
    dates = [str(entry["released"]) for entry in entries(manifest.get("releases")) if entry.get("released")]  # fmt: skip
    licences: list[JsonValue] = [
        *sorted(
            {str(entry.get("licence") or "") for entry in entries(manifest.get("attribution"))}
            - {""}
        )
    ]
    document: dict[str, JsonValue] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": title(manifest),
        "description": "Old code, new code and a note on what changed between two versions of a "
        "library; each row proved by running it on both.",
        "keywords": ["code", "api-migration", "library-updates", "execution-verified"],
        "inLanguage": ["en"],
        "version": f"{number(manifest, 'version')}.0.0",
        "citeAs": CITATION,
        "license": licences,
        "creator": {"@type": "sc:Organization", "name": "recode-toolkit"},
        "distribution": [_file(name, mapping(listed.get(name))) for name in schemas],
        "recordSet": [_records(name, schema) for name, schema in schemas.items()],
    }
    if dates:
        document["datePublished"] = max(dates)
    return {key: value for key, value in document.items() if value not in ([], "")}


def _schemas(manifest: Mapping[str, JsonValue]) -> dict[str, pa.Schema]:
    """Parquet file → its columns, each file once, sorted."""
    found = {
        str(file): schema_of(name)
        for name, splits in configs_of(manifest).items()
        for about in splits.values()
        for file in items(about.get("files"))
    }
    return dict(sorted(found.items()))


def _file(name: str, entry: Mapping[str, JsonValue]) -> JsonValue:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{number(entry, 'size')} B",
        "encodingFormat": "application/x-parquet",
        "sha256": str(entry.get("sha256")),
    }


def _records(file: str, schema: pa.Schema) -> JsonValue:
    name = file.rpartition("/")[2].removesuffix(".parquet").removesuffix("-00000")
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "field": [_field(file, name, column) for column in schema],
    }


def _field(file: str, records: str, column: pa.Field) -> JsonValue:
    repeated = pa.types.is_list(column.type)
    kind = column.type.value_type if repeated else column.type
    field: dict[str, JsonValue] = {
        "@type": "cr:Field",
        "@id": f"{records}/{column.name}",
        "name": column.name,
        "dataType": {"int64": "sc:Integer", "bool": "sc:Boolean"}.get(str(kind), "sc:Text"),
        "source": {"fileObject": {"@id": file}, "extract": {"column": column.name}},
    }
    return {**field, "repeated": True} if repeated else field
