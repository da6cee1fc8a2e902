"""`metst tables --config EXPERIMENT`: every system on a data set, its tables and its page."""

from collections.abc import Sequence

from metst.base.files import write_atomic
from metst.cli._tables import console, print_study
from metst.report.comparison import Compared, write_comparison
from metst.results.systems import TABLES, systems_table
from metst.results.table import Table
from metst.runner.stopping import sigterm_is_ctrl_c
from metst.runner.systems.plan import Plan, plan
from metst.runner.systems.run import run_systems

PAGE = "comparison.html"


def run_all(arguments: Sequence[str]) -> int:
    """Run what is missing, write tables and page after each system; 1 if one is not complete."""
    begun = plan(arguments)
    with sigterm_is_ctrl_c():
        for planned in run_systems(begun):
            _write(planned)
    for name in TABLES:
        print_study(_table(planned, name))
    where = f"written to {planned.folder}: tables.md, a .tex and .csv of each, {PAGE}"
    console().print(where, soft_wrap=True)
    return 0 if planned.complete else 1


def _table(planned: Plan, name: str) -> Table:
    return systems_table(name, planned.data_set, [one.entry for one in planned.systems])


def _write(planned: Plan) -> None:
    """The tables as they are by now, and the page."""
    tables = {name: _table(planned, name) for name in TABLES}
    for name, table in tables.items():
        write_atomic(planned.folder / f"{name}.tex", table.latex().encode())
        write_atomic(planned.folder / f"{name}.csv", table.csv().encode())
    text = "\n".join(table.markdown() for table in tables.values())
    write_atomic(planned.folder / "tables.md", text.encode())
    systems = [Compared(one.entry, one.size, one.epochs) for one in planned.systems]
    page = write_comparison(planned.data_set, systems, planned.against, list(tables.values()))
    write_atomic(planned.folder / PAGE, page.encode())
