"""The systems that are compared, by the name a benchmark asks for them."""

from __future__ import annotations

from benchmarks.peers.peer import Peer

_IMPLICIT = "benchmarks.peers.by_implicit:"
_LENSKIT = "benchmarks.peers.by_lenskit:"
_RECTOOLS = "benchmarks.peers.by_rectools:"
_SURPRISE = "benchmarks.peers.by_surprise:"

TOP_N: dict[str, Peer] = {
    "implicit_als": Peer("ALS", "implicit", _IMPLICIT + "als"),
    "implicit_bpr": Peer("BPR", "implicit", _IMPLICIT + "bpr"),
    "implicit_cosine": Peer("Cosine", "implicit", _IMPLICIT + "cosine"),
    "implicit_bm25": Peer("BM25", "implicit", _IMPLICIT + "bm25"),
    "implicit_item_item": Peer("ItemItem", "implicit", _IMPLICIT + "item_item"),
    "lenskit_als": Peer("ImplicitMF", "lenskit", _LENSKIT + "implicit_mf"),
    "lenskit_item_knn": Peer("ItemKNN", "lenskit", _LENSKIT + "item_knn"),
    "lenskit_user_knn": Peer("UserKNN", "lenskit", _LENSKIT + "user_knn"),
    "lenskit_ease": Peer("EASE", "lenskit", _LENSKIT + "ease"),
    "rectools_ease": Peer("EASE", "rectools", _RECTOOLS + "ease"),
    "rectools_svd": Peer("PureSVD", "rectools", _RECTOOLS + "pure_svd"),
    "rectools_als": Peer("ImplicitALS", "rectools", _RECTOOLS + "als"),
}
"""fit(train CSR users x items) -> (users, n) -> lists."""
RATINGS: dict[str, Peer] = {
    "surprise_svd": Peer("SVD", "scikit-surprise", _SURPRISE + "svd"),
    "surprise_svdpp": Peer("SVD++", "scikit-surprise", _SURPRISE + "svdpp"),
    "surprise_knn": Peer("KNNBaseline", "scikit-surprise", _SURPRISE + "knn_baseline"),
    "lenskit_mf": Peer("BiasedMF", "lenskit", _LENSKIT + "biased_mf"),
}
"""fit(users, items, ratings) -> (users, items) -> predicted ratings."""
