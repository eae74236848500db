"""Merchandising: what the owner wants of blocks, whatever the models say.

Enters: plain facts of rules (``plan``), the catalog, the history. A rule says which
products (``conditions``), where and for whom (``standing``), and what becomes of them
(``verdicts``). Nothing here asks a database.
"""
