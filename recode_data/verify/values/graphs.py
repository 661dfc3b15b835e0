"""networkx: graphs by their nodes and edges with attributes; views as what they show."""

import sys

MOST = 1000


def read(value, kind, inner):
    """A graph, or a view of its nodes, edges or degrees."""
    networkx = sys.modules.get("networkx")
    if networkx is None or not hasattr(networkx, "Graph"):
        return None
    if isinstance(value, networkx.Graph):
        nodes = sorted(
            ([inner(node), inner(dict(data))] for node, data in value.nodes(data=True)), key=repr
        )
        return [
            "o",
            "Graph",
            [
                ["directed", inner(bool(value.is_directed()))],
                ["multiple", inner(bool(value.is_multigraph()))],
                ["attributes", inner(dict(value.graph))],
                ["nodes", ["d", nodes[:MOST]]],
                ["edges", ["S", _edges(value, inner)[:MOST]]],
            ],
        ]
    if kind.__module__ == "networkx.classes.reportviews" or kind.__name__ == "AtlasView":
        return inner(list(value))
    return None


def _edges(graph, inner):
    """Each edge once, its ends in a fixed order where it has no direction."""
    found = []
    for first, second, data in graph.edges(data=True):
        ends = [inner(first), inner(second)]
        if not graph.is_directed():
            ends.sort(key=repr)
        found.append(["u", ends + [inner(dict(data))]])
    return sorted(found, key=repr)
