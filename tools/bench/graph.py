"""Graphs of measurements as SVG text, without any library: cumulative distributions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 44, 50
COLOURS = ("#4c72b0", "#55a868", "#c44e52", "#8172b3", "#ccb974", "#64b5cd")
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def distribution_svg(title: str, unit: str, curves: Mapping[str, Sequence[float]]) -> str:
    """How many percent of the values of each curve are not above x; values are sorted."""
    most = max((values[-1] for values in curves.values() if values), default=1.0)
    step = next((step for step in STEPS if most / step <= 12), STEPS[-1])
    last = step * (int(most / step) + 1)

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * value / last

    def y(percent: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * percent / 100

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{WIDTH / 2:g}" y="22" text-anchor="middle" font-size="15">{escape(title)}</text>',
    ]
    for percent in range(0, 101, 25):
        lines.append(
            f'<path d="M{LEFT} {y(percent):.1f}H{WIDTH - RIGHT}" stroke="#dddddd"/>'
            f'<text x="{LEFT - 6}" y="{y(percent) + 4:.1f}" text-anchor="end">{percent} %</text>'
        )
    for value in range(0, last + 1, step):
        lines.append(
            f'<path d="M{x(value):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eeeeee"/>'
            f'<text x="{x(value):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{value}</text>'
        )
    lines.append(f'<text x="{WIDTH / 2:g}" y="{HEIGHT - 12}" text-anchor="middle">{escape(unit)}</text>')
    for number, (name, values) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = [
            f"{x(value):.1f} {y(100 * (index + 1) / len(values)):.1f}"
            for index, value in enumerate(values)
            if index % max(len(values) // 200, 1) == 0 or index == len(values) - 1
        ]
        if points:
            lines.append(f'<path d="M{"L".join(points)}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
        at = TOP + 18 + 18 * number
        lines.append(
            f'<path d="M{WIDTH - 130} {at - 4}h22" stroke="{colour}" stroke-width="3"/>'
            f'<text x="{WIDTH - 102}" y="{at}">{escape(name)}</text>'
        )
    return "\n".join([*lines, "</svg>"]) + "\n"
