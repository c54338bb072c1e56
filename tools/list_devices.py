"""dosevakt list: which dispensers are on this machine's USB ports, and who holds them.

No device is opened for it: a question may come while somebody's dose is being given out.
"""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from tools.manners.options import Json
from tools.manners.talk import Talk
from tools.refusal import told

if TYPE_CHECKING:
    from tools.workshop.ports import Candidate

LOOK_S = 0.2
# A device says its version in service mode only, and nobody is put into it for a list.
NOT_ASKED = "not asked"
HELP = (
    "No dispenser is connected. Check: 1. the device has power; 2. the cable carries data (a charging-only cable shows "
    "nothing); 3. this machine lets you use it: dosevakt udev --install. To watch for one: dosevakt list --wait 30"
)


@told
def list_devices(
    wait_s: Annotated[float, typer.Option("--wait", help="Seconds to wait for a device to come.", min=0)] = 0,
    as_json: Json = False,
) -> None:
    """List the dispensers that are connected by USB, and who holds their ports; no device is disturbed.

    None connected is no error.  Exit code: 0.
    """
    from tools.workshop.ports import candidates

    with Talk("list", as_json=as_json, record=False) as talk:
        end = time.monotonic() + wait_s
        found = candidates()
        if not found and wait_s:
            talk.say(f"Waiting {wait_s:.0f} s for a dispenser.")
        while not found and time.monotonic() < end:
            time.sleep(LOOK_S)
            found = candidates()
        rows = [row_of(one) for one in found]
        if not as_json and rows:
            print_table(rows)
        if not rows:
            talk.say(HELP)
        if as_json:
            talk.result(f"{len(rows)} connected." if rows else HELP, devices=rows)
        elif len(rows) == 1 and rows[0]["kind"] == "device":
            talk.next("dosevakt diagnose")
        elif len(rows) == 1:
            talk.next("dosevakt flash BUNDLE --release-key release.pub --uf2 FILE")


def row_of(one: "Candidate") -> dict[str, str]:
    """What a list says of one device."""
    from tools.workshop.opening import holders

    held_by = holders(one.path) if one.kind == "device" else ()
    state = "waits for firmware" if one.kind == "bootsel" else NOT_ASKED
    return {
        **one.as_dict(),
        "firmware": "-" if one.kind == "bootsel" else NOT_ASKED,
        "state": state,
        "held_by": ", ".join(map(str, held_by)),
    }


def print_table(rows: list[dict[str, str]]) -> None:
    """The data, on stdout: a table where somebody looks, plain columns in a pipe."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    plain = not console.is_terminal
    table = Table(box=None if plain else Table().box, pad_edge=not plain)
    heads = {
        "serial_number": "Serial number",
        "product": "Board",
        "firmware": "Firmware",
        "state": "State",
        "held_by": "Held by",
        "path": "Port",
    }
    for key, head in heads.items():  # the serial number is what the next command wants: never broken
        table.add_column(head, overflow="fold", no_wrap=plain or key == "serial_number")
    for row in rows:
        table.add_row(*[row[key] or "-" for key in heads])
    if plain:
        console.width = max(console.width, sum(len(cell) for row in rows for cell in row.values()) + 80)
    console.print(table)
