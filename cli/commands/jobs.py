"""`sluice jobs`: list the newest jobs."""

from cli.errors import DONE
from cli.service import Service
from cli.target import Target
from cli.text import moment, print_json, print_lines, table


def jobs(
    state: str | None, endpoint: str | None, before: str | None, target: Target, *, as_json: bool
) -> int:
    """Print one line for each job of a page, newest first."""
    page = Service(target).jobs(state, endpoint, before)
    if as_json:
        print_json(page)
        return DONE
    rows = [
        (it["job"], it["state"], it["endpoint"] or "-", moment(it["accepted"]), str(it["source"]))
        for it in page["jobs"]
    ]
    if rows:
        print_lines(table([("JOB", "STATE", "ENDPOINT", "ACCEPTED", "SOURCE"), *rows]))
    else:
        print("no jobs" if page["before"] is None else "no such job on this page")
    if page["before"] is not None:
        wanted = {"state": state, "endpoint": endpoint}
        filters = "".join(f"--{name} {value} " for name, value in wanted.items() if value)
        print(f"earlier ones: sluice jobs {filters}--before {page['before']}")
    return DONE
