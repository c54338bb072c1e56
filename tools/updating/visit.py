"""One update from the port to the last word."""

from pathlib import Path

from protocol.bundle import Bundle
from protocol.service_hello import Hello
from tools.manners.talk import Talk
from tools.refusal import Refusal
from tools.updating.given import check_board, load_whole, newest_for
from tools.updating.installing import install, judged
from tools.updating.trial import ask_centre, check_runs
from tools.workshop.ports import connected
from tools.workshop.service import Service, open_service

ON_TRIAL = (
    "{version} runs, on trial until the centre has answered: leave the device at its hub for half an hour, "
    "or it goes back to the version before."
)


class Visit:
    """talk: the command's.  centre_url, account: of the centre that may be asked for its receipt, if any."""

    def __init__(self, talk: Talk, centre_url: str | None, account: str | None) -> None:
        self._talk = talk
        self._centre_url = centre_url
        self._account = account

    def update(self, device: str | None, path: Path | None) -> None:
        """All of it.  Raises Refusal; what was done by then stays, and a second run goes on."""
        given = None if path is None else load_whole(path)  # before anybody is disturbed
        chosen = connected(device)
        with open_service(chosen, self._talk) as service:
            before = service.hello()
            bundle = given or newest_for(before.model, Path())
            check_board(bundle, before.model)
            if before.sequence == bundle.manifest.sequence:
                self._end(service, before, bundle, "already")
                return
            kept = judged(service, bundle)
            self._tell(before, bundle, kept)
            if self._talk.dry_run:
                self._talk.result(
                    "The device would take it now. Nothing was changed.", **_facts(before, bundle)
                )
                return
            self._talk.confirm(f"Install {bundle.manifest.version}?")
            install(service, bundle, self._talk)
            self._talk.note("installed", **_facts(before, bundle))
            self._talk.say("All bytes are there and read back. The device starts again.")
            service.back_after_restart()
            after = service.hello()
            check_runs(after, before, bundle)
            self._end(service, after, bundle, "now")

    def _tell(self, before: Hello, bundle: Bundle, kept: int) -> None:
        manifest = bundle.manifest
        self._talk.say(
            f"{self._name(before)} runs {before.version} (number {before.sequence}); the bundle is "
            f"{manifest.version} (number {manifest.sequence}, {manifest.size // 1024} KB)."
        )
        if kept:
            self._talk.say(f"{kept // 1024} KB of it are there already; it goes on where it was.")
        if manifest.downgrade:
            self._talk.warn("This bundle is signed as a recall: it may replace a newer version.")

    def _end(self, service: Service, hello: Hello, bundle: Bundle, when: str) -> None:
        """The last word, after the centre was asked if there is one to ask."""
        was_on_trial = hello.trial
        version = bundle.manifest.version
        if hello.trial and self._centre_url and not self._talk.dry_run:
            try:
                ask_centre(service, self._centre_url, self._account, self._talk)
            except Refusal as refusal:
                raise Refusal(refusal.code, f"{refusal} {ON_TRIAL.format(version=version)}") from refusal
            hello = service.hello()
        facts = _facts(hello, bundle)
        if hello.trial:
            self._talk.result(ON_TRIAL.format(version=version), **facts)
            self._talk.next("the same command again later, or now with --centre-url URL --account NAME")
        elif when == "already" and not was_on_trial:
            self._talk.result(f"{self._name(hello)} runs {version} already. Nothing was changed.", **facts)
        else:
            self._talk.result(f"{self._name(hello)} runs {version}, and it stays.", **facts)
            self._talk.next("dosevakt diagnose")

    def _name(self, hello: Hello) -> str:
        from protocol.cose import device_id_of

        return f"Dispenser {device_id_of(hello.public_point).hex()}"


def _facts(hello: Hello, bundle: Bundle) -> dict[str, object]:
    return {
        "version": hello.version,
        "sequence": hello.sequence,
        "slot": hello.slot,
        "trial": hello.trial,
        "bundle_version": bundle.manifest.version,
        "bundle_sequence": bundle.manifest.sequence,
        "manifest_digest": bundle.manifest_digest().hex(),
    }
