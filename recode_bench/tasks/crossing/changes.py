"""What a call changes in its arguments."""

import collections
import operator

from recode_crossing.writing import Writer

_is = operator.is_


class Watch:
    """Arguments of a call as they came, to tell afterwards which of them it has changed.

    Of a container, only which things it holds is looked at: each of those that can change is
    an argument of its own. Of an array, the memory, against what has come.
    """

    def __init__(self, reader, content):
        self._reader = reader
        self._content = content
        self._before = {number: self._state(number) for number in reader.mutable}

    def changed(self):
        """Numbers of the arguments that are no longer what they were."""
        return [number for number in self._before if not self._is_same(number)]

    def _state(self, number):
        value = self._reader.mutable[number]
        kind = type(value)
        if kind is list or kind is set or kind is collections.deque:
            return list(value)
        if isinstance(value, dict):
            return [*value.keys(), *value.values()]
        if number in self._reader.blob_of:
            return self._layout(value)
        return self._written(value)

    def _is_same(self, number):
        before = self._before[number]
        now = self._state(number)
        if isinstance(now, list):
            return len(now) == len(before) and all(map(_is, now, before))
        if number not in self._reader.blob_of or now != before:
            return now == before
        _, address, size = now[-3:]
        return self._content.is_as_it_came(self._reader.blob_of[number], address, size)

    def _layout(self, value):
        if hasattr(value, "data_ptr"):
            strides, size = value.stride(), value.numel() * value.element_size()
            flag, address = value.requires_grad, value.data_ptr()
        else:
            strides, size, flag = value.strides, value.nbytes, None
            address = value.__array_interface__["data"][0]
        return value.dtype, tuple(value.shape), flag, strides, address, size

    def _written(self, value):
        writer = Writer(self._reader.libraries, id)
        content = writer.content(value)
        return content, [bytes(blob) for blob in writer.blobs]


def update(target, value):
    """Make a mutable object hold what another one holds."""
    if isinstance(target, dict):
        target.clear()
        target.update(value)
    elif isinstance(target, set):
        target.clear()
        target.update(value)
    elif isinstance(target, collections.deque):
        target.clear()
        target.extend(value)
    elif hasattr(target, "_update_inplace"):
        target._update_inplace(value)
    elif hasattr(target, "resize_"):
        target.data.resize_(value.shape).copy_(value)
    elif isinstance(target, (list, bytearray)) or target.shape == value.shape:
        target[... if hasattr(target, "shape") else slice(None)] = value
    else:
        target.resize(value.shape, refcheck=False)
        target[...] = value
