"""dosevakt emulate: one virtual dispenser at the end of a serial port."""

from pathlib import Path
from typing import Annotated

import typer

from tools.emulator.command import run


def emulate(
    model: Annotated[str, typer.Option(help="Which board: tablet or multidose.")] = "tablet",
    port_link: Annotated[Path, typer.Option(help="Where its serial port appears.")] = Path("dosevakt-port"),
    rate: Annotated[float, typer.Option(help="Virtual seconds per second; 0 is as fast as it goes.")] = 1.0,
    bench: Annotated[Path | None, typer.Option(help="Where its bench socket appears.")] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Keep flash and mechanics here; else forgotten.")
    ] = None,
    stock: Annotated[
        bool, typer.Option(help="A board with stock MicroPython: it runs what `dosevakt flash` puts on it.")
    ] = False,
    usb_link: Annotated[Path | None, typer.Option(help="Where its USB port appears.")] = None,
    name: Annotated[str, typer.Option(help="Its name, which gives its serial number.")] = "d1",
) -> None:
    """Run one virtual dispenser alone, until Ctrl-C.

    Prints one JSON line with its port, its USB port and serial number, its bench socket and its folder.
    """
    raise typer.Exit(run(model, port_link, rate, bench, folder, name, stock, usb_link))
