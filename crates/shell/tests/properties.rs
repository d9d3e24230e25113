//! Whatever happens in whatever order: what must hold, holds; and a record replays.

mod common;

use std::time::Duration;

use common::{Monospace, app, notched, output};
use proptest::prelude::*;
use purje_shell::{
    AppId, AuthVerdict, ClientTouch, CodeState, Effect, Event, ExternalLock, Key, LaunchId,
    LaunchState, Layer, LayerId, LayerInfo, LayerKeyboard, LockSurface, Picture, Request, Settings,
    Shell, Target, Touch, WindowEvent, WindowId,
};
use units::{Insets, Point, Rect, Scale, Size, Time};

/// One thing that happens, or a while in which nothing does.
#[derive(Clone, Debug)]
enum Op {
    Send(Event),
    /// A finger's whole way: from, to (in shares of the screen), milliseconds, and whether it
    /// lifts.
    Swipe([f64; 4], u64, bool),
    /// Milliseconds, with the wake-ups that the shell asks for or without.
    Wait(u64, bool),
}

fn window_id() -> impl Strategy<Value = WindowId> {
    (1u64..6).prop_map(WindowId)
}

fn app_id() -> impl Strategy<Value = String> {
    prop_oneof![Just("foot"), Just("org.example.Maps"), Just("maps"), Just("")].prop_map(Into::into)
}

fn window_event() -> impl Strategy<Value = WindowEvent> {
    let size = (0.0..2000.0, 0.0..2000.0).prop_map(|(w, h)| Size::new(w, h));
    prop_oneof![
        4 => (window_id(), app_id(), any::<bool>(), 1u64..4, any::<bool>(), window_id()).prop_map(
            |(id, app_id, launched, launch, dialog, parent)| WindowEvent::Mapped {
                id,
                app_id,
                title: "Title".into(),
                launch: launched.then_some(LaunchId(launch)),
                parent: dialog.then_some(parent),
            }
        ),
        2 => window_id().prop_map(|id| WindowEvent::Unmapped { id }),
        1 => (window_id(), app_id()).prop_map(|(id, app_id)| WindowEvent::Changed {
            id,
            title: None,
            app_id: Some(app_id),
        }),
        1 => (window_id(), proptest::option::of(window_id()))
            .prop_map(|(id, parent)| WindowEvent::Reparented { id, parent }),
        1 => (window_id(), size).prop_map(|(id, size)| WindowEvent::Resized { id, size }),
        1 => (window_id(), any::<bool>())
            .prop_map(|(id, on)| WindowEvent::RequestedFullscreen { id, on }),
        1 => (window_id(), any::<bool>())
            .prop_map(|(id, on)| WindowEvent::OverridesGestures { id, on }),
        1 => (window_id(), any::<bool>()).prop_map(|(id, on)| WindowEvent::Unresponsive { id, on }),
    ]
}

fn code() -> impl Strategy<Value = CodeState> {
    prop_oneof![Just(CodeState::None), Just(CodeState::Set), Just(CodeState::Unknown)]
}

