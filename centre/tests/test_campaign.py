"""Waves of new firmware: whatever dispensers, hubs, people and time do, few can fail before it stops."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from centre.core import campaign as core
from centre.core import update_life as life
from centre.core.campaign import CampaignRefused
from protocol.errors import NOT_NOW, WRONG_DEVICE

NEWS = (life.STAGED, life.ACCEPTED, life.STARTED, life.SERVICE_ENDED, life.CONFIRMED, life.TOLD_REVERTED)


def stepped(campaign, now_s, busy=frozenset()):
    return core.step(campaign, now_s, busy)[0]


def installed(campaign, device_id, now_s):
    for news in (life.STAGED, life.ACCEPTED, life.STARTED, life.CONFIRMED):
        campaign = core.heard(campaign, device_id, news, now_s)
    return campaign


def of_wave(campaign, wave):
    return [part.device_id for part in campaign.parts.values() if part.wave == wave]


@given(st.integers(1, 3000))
def test_waves_grow_and_hold_everybody(number):
    """The waves are 5, 25 and 100 percent, none of them empty while dispensers are left, and nobody is forgotten."""
    sizes = core.wave_sizes(number)
    assert sum(sizes) == number and sizes[0] == max(1, -(-number * 5 // 100))
    assert all(sizes[: min(number, 3)])
    if number >= 20:
        assert sizes[0] + sizes[1] == -(-number * 25 // 100)


def test_a_campaign_that_goes_well_ends_by_itself():
    """Forty dispensers: two, then eight more, then the rest; each wave only when the one before is done."""
    campaign = core.planned([f"d{n}" for n in range(40)], "x")
    for wave, size in enumerate((2, 8, 30)):
        campaign, actions = core.step(campaign, 10)
        assert sorted(actions) == sorted((core.PREPARE, device) for device in of_wave(campaign, wave))
        assert len(actions) == size
        for device_id in of_wave(campaign, wave):
            campaign = installed(campaign, device_id, 20)
    campaign, actions = core.step(campaign, 30)
    assert (campaign.state, actions, core.count(campaign, life.DONE)) == (core.FINISHED, [], 40)


def test_one_failure_in_the_first_wave_stops_everything():
    """The first dispenser that goes back to its old version stops the campaign; only a person starts it again."""
    campaign = stepped(core.planned([f"d{n}" for n in range(40)], "x"), 10)
    bad, other = of_wave(campaign, 0)
    campaign = stepped(core.heard(campaign, bad, life.TOLD_REVERTED, 20), 20)
    assert (campaign.state, campaign.why) == (core.STOPPED, core.FAILURES)
    campaign = stepped(installed(campaign, other, 30), 40)
    assert campaign.state == core.STOPPED and core.count(campaign, life.PLANNED) == 38
    campaign = stepped(core.act(campaign, core.RESUME), 50)
    assert (campaign.state, campaign.wave) == (core.RUNNING, 1)


def test_a_few_failures_among_hundreds_do_not_stop_the_last_wave():
    """Of a hundred ends two may fail; six stop the campaign."""
    campaign = core.planned([f"d{n}" for n in range(400)], "x")
    for wave in (0, 1):
        campaign = stepped(campaign, 10)
        for device_id in of_wave(campaign, wave):
            campaign = installed(campaign, device_id, 20)
    campaign = stepped(campaign, 30)
    for device_id in of_wave(campaign, 2)[:5]:
        campaign = stepped(core.heard(campaign, device_id, life.TOLD_REVERTED, 40), 40)
    assert campaign.state == core.RUNNING
    campaign = stepped(core.heard(campaign, of_wave(campaign, 2)[5], life.TOLD_REVERTED, 50), 50)
    assert campaign.state == core.STOPPED


def test_a_dose_that_is_near_is_no_failure():
    """Refused because a dose is near: asked again three quarters of an hour later, for three days."""
    campaign = stepped(core.planned(["d1"], "x"), 10)
    now_s = 10
    while now_s < life.GIVE_UP_S:
        campaign = core.heard(campaign, "d1", life.STAGED, now_s)
        campaign = core.heard(campaign, "d1", life.REFUSED, now_s, NOT_NOW)
        assert core.step(campaign, now_s + life.AGAIN_S - 1)[1] == []
        now_s += life.AGAIN_S
        campaign, actions = core.step(campaign, now_s)
        assert actions == [(core.PREPARE, "d1")] or now_s > life.GIVE_UP_S
    campaign = stepped(campaign, now_s + life.AGAIN_S)
    assert campaign.parts["d1"].state == life.UNREACHED and core.count(campaign, life.FAILED) == 0


def test_who_cannot_be_reached_holds_nobody_up_for_ever():
    """A dispenser that stays away is given up after three days, is not counted as done, and counts again when it is."""
    campaign = core.planned([f"d{n}" for n in range(40)], "x")
    away, here = of_wave(campaign, 0)
    campaign = installed(stepped(campaign, 0), here, 10)
    assert stepped(campaign, life.GIVE_UP_S).wave == 0
    campaign = stepped(campaign, life.GIVE_UP_S + 1)
    assert campaign.wave == 1 and campaign.parts[away].state == life.UNREACHED
    assert core.heard(campaign, away, life.CONFIRMED, life.GIVE_UP_S + 9).parts[away].state == life.DONE


def test_a_wave_in_which_nobody_is_done_is_no_proof():
    """When no dispenser of a wave could be reached the campaign stops and asks a person, who may go on."""
    campaign = stepped(core.planned(["d1", "d2"], "x"), 0)
    campaign = stepped(campaign, life.GIVE_UP_S + 1)
    assert (campaign.state, campaign.why) == (core.STOPPED, core.NOBODY)
    assert stepped(core.act(campaign, core.RESUME), life.GIVE_UP_S + 2).wave == 1


def test_three_services_without_success_are_a_failure():
    """A dispenser that served three times and got nothing, or says nothing after it took the order, has failed."""
    campaign = core.planned(["d1"], "x")
    now_s = 0
    for _ in range(life.MOST_TRIES):
        now_s += life.AGAIN_S
        campaign = stepped(campaign, now_s)
        for news in (life.STAGED, life.ACCEPTED, life.SERVICE_ENDED):
            campaign = core.heard(campaign, "d1", news, now_s)
    assert (campaign.parts["d1"].state, campaign.parts["d1"].reason) == (life.FAILED, life.BROKEN_OFF)
    campaign = stepped(core.planned(["d1"], "x"), 0)
    for news in (life.STAGED, life.ACCEPTED):
        campaign = core.heard(campaign, "d1", news, 10)
    assert stepped(campaign, 10 + life.SILENT_S).parts["d1"].state == life.INSTALLING
    assert stepped(campaign, 11 + life.SILENT_S).parts["d1"].reason == life.SILENT


def test_a_person_pauses_goes_on_and_ends_it():
    """Paused, nothing new begins and what only a hub knows is taken back; aborted, the rest is left as it is."""
    campaign = stepped(core.planned(["d1", "d2", "d3"], "x"), 0)
    (first,) = of_wave(campaign, 0)
    campaign, actions = core.step(core.act(campaign, core.PAUSE), 5)
    assert actions == [(core.DROP, first)] and core.count(campaign, life.PLANNED) == 3
    campaign = stepped(core.act(campaign, core.RESUME), 6)
    campaign = core.heard(core.heard(campaign, first, life.STAGED, 7), first, life.ACCEPTED, 7)
    campaign, actions = core.step(core.act(campaign, core.ABORT), 8)
    assert (
        actions == [] and core.count(campaign, life.LEFT) == 2
    )  # the two that never began: no hub knows of them
    assert core.heard(campaign, first, life.CONFIRMED, 9).parts[first].state == life.DONE
    for verb in (core.PAUSE, core.RESUME, core.ABORT, "dance"):
        with pytest.raises(CampaignRefused):
            core.act(campaign, verb)
    with pytest.raises(CampaignRefused):
        core.planned([], "x")


class AnyHistory(RuleBasedStateMachine):
    """Dispensers, hubs, people and time in any order."""

    @initialize(number=st.integers(1, 45), seed=st.text(max_size=3))
    def begin(self, number, seed):
        self.campaign = core.planned([f"d{n}" for n in range(number)], seed)
        self.now_s = 1_000
        self.busy: frozenset[str] = frozenset()
        self.begun: dict[str, int] = {}

    @rule(passed_s=st.sampled_from([1, 60, life.AGAIN_S, life.SILENT_S, life.ORDER_GOOD_S, life.GIVE_UP_S]))
    def time(self, passed_s):
        self.now_s += passed_s
        before = self.campaign
        self.campaign, actions = core.step(before, self.now_s, self.busy)
        assert len({device for _, device in actions}) == len(actions)  # nobody is asked two things at once
        for device_id, part in self.campaign.parts.items():
            began = before.parts[device_id].state != life.STAGING and part.state == life.STAGING
            assert not (began and device_id in self.busy)
            assert not (began and (self.campaign.state != core.RUNNING or part.wave > self.campaign.wave))

    @rule(at=st.integers(0, 44), news=st.sampled_from(NEWS))
    def speak(self, at, news):
        self.campaign = core.heard(self.campaign, f"d{at}", news, self.now_s)

    @rule(at=st.integers(0, 44), news=st.sampled_from([life.REFUSED, life.NOT_TAKEN]), later=st.booleans())
    def refuse(self, at, news, later):
        reason = NOT_NOW if later else WRONG_DEVICE
        self.campaign = core.heard(self.campaign, f"d{at}", news, self.now_s, reason)

    @rule()
    def a_good_hour(self):
        for part in list(self.campaign.parts.values()):
            if part.state == life.STAGING:
                self.campaign = installed(self.campaign, part.device_id, self.now_s)

    @rule(at=st.integers(0, 44))
    def elsewhere(self, at):
        self.busy = self.busy ^ {f"d{at}"}

    @rule(verb=st.sampled_from([core.PAUSE, core.RESUME, core.ABORT, core.RESUME]))
    def person(self, verb):
        try:
            self.campaign = core.act(self.campaign, verb)
        except CampaignRefused:
            assert (verb, self.campaign.state) not in {
                (core.PAUSE, core.RUNNING),
                (core.RESUME, core.STOPPED),
            }

    @invariant()
    def waves_open_in_order(self):
        for part in self.campaign.parts.values():
            assert part.wave <= self.campaign.wave or part.begun_s is None

    @invariant()
    def an_earlier_wave_has_ended(self):
        for part in self.campaign.parts.values():
            assert part.wave >= self.campaign.wave or part.state in life.ENDED

    @precondition(lambda self: self.campaign.state == core.RUNNING)
    @rule()
    def a_running_one_is_not_too_bad(self):
        self.campaign, _ = core.step(self.campaign, self.now_s, self.busy)
        assert self.campaign.state != core.RUNNING or not core.is_too_bad(self.campaign)


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
