"""What the endpoints take and give. Strict: a bound on every length and number."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from shop_personalize.models import ModelVersion, TrainingJob

ID_LENGTH = 64
MOST = 50
MOST_IDS = 100
MOST_RANKED = 200
MOST_BLOCKS = 20


class ItemIds(serializers.ListField):
    """Product ids: a JSON list, or comma-separated in a query string."""

    child = serializers.CharField(max_length=ID_LENGTH)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": MOST_IDS, **kwargs})

    def get_value(self, dictionary: Any) -> Any:
        if not hasattr(dictionary, "getlist"):
            return super().get_value(dictionary)
        given = dictionary.getlist(self.field_name)
        ids = [each for text in given for each in text.split(",") if each]
        return ids if given else serializers.empty


class WishSerializer(serializers.Serializer):
    """What is asked for: a block or recommender, and where the shopper is."""

    block = serializers.CharField(max_length=60, required=False)
    product = serializers.CharField(max_length=ID_LENGTH, required=False)
    basket = ItemIds(required=False)
    items = ItemIds(required=False)
    category = serializers.CharField(max_length=200, required=False)
    query = serializers.CharField(max_length=200, required=False)
    exclude = ItemIds(required=False)
    n = serializers.IntegerField(min_value=1, max_value=MOST, required=False)


class ListWishSerializer(serializers.Serializer):
    category = serializers.CharField(max_length=200, required=False)
    n = serializers.IntegerField(min_value=1, max_value=MOST, required=False)


class BatchSerializer(serializers.Serializer):
    """The blocks of one page; no product is answered twice."""

    requests: serializers.ListSerializer = serializers.ListSerializer(
        child=WishSerializer(), max_length=MOST_BLOCKS, allow_empty=False
    )


class RankSerializer(serializers.Serializer):
    items = ItemIds(max_length=MOST_RANKED, allow_empty=False)


class RankedSerializer(serializers.Serializer):
    items = serializers.ListField(child=serializers.CharField())


class ReasonSerializer(serializers.Serializer):
    code = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    because = serializers.ListField(child=serializers.CharField())


class PriceSerializer(serializers.Serializer):
    amount = serializers.CharField()
    currency = serializers.CharField(allow_blank=True)
    text = serializers.CharField()


class ProductSerializer(serializers.Serializer):
    title = serializers.CharField()
    image = serializers.CharField(allow_blank=True)
    price = PriceSerializer(allow_null=True)


class ItemSerializer(serializers.Serializer):
    id = serializers.CharField()
    rid = serializers.CharField()
    position = serializers.IntegerField()
    reason = ReasonSerializer()
    url = serializers.CharField(allow_blank=True)
    product = ProductSerializer()


class AnswerSerializer(serializers.Serializer):
    rid = serializers.CharField()
    block = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    variant = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()
    backup = serializers.BooleanField()
    items = ItemSerializer(many=True)


class BatchAnswerSerializer(serializers.Serializer):
    answers = AnswerSerializer(many=True)


class MeSerializer(serializers.Serializer):
    known = serializers.BooleanField()
    consent = serializers.CharField(allow_blank=True)
    interactions = serializers.IntegerField()
    basket = serializers.ListField(child=serializers.CharField())
    recently_viewed = serializers.ListField(child=serializers.CharField())
    hidden = serializers.ListField(child=serializers.CharField())


class ExplainQuerySerializer(serializers.Serializer):
    visitor = serializers.CharField(max_length=43, required=False)
    on = serializers.CharField(max_length=ID_LENGTH, required=False)


class VersionSerializer(serializers.ModelSerializer):
    recommender: serializers.SlugRelatedField = serializers.SlugRelatedField(
        "slug", read_only=True
    )

    class Meta:
        model = ModelVersion
        fields = [
            "id",
            "recommender",
            "number",
            "status",
            "metrics",
            "baseline",
            "previous",
            "reason",
            "items",
            "interactions",
            "size_bytes",
            "fit_seconds",
            "trained_until",
            "created_at",
            "published_at",
        ]
        read_only_fields = fields


class JobSerializer(serializers.ModelSerializer):
    recommender: serializers.SlugRelatedField = serializers.SlugRelatedField(
        "slug", read_only=True
    )

    class Meta:
        model = TrainingJob
        fields = [
            "id",
            "recommender",
            "state",
            "trigger",
            "stage",
            "progress",
            "attempts",
            "error",
            "created_at",
            "started_at",
            "finished_at",
        ]
        read_only_fields = fields
