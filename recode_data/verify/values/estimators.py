"""scikit-learn and its like: estimators by parameters and by what fitting left in them."""

import sys


def read(value, kind, inner):
    """An estimator: anything that tells its parameters by `get_params`."""
    if isinstance(value, type) or not callable(getattr(value, "get_params", None)):
        return None
    if "sklearn" not in sys.modules:
        return None
    parts = [["fitted " + name, inner(item)] for name, item in sorted(_fitted(value))]
    parameters = value.get_params(deep=False)
    parts += [[str(name), inner(item)] for name, item in sorted(parameters.items())]
    return ["o", kind.__name__, parts[:80]]


def _fitted(value):
    for name, item in vars(value).items():
        if name.endswith("_") and not name.startswith("_"):
            yield name, item
