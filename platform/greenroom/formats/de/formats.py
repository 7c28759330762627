"""German: Django's own, and the formats that only Greenroom has (listed with the English ones)."""

DATETIME_FORMAT = "j. F Y, H:i"
SHORT_DATETIME_FORMAT = "d.m.Y, H:i"
SHORT_DAY_FORMAT = "j. M"
WEEKDAY_FORMAT = "l, j. F"
WEEKDAY_TIME_FORMAT = "l, j. F, H:i"
