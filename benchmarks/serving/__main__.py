"""Forks workers as a pre-forking server does; started by the benchmark itself."""

from benchmarks.serving.workers import serve_in_workers

serve_in_workers()
