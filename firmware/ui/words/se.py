"""Northern Sami.  At most 3 lines of 18 characters; "*" marks a headline (layout.py).

Written from word lists; a native reader has to confirm it before a patient sees it (docs/hardware.md, words).
"""

WORDS = {
    "starting": "*Álgá\nVuordde veaháš",
    "no_plan": "*Ii leat anus\nDálkkas ii leat\nsiste",
    "idle": "Boahtte dálkkas",
    "idle_alone": "*Buot bures\nIi dálkkas dál",
    "not_now": "Ii vel",
    "due": "*Áigi váldit\n*dálkasa\nDeaddil boalu",
    "due_elsewhere": "*Áigi váldit\n*dálkasa\nDat ii leat dás",
    "turning": "*Vuordde\nDálkkas boahtá",
    "presented": "*Váldde\n*gohpu\nDat lea gárvvis",
    "taken": "*Buorre\nDon leat gárvvis",
    "locked": "*Dálkkas\n*lea gitta\nMii riŋget dutnje",
    "uncertain": "*Vuordde\nMii riŋget dutnje",
    "lid_open": "*Gidde\n*lohki",
    "fault": "*Šállošat\nDat ii doaimma\nMii riŋget dutnje",
    "today": "odne",
    "tomorrow": "ihttin",
    "monday": "vuossárgga",
    "tuesday": "maŋŋebárgga",
    "wednesday": "gaskavahku",
    "thursday": "duorastaga",
    "friday": "bearjadaga",
    "saturday": "lávvordaga",
    "sunday": "sotnabeaivvi",
}
