"""How much of one version step a build of a whole catalog takes."""

CANDIDATES_PER_STEP = 200
"""The first candidates of every change come before the second ones, so these cover as many changes
as they can. A catalog of a hundred steps is to be built within two hours on two cores, and to prove
a candidate takes about a third of a second of one."""
