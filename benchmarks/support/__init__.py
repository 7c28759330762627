"""Shared by the benchmarks and tests/load: a WebSocket client, made signals, servers as real processes."""
