"""Projects that are tested as their users test them, by a pytest of their own: test_pytest_plugin.py."""

from pathlib import Path

collect_ignore = [path.name for path in Path(__file__).parent.iterdir() if path.is_dir()]
