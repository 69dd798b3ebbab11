"""What was measured, as JSON, as Markdown, and as two plots."""

import json

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import FuncFormatter, NullFormatter  # noqa: E402

# Middle tones: they are told apart on white and on black.
COLOURS = {
    "Egnatia": "#2f7fd6",
    "Egnatia (index alone)": "#2f7fd6",
    "nomenklatura blocker + logic-v2": "#d4632a",
    "tantivy trigram": "#2a9d6f",
    "RapidFuzz token_set": "#a76bd0",
    "pg_trgm GIN": "#b08a1e",
}
MARKERS = {
    "Egnatia": "o",
    "Egnatia (index alone)": "P",
    "nomenklatura blocker + logic-v2": "s",
    "tantivy trigram": "^",
    "RapidFuzz token_set": "D",
    "pg_trgm GIN": "v",
}
GREY = "#808080"


def write(result, folder, docs):
    (folder / "results.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    (folder / "results.md").write_text(markdown(result))
    if not measured(result):
        return
    for place in filter(None, [folder, docs]):
        throughput(result, place / "peers-throughput.svg")
        recall(result, place / "peers-recall.svg")


def number(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def row(cells):
    return "| " + " | ".join(cells) + " |\n"


def header(names):
    return row(names) + row(["---"] * len(names))


def markdown(result):
    machine = result["machine"]
    text = f"{result['date']}, {machine['processor']}, {machine['cores']} cores, "
    text += f"{machine['memory_gib']} GiB, {machine['system']}, Python {machine['python']}.\n\n"
    text += header(
        ["persons", "engine", "recall@10", "queries/s", "queries/CPU-s", "p50 ms", "p99 ms", "resident MB",
         "build s", "outsiders alerting", "queries, runs"]
    )
    for cell in sorted(result["search"], key=lambda cell: cell["persons"]):
        start = [f"{cell['persons']:,}", cell["engine"]]
        if "not_measured" in cell:
            text += row(start + ["not measured: " + cell["not_measured"]] + [""] * 8)
            continue
        alerting = cell["outsiders_alerting"]
        by_processor = cell.get("queries_per_cpu_second")
        text += row(
            start
            + [
                f"{cell['recall']:.3f}",
                number(cell["queries_per_second"]),
                "" if by_processor is None else number(by_processor),
                number(cell["p50_ms"]),
                number(cell["p99_ms"]),
                f"{cell['resident_mb']:,.0f}",
                number(cell["build_seconds"]),
                "no threshold" if alerting is None else f"{alerting:.3f}",
                f"{cell['queries']:.0f}, {cell['runs']}",
            ]
        )
    for size in sorted({cell["persons"] for cell in result["search"]}):
        text += f"\nRecall@10 by category, {size:,} persons\n\n" + categories(result, size)
    text += "\nPairs\n\n" + header(
        ["file", "engine", "pairs", "precision", "recall", "F1", "pairs per CPU-second"]
    )
    for pair in result["pairs"]:
        figures = [f"{pair[name]:.3f}" for name in ("precision", "recall", "f1")]
        text += row(
            [pair["file"], pair["engine"], str(pair["pairs"]), *figures,
             number(pair["pairs_per_second"])]
        )
    text += "\nVersions and options\n\n" + header(["engine", "version", "options"])
    seen = set()
    for cell in result["search"]:
        if "version" in cell and cell["engine"] not in seen:
            seen.add(cell["engine"])
            text += row([cell["engine"], cell["version"], cell["options"]])
    return text


def categories(result, size):
    cells = [cell for cell in result["search"] if cell["persons"] == size and "recall" in cell]
    names = sorted({name for cell in cells for name in cell["categories"]})
    text = header(["category", *(cell["engine"] for cell in cells)])
    for name in names:
        found = [cell["categories"].get(name) for cell in cells]
        text += row([name, *("" if one is None else f"{one:.2f}" for one in found)])
    return text


def drawing(title, width=6.4, height=4.4):
    plt.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "egnatia",
            "font.family": "sans-serif",
            "font.size": 10,
            "text.color": GREY,
            "axes.edgecolor": GREY,
            "axes.labelcolor": GREY,
            "xtick.color": GREY,
            "ytick.color": GREY,
        }
    )
    figure, axes = plt.subplots(figsize=(width, height), layout="constrained")
    figure.patch.set_alpha(0)
    axes.patch.set_alpha(0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(True, which="major", color=GREY, alpha=0.25, linewidth=0.6)
    axes.set_title(title, fontsize=11, loc="left")
    return figure, axes


def save(figure, file):
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    plt.close(figure)
    lines = (line.rstrip() for line in file.read_text().splitlines())
    file.write_text("\n".join(lines) + "\n")


def legend(figure):
    """Below, where it hides no point."""
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=9)


def plain_numbers(axis):
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_formatter(NullFormatter())


def measured(result):
    """By engine, what is drawn. The index alone stands for Egnatia where it was measured: it says how
    much processor time asking took."""
    cells = [cell for cell in result["search"] if "recall" in cell]
    alone = {cell["persons"] for cell in cells if cell["engine"] == "Egnatia (index alone)"}
    by_engine = {}
    for cell in sorted(cells, key=lambda cell: cell["persons"]):
        if cell["engine"] != "Egnatia" or cell["persons"] not in alone:
            by_engine.setdefault(cell["engine"], []).append(cell)
    return by_engine


def rate(cell):
    return cell.get("queries_per_cpu_second") or cell["queries_per_second"]


def throughput(result, file):
    figure, axes = drawing("Queries in a second of processor time, by persons")
    for engine, cells in measured(result).items():
        axes.plot(
            [cell["persons"] for cell in cells],
            [rate(cell) for cell in cells],
            color=COLOURS[engine],
            marker=MARKERS[engine],
            markersize=6,
            linewidth=1.6,
            label=engine,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(7e3, 1.4e7)
    axes.set_xticks([10**power for power in range(4, 8)])
    plain_numbers(axes.xaxis)
    plain_numbers(axes.yaxis)
    axes.set_xlabel("persons")
    axes.set_ylabel("queries a processor-second")
    legend(figure)
    save(figure, file)


def recall(result, file):
    figure, axes = drawing("Recall@10 and speed; larger marks: more persons")
    for engine, cells in measured(result).items():
        axes.plot(
            [rate(cell) for cell in cells],
            [cell["recall"] for cell in cells],
            color=COLOURS[engine],
            linewidth=0.8,
            alpha=0.7,
        )
        for place, cell in enumerate(cells):
            axes.plot(
                rate(cell),
                cell["recall"],
                color=COLOURS[engine],
                marker=MARKERS[engine],
                markersize=4 + 2.5 * (len(str(cell["persons"])) - 5),
                linestyle="none",
                label=engine if place == 0 else None,
            )
    axes.set_xscale("log")
    plain_numbers(axes.xaxis)
    axes.set_ylim(top=1.0)
    axes.set_xlabel("queries a processor-second")
    axes.set_ylabel("recall@10")
    legend(figure)
    save(figure, file)
