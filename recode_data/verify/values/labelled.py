"""xarray: labelled arrays by dimensions, coordinates and values; datasets by their variables."""

import sys


def read(value, kind, inner):
    """A labelled array or a dataset."""
    xarray = sys.modules.get("xarray")
    if xarray is None or not hasattr(xarray, "DataArray"):
        return None
    if isinstance(value, xarray.DataArray):
        return ["o", "DataArray", [["name", inner(value.name)]] + _parts(value, inner)]
    if isinstance(value, xarray.Variable):
        return [
            "o",
            "Variable",
            [["dims", inner(list(value.dims))], ["values", inner(value.values)]],
        ]
    if isinstance(value, xarray.Dataset):
        names = sorted(value.data_vars, key=str)
        variables = [[str(name), inner(value[name])] for name in names[:60]]
        return ["o", "Dataset", [["variables", inner([str(name) for name in names])]] + variables]
    return None


def _parts(value, inner):
    coordinates = {str(name): value.coords[name].values for name in value.coords}
    return [
        ["dims", inner(list(value.dims))],
        ["values", inner(value.values)],
        ["coords", inner(coordinates)],
    ]
