import json

from docs.cost_load import ENDPOINTS, OPERATION, WORKDAY, burst, day, places_for
from docs.costs import COUNTS, PAGE, PRICES, a_month, cost, page
from shared.domain.planning.cost import PriceTable, parse_prices


def prices() -> PriceTable:
    table = parse_prices(PRICES.read_text(encoding="utf-8"))
    assert table is not None
    return table


def test_the_cost_page_matches_the_counts_and_the_example_prices():
    counts = json.loads(COUNTS.read_text(encoding="utf-8"))
    assert PAGE.read_text(encoding="utf-8") == page(counts, prices()), "run `make docs`"


def test_a_month_is_jobs_and_idle_hours():
    idle, some = {"activities": 0.0, "orchestrator runs": 0.0}, {"blob writes": 10.0}
    job = {"activities": 2.0, "orchestrator runs": 1.0}
    hour, times = {"blob writes": 3.0}, {"ran": 500.0}
    counts = {"version": some | job, "minute": idle, "hour": hour, "milliseconds": times}
    spent = a_month(counts, jobs=100)
    assert spent["blob writes"] == 30 * 100 * 10 + 30 * 24 * 3
    assert spent["executions"] == 30 * 100 * (2 + 1 + 1) + 30 * 24 * 60
    assert spent["GB-seconds"] == 2 * (30 * 100 * 0.5 + 30 * 24 * 60)


def test_what_the_table_does_not_price_costs_nothing():
    table = PriceTable.model_validate(
        {
            "currency": "EUR",
            "date": "2026-01-01",
            "source": "a list",
            "per_hour": {"service bus namespace": 0.5},
            "per_million": {"blob writes": 5},
        }
    )
    assert cost(table, {"blob writes": 2_000_000, "blob reads": 7}) == 10 + 0.5 * 30 * 24


def test_arm_takes_its_bucket_at_once_and_then_its_rate():
    assert burst(200, size=200, rate=10) == 0
    assert round(burst(600, size=200, rate=10)) == 40


def test_a_day_of_few_jobs_waits_for_nothing():
    found = day(10, places=1)
    assert (found.done, found.superseded, found.longest, found.at_once) == (10, 0, 0, 1)


def test_endpoints_carry_out_as_many_jobs_as_their_operations_allow():
    found = day(100_000, places=1)
    assert found.done + found.superseded == 100_000
    # Each endpoint is busy all day, and once more with what waits at its end.
    assert found.done == ENDPOINTS * (WORKDAY // OPERATION + 1)


def test_enough_places_let_every_job_have_its_turn():
    places = places_for(100_000)
    assert day(100_000, places).superseded == 0
    assert day(100_000, places - 1).superseded > 0
