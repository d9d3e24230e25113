//! The battery, from UPower's display device.

use super::{BatteryState, Status};
use crate::bus::{Event, Sink};
use futures_lite::StreamExt;
use zbus::fdo::{DBusProxy, PropertiesProxy};
use zbus::names::{BusName, InterfaceName};
use zbus::zvariant::OwnedValue;
use zbus::{Connection, MatchRule, MessageStream};

const NAME: &str = "org.freedesktop.UPower";
const PATH: &str = "/org/freedesktop/UPower/devices/DisplayDevice";
const INTERFACE: &str = "org.freedesktop.UPower.Device";

/// Tells the battery's facts whenever they change; returns only by an error.
pub(super) async fn watch(sink: &Sink) -> zbus::Result<()> {
    let bus = zbus::connection::Builder::system()?.internal_executor(false).build().await?;
    let executor = bus.executor().clone();
    let ticks = async {
        loop {
            executor.tick().await;
        }
    };
    futures_lite::future::or(follow(&bus, sink), ticks).await
}

async fn follow(bus: &Connection, sink: &Sink) -> zbus::Result<()> {
    let dbus = DBusProxy::new(bus).await?;
    let owners = dbus.receive_name_owner_changed_with_args(&[(0, NAME)]).await?;
    let rule = MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .sender(NAME)?
        .interface("org.freedesktop.DBus.Properties")?
        .member("PropertiesChanged")?
        .path(PATH)?
        .build();
    let changes = MessageStream::for_match_rule(rule, bus, None).await?;
    // What happened matters less than that it did: everything is read anew.
    let mut events = futures_lite::stream::or(owners.map(drop), changes.map(drop));
    let mut told = None;
    loop {
        let status = read(bus, &dbus).await;
        if told.replace(status) != Some(status) {
            sink.send(Event::Status(status));
        }
        if events.next().await.is_none() {
            return Err(zbus::Error::Failure("the system bus went away".to_owned()));
        }
    }
}

async fn read(bus: &Connection, dbus: &DBusProxy<'_>) -> Status {
    // UPower is not started for us: where nobody runs it, there is most likely no battery.
    let Ok(name) = BusName::try_from(NAME) else { return Status::default() };
    if !dbus.name_has_owner(name).await.unwrap_or(false) {
        return Status::default();
    }
    let properties = async {
        let proxy = PropertiesProxy::builder(bus).destination(NAME)?.path(PATH)?.build().await?;
        let interface = InterfaceName::try_from(INTERFACE)?;
        Ok::<_, zbus::Error>(proxy.get_all(interface).await?)
    };
    let Ok(mut properties) = properties.await else { return Status::default() };
    let mut take = |key: &str| properties.remove(key);
    if take("IsPresent").and_then(|value| bool::try_from(value).ok()) != Some(true) {
        return Status::default();
    }
    Status {
        battery_percentage: take("Percentage").and_then(percentage),
        battery_state: take("State").and_then(state),
    }
}

fn percentage(value: OwnedValue) -> Option<f64> {
    f64::try_from(value).ok().filter(|percentage| (0.0..=100.0).contains(percentage))
}

fn state(value: OwnedValue) -> Option<BatteryState> {
    // 5 and 6, pending, are charging and discharging for the user.
    match u32::try_from(value).ok()? {
        1 | 5 => Some(BatteryState::Charging),
        2 | 6 => Some(BatteryState::Discharging),
        3 => Some(BatteryState::Empty),
        4 => Some(BatteryState::Full),
        _ => None,
    }
}
