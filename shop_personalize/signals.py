"""Public signals. Inside the package functions are called; these are for the shop.

``interactions_recorded``   sender=None, interactions (list[Interaction]), source (str)
``visitor_merged``          sender=None, guest (Visitor), customer (Visitor)
``recommendations_served``  sender=None, request, recommendations (Recommendations)
``recommendation_clicked``  sender=None, interaction (Interaction), token (Token)
``training_started``        sender=None, job (TrainingJob)
``training_finished``       sender=None, job, versions (list[ModelVersion])
``training_failed``         sender=None, job, error (str)
``model_published``         sender=None, version (ModelVersion)
``model_rejected``          sender=None, version, reason (str)
``model_rolled_back``       sender=None, version, previous (ModelVersion)
``visitor_erased``          sender=None, visitor_key (str)

All are sent with ``send_robust``: a receiver that raises is logged, never felt.
"""

from __future__ import annotations

from django.dispatch import Signal

interactions_recorded = Signal()
visitor_merged = Signal()
recommendations_served = Signal()
recommendation_clicked = Signal()
training_started = Signal()
training_finished = Signal()
training_failed = Signal()
model_published = Signal()
model_rejected = Signal()
model_rolled_back = Signal()
visitor_erased = Signal()
