"""What only the tablet board has: carousel, beam, lid switch, occupancy sensor."""

from firmware.simulation.parts import Kept, Pin
from firmware.simulation.tray_parts import VirtualCarousel


def tray_parts(device, bus):
    """(model, slots, the parts by name)."""
    from firmware.drivers.lid_switch import LidSwitch
    from firmware.drivers.occupancy import Occupancy
    from firmware.drivers.pickup_beam import PickupBeam
    from firmware.drivers.ticks import Ticks
    from protocol.device_events import MODEL_TABLET
    from protocol.dose_events import TRAY_SLOTS

    world, clock = device.world, Ticks()
    beam_pin = Pin(lambda: int(world.now_ms < world.hand_until_ms or "beam dirty" in world.faults))
    return (
        MODEL_TABLET,
        TRAY_SLOTS,
        {
            "shutter_lines": (
                Pin(lambda: int(world.opening() > 0.03 or "shutter blind" in world.faults)),
                Pin(lambda: int(world.opening() < 0.97 or "shutter blind" in world.faults)),
            ),
            "beam_pin": beam_pin,
            "beam": PickupBeam(beam_pin, clock, 3),
            "lid": LidSwitch(Pin(lambda: int(world.lid_open)), clock),
            "carousel": VirtualCarousel(world, clock, device.motor_command),
            "occupancy": Kept(Occupancy(bus)),
        },
    )
