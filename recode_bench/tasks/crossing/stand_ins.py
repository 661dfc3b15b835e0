"""What stands on one side for something of the other."""

import itertools

_chain = itertools.chain


def stand_in_class(name, can):
    """A class whose instances ask the other side; they compare by identity."""

    def init(self, peer, number):
        self.__dict__.update(_peer=peer, _number=number)

    def attribute(self, wanted):
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        return self._peer.ask("attribute", self._number, (wanted,))

    def text(self):
        return str(self._peer.ask("text", self._number, (False,)))

    def represented(self):
        return str(self._peer.ask("text", self._number, (True,)))

    members = {
        "__init__": init,
        "__getattr__": attribute,
        "__str__": text,
        "__repr__": represented,
    }
    if "c" in can:
        members["__call__"] = lambda self, *args, **keywords: self._peer.ask(
            "call", self._number, args, keywords
        )
    if "l" in can:
        members["__len__"] = lambda self: self._peer.ask("length", self._number)
    if "g" in can:
        members["__getitem__"] = lambda self, key: self._peer.ask("item", self._number, (key,))
    if "i" in can:
        members["__iter__"] = lambda self: iter(self._peer.ask("iterate", self._number))
    return type(name, (), members)


def iterator_of(flavour, items):
    """An iterator of that type over items; a generator where the type can hold no others."""
    if flavour == "map":
        return map(lambda item: item, items)
    if flavour == "filter":
        return filter(lambda item: True, items)
    if flavour == "chain":
        return _chain(items)
    return items
