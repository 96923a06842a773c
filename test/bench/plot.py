"""Small plots as SVG, the same for the same figures."""
from html import escape

COLORS = ("#2b6cb0", "#c05621", "#2f855a", "#6b46c1", "#718096")
LEFT, WIDTH, ROW = 330, 760, 22


def _write(path, height, title, parts):
    path.write_text("\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        _text(10, 18, title)] + parts + ["</svg>"]) + "\n")


def _text(x, y, text, anchor="start"):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'


def bars(path, title, rows, line):
    """Rows of (name, {median, and low and high if known}), with a line at what they are compared to."""
    most = max([line] + [value.get("high", value["median"]) for _, value in rows]) * 1.1
    scale = (WIDTH - LEFT - 60) / most
    height = 40 + ROW * len(rows)
    parts = []
    for i, (name, value) in enumerate(rows):
        y = 30 + ROW * i
        parts.append(_text(LEFT - 8, y + 14, name, "end"))
        parts.append(f'<rect x="{LEFT}" y="{y + 3}" width="{value["median"] * scale:.0f}" height="{ROW - 6}" '
                     f'fill="{COLORS[0]}"/>')
        if "low" in value:
            parts.append(f'<path d="M{LEFT + value["low"] * scale:.0f} {y + ROW // 2}H'
                         f'{LEFT + value["high"] * scale:.0f}" stroke="black"/>')
        end = value.get("high", value["median"])
        parts.append(_text(LEFT + end * scale + 6, y + 14, f'{value["median"]:.2f}'))
    parts.append(f'<path d="M{LEFT + line * scale:.0f} 28V{height - 8}" stroke="{COLORS[1]}"/>')
    _write(path, height, title, parts)


def histograms(path, title, series):
    """Of each series how much of it is in bucket i: less than 2^i microseconds."""
    buckets = 1 + max((i for counts in series.values() for i, n in enumerate(counts) if n), default=0)
    step, height = (WIDTH - 80) / buckets, 290
    most = max(n / sum(counts) for counts in series.values() for n in counts)
    parts = []
    for i in range(buckets):
        limit = 2 ** i
        name = f"{limit} µs" if limit < 1000 else f"{limit / 1000:.0f} ms"
        if i % 2 == 0:
            parts.append(_text(40 + step * (i + 0.5), height - 40, f"< {name}", "middle"))
    for number, (name, counts) in enumerate(series.items()):
        color = COLORS[number % len(COLORS)]
        points = " ".join(f"{40 + step * (i + 0.5):.0f},{height - 60 - n / sum(counts) / most * 190:.0f}"
                          for i, n in enumerate(counts[:buckets]))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts.append(f'<text x="{40 + number * 180}" y="{height - 14}" fill="{color}">{escape(name)}</text>')
    _write(path, height, title + ", as a share of each", parts)
