"""What will sell: forecasts of many series at once.

Every forecaster takes a :class:`~shop_personalize.ml.forecast.panel.Panel` of n series,
learns in ``fit`` and answers ``predict(horizon)`` with float64 (n, horizon). Work is
done for all series together, never in a loop over them.
"""
