"""The version of this library. The build reads it, and so does the check of a release."""

__version__ = "0.2.0"
