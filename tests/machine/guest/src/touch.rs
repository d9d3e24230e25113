//! A touch screen and the phone's keys, made by uinput and moved by commands.
//!
//! One process is the devices and keeps them alive; others send it lines over a socket and wait for
//! the answer, so a script's next line runs when the finger has really moved. Positions are parts
//! of the panel, 0 to 1 from its top left, whatever its size in pixels. Fingers have numbers.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use evdev::uinput::VirtualDevice;
use evdev::{
    AbsInfo, AbsoluteAxisCode, AttributeSet, EventType, InputEvent, KeyCode, PropType,
    UinputAbsSetup,
};

const SOCKET: &str = "/run/purje-touch";
/// Between two samples of a moving finger, as on a 125 Hz touch controller.
const SAMPLE: Duration = Duration::from_millis(8);
/// How long a tap's finger or a pressed key stays down.
const PRESS: Duration = Duration::from_millis(60);
const FINGERS: usize = 10;
/// Steps of the position axes per millimetre.
const RESOLUTION: i32 = 20;

#[derive(Debug, clap::Args)]
pub(crate) struct DeviceArguments {
    /// Width of the panel in millimetres
    #[arg(long, default_value_t = 68)]
    width: u16,
    /// Height of the panel in millimetres
    #[arg(long, default_value_t = 136)]
    height: u16,
}

/// One line of a script.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Order {
    Tap(Point),
    Swipe { from: Point, to: Point, time: Duration },
    Down(usize, Point),
    Move(usize, Point),
    Up(usize),
    Key(KeyCode),
    Remove,
    Add,
}

/// A position as parts of the panel.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    x: f64,
    y: f64,
}

/// Is the devices until killed.
///
/// # Errors
/// uinput refuses, or the socket cannot be made. A wrong line is only answered.
pub(crate) fn serve(arguments: &DeviceArguments) -> Result<()> {
    let mut screen = Some(Screen::new(arguments)?);
    let mut keys = key_device().context("cannot make the key device")?;
    let _ = fs::remove_file(SOCKET); // An earlier one's, if any.
    let listener = UnixListener::bind(SOCKET).with_context(|| format!("cannot bind {SOCKET}"))?;
    for stream in listener.incoming() {
        let mut stream = stream.context("cannot accept a connection")?;
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line).context("cannot read an order")?;
        let answer = parse(&line).and_then(|order| obey(order, &mut screen, &mut keys, arguments));
        let text = match answer {
            Ok(()) => "ok\n".to_owned(),
            Err(error) => format!("{error:#}\n"),
        };
        // The one who asked may have gone; the next may not.
        let _ = stream.write_all(text.as_bytes());
    }
    Ok(())
}

/// Sends one order and waits until it is carried out.
///
/// # Errors
/// There is no device process, or it refuses.
pub(crate) fn request(words: &[String]) -> Result<()> {
    let mut stream = UnixStream::connect(Path::new(SOCKET))
        .with_context(|| format!("no touch device answers at {SOCKET}"))?;
    stream.write_all(format!("{}\n", words.join(" ")).as_bytes()).context("cannot send")?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).context("no answer")?;
    ensure!(answer.trim() == "ok", "{}", answer.trim());
    Ok(())
}

