//! What the session tells of the system, with stand-ins for the system's services.

mod common;

use common::{PATIENCE, World};
use ipc::zbus;
use std::collections::HashMap;
use std::sync::mpsc::channel;
use zbus::zvariant::OwnedValue;

const NAME: &str = "org.freedesktop.UPower";
const PATH: &str = "/org/freedesktop/UPower/devices/DisplayDevice";

/// UPower's display device.
struct Battery {
    percentage: f64,
    state: u32,
}

#[zbus::interface(name = "org.freedesktop.UPower.Device")]
impl Battery {
    #[zbus(property)]
    fn is_present(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn percentage(&self) -> f64 {
        self.percentage
    }

    #[zbus(property)]
    fn state(&self) -> u32 {
        self.state
    }
}

type Facts = HashMap<String, OwnedValue>;

fn battery(mut facts: Facts) -> Option<(f64, String)> {
    let percentage = f64::try_from(facts.remove("battery-percentage")?).expect("a double");
    let state = String::try_from(facts.remove("battery-state")?).expect("a string");
    Some((percentage, state))
}

#[test]
fn the_battery_is_told_as_it_comes_changes_and_goes() {
    let world = World::new();
    let mut command = world.command(&[]);
    let session = world.ready(command.env("DBUS_SYSTEM_BUS_ADDRESS", &world.bus.address));
    assert!(session.proxy.status().expect("answered").is_empty());

    let (sender, changes) = channel();
    let signals = session.proxy.receive_status_changed().expect("subscribed");
    std::thread::spawn(move || {
        for signal in signals {
            let facts = signal.args().expect("well formed").status().clone();
            if sender.send(battery(facts)).is_err() {
                break;
            }
        }
    });
    let next = || changes.recv_timeout(PATIENCE).expect("StatusChanged");

    let upower = world.bus.connect();
    let device = Battery { percentage: 80.0, state: 2 };
    upower.object_server().at(PATH, device).expect("served");
    upower.request_name(NAME).expect("owned");
    assert_eq!(next(), Some((80.0, "discharging".to_owned())));

    let device = upower.object_server().interface::<_, Battery>(PATH).expect("served");
    device.get_mut().percentage = 79.0;
    let battery_now = device.get();
    let changed = battery_now.percentage_changed(device.signal_emitter());
    zbus::block_on(changed).expect("emitted");
    drop(battery_now);
    assert_eq!(next(), Some((79.0, "discharging".to_owned())));
    let told = battery(session.proxy.status().expect("answered"));
    assert_eq!(told, Some((79.0, "discharging".to_owned())));

    upower.release_name(NAME).expect("released");
    assert_eq!(next(), None);
}
