"""The measurements of guests from Python have all figures; what they are is another matter."""

from __future__ import annotations

import pytest

from vm370.tools.bench import doors_api


def test_every_figure_is_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in (("COMMANDS", 3), ("GUESTS", 2), ("RUNS", 1)):
        monkeypatch.setattr(doors_api, name, value)
    answer = doors_api.measure()
    assert set(answer) == {"cmd_per_s", "cp_per_s", "guest_ms", "put_ms", "get_ms", "system_ms", "targets"}
    assert all(answer[name]["median"] > 0 for name in answer if name != "targets")
    doors_api.show(answer)
    assert len(capsys.readouterr().out.splitlines()) == 6
