"""How much of one version step a build of a whole catalog takes."""

CANDIDATES_PER_STEP = 300
"""Half of them are the first candidates of as many changes as they can cover, the other half further
ones of changes that have proved. A catalog of a hundred steps is to be built within two hours on two
cores, and to prove a candidate takes about a third of a second of one."""
