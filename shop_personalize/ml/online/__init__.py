"""Between two trainings: what is new counts without learning all anew.

A visitor's own deeds need nothing of this: vectors and neighbors of a visitor are
computed from the history at every request. What has to be learned are new products and
what goes with what; :class:`Renewal` says what served so far and which items were
touched since, so that the rows and columns of those alone are learned.
"""

from shop_personalize.ml.online.neighbors import moved
from shop_personalize.ml.online.renewal import OnlyAnewError, Renewal, renewal_of

__all__ = ["OnlyAnewError", "Renewal", "moved", "renewal_of"]
