from recode_data.producers.propose import PRODUCERS, propose

__all__ = ["PRODUCERS", "propose"]
