"""Values of NumPy, torch, SymPy and pandas, built from what was written; see `reading.py`."""

import ast

from recode_crossing.named import Unreadable, find_named


class LibraryReading:
    """The part of `Reader` that knows values of libraries."""

    def _dtype_of(self, text):
        literal = text if text[:1] not in "[(" else ast.literal_eval(text)
        if isinstance(literal, list):
            literal = [tuple(field) for field in literal]
        return self.libraries.dtype(literal)

    def array(self, parts):
        """An array from what `Writer.content` says of it."""
        flavour, dtype, shape, order, content, mask = parts
        libraries = self.libraries
        shape = tuple(shape)
        if dtype == "O":
            made = libraries.empty(len(content), dtype=object)
            made[:] = [None] * len(content)
            for place, item in enumerate(content):
                made[place] = self.read(item)
            made = made.reshape(shape)
        else:
            raw = libraries.frombuffer(self.blobs[content], dtype=self._dtype_of(dtype))
            made = raw.reshape(shape[::-1]).T if order == "F" else raw.reshape(shape)
        if flavour == "matrix":
            return made.view(libraries.numpy.matrix)
        if flavour == "masked":
            return libraries.masked(made, mask=self.read(mask))
        return made

    def read_nd(self, number, parts):
        """An array."""
        if parts[0] != "masked" and parts[1] != "O":
            self.blob_of[number] = parts[4]
        return self._made(number, self.array(parts))

    def read_ns(self, dtype, digits):
        """A scalar of NumPy."""
        return self.libraries.frombuffer(bytes.fromhex(digits), dtype=self._dtype_of(dtype))[0]

    def read_dtype(self, text):
        """A data type of NumPy."""
        return self._dtype_of(text)

    def tensor(self, parts):
        """A tensor from what `Writer.content` says of it."""
        array, kind, requires_grad, parameter = parts
        libraries = self.libraries
        made = libraries.from_numpy(self.array(array)).to(libraries.torch_types[kind])
        if parameter:
            return libraries.parameter_type(made, requires_grad=requires_grad)
        return made.requires_grad_() if requires_grad else made

    def read_tensor(self, number, parts):
        """A tensor."""
        array, kind = parts[:2]
        if kind != "torch.bfloat16":  # which is read from a copy
            self.blob_of[number] = array[4]
        return self._made(number, self.tensor(parts))

    def read_tdtype(self, name):
        """A data type of torch."""
        return self.libraries.torch_types[name]

    def read_tsize(self, parts):
        """A shape of torch."""
        return self.libraries.torch.Size(self.items(parts))

    def _sympy_class(self, module, name):
        found = find_named(module, name)
        basic = self.libraries.sympy.Basic
        if module.partition(".")[0] != "sympy" or not isinstance(found, type):
            raise Unreadable("no class of sympy: %s.%s" % (module, name))
        if not issubclass(found, basic):
            raise Unreadable("no expression: %s" % name)
        return found

    def read_sy(self, module, name, args):
        """An expression of sympy: arguments are expressions and never text, which it would run."""
        kind = self._sympy_class(module, name)
        values = self.items(args)
        sympy = self.libraries.sympy
        if not all(isinstance(value, (sympy.Basic, sympy.MatrixBase)) for value in values):
            raise Unreadable("an argument that is no expression")
        with sympy.evaluate(False):
            return kind(*values)

    def read_symat(self, name, rows, columns, cells):
        """A matrix of sympy."""
        values = self.items(cells)
        sympy = self.libraries.sympy
        if not all(isinstance(value, sympy.Basic) for value in values):
            raise Unreadable("a cell that is no expression")
        kind = sympy.ImmutableMatrix if name.startswith("Immutable") else sympy.Matrix
        return kind(rows, columns, values)

    def read_sysym(self, name, text, assumptions, dummy):
        """A symbol."""
        sympy = self.libraries.sympy
        known = {str(key): bool(value) for key, value in assumptions}
        if name == "Dummy":
            return sympy.Dummy(str(text), dummy_index=dummy, **known)
        return getattr(sympy, "Wild" if name == "Wild" else "Symbol")(str(text), **known)

    def read_syint(self, value):
        """An integer of sympy."""
        return self.libraries.sympy.Integer(int(self.read(value)))

    def read_syrat(self, above, below):
        """A ratio of sympy."""
        return self.libraries.sympy.Rational(int(self.read(above)), int(self.read(below)))

    def read_syfloat(self, parts, precision):
        """A floating-point number of sympy."""
        mpf = tuple(int(self.read(part)) for part in parts)
        return self.libraries.sympy.Float._new(mpf, int(precision))

    def read_syatom(self, module, name):
        """Something without arguments: pi, oo, true, an empty set."""
        return self._sympy_class(module, name)()

    def read_syundef(self, name, args):
        """An undefined function, applied."""
        values = self.items(args)
        if not all(isinstance(value, self.libraries.sympy.Basic) for value in values):
            raise Unreadable("an argument that is no expression")
        return self.libraries.sympy.Function(str(name))(*values)

    def table(self, parts):
        """A data frame or a series from what `Writer.content` says of it."""
        pandas = self.libraries.pandas
        kind, written = parts
        values = self.items(written)
        if kind == "series":
            return pandas.Series(values[0], index=values[1], name=values[2])
        frame = pandas.DataFrame(dict(enumerate(values[2:])), index=values[0])
        frame.columns = values[1]
        return frame

    def read_table(self, number, parts):
        """A data frame or a series."""
        return self._made(number, self.table(parts))

    def read_index(self, values, name):
        """An index."""
        return self.libraries.pandas.Index(self.read(values), name=self.read(name))

    def read_rangeindex(self, parts):
        """An index of consecutive numbers."""
        start, stop, step, name = self.items(parts)
        return self.libraries.pandas.RangeIndex(start, stop, step, name=name)

    def read_multiindex(self, keys, names):
        """An index of several levels."""
        return self.libraries.pandas.MultiIndex.from_tuples(
            self.items(keys), names=self.items(names)
        )

    def read_pdarray(self, dtype, values):
        """An array of a type of pandas' own."""
        return self.libraries.pandas.array(self.read(values), dtype=str(dtype))

    def read_pdmoment(self, name, text):
        """A moment of pandas."""
        kind = "Timestamp" if name == "Timestamp" else "Timedelta"
        return getattr(self.libraries.pandas, kind)(str(text))

    def read_pdnone(self, name):
        """What pandas has for nothing."""
        return self.libraries.pandas.NaT if name == "NaT" else self.libraries.pandas.NA
