from bench.one_job import Counted, services, tally


def call(method: str, host: str, path: str) -> dict[str, str]:
    return {"method": method, "host": host, "path": path}


ARM = "management.azure.com"
STORE = "sluicedrop.blob.core.windows.net"
CALLS = [
    call("GET", ARM, "/w/onlineEndpoints/a"),
    call("POST", ARM, "/w/onlineEndpoints/a/listKeys"),
    call("PUT", ARM, "/w/onlineEndpoints/a"),
    call("GET", STORE, "/ledger"),
    call("GET", STORE, "/ledger/turns/a"),
    call("HEAD", STORE, "/ledger/turns/a"),
    call("PUT", STORE, "/ledger/turns/a"),
    call("PUT", "sluicemlstore.blob.core.windows.net", "/store/LocalUpload/a/flow"),
    call("POST", "a.westeurope.inference.ml.azure.com", "/score"),
    call("GET", "login.microsoftonline.com", "/token"),
]


def test_calls_are_counted_by_service_and_a_post_that_shows_is_a_read():
    assert tally(CALLS) == Counted(blobs=5, uploads=1, reads=2, writes=1)


def test_calls_are_counted_as_they_are_billed():
    assert services(CALLS) == {
        "ARM reads": 2,
        "ARM writes": 1,
        "blob lists": 1,
        "blob reads": 2,
        "blob writes": 2,
        "endpoint calls": 1,
    }
