"""What we replace in Rasa Open Source 3.6.21, one replacement a file, and the finder that puts them in place.

Each replacement lists in ``REPLACES`` the source it replaces or leans on; a test fails when that source changes.
"""

from typing import Final

#: Key in the metadata of the message that tells of a technical problem, and so in the stored event.
PROBLEM_MARK: Final = "engine_problem"
