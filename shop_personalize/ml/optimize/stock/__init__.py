"""One place of stock: how much to order, when, and what to keep for safety.

Formulas take numbers or float64 (n,), one a product, and answer for all at once; costs
and rates of a call share one unit of time. The same name means the same in all of them:

``holding_cost`` h, a unit in stock for a unit of time; ``stockout_cost`` p, a unit
missing; ``fixed_cost`` K, an order; ``demand_rate`` λ, ``demand_mean``, ``demand_sd``,
a unit of time; ``lead_time`` L. A number that makes no sense raises
:class:`~shop_personalize.ml.optimize.stock.checked.StockError` with its name, its place
and what is right.

- ``demand``: distributions of what is asked for; ``loss``: what a level leaves unserved
- ``lots``, ``joint``, ``varying``, ``unreliable``: steady or known demand
- ``newsvendor``, ``reorder``, ``levels``, ``horizon``: the best where demand is chance
- ``safety``, ``classes``: what a promised service takes, and whom to promise it
"""
