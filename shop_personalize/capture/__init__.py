"""Everything that happened in the shop, recorded once and never in the shop's way.

``service.record`` is the only way in. It raises nothing into a page, writes after the
shop's transaction has committed, in a savepoint of its own, and counts an event once
however often it is sent.
"""
