"""The whole CP of the command tests, seen through the console."""

from tests.cp.commands.conftest import clock, cp, home, logged_on, new_user

__all__ = ["clock", "cp", "home", "logged_on", "new_user"]
