//! The fixture: the real compositor and real Wayland clients in one process.
//!
//! The compositor is headless, its clock is moved by the test, and every client speaks over a
//! socket pair. Nothing sleeps: [`Fixture::settle`] turns until neither side has anything left to
//! say, [`Fixture::advance`] lets time pass deadline by deadline.

mod bus;
mod client;
mod house;
mod raw;

use std::{
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

pub use bus::PrivateBus;
pub use client::{Client, Frame, Log, Seen, Toplevel};
use compositor::{
    ClientInfo, Panel, Runtime, Setup, State, WallClock, backend::Headless, clock::Clock,
    render::Image,
};
pub use house::{House, Process, Refusal, program};
use ipc::trust::ClientClass;
pub use raw::{Arg, Dice, Manners, RawClient};
use units::{Time, Transform};

/// What takes longer than this will never come.
const PATIENCE: Duration = Duration::from_secs(60);

/// See the module's documentation.
pub struct Fixture {
    runtime: Runtime,
    clock: Clock,
}

/// A small phone: 360 by 720 physical pixels at scale 1, 68 by 136 millimetres.
pub fn small_panel() -> Panel {
    Panel {
        name: "panel".into(),
        make: "Purje".into(),
        model: "fixture".into(),
        size_px: (360, 720),
        size_mm: (68, 136),
        scale: 1.0,
        refresh_mhz: 60_000,
        transform: Transform::Normal,
        edges: shell::EdgeWidths::uniform(4.0),
        safe_px: [0.0; 4],
        corner_radius_px: 0.0,
        cutouts_px: Vec::new(),
    }
}

/// Settings of a phone that has no code, so that a swipe opens it.
pub fn without_code() -> shell::Settings {
    shell::Settings { code: shell::CodeState::None, ..shell::Settings::default() }
}

impl Fixture {
    /// A small phone without a code, on its lock screen.
    pub fn new() -> Self {
        Self::with(small_panel(), without_code())
    }

    /// A phone of one's own.
    pub fn with(panel: Panel, settings: shell::Settings) -> Self {
        Self::set_up(panel, settings, true)
    }

    /// A small phone without a code, started without `--allow-test-input`.
    pub fn without_test_input() -> Self {
        Self::set_up(small_panel(), without_code(), false)
    }

    fn set_up(panel: Panel, settings: shell::Settings, allow_test_input: bool) -> Self {
        let clock = Clock::manual(Time::from_millis(10_000));
        let setup = Setup {
            backend: Box::new(Headless::new().expect("pixman")),
            panel,
            settings,
            wall_clock: WallClock::Still(shell::ClockText {
                time: "21:37".into(),
                date: "Monday 23 November".into(),
            }),
            keyboard: Default::default(),
            clock: clock.clone(),
            rasterizer: raster::Rasterizer::new(raster::Fonts::in_folders(vec![fonts()], "en")),
            socket: "none".into(),
            allow_test_input,
        };
        let mut fixture = Self { runtime: Runtime::new(setup).expect("compositor"), clock };
        fixture.turn();
        fixture
    }

    /// The compositor.
    pub fn state(&mut self) -> &mut State {
        self.runtime.state()
    }

    /// Connects a client of the user's own tools, which may do most.
    pub fn client(&mut self) -> Client {
        self.client_of(ClientClass::UserTool)
    }

    /// Connects a client of some class of trust.
    pub fn client_of(&mut self, class: ClientClass) -> Client {
        let (ours, theirs) = UnixStream::pair().expect("socket pair");
        self.state().add_client(ours, ClientInfo::of_class(class)).expect("inserted");
        let mut client = Client::new(theirs);
        self.settle(&mut client);
        client
    }

    /// Connects a client that says what it is told to.
    pub fn raw_client(&mut self, class: ClientClass) -> RawClient {
        let (ours, theirs) = UnixStream::pair().expect("socket pair");
        self.state().add_client(ours, ClientInfo::of_class(class)).expect("inserted");
        let mut client = RawClient::new(theirs);
        self.settle_raw(&mut client);
        client
    }

    /// Turns both sides until the client has an answer to all it has said, or was thrown out;
    /// returns whether it is still there.
    pub fn settle_raw(&mut self, client: &mut RawClient) -> bool {
        for _ in 0..2 {
            let before = client.answers();
            client.sync();
            while client.answers() == before {
                let there = client.exchange();
                self.turn();
                if !there {
                    return false;
                }
            }
        }
        true
    }

    /// Proves that the compositor still serves: somebody new opens a window and is answered.
    pub fn still_serves(&mut self) {
        let mut somebody = self.client();
        somebody.open("org.example.Somebody", "Somebody", [0, 0, 0, 0xff]);
        self.settle(&mut somebody);
        assert!(somebody.error().is_none(), "{:?}", somebody.error());
        assert!(somebody.toplevel(0).configures > 0, "a new client is served");
        drop(somebody);
        self.turn();
        self.state().shell().verify_invariants();
    }

    /// One turn of the compositor.
    pub fn turn(&mut self) {
        self.runtime.dispatch(Some(Duration::ZERO)).expect("dispatched");
    }

    /// Turns until something has come about that another process or thread brings about.
    ///
    /// # Panics
    /// If that takes longer than any machine needs.
    pub fn until(&mut self, what: &str, mut done: impl FnMut(&mut State) -> bool) {
        let start = Instant::now();
        while !done(self.state()) {
            assert!(start.elapsed() < PATIENCE, "waiting for: {what}");
            self.runtime.dispatch(Some(Duration::from_millis(10))).expect("dispatched");
        }
    }

    /// Turns while `work` goes on in another thread, which may ask the compositor something.
    ///
    /// # Panics
    /// If that takes longer than any machine needs, or if `work` panics.
    pub fn during<T: Send>(&mut self, work: impl FnOnce() -> T + Send) -> T {
        std::thread::scope(|scope| {
            let job = scope.spawn(work);
            self.until("the other thread", |_| job.is_finished());
            job.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Turns both sides until the client has an answer to all it has said.
    pub fn settle(&mut self, client: &mut Client) {
        // A configure is answered by a commit, that by a configure …: more than one round trip.
        for _ in 0..4 {
            let done = client.sync();
            while !done.is_done() {
                client.flush();
                self.turn();
                client.read();
                if client.error().is_some() {
                    return;
                }
            }
        }
    }

    /// Lets time pass, stopping at every deadline on the way.
    pub fn advance(&mut self, by: Duration) {
        let end = self.clock.now() + by;
        loop {
            self.turn();
            let next = self.state().next_wake().filter(|at| *at <= end);
            let Some(next) = next else { break };
            // A deadline that does not move time on would make this endless.
            let now = self.clock.now();
            self.clock.set(next.max(now + Duration::from_micros(100)));
        }
        self.clock.set(end);
        self.turn();
    }

    /// Lets every animation come to its end.
    pub fn rest(&mut self) {
        self.advance(Duration::from_millis(1500));
    }

    /// Lets time pass for both sides: the client sees and answers each frame.
    pub fn advance_with(&mut self, client: &mut Client, by: Duration) {
        let end = self.clock.now() + by;
        while self.clock.now() < end {
            self.advance(Duration::from_millis(16).min(end.since(self.clock.now())));
            self.settle(client);
        }
    }

    /// A finger goes from one place to another within `ms` milliseconds, in steps of 8 ms.
    pub fn swipe(&mut self, from: (f64, f64), to: (f64, f64), ms: u64) {
        self.drag(from, to, ms);
        self.lift();
    }

    /// Lifts the finger that is down.
    pub fn lift(&mut self) {
        self.touch(shell::Touch::Up { slot: 0 });
        self.touch(shell::Touch::Frame);
    }

    /// As [`Self::swipe`], without lifting the finger.
    pub fn drag(&mut self, from: (f64, f64), to: (f64, f64), ms: u64) {
        self.touch(shell::Touch::Down { slot: 0, at: units::Point::new(from.0, from.1) });
        self.touch(shell::Touch::Frame);
        self.drag_on(from, to, ms);
    }

    /// Moves the finger that is down.
    pub fn drag_on(&mut self, from: (f64, f64), to: (f64, f64), ms: u64) {
        let mix = |from: f64, to: f64, t: f64| from + (to - from) * t;
        let at = |t| units::Point::new(mix(from.0, to.0, t), mix(from.1, to.1, t));
        let steps = (ms / 8).max(1);
        for step in 1..=steps {
            self.advance(Duration::from_millis(8));
            self.touch(shell::Touch::Motion { slot: 0, at: at(step as f64 / steps as f64) });
            self.touch(shell::Touch::Frame);
        }
    }

    /// A tap.
    pub fn tap(&mut self, at: (f64, f64)) {
        self.touch(shell::Touch::Down { slot: 0, at: units::Point::new(at.0, at.1) });
        self.touch(shell::Touch::Frame);
        self.advance(Duration::from_millis(60));
        self.lift();
        self.turn();
    }

    /// One touch event, now.
    pub fn touch(&mut self, touch: shell::Touch) {
        self.state().tell(shell::Event::Touch(touch));
    }

    /// Unlocks a phone that has no code.
    pub fn unlock(&mut self) {
        let size = self.state().output_size();
        let (x, h) = (size.width / 2.0, size.height);
        self.swipe((x, h * 0.8), (x, h * 0.2), 120);
        self.rest();
        assert!(!self.state().shell().is_locked(), "a swipe opens a phone without a code");
    }

    /// Presses and releases a hardware key, by its evdev code.
    pub fn press(&mut self, code: u32) {
        let now = self.clock.now();
        self.state().key(code, true, now);
        self.advance(Duration::from_millis(80));
        let now = self.clock.now();
        self.state().key(code, false, now);
        self.turn();
    }

    /// Where the user is.
    pub fn place(&mut self) -> shell::Place {
        self.state().shell().summary().place
    }

    /// The middle of what is called so on the panel.
    pub fn find(&mut self, name: &str) -> Option<(f64, f64)> {
        let nodes = self.state().accessible();
        let [x, y, w, h] = nodes.into_iter().find(|node| node.name == name)?.frame;
        Some((x + w / 2.0, y + h / 2.0))
    }

    /// What the panel shows.
    pub fn shown(&mut self) -> Image {
        self.turn();
        self.state().shown().expect("a picture")
    }
}

/// Fonts that come with the tests: pictures are the same on every machine.
fn fonts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/raster/tests/fonts")
}

impl Default for Fixture {
    fn default() -> Self {
        Self::new()
    }
}
