from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from example_project.shop.loading import empty, load, read
from example_project.shop.models import Order
from example_project.shop.views.account import DEMO_PASSWORD


class Command(BaseCommand):
    help = "Fill the example shop with two years of real orders, the last of yesterday."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--orders", type=int, help="only so many of the latest orders"
        )
        parser.add_argument("--reset", action="store_true", help="empty the shop first")

    def handle(
        self, *args: Any, orders: int | None, reset: bool, **options: Any
    ) -> None:
        if orders is not None and orders < 1:
            raise CommandError("--orders must be at least 1")
        if reset:
            empty()
        elif Order.objects.exists():
            self.stdout.write("The shop is already filled; --reset fills it anew.")
            return
        started = time.perf_counter()
        # Query logging under DEBUG would keep a million rows' statements in memory.
        connection.force_debug_cursor = False
        counts = load(read(orders), password=DEMO_PASSWORD, progress=self.progress)
        self.add_staff()
        if sys.stderr.isatty():
            self.stderr.write("\r\x1b[2K", ending="")
        for name, count in counts.items():
            self.stdout.write(f"{count:>11,}  {name}")
        self.stdout.write(f"Filled in {time.perf_counter() - started:.0f} s.")
        self.stdout.write(
            f"Customers log in with the password {DEMO_PASSWORD!r}, e.g. as"
        )
        self.stdout.write(f"  {self.example()}; the admin is admin / admin.")

    def add_staff(self) -> None:
        if not User.objects.filter(username="admin").exists():
            User.objects.create_superuser("admin", "admin@example.com", "admin")

    def example(self) -> str:
        newest = Order.objects.filter(user__isnull=False).order_by("-placed_at").first()
        return newest.user.username if newest and newest.user else "customer-17850"

    def progress(self, done: float, label: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r\x1b[2K{done:4.0%} {label}", ending="")
