"""The REST API of practice under `/api/v1/`."""
