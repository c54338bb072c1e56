"""What is wrong with a setting, in words a technician can act on.  Pure."""

from pydantic_core import ErrorDetails


def problem_sentence(detail: ErrorDetails) -> str:
    """One pydantic finding in words a technician can act on."""
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in detail["loc"])
    kind = detail["type"]
    if kind == "extra_forbidden":
        return f"{where}: unknown key; remove it, or correct its spelling."
    if kind == "missing":
        return f"{where}: is missing; add it."
    if kind == "value_error":
        text = str(detail["ctx"]["error"])
        return f"{where}: {text}." if where else f"{text}."
    return f"{where}: {detail['msg'][0].lower()}{detail['msg'][1:]}, found {detail['input']!r}; correct it."
