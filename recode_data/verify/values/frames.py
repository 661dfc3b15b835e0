"""pandas and polars: frames by columns, index and values; series; indexes; points in time."""

import sys


def read(value, kind, inner):
    """A frame, a series, an index, or a missing or dated value."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and hasattr(pandas, "DataFrame"):
        found = _of_pandas(value, pandas, inner)
        if found is not None:
            return found
    polars = sys.modules.get("polars")
    if polars is not None and hasattr(polars, "DataFrame"):
        return _of_polars(value, polars, inner)
    return None


def _of_pandas(value, pandas, inner):
    if isinstance(value, pandas.DataFrame):
        columns = [inner(value.iloc[:, position].tolist()) for position in range(value.shape[1])]
        return ["df", inner(list(value.columns)), inner(list(value.index)), columns]
    if isinstance(value, pandas.Series):
        form = ["df", inner(value.name), inner(list(value.index)), inner(value.tolist())]
        return form + _unsigned(value)
    if isinstance(value, pandas.Index):
        return ["df", inner(list(value.names)), inner(value.tolist()), []] + _unsigned(value)
    if value is getattr(pandas, "NA", object()) or value is pandas.NaT:
        return ["s", "missing"]
    if isinstance(value, (pandas.Timestamp, pandas.Timedelta, pandas.Period)):
        return ["dt", str(value)]
    array = getattr(getattr(pandas, "api", None), "extensions", None)
    if array is not None and isinstance(value, array.ExtensionArray):
        return ["df", ["n"], ["l", []], inner(list(value))]
    if isinstance(value, (pandas.Interval,)):
        return ["s", str(value)]
    return None


def _unsigned(value):
    """What the elements do not show: they are no signed integers."""
    return ["u"] if getattr(getattr(value, "dtype", None), "kind", "") == "u" else []


def _of_polars(value, polars, inner):
    if isinstance(value, polars.DataFrame):
        columns = [inner(value[name].to_list()) for name in value.columns]
        return ["df", inner(list(value.columns)), ["n"], columns]
    if isinstance(value, polars.Series):
        return ["df", inner(value.name), ["n"], inner(value.to_list())]
    if isinstance(value, getattr(polars, "LazyFrame", ())):
        return _of_polars(value.collect(), polars, inner)
    if isinstance(value, getattr(polars, "Expr", ())):
        return ["s", str(value)]
    return None
