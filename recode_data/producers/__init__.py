from recode_data.producers.propose import PRODUCERS, propose, propose_further

__all__ = ["PRODUCERS", "propose", "propose_further"]
