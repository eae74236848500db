"""Charts as SVG, drawn on the server and read without a script.

Law: values in, safe markup out; no query, no request. Positions are percentages and
text is never scaled, so a chart reads the same at 390 and at 1280 px; colors are
classes of admin.css, which knows light, dark and print. Every figure carries its
numbers as a table.
"""

from shop_personalize.admin.charts.bars import Bar, bars, funnel
from shop_personalize.admin.charts.dots import Dot, dots
from shop_personalize.admin.charts.grouped import Group, grouped
from shop_personalize.admin.charts.heat import heat
from shop_personalize.admin.charts.histogram import histogram
from shop_personalize.admin.charts.line import Series, line
from shop_personalize.admin.charts.sparkline import sparkline

__all__ = [
    "Bar",
    "Dot",
    "Group",
    "Series",
    "bars",
    "dots",
    "funnel",
    "grouped",
    "heat",
    "histogram",
    "line",
    "sparkline",
]
