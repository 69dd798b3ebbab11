"""How many objects a second Egnatia and the TAXII servers take in and give out, in one run."""

import argparse
import datetime
import importlib.metadata
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import taxii
from machine import machine
from taxii import Failed

RECIPIENTS = 6
BATCH = 100
FIGURES = {
    "in_single": "in, one each",
    "in_batch": f"in, {BATCH} each",
    "out": "out",
    "to_six": "to six",
}
NOTES = f"""
Objects a second: the median, in brackets the least and the most.

- *in*: of Egnatia, alerts written and signed at one node while six others take them in; of a TAXII
  server, objects posted, one or {BATCH} in a request.
- *out*: of Egnatia, alerts handed to six nodes that were away, each opened, verified, compared, stored
  and answered with a signed receipt; of a TAXII server, objects that all clients together have read.
- *to six*: objects that arrived at six, while or after they were taken in. Measured of Egnatia. Of a
  TAXII server computed from the other columns, as if six read at once after everything was in.
"""


def arguments():
    parser = argparse.ArgumentParser(prog="bench/peers/exchange", description=__doc__)
    parser.add_argument("--egnatia", required=True, help="release build of egnatia")
    parser.add_argument("--engines", default="all", help="egnatia, opentaxii, medallion, by commas")
    parser.add_argument("--objects", type=int, default=1000, help="that are taken in and given out")
    parser.add_argument("--bytes", type=int, default=1200, help="of each object, as JSON")
    parser.add_argument("--clients", type=int, default=4, help="of a TAXII server, at the same time")
    parser.add_argument("--page", type=int, default=1000, help="objects in an answer, at most")
    parser.add_argument("--repeats", type=int, default=3, help="rounds in which all take turns")
    parser.add_argument("--seconds", type=float, default=30, help="at most, for each figure")
    parser.add_argument("--work", type=Path, required=True, help="folder for data and results")
    found = parser.parse_args()
    binary = Path(found.egnatia).resolve()
    if not binary.is_file():
        parser.error(f"--egnatia: there is no `{binary.name}` there")
    found.egnatia = str(binary)
    known = ["egnatia", *(made.package for made in taxii.SERVERS)]
    found.engines = known if found.engines == "all" else found.engines.split(",")
    for name in found.engines:
        if name not in known:
            parser.error(f"--engines: `{name}` is not one of {', '.join(known)}")
    return found


def egnatia(settings):
    """Seven nodes in one process, over TLS."""
    command = [settings.egnatia, "eval", "exchange", "--json", "--single", "20"]
    command += ["--many", str(settings.objects), "--missed", str(settings.objects)]
    # On the disk of the others, and removed even where the process was ended.
    with tempfile.TemporaryDirectory(dir=settings.work) as folder:
        try:
            done = subprocess.run(
                command,
                env=os.environ | {"TMPDIR": folder},
                capture_output=True,
                text=True,
                timeout=4 * settings.seconds,
            )
        except subprocess.TimeoutExpired as error:
            raise Failed(f"Egnatia: not done in {error.timeout:.0f} s") from error
    if done.returncode != 0:
        raise Failed(f"Egnatia: {done.stderr[-2000:]}")
    said = json.loads(done.stdout)
    return {
        "in_single": said["written_alerts_per_second"],
        "out": said["catch_up"]["deliveries_per_second"],
        "to_six": said["deliveries_per_second"],
        "said": said,
    }


def peer(server, settings):
    """Objects in by ones and by hundreds, each into an empty server, and out of the second."""
    objects = [taxii.indicator(number, settings.bytes) for number in range(settings.objects)]
    cell = {}
    for figure, batch in (("in_single", 1), ("in_batch", BATCH)):
        with server:
            taken, seconds = taxii.write(server, objects, batch, settings.clients, settings.seconds)
            cell[figure] = taken / seconds
            cell[f"{figure}_objects"] = taken
            if batch == 1:
                continue
            given, seconds = taxii.read(server, taken, settings.clients, settings.seconds)
            cell["out_objects"] = given
            if given:
                cell["out"] = given / seconds
                cell["to_six"] = RECIPIENTS / (1 / cell[figure] + RECIPIENTS / cell["out"])
    return cell


def engines(settings):
    """What is measured, each with its rounds and the function that measures one."""
    if "egnatia" in settings.engines:
        said = subprocess.run([settings.egnatia, "--version"], capture_output=True, text=True)
        yield {
            "engine": "Egnatia",
            "version": said.stdout.split()[-1],
            "storage": "SQLite",
            "rounds": [],
        }, lambda: egnatia(settings)
    for made in taxii.SERVERS:
        if made.package in settings.engines:
            server = made(settings.work, settings.page)
            yield {
                "engine": server.name,
                "version": importlib.metadata.version(server.package),
                "storage": server.storage,
                "rounds": [],
            }, lambda server=server: peer(server, settings)


def measure(settings):
    asked = list(engines(settings))
    for number in range(settings.repeats):
        for row, ask in asked:
            load = os.getloadavg()[0]
            cell = ask() | {"load_before": load}
            row["rounds"].append(cell)
            shown = ", ".join(f"{figure} {cell[figure]:.0f}/s" for figure in FIGURES if figure in cell)
            print(f"round {number + 1} {row['engine']}: {shown}", file=sys.stderr)
    return [row for row, _ in asked]


def shown(rounds, figure):
    found = [cell[figure] for cell in rounds if figure in cell]
    if not found:
        return "nothing in time" if f"{figure}_objects" in rounds[0] else "–"
    return f"{statistics.median(found):,.0f} ({min(found):,.0f}–{max(found):,.0f})"


def markdown(result):
    machine = result["machine"]
    text = f"{result['date']}, {machine['processor']}, {machine['cores']} cores, "
    text += f"{machine['memory_gib']} GiB, {machine['system']}, Python {machine['python']}. "
    text += f"{result['objects']:,} objects of {result['bytes']:,} bytes, {result['clients']} clients, "
    text += f"{result['repeats']} rounds, {result['seconds']:.0f} s at most for each figure.\n\n"
    text += "| | kept in | " + " | ".join(FIGURES.values()) + " |\n"
    text += "|---" * (2 + len(FIGURES)) + "|\n"
    for row in result["rows"]:
        cells = [shown(row["rounds"], figure) for figure in FIGURES]
        name = f"{row['engine']} {row['version']}"
        text += "| " + " | ".join([name, row["storage"], *cells]) + " |\n"
    return text + NOTES


def main():
    settings = arguments()
    # An exception, so that servers are stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    settings.work = settings.work.resolve()
    settings.work.mkdir(parents=True, exist_ok=True)
    names = ("objects", "bytes", "clients", "page", "repeats", "seconds")
    result = {"date": datetime.date.today().isoformat(), "machine": machine()}
    result |= {name: getattr(settings, name) for name in names}
    try:
        result["rows"] = measure(settings)
    except Failed as failed:
        sys.exit(str(failed))
    (settings.work / "exchange.json").write_text(json.dumps(result, indent=1) + "\n")
    (settings.work / "exchange.md").write_text(markdown(result))
    print(markdown(result))


if __name__ == "__main__":
    main()
