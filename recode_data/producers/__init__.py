from recode_data.producers.propose import (
    PRODUCERS,
    first_tries,
    propose,
    propose_further,
    worth_trying,
)

__all__ = ["PRODUCERS", "first_tries", "propose", "propose_further", "worth_trying"]
