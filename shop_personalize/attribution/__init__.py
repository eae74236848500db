"""The signed token and what becomes of it: serving signs, capture reads.

Enters: models, conf. Never: artifacts, recommend, capture.
"""

from shop_personalize.attribution.token import Token, mark_of, sign, unsign

__all__ = ["Token", "mark_of", "sign", "unsign"]
