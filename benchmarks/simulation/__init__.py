"""A shop whose visitors are drawn by lot, so that what recommendations bring is known.

``people`` says what visitors do; ``over_http`` does it with browsers, page by page,
``in_bulk`` lays the same deeds straight before the services that keep and count them.
"""