fn parse(line: &str) -> Result<Order> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let number = |text: &str| text.parse::<f64>().with_context(|| format!("'{text}' is no number"));
    let point = |x: &str, y: &str| Ok::<_, anyhow::Error>(Point { x: number(x)?, y: number(y)? });
    let finger = |text: &str| {
        let finger = text.parse().ok().filter(|&finger: &usize| finger < FINGERS);
        finger.with_context(|| format!("'{text}' is no finger: 0 to {}", FINGERS - 1))
    };
    Ok(match words[..] {
        ["tap", x, y] => Order::Tap(point(x, y)?),
        ["swipe", x1, y1, x2, y2, ms] => {
            let time = Duration::from_millis(ms.parse().with_context(|| format!("time '{ms}'"))?);
            Order::Swipe { from: point(x1, y1)?, to: point(x2, y2)?, time }
        }
        ["down", id, x, y] => Order::Down(finger(id)?, point(x, y)?),
        ["move", id, x, y] => Order::Move(finger(id)?, point(x, y)?),
        ["up", id] => Order::Up(finger(id)?),
        ["key", "power"] => Order::Key(KeyCode::KEY_POWER),
        ["key", "volume-up"] => Order::Key(KeyCode::KEY_VOLUMEUP),
        ["key", "volume-down"] => Order::Key(KeyCode::KEY_VOLUMEDOWN),
        ["remove"] => Order::Remove,
        ["add"] => Order::Add,
        _ => bail!("'{}' is no order for the touch device", line.trim()),
    })
}

fn obey(
    order: Order,
    screen: &mut Option<Screen>,
    keys: &mut VirtualDevice,
    arguments: &DeviceArguments,
) -> Result<()> {
    match order {
        Order::Key(key) => return press(keys, key),
        Order::Remove => {
            *screen = None;
            return Ok(());
        }
        Order::Add => {
            *screen = Some(Screen::new(arguments)?);
            return Ok(());
        }
        _ => {}
    }
    let screen = screen.as_mut().context("the touch screen is removed")?;
    match order {
        Order::Tap(at) => {
            screen.touch(0, at)?;
            thread::sleep(PRESS);
            screen.lift(0)
        }
        Order::Swipe { from, to, time } => swipe(screen, from, to, time),
        Order::Down(finger, at) | Order::Move(finger, at) => screen.touch(finger, at),
        Order::Up(finger) => screen.lift(finger),
        Order::Key(_) | Order::Remove | Order::Add => Ok(()),
    }
}

