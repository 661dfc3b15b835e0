"""How much of one version step a build of a whole catalog takes."""

CANDIDATES_PER_STEP = 2500
"""At most: a step is followed for as long as it gives something (see `step_effort.py`)."""
