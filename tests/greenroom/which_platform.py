"""Run by test_guards as a module: prints the file of the `platform` that is imported."""

import platform

print(platform.__file__)
