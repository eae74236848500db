"""The words shops use for orders and their lines, the commonest first."""

from __future__ import annotations

from shop_personalize.catalog.discovery.product_words import CREATED

ORDER = (
    "order",
    "invoice",
    "purchase",
    "sale",
    "cart",
    "basket",
    "transaction",
    "checkout",
)
PRODUCT = (
    "product",
    "item",
    "book",
    "article",
    "variant",
    "product_variant",
    "variation",
)
PRODUCT_TEXT = (
    "sku",
    "product_sku",
    "partner_sku",
    "product_code",
    "item_sku",
    "code",
    "product_id",
)
UNIT_PRICE = (
    "unit_price",
    "price",
    "item_price",
    "product_price",
    "unit_price_incl_tax",
    "product_price_gross",
    "price_gross",
    "sale_price",
    "price_each",
    "unit_amount",
    "price_cents",
    "unit_price_cents",
)
LINE_TOTAL = (
    "line_total",
    "total",
    "total_price",
    "subtotal",
    "line_price",
    "amount_total",
)
BUYER = ("user", "customer", "buyer", "client", "owner", "account", "profile", "member")
EMAIL = (
    "email",
    "customer_email",
    "guest_email",
    "billing_email",
    "billing_detail_email",
    "contact_email",
    "buyer_email",
    "email_address",
    "user_email",
)
PLACED = (
    "placed_at",
    "date_placed",
    "ordered_at",
    "ordered_date",
    "date_ordered",
    "order_date",
    "purchased_at",
    "purchase_date",
    "time",
    *CREATED,
)
PAID = (
    "paid",
    "is_paid",
    "complete",
    "completed",
    "is_complete",
    "is_completed",
    "ordered",
    "is_ordered",
    "placed",
    "billing_status",
    "payment_status",
    "confirmed",
    "is_confirmed",
)
STATUS = ("status", "state", "order_status", "payment_status", "fulfillment_status")
GOOD = (
    "paid",
    "complete",
    "completed",
    "confirmed",
    "processing",
    "processed",
    "shipped",
    "sent",
    "delivered",
    "fulfilled",
    "closed",
    "success",
    "succeeded",
    "captured",
    "received",
    "accepted",
    "being_processed",
    "out_for_delivery",
    "ready",
    "packed",
    "done",
    "placed",
    "ordered",
)
CANCELLED = (
    "cancelled",
    "canceled",
    "rejected",
    "declined",
    "failed",
    "voided",
    "cancel",
    "void",
)
REFUNDED = (
    "refunded",
    "refund",
    "returned",
    "return",
    "charged_back",
    "refund_granted",
)