fn swipe(screen: &mut Screen, from: Point, to: Point, time: Duration) -> Result<()> {
    let steps = (time.as_secs_f64() / SAMPLE.as_secs_f64()).round().max(1.0) as u32;
    for step in 0..=steps {
        let part = f64::from(step) / f64::from(steps);
        let at = Point { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
        screen.touch(0, at)?;
        thread::sleep(SAMPLE);
    }
    screen.lift(0)
}

fn press(keys: &mut VirtualDevice, key: KeyCode) -> Result<()> {
    let event = |value| InputEvent::new(EventType::KEY.0, key.0, value);
    keys.emit(&[event(1)]).context("cannot press")?;
    thread::sleep(PRESS);
    keys.emit(&[event(0)]).context("cannot release")
}

/// A multitouch screen of protocol B.
struct Screen {
    device: VirtualDevice,
    maximum: (i32, i32),
    /// The tracking id of each finger that is down.
    down: [Option<i32>; FINGERS],
    next_id: i32,
}

impl Screen {
    fn new(arguments: &DeviceArguments) -> Result<Self> {
        let maximum = (
            i32::from(arguments.width) * RESOLUTION - 1,
            i32::from(arguments.height) * RESOLUTION - 1,
        );
        let device = touch_device(maximum).context("cannot make the touch screen")?;
        Ok(Self { device, maximum, down: [None; FINGERS], next_id: 1 })
    }

    /// Puts a finger down, or moves it.
    fn touch(&mut self, finger: usize, at: Point) -> Result<()> {
        let x = (at.x.clamp(0.0, 1.0) * f64::from(self.maximum.0)).round() as i32;
        let y = (at.y.clamp(0.0, 1.0) * f64::from(self.maximum.1)).round() as i32;
        let mut events = vec![axis(AbsoluteAxisCode::ABS_MT_SLOT, finger as i32)];
        if self.down[finger].is_none() {
            if self.down.iter().all(Option::is_none) {
                events.push(InputEvent::new(EventType::KEY.0, KeyCode::BTN_TOUCH.0, 1));
            }
            self.down[finger] = Some(self.next_id);
            events.push(axis(AbsoluteAxisCode::ABS_MT_TRACKING_ID, self.next_id));
            self.next_id = self.next_id % 0xffff + 1;
        }
        events.push(axis(AbsoluteAxisCode::ABS_MT_POSITION_X, x));
        events.push(axis(AbsoluteAxisCode::ABS_MT_POSITION_Y, y));
        if finger == 0 {
            events.push(axis(AbsoluteAxisCode::ABS_X, x));
            events.push(axis(AbsoluteAxisCode::ABS_Y, y));
        }
        self.device.emit(&events).context("cannot move the finger")
    }

    fn lift(&mut self, finger: usize) -> Result<()> {
        ensure!(self.down[finger].take().is_some(), "finger {finger} is not down");
        let mut events = vec![
            axis(AbsoluteAxisCode::ABS_MT_SLOT, finger as i32),
            axis(AbsoluteAxisCode::ABS_MT_TRACKING_ID, -1),
        ];
        if self.down.iter().all(Option::is_none) {
            events.push(InputEvent::new(EventType::KEY.0, KeyCode::BTN_TOUCH.0, 0));
        }
        self.device.emit(&events).context("cannot lift the finger")
    }
}

fn axis(code: AbsoluteAxisCode, value: i32) -> InputEvent {
    InputEvent::new(EventType::ABSOLUTE.0, code.0, value)
}

fn touch_device(maximum: (i32, i32)) -> std::io::Result<VirtualDevice> {
    let range = |code, maximum, resolution| {
        UinputAbsSetup::new(code, AbsInfo::new(0, 0, maximum, 0, 0, resolution))
    };
    VirtualDevice::builder()?
        .name("Virtual phone touch screen")
        .with_properties(&AttributeSet::from_iter([PropType::DIRECT]))?
        .with_keys(&AttributeSet::from_iter([KeyCode::BTN_TOUCH]))?
        .with_absolute_axis(&range(AbsoluteAxisCode::ABS_X, maximum.0, RESOLUTION))?
        .with_absolute_axis(&range(AbsoluteAxisCode::ABS_Y, maximum.1, RESOLUTION))?
        .with_absolute_axis(&range(AbsoluteAxisCode::ABS_MT_SLOT, FINGERS as i32 - 1, 0))?
        .with_absolute_axis(&range(AbsoluteAxisCode::ABS_MT_TRACKING_ID, 0xffff, 0))?
        .with_absolute_axis(&range(AbsoluteAxisCode::ABS_MT_POSITION_X, maximum.0, RESOLUTION))?
        .with_absolute_axis(&range(AbsoluteAxisCode::ABS_MT_POSITION_Y, maximum.1, RESOLUTION))?
        .build()
}

fn key_device() -> std::io::Result<VirtualDevice> {
    let keys = [KeyCode::KEY_POWER, KeyCode::KEY_VOLUMEUP, KeyCode::KEY_VOLUMEDOWN];
    VirtualDevice::builder()?
        .name("Virtual phone keys")
        .with_keys(&AttributeSet::from_iter(keys))?
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_from_lines() {
        let order = parse("swipe 0.5 1 0.5 0.25 300\n").expect("an order");
        let Order::Swipe { from, to, time } = order else { panic!("a swipe is expected") };
        assert_eq!((from.x, from.y, to.y), (0.5, 1.0, 0.25));
        assert_eq!(time, Duration::from_millis(300));
        assert_eq!(parse("key power").expect("an order"), Order::Key(KeyCode::KEY_POWER));
    }

    #[test]
    fn wrong_lines_are_named() {
        for line in ["", "tap 1", "tap a b", "key menu", "down 10 0 0", "swipe 0 0 1 1 soon"] {
            assert!(parse(line).is_err(), "{line:?}");
        }
    }
}
