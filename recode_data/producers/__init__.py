from recode_data.producers.paths import written_by_users
from recode_data.producers.propose import (
    PRODUCERS,
    first_tries,
    promising_first,
    propose,
    propose_further,
    worth_trying,
)
from recode_data.producers.unexplained import proved_or_known, suspected_changes

__all__ = [
    "PRODUCERS",
    "first_tries",
    "promising_first",
    "propose",
    "propose_further",
    "proved_or_known",
    "suspected_changes",
    "worth_trying",
    "written_by_users",
]
