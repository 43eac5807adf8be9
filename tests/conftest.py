"""What holds for every property: no clock decides it, and each run asks the same questions.

``pytest --hypothesis-profile=search`` asks others every time.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("loket", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
settings.load_profile("loket")
