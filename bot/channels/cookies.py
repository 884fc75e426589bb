"""Reading a cookie of ours, whatever other cookies a browser sends.

Python's own reader, which Sanic uses, refuses all of them where one has a name such as ``a/b``; another
program on the same host may have set that, and then nobody could be answered.
"""

from __future__ import annotations

from sanic.request import Request


def read_cookie(request: Request, name: str) -> str | None:
    """Return the value of a cookie; None where there is none."""
    for part in request.headers.get("cookie", "").split(";"):
        key, sign, value = part.strip().partition("=")
        if sign and key == name:
            return value.strip().strip('"')
    return None
