"""dosevakt: the technician's and developer's command.  One subcommand per file; this one only names them."""

import typer

from tools.authority.command import authority
from tools.demo.command import DemoCommand, demo
from tools.diagnose.command import diagnose
from tools.emulate import emulate
from tools.flash import flash
from tools.fleet import fleet
from tools.journal.command import journal
from tools.list_devices import list_devices
from tools.manners.help import laid_out
from tools.plan.command import plan
from tools.provisioning.command import provision
from tools.release import release
from tools.release_repository.command import repository
from tools.return_device.command import return_device
from tools.udev.command import udev
from tools.update import update

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Dosevakt: serve a dispenser by its cable, sign where the keys lie, run a demo.",
)
# In the order in which a technician needs them; then what needs no dispenser.
app.command("list")(list_devices)
app.command("flash")(flash)
app.command("diagnose")(diagnose)
app.command("provision")(provision)
app.command("update")(update)
app.command("return")(return_device)
app.command("udev")(udev)
app.command("demo", cls=DemoCommand)(demo)
app.command("emulate")(emulate)
app.command("fleet")(fleet)
app.add_typer(plan, name="plan")
app.add_typer(journal, name="journal")
app.add_typer(authority, name="authority")
app.add_typer(release, name="release")
app.add_typer(repository, name="repository")
laid_out(app)


def main() -> None:
    """Console entry."""
    app()


if __name__ == "__main__":
    main()
