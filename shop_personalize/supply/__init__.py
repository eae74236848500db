"""Supply: what will sell, what to order and when, and what lies too long.

Demand of every day is counted from the orders, forecast, and set against the stock. It
suggests and people decide: nothing is ever ordered by itself.
"""
