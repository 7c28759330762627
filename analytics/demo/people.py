"""Who is in the demo, beside the four people whom `accounts.demo` knows."""

from __future__ import annotations

import uuid

from accounts.demo import ADA, DOMAIN, OTTO, SAM, TIA

__all__ = ["ADA", "DOMAIN", "OTTO", "SAM", "TIA"]

NAMESPACE = uuid.UUID("6f2d8c1e-3a54-4c0b-9a55-4f1d4d1e7a10")

NORTHFIELD = "Northfield College (demo)"
SOUTHPORT = "Southport Academy (demo)"
STANDING = {SAM: "Sam Okafor", TIA: "Tia Brandt", ADA: "Ada Moreau", OTTO: "Otto Lindqvist"}

TEO = f"teo@{DOMAIN}"
"""Teaches beside Tia, so that there are two to rate; nobody signs in as him."""
TEO_NAME = "Teo Varga"

AUTUMN = "Autumn intake"
EVENING = "Evening group"
WINTER = "Winter intake"

# Thirty-nine, with Sam a cohort of forty.
AUTUMN_NAMES = (
    "Aisha Rahman",
    "Aleksander Nowak",
    "Amelie Laurent",
    "Anjali Mehta",
    "Beatriz Sousa",
    "Ben Carter",
    "Carla Jiménez",
    "Chidi Eze",
    "Clara Hoffmann",
    "Daniel Kowalczyk",
    "Darius Popescu",
    "Elif Demir",
    "Emma Lindgren",
    "Farid Karimi",
    "Freya Olsen",
    "Gabriel Santos",
    "Grace Mensah",
    "Hana Suzuki",
    "Ibrahim Diallo",
    "Ines Ferreira",
    "Jakub Horák",
    "Jasmin Weber",
    "Joel Virtanen",
    "Kavya Iyer",
    "Kwame Boateng",
    "Leila Haddad",
    "Liam Murphy",
    "Lucía Romero",
    "Marek Zieliński",
    "Mei Lin",
    "Mia Schneider",
    "Nadia Petrova",
    "Noah Dubois",
    "Oluwaseun Adeyemi",
    "Priya Nair",
    "Rosa Conti",
    "Tariq Aziz",
    "Tom Hughes",
    "Yara Costa",
)
EVENING_NAMES = (
    "Andrei Ionescu",
    "Fatima Zahra",
    "George Papadakis",
    "Helena Novak",
    "Mateo Álvarez",
    "Sofia Marini",
)
WINTER_NAMES = ("Astrid Holm", "Bilal Hussain", "Chiara Greco")


def key(kind: str, name: str) -> uuid.UUID:
    """The same id in every demo: links stay valid when the demo is built anew."""
    return uuid.uuid5(NAMESPACE, f"{kind}:{name}")


def address(name: str) -> str:
    ascii_name = name.lower().encode("ascii", "ignore").decode().replace(" ", ".")
    return f"{ascii_name}@{DOMAIN}"
