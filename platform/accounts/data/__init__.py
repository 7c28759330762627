"""Export, erasure and retention of personal data, generic over `data_fate` (see `accounts.fate`).

No model is named here. `rows` finds what is about a person, `export` writes it into a ZIP, `erase` deletes or
anonymises it, `retain` deletes what has become too old, and `deletion` makes sure that files go with their rows.
"""

from accounts.data.deletion import delete_rows
from accounts.data.erase import erase, erase_under_purpose
from accounts.data.export import zip_of
from accounts.data.retain import apply_retention
from accounts.data.rows import Holding, holdings_of, kept_under

__all__ = [
    "Holding",
    "apply_retention",
    "delete_rows",
    "erase",
    "erase_under_purpose",
    "holdings_of",
    "kept_under",
    "zip_of",
]
