"""English: the day before the month and the month as a word. 08/09/2026 is two different days to two readers."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
MONTH_DAY_FORMAT = "j F"
# Of our own, in every language; a template names them as it names Django's.
SHORT_DAY_FORMAT = "j M"
WEEKDAY_FORMAT = "l, j F"
WEEKDAY_TIME_FORMAT = "l, j F, H:i"
