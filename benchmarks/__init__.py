"""What is measured, each file runnable alone: `python -m benchmarks.live [--json]`, or `./dev bench live`.

Each prints a ratio against a named baseline that was measured in the same run, so that the numbers of two
machines can be compared. `support` holds what the benchmarks and the load tests share.
"""
