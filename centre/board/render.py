"""Templates: one Jinja2 environment, everything escaped."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection

from centre.board.context import BoardContext
from centre.board.show import Shower, Shown
from centre.board.words import LANGUAGES, NAMES, Words
from centre.edges import device_state, registry
from centre.edges.accounts import Session
from centre.edges.alarm_store import AlarmRow

HERE = Path(__file__).parent
ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


class Page:
    """Writes pages and rows for one person, at one moment."""

    def __init__(self, context: BoardContext, connection: Connection, session: Session) -> None:
        self.words = Words(session.language)
        self._context = context
        self._session = session
        self._connection = connection
        labels = registry.labels(connection, context.tenant)
        zone = ZoneInfo(context.config.centre.time_zone)
        self.shower = Shower(self.words, labels, zone, context.clock.utc_s())

    def shown(self, rows: list[AlarmRow]) -> list[Shown]:
        """Rows as they are read."""
        return [self.shower.alarm(row) for row in rows]

    def paused(self) -> str:
        """The strip of paused dispensers: nobody may forget one.  "" when there is none."""
        found = device_state.paused_devices(self._connection, self._context.tenant)
        return self.write("_paused.html", devices=found).strip()

    def write(self, template: str, **values: object) -> str:
        """HTML of a template."""
        shared: Mapping[str, object] = {
            "say": self.words,
            "me": self._session,
            "show": self.shower,
            "now_s": self._context.clock.utc_s(),
            "rate": self._context.clock.rate,
            "path_up": self._context.path.up,
            "languages": [(code, NAMES[code]) for code in LANGUAGES],
        }
        return ENVIRONMENT.get_template(template).render(**shared, **values)


def write_public(template: str, words: Words, **values: object) -> str:
    """HTML of a page that nobody needs to log in for."""
    languages = [(code, NAMES[code]) for code in LANGUAGES]
    return ENVIRONMENT.get_template(template).render(say=words, languages=languages, me=None, **values)
