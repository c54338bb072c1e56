"""Power, restarts and the flash."""

import os
import signal

import pytest

RECORD = 100  # bytes that the sample firmware saves and flushes at a time


def test_a_power_cut_keeps_the_mechanics(make, hub_of):
    """Where the carousel stands survives a power cut, and a hand can turn it while the power is off."""
    dispenser = make()
    hub_of(dispenser).heard()
    dispenser.ask("turn_by_hand", cdeg=1200)
    dispenser.cut_power()
    dispenser.ask("turn_by_hand", cdeg=300)
    assert dispenser.read()["power"] is False
    dispenser.power_on()

    facts = dispenser.read()
    assert (facts["angle_cdeg"], facts["pushes"], facts["power"], facts["boots"]) == (1500, 2, True, 2)


def test_a_power_cut_is_seen_as_one(make):
    """The watcher hears why the device went, and when it comes again."""
    dispenser = make()
    dispenser.run(for_ms=500)
    dispenser.cut_power()
    assert dispenser.wait_event("exit")["reason"] == "power_cut"
    dispenser.wait_event("boot")
    dispenser.power_on()
    assert dispenser.wait_event("boot")["cause"] == 1


def test_time_goes_on_while_the_power_is_off(make):
    """Off from second 10 to second 70: afterwards the world shows second 70, and the device has just started."""
    dispenser = make()
    dispenser.ask("run", until_ms=10_000)
    dispenser.cut_power()
    dispenser.run(until_ms=70_000)
    dispenser.power_on()
    facts = dispenser.read()
    assert facts["uptime_ms"] == 0
    assert dispenser.wait_event("boot", t_ms=70_000)


def test_power_can_be_cut_at_an_exact_instant(make):
    """A cut ordered for 12,345 ms happens at 12,345 ms."""
    dispenser = make()
    dispenser.ask("power", on=False, at_ms=12_345)
    dispenser.ask("power", on=True, at_ms=15_000)
    dispenser.run(until_ms=20_000)
    exit = dispenser.wait_event("exit")
    assert (exit["reason"], exit["t_ms"]) == ("power_cut", 12_345)


def test_the_watchdog_restarts_a_firmware_that_spins(make, hub_of):
    """A firmware that no longer feeds its watchdog is restarted, and knows that it was the watchdog."""
    dispenser = make()
    hub = hub_of(dispenser)
    hub.heard()
    assert hub.ask("watchdog 2000") == "armed"
    hub.say("spin")
    assert hub.heard().startswith("hello 3")
    assert dispenser.wait_event("exit")["reason"] == "watchdog"


def test_the_watchdog_restarts_a_firmware_that_hangs(make, hub_of):
    """A firmware caught in a loop that does not even look at the clock is restarted by its watchdog too."""
    dispenser = make(hung_s=1.0)
    hub = hub_of(dispenser)
    hub.heard()
    assert hub.ask("watchdog 2000") == "armed"
    hub.say("hang")
    assert hub.heard().startswith("hello 3")


def test_a_firmware_that_a_busy_machine_lets_wait_is_not_bitten(make, hub_of):
    """Its watchdog counts what it does, not what other programs do meanwhile."""
    dispenser = make(hung_s=0.5)
    hub = hub_of(dispenser)
    hub.heard()
    assert hub.ask("watchdog 2000") == "armed"
    board = dispenser._supervisor.process.pid
    os.kill(board, signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        dispenser.ask("read", timeout_s=2)
    os.kill(board, signal.SIGCONT)
    assert dispenser.wait_for(lambda facts: True)["boots"] == 1


def test_a_reset_restarts(make, hub_of):
    """machine.reset() is a restart; what was on flash is still there."""
    hub = hub_of(make())
    hub.heard()
    assert hub.ask("save a.txt 2") == "saved"
    hub.say("reset")
    assert hub.heard() == f"hello 3 [a.txt:{2 * RECORD}]"


@pytest.mark.parametrize("torn", [False, True])
def test_a_cut_at_any_flash_write_leaves_a_readable_flash(make, hub_of, torn):
    """Power cut at each write of a small script in turn: the flash mounts afterwards and holds what was saved."""
    dispenser = make()
    hub = hub_of(dispenser)
    hub.heard()
    assert hub.ask("save base.txt 1") == "saved"
    for n in range(1, 60):
        dispenser.cut_at_flash_write(n, torn)
        hub.say("save log.txt 8")
        dispenser.run(for_ms=3000)
        if dispenser.read()["power"]:
            break
        assert dispenser.wait_event("exit")["reason"] == "flash_cut"
        hub.port.reset_input_buffer()
        dispenser.power_on()
        hello = hub.heard()
        assert f"base.txt:{RECORD}" in hello
        assert "log.txt:" not in hello or int(hello.split("log.txt:")[1].rstrip("]")) % RECORD == 0
    else:
        raise AssertionError("the script never ran to its end")
    assert n > 8
    formats = [event for event in dispenser.bench.events if event["event"] == "format"]
    assert len(formats) == 1, "the flash was formatted again after a cut"


def test_a_new_flash_is_formatted_once(make, hub_of):
    """The first start formats the flash, as the stock boot script does; a restart does not."""
    dispenser = make()
    hub_of(dispenser).heard()
    dispenser.wait_event("format")
    dispenser.cut_power()
    dispenser.power_on()
    dispenser.run(for_ms=1000)
    assert not [event for event in dispenser.bench.events if event["event"] == "format"]
