"""Who may import whom (ARCHITECTURE.md): a lint over the import statements of every module."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#   a module below this folder   may import, of ours, only modules that start with one of these
RULES: dict[str, tuple[str, ...]] = {
    "cp/s370": ("vm370.cp.s370",),
    "cp/engine": ("vm370.cp.s370", "vm370.cp.engine"),
    "images": ("vm370.images",),
    "cp/io": ("vm370.cp.io", "vm370.cp.s370", "vm370.images"),
    "diag": ("vm370.diag", "vm370.cp.s370", "vm370.cp.io", "vm370.images"),
    "cp": ("vm370.cp", "vm370.diag", "vm370.images"),
    "cms": ("vm370.cms", "vm370.images", "vm370.tools"),
}


def imported_modules(path: Path) -> set[str]:
    """Every module of ours that ``path`` imports, type-checking imports left out."""
    names: set[str] = set()

    def visit(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
                continue
            if isinstance(child, ast.Import):
                names.update(alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path}: relative import"
                names.add(child.module or "")
                names.update(f"{child.module}.{alias.name}" for alias in child.names if child.module == "vm370")
            visit(child)

    visit(ast.parse(path.read_text()))
    return {name for name in names if name.startswith("vm370.")}


@pytest.mark.parametrize("folder", RULES)
def test_imports_stay_inside_the_house_rules(folder: str) -> None:
    found = 0
    for path in sorted((ROOT / folder).rglob("*.py")):
        found += 1
        for name in imported_modules(path):
            assert any(name == rule or name.startswith(rule + ".") for rule in RULES[folder]), f"{path}: {name}"
    assert found


def test_every_package_is_listed_for_installation() -> None:
    import tomllib

    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    present = {
        "vm370." + ".".join(init.parent.relative_to(ROOT).parts)
        for top in ("cp", "diag", "cms", "images", "tools")
        for init in (ROOT / top).rglob("__init__.py")
    }
    assert present == listed
