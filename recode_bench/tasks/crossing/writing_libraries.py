"""Values of NumPy, torch, SymPy and pandas, written down; see `writing.py`."""

import sys


class Libraries:
    """Functions of libraries as they were before any update was put in place."""

    def __init__(self):
        self.numpy = sys.modules.get("numpy")
        self.sympy = sys.modules.get("sympy")
        self.torch = sys.modules.get("torch")
        self.pandas = sys.modules.get("pandas")
        numpy = self.numpy
        if numpy is not None:
            self.array_type = numpy.ndarray
            self.scalar_type = numpy.generic
            self.dtype = numpy.dtype
            self.frombuffer = numpy.frombuffer
            self.ascontiguousarray = numpy.ascontiguousarray
            self.empty = numpy.empty
            self.masked = numpy.ma.MaskedArray
            self.descr = getattr(numpy.lib.format, "dtype_to_descr", None)
        if self.torch is not None:
            self.tensor_type = self.torch.Tensor
            self.from_numpy = self.torch.from_numpy
            self.parameter_type = self.torch.nn.Parameter
            self.torch_types = {
                str(value): value
                for value in vars(self.torch).values()
                if isinstance(value, self.torch.dtype)
            }


class LibraryWriting:
    """The part of `Writer` that knows values of libraries."""

    def _of_library(self, kind, value):
        libraries = self.libraries
        if libraries.numpy is not None:
            if isinstance(value, libraries.array_type):
                number = self.remember(value)
                return ["nd", number, self._array(value)]
            if isinstance(value, libraries.scalar_type):
                if value.dtype.kind == "O":
                    return None
                return ["ns", self._dtype(value.dtype), value.tobytes().hex()]
            if isinstance(value, libraries.dtype):
                return ["dtype", self._dtype(value)]
            if isinstance(value, libraries.numpy.ufunc):
                return ["named", "numpy", value.__name__]
        if libraries.torch is not None:
            if isinstance(value, libraries.tensor_type):
                return ["tensor", self.remember(value), self._tensor(value)]
            if kind in (libraries.torch.dtype, libraries.torch.Size):
                tag = "tdtype" if kind is libraries.torch.dtype else "tsize"
                return [tag, str(value) if tag == "tdtype" else self.items(tuple(value))]
        if libraries.sympy is not None and kind.__module__.partition(".")[0] == "sympy":
            return self._sympy(value)
        if libraries.pandas is not None and kind.__module__.partition(".")[0] == "pandas":
            return self._pandas(kind, value)
        return None

    def _array(self, value):
        libraries, flavour = self.libraries, "array"
        mask = None
        if isinstance(value, libraries.masked):
            flavour, mask = "masked", self.write(libraries.numpy.ma.getmaskarray(value))
            value = value.data
        elif type(value).__name__ == "matrix":
            flavour = "matrix"
        order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
        if value.dtype.hasobject:
            if value.dtype.kind != "O":
                raise ValueError("an array of records with objects cannot cross")
            items = [self.write(item) for item in libraries.array_type.ravel(value).tolist()]
            return [flavour, "O", list(value.shape), order, items, mask]
        plain = value.T if order == "F" else value
        plain = libraries.ascontiguousarray(plain).view(libraries.array_type)
        content = memoryview(plain.reshape(-1).view("u1")) if plain.nbytes else b""
        return [
            flavour,
            self._dtype(value.dtype),
            list(value.shape),
            order,
            self.blob(content),
            mask,
        ]

    def _dtype(self, dtype):
        return repr(self.libraries.descr(dtype)) if dtype.names else dtype.str

    def _tensor(self, value):
        plain = value.detach().cpu()
        kind = str(plain.dtype)
        if kind == "torch.bfloat16":
            plain = plain.float()
        parameter = isinstance(value, self.libraries.parameter_type)
        array = self._array(plain.resolve_conj().resolve_neg().numpy())
        return [array, kind, bool(value.requires_grad), parameter]

    def _sympy(self, value):
        """A tree of heads and arguments; atoms by what makes them up."""
        sympy = self.libraries.sympy
        if isinstance(value, sympy.MatrixBase):
            cells = self.items([value[i, j] for i in range(value.rows) for j in range(value.cols)])
            return ["symat", type(value).__name__, value.rows, value.cols, cells]
        if not isinstance(value, sympy.Basic):
            return None
        name = type(value).__name__
        if isinstance(value, sympy.Symbol):
            dummy = value.dummy_index if isinstance(value, sympy.Dummy) else None
            assumptions = (
                sorted(value._assumptions_orig.items())
                if hasattr(value, "_assumptions_orig")
                else sorted((k, v) for k, v in value.assumptions0.items() if v is not None)
            )
            return ["sysym", name, value.name, [list(each) for each in assumptions], dummy]
        if isinstance(value, sympy.Integer):
            return ["syint", self.write(int(value))]
        if isinstance(value, sympy.Rational):
            return ["syrat", self.write(int(value.p)), self.write(int(value.q))]
        if isinstance(value, sympy.Float):
            return ["syfloat", [self.write(int(part)) for part in value._mpf_], value._prec]
        if not value.args:
            return ["syatom", type(value).__module__, name]
        if isinstance(value, sympy.core.function.AppliedUndef):
            return ["syundef", str(value.func), self.items(value.args)]
        return ["sy", type(value).__module__, type(value).__qualname__, self.items(value.args)]

    def _pandas(self, kind, value):
        pandas = self.libraries.pandas
        if kind is pandas.DataFrame or kind is pandas.Series:
            return ["table", self.remember(value), self._table(value)]
        if isinstance(value, pandas.MultiIndex):
            return ["multiindex", self.items(list(value)), self.items(list(value.names))]
        if kind is pandas.RangeIndex:
            return ["rangeindex", self.items((value.start, value.stop, value.step, value.name))]
        if isinstance(value, pandas.Index):
            return ["index", self.write(value.array), self.write(value.name)]
        if isinstance(value, pandas.api.extensions.ExtensionArray):
            if type(value).__name__ in ("NumpyExtensionArray", "PandasArray"):
                return self.write(value.to_numpy())
            return ["pdarray", str(value.dtype), self.write(value.to_numpy(dtype=object))]
        if kind is pandas.Timestamp or kind is pandas.Timedelta:
            return ["pdmoment", kind.__name__, str(value)]
        if value is pandas.NaT or value is pandas.NA:
            return ["pdnone", "NaT" if value is pandas.NaT else "NA"]
        return None

    def _table(self, value):
        if isinstance(value, self.libraries.pandas.Series):
            return ["series", self.items((value.array, value.index, value.name))]
        columns = [value.iloc[:, place].array for place in range(value.shape[1])]
        return ["frame", self.items((value.index, value.columns, *columns))]
