"""How calls and values cross between the process that judges and the one that runs untrusted code.

Sent as source into the sandbox (Python 3.7 and later, standard library only), where the files are
modules of `recode_crossing`. A value is written as JSON (`writing.py`), with the bytes of arrays
beside it as blobs; reading (`reading.py`) builds plain values of known types and never calls
anything that the sender chose, so that neither pickles nor the classes of the untrusted code get
into the process that judges. What is of no known type stays where it is, and a stand-in on the
other side asks for its attributes, items and calls (`peer.py`). A stand-in takes no part in
comparisons: an `__eq__` that always says yes is never asked.
"""

from pathlib import Path

MODULES = (
    "named",
    "writing_libraries",
    "writing",
    "reading_libraries",
    "reading",
    "changes",
    "packets",
    "side_effects",
    "stand_ins",
    "peer",
)
"""In the order in which they are loaded: each may use those before it."""
SOURCES = {
    name: Path(__file__).with_name(name + ".py").read_text(encoding="utf-8") for name in MODULES
}