fn event() -> impl Strategy<Value = Event> {
    let side = 240.0..2000.0f64;
    let key = prop_oneof![
        Just(Key::Power),
        Just(Key::Digit(3)),
        Just(Key::Enter),
        Just(Key::Escape),
        Just(Key::Home),
    ];
    let verdict = prop_oneof![
        Just(AuthVerdict::Ok),
        (0u32..40).prop_map(|wait_s| AuthVerdict::Wrong { wait_s }),
        Just(AuthVerdict::NoCode),
        Just(AuthVerdict::Broken("why".into())),
    ];
    let external = prop_oneof![
        Just(ExternalLock::Requested),
        Just(ExternalLock::SurfaceMapped(LockSurface(1))),
        Just(ExternalLock::Unlocked),
        Just(ExternalLock::Died),
    ];
    let request = prop_oneof![
        (app_id(), any::<bool>()).prop_map(|(app, uri)| Request::LaunchApp {
            app: AppId(app),
            uris: if uri { vec!["file:///a".into()] } else { vec![] },
        }),
        app_id().prop_map(|app| Request::CloseApp(AppId(app))),
        window_id().prop_map(Request::CloseWindow),
        Just(Request::Lock),
        Just(Request::Blank),
        Just(Request::GoHome),
    ];
    let state = prop_oneof![
        Just(LaunchState::Running),
        Just(LaunchState::Exited),
        Just(LaunchState::Failed { reason: "why".into() }),
    ];
    let keyboard = prop_oneof![
        Just(LayerKeyboard::None),
        Just(LayerKeyboard::OnDemand),
        Just(LayerKeyboard::Exclusive),
    ];
    let layer = prop_oneof![
        Just(Layer::Background),
        Just(Layer::Bottom),
        Just(Layer::Top),
        Just(Layer::Overlay),
    ];
    prop_oneof![
        8 => window_event().prop_map(Event::Window),
        2 => (side.clone(), side, any::<bool>()).prop_map(|(w, h, notch)| {
            Event::Output(if notch { notched(w, h) } else { output(w, h) })
        }),
        2 => (code(), any::<bool>(), any::<bool>()).prop_map(|(code, reduced_motion, wide_edges)| {
            Event::Settings(Settings { code, reduced_motion, wide_edges, ..Settings::default() })
        }),
        4 => (key, any::<bool>()).prop_map(|(key, pressed)| Event::Key { key, pressed }),
        4 => verdict.prop_map(Event::Auth),
        2 => external.prop_map(Event::ExternalLock),
        4 => request.prop_map(Event::Request),
        2 => (1u64..4, state)
            .prop_map(|(launch, state)| Event::Launch { launch: LaunchId(launch), state }),
        1 => (0.0..60.0, layer, keyboard).prop_map(|(usable, layer, keyboard)| Event::Layers {
            usable: Insets::new(usable, 0.0, usable, 0.0),
            surfaces: vec![LayerInfo {
                id: LayerId(1),
                layer,
                frame: Rect::new(Point::new(0.0, 30.0), Size::new(200.0, 50.0)),
                keyboard,
            }],
        }),
        2 => window_id().prop_map(|window| Event::Activate { window }),
        1 => any::<bool>().prop_map(|on| Event::Inhibit { id: 1, on }),
        1 => Just(Event::LogindLock),
        2 => Just(Event::LogindUnlock),
        1 => Just(Event::Wake),
        1 => any::<bool>().prop_map(Event::Call),
        1 => any::<bool>().prop_map(Event::Proximity),
        1 => Just(Event::CodeEntered),
        1 => Just(Event::Apps(vec![app("foot", "Foot"), app("org.example.Maps", "Maps")])),
        1 => Just(Event::Touch(Touch::Cancel)),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let share = || prop_oneof![Just(0.005), Just(0.995), 0.0..1.0f64];
    let way = [share(), share(), share(), share()];
    prop_oneof![
        5 => event().prop_map(Op::Send),
        4 => (way, 0u64..700, proptest::bool::weighted(0.85))
            .prop_map(|(way, ms, lifts)| Op::Swipe(way, ms, lifts)),
        2 => (0u64..20_000, any::<bool>()).prop_map(|(ms, wakes)| Op::Wait(ms, wakes)),
        2 => (0u64..300).prop_map(|ms| Op::Wait(ms, true)),
    ]
}

struct Bench {
    shell: Shell,
    now: Time,
    size: Size,
    slot: u32,
    record: Vec<(Time, Event)>,
}

impl Bench {
    fn new(code: CodeState) -> Self {
        let now = Time::from_millis(1_000);
        let output = output(360.0, 720.0);
        let size = output.size;
        let settings = Settings { code, ..Settings::default() };
        Self { shell: Shell::new(output, settings, now), now, size, slot: 0, record: Vec::new() }
    }

    fn send(&mut self, event: Event) {
        if let Event::Output(output) = &event {
            self.size = output.size;
        }
        let was_locked = self.shell.is_locked();
        let mut effects = Vec::new();
        self.record.push((self.now, event.clone()));
        self.shell.handle(event, self.now, &mut effects);
        self.shell.verify_invariants();
        self.check(&effects, was_locked);
    }

    fn check(&self, effects: &[Effect], was_locked: bool) {
        let picture = self.shell.picture(self.now, &Monospace);
        if was_locked && self.shell.is_locked() {
            for effect in effects {
                match effect {
                    Effect::ToClient(ClientTouch::Down { target, .. }) => {
                        assert!(matches!(target, Target::Lock(_)), "a touch through the lock");
                    }
                    Effect::Focus(target) => {
                        assert!(matches!(target, None | Some(Target::Lock(_))));
                    }
                    Effect::Configure { state, .. } => assert!(!state.activated),
                    _ => {}
                }
            }
        }
        if !self.shell.is_locked() {
            assert!(!picture.is_locked(), "an open phone shows the lock");
        }
        let items = match picture {
            Picture::Open(scene) => scene.draw_list(Scale::new(1.5)).items.len(),
            Picture::Locked(scene) => scene.draw_list(Scale::new(1.5)).items.len(),
        };
        assert!(items > 0, "an empty picture");
    }

    fn run(&mut self, op: Op) {
        match op {
            Op::Send(event) => self.send(event),
            Op::Wait(ms, wakes) => self.wait(ms, wakes),
            Op::Swipe([x0, y0, x1, y1], ms, lifts) => {
                let place = |x: f64, y: f64| Point::new(x * self.size.width, y * self.size.height);
                let (from, to) = (place(x0, y0), place(x1, y1));
                self.slot = (self.slot + 1) % 3;
                let slot = self.slot;
                self.send(Event::Touch(Touch::Down { slot, at: from }));
                for step in 1..=5 {
                    self.wait(ms / 5, true);
                    let at = from + (to - from) * (f64::from(step) / 5.0);
                    self.send(Event::Touch(Touch::Motion { slot, at }));
                    self.send(Event::Touch(Touch::Frame));
                }
                if lifts {
                    self.send(Event::Touch(Touch::Up { slot }));
                    self.send(Event::Touch(Touch::Frame));
                }
            }
        }
    }

    fn wait(&mut self, ms: u64, wakes: bool) {
        let end = self.now + Duration::from_millis(ms);
        let mut turns = 0;
        while let Some(at) = self.shell.next_wake().filter(|&at| wakes && at <= end) {
            turns += 1;
            assert!(turns < 200, "it wakes too often");
            self.now = self.now.max(at);
            self.send(Event::Tick);
        }
        self.now = end;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_must_hold_holds_after_anything(
        code in code(),
        ops in proptest::collection::vec(op(), 1..50),
    ) {
        let mut bench = Bench::new(code);
        for op in ops {
            bench.run(op);
        }
    }

    #[test]
    fn a_record_in_lines_of_text_replays_to_the_same_pictures(
        ops in proptest::collection::vec(op(), 1..30),
    ) {
        let mut bench = Bench::new(CodeState::None);
        let mut again = Bench::new(CodeState::None);
        for op in ops {
            bench.run(op);
            let lines: Vec<String> = bench
                .record
                .drain(..)
                .map(|entry| serde_json::to_string(&entry).expect("every event can be written"))
                .collect();
            for line in lines {
                let (time, event): (Time, Event) =
                    serde_json::from_str(&line).expect("and read back");
                again.now = time;
                again.send(event);
            }
            again.now = bench.now;
            let list = |bench: &Bench| match bench.shell.picture(bench.now, &Monospace) {
                Picture::Open(scene) => scene.draw_list(Scale::new(1.0)).describe(),
                Picture::Locked(scene) => scene.draw_list(Scale::new(1.0)).describe(),
            };
            prop_assert_eq!(list(&bench), list(&again));
        }
    }
}
