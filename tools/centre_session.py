"""Log in at the centre from the command line: the account by name, the password from a person or the environment."""

import os
import sys

import typer

from tools.centre_client import CentreClient
from tools.exit_codes import USAGE
from tools.refusal import Refusal

PASSWORD = "DOSEVAKT_PASSWORD"  # a command line is seen by everybody on the machine; an environment is not
STATION = "workshop"  # where a technician sits; it stands in the centre's audit trail


def log_in(centre: CentreClient, account: str | None) -> None:
    """Open a session.  Raises Refusal: nobody to ask, or the centre says no."""
    if not account:
        raise Refusal(USAGE, "Say --account: the name of your account at the centre.")
    password = os.environ.get(PASSWORD)
    if password is None:
        if not sys.stdin.isatty():
            raise Refusal(USAGE, f"Nobody is here to type the password of {account}; put it into {PASSWORD}.")
        password = str(typer.prompt(f"Password of {account}", hide_input=True, err=True))
    centre.log_in(account, password, STATION)
