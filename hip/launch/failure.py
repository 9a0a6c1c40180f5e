"""The one exception of this package."""


class LaunchError(RuntimeError):
    """Something a person must put right before the assistant can run; the message says what and how."""
