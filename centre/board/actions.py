"""What a person does to an alarm: claim, start, release, close, reopen.  Answers with the row as it is now."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from centre.board.context import BoardContext, careful_person, context_of
from centre.board.render import Page
from centre.core import alarms as rules
from centre.core.alarms import Refused
from centre.edges import alarm_store
from centre.edges.accounts import Session

router = APIRouter()
Parts = Annotated[BoardContext, Depends(context_of)]
Careful = Annotated[Session, Depends(careful_person)]
VERBS = (rules.CLAIM, rules.START, rules.RELEASE, rules.CLOSE, rules.REOPEN)
MAX_COMMENT = 1000


@router.post("/alarms/{alarm_id}/{verb}")
async def act(request: Request, parts: Parts, me: Careful, alarm_id: int, verb: str) -> Response:
    """Do it.  htmx gets the row; a browser without scripts gets the board again."""
    if verb not in VERBS:
        raise HTTPException(404, "There is no such action.")
    form = await request.form()
    reason, comment = str(form.get("reason", "")), str(form.get("comment", ""))[:MAX_COMMENT]
    from_dialog = request.headers.get("hx-target") == "dialog"

    def work() -> Response:
        why = perform(parts, me, alarm_id, verb, reason, comment)
        if not request.headers.get("hx-request"):
            return RedirectResponse("/", status_code=303)
        with parts.database.read() as connection:
            return _answer(connection, parts, me, alarm_id, why, from_dialog)

    return await run_in_threadpool(work)


def perform(
    parts: BoardContext, me: Session, alarm_id: int, verb: str, reason: str, comment: str
) -> Refused | None:
    """Do it in one transaction and wake the other boards.  Returns why not, None when done."""
    try:
        with parts.database.write() as connection:
            who = parts.who(me)
            alarm_store.act(connection, parts.tenant, alarm_id, verb, who, reason or None, comment)
    except Refused as refused:
        return refused
    except LookupError as error:
        raise HTTPException(404, "There is no such alarm.") from error
    parts.bell.ring()
    return None


def refusal_words(page: Page, why: Refused) -> str:
    """Why it was not done; the loser of a race reads the winner's name."""
    return page.shower.say(f"refused.{why.why}", holder=why.holder or "", until_s=why.until_s)


def _answer(
    connection: Connection,
    parts: BoardContext,
    me: Session,
    alarm_id: int,
    why: Refused | None,
    from_dialog: bool,
) -> Response:
    page = Page(parts, connection, me)
    item = page.shower.alarm(alarm_store.get(connection, parts.tenant, alarm_id))
    said = refusal_words(page, why) if why else ""
    if from_dialog and why is not None:
        return HTMLResponse(page.write("_close.html", item=item, why=said))
    if from_dialog:  # done: the row comes over the live stream, the dialog goes away
        headers = {"HX-Trigger": json.dumps({"done": alarm_id}), "HX-Reswap": "none"}
        return HTMLResponse("", headers=headers)
    headers = {"HX-Trigger": json.dumps({"said": said})} if said else {}
    return HTMLResponse(page.write("_row.html", item=item), headers=headers)
