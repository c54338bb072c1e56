"""The firmware repository's door for hubs: read only, without login: firmware is open (decision 41)."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import FileResponse

from centre.board.context import BoardContext, context_of

router = APIRouter(prefix="/firmware")
Parts = Annotated[BoardContext, Depends(context_of)]


@router.get("/{kind}/{name}")
def file(parts: Parts, kind: Literal["metadata", "targets"], name: str) -> FileResponse:
    """A signed list, or a bundle under its hash."""
    found = parts.firmware.file(kind, name) if parts.firmware is not None else None
    if found is None:
        raise HTTPException(404, "There is no such file.")
    media_type = "application/json" if kind == "metadata" else "application/octet-stream"
    return FileResponse(found, media_type=media_type)
