"""The Django project: settings, URLs, ASGI entry, embedded database, system checks, health."""
