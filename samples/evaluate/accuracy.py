from promptflow.core import log_metric, tool


@tool
def accuracy(matches: list[bool]) -> float:
    share = sum(matches) / len(matches) if matches else 0.0
    log_metric("accuracy", share)
    return share
