"""Readers of the value types of libraries, one file each, in the order in which they are asked.

Sent as source into the sandbox (Python 3.7 to 3.14, standard library only). Each defines
`read(value, kind, inner)`: the canonical form of a value of a type that it knows, else None;
`kind` is the value's type, `inner` gives the form of a part. A reader looks into `sys.modules` and
imports nothing: where a library was not imported, there is no value of it.
"""

from pathlib import Path

READERS = (
    "arrays",
    "frames",
    "sparse",
    "tensors",
    "labelled",
    "lazy_texts",
    "images",
    "graphs",
    "symbols",
    "figures",
    "estimators",
    "models",
    "orm_rows",
    "responses",
)
SOURCES = {
    name: Path(__file__).with_name(name + ".py").read_text(encoding="utf-8") for name in READERS
}
