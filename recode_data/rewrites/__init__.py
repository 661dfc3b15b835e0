from recode_data.rewrites.dispatch import REWRITES, UNWRITES, rewrite, unwrite

__all__ = ["REWRITES", "UNWRITES", "rewrite", "unwrite"]
