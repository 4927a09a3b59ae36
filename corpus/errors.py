"""The errors of the project: one base, and one exit code for each kind of failure."""

from __future__ import annotations


class RapporteurError(Exception):
    """Base of every error that a person can act on.

    The message says what failed (with the value), what was expected and what to do next.

    Attributes:
        exit_code: The status with which the command line ends when this error reaches it.
    """

    exit_code = 1


class BadInputError(RapporteurError):
    """A question, file or option that cannot be used as it is."""

    exit_code = 2


class BadFileError(RapporteurError):
    """A catalogue, guide, suite or text file that breaks its schema."""

    exit_code = 3


class IndexMissingError(RapporteurError):
    """No complete index where one was expected, or one built with other settings."""

    exit_code = 4


class HomeError(RapporteurError):
    """The home folder cannot be read or written."""

    exit_code = 5


class ModelError(RapporteurError):
    """An embedding model that is missing, altered or of the wrong dimension."""

    exit_code = 6


class NetworkError(RapporteurError):
    """No publisher could be reached; nothing was changed."""

    exit_code = 8


class IndexServerError(RapporteurError):
    """The Chroma server that the settings name cannot be reached, refuses, or holds something that this program did not write."""

    exit_code = 9


class NotAllowedError(RapporteurError):
    """Whoever asked has not the role that this needs."""

    exit_code = 10
