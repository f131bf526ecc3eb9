"""The fixtures of tests/cp/commands: CP in a temporary home."""

from tests.cp.commands.conftest import clock, cp, home, logged_on, new_user

__all__ = ["clock", "cp", "home", "logged_on", "new_user"]
