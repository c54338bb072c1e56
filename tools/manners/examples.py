"""One example for each command, at the foot of its --help.  A test parses them all."""

EXAMPLES = {
    "list": "dosevakt list --wait 30",
    "flash": "dosevakt flash dosevakt-tablet-pico-0.1.0.dvb --release-key release.pub --enrolment enrolment.pub",
    "diagnose": "dosevakt diagnose --bundle case.zip",
    "provision": "dosevakt provision --hub 00112233445566aa --label 'Flat 12' --qr label.svg",
    "update": "dosevakt update dosevakt-tablet-pico-0.2.0.dvb",
    "return": "dosevakt return --centre-url https://centre.example --account kari",
    "udev": "sudo dosevakt udev --install",
    "demo": "dosevakt demo --story jam --exit",
    "emulate": "dosevakt emulate --stock --usb-link ports/d1",
    "fleet": "dosevakt fleet --tablet 20 --days 7",
    "authority new": "dosevakt authority new KEYS --host broker.example",
    "authority hub": "dosevakt authority hub KEYS flat-12 --tenant demo",
    "authority rotate": "dosevakt authority rotate KEYS flat-12",
    "authority revoke": "dosevakt authority revoke KEYS flat-12",
    "authority list": "dosevakt authority list KEYS",
    "authority enrolment-key": "dosevakt authority enrolment-key KEYS --passphrase-file words",
    "authority enrol": (
        "dosevakt authority enrol device.request --key enrolment.key --tenant demo "
        "--centre-key centre-signing.pub --out device.cert"
    ),
    "release key": "dosevakt release key KEYS --passphrase-file words",
    "release make": "dosevakt release make KEYS --version 0.2.0 --board tablet",
    "release check": "dosevakt release check dosevakt-tablet-pico-0.1.0.dvb --release-key release.pub",
    "repository new": "dosevakt repository new KEYS/firmware --passphrase-file words",
    "repository publish": (
        "dosevakt repository publish KEYS/firmware dosevakt-tablet-pico-0.2.0.dvb --release-key release.pub"
    ),
    "repository renew": "dosevakt repository renew KEYS/firmware",
    "plan check": "dosevakt plan check week.toml",
    "plan make": "dosevakt plan make week.toml --output week.plan",
    "plan show": "dosevakt plan show week.toml --png tray.png",
    "plan sign": "dosevakt plan sign week.toml --device-id 00112233445566aa --centre-url https://centre.example",
    "journal read": "dosevakt journal read --output events.jsonl",
    "journal verify": "dosevakt journal verify events.jsonl",
    "journal export": "dosevakt journal export events.jsonl --csv --output events.csv",
}
