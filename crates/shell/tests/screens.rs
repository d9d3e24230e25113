//! What the screens look like: flaws that a machine can see on many panels, and a few screens as
//! text.

mod common;

use common::{Monospace, Phone, notched, output};
use purje_shell::{
    AuthVerdict, CodeState, Event, Key, LaunchState, OutputInfo, Picture, Place, WindowEvent,
};
use std::collections::HashSet;

use scene::{DrawList, LintRules, Paint, Raster, Role};
use units::{Density, Point, Scale};

/// Takes a phone through all of its screens; `look` sees each at rest and by name.
fn tour(output: &OutputInfo, mut look: impl FnMut(&Phone, &str)) {
    let mut phone = Phone::booted_on(output.clone(), CodeState::Set);
    look(&phone, "lock");
    phone.lift_curtain();
    look(&phone, "code");
    phone.press(Role::Button, "4");
    phone.press(Role::Button, "2");
    phone.rest();
    look(&phone, "code entered");
    phone.press(Role::Button, "Confirm code");
    phone.verdict(AuthVerdict::Wrong { wait_s: 30 });
    phone.rest();
    look(&phone, "code refused");
    phone.wait(31_000);
    if phone.place() != Place::Pin {
        phone.send(Event::Wake);
        phone.lift_curtain();
    }
    phone.enter("1");
    phone.verdict(AuthVerdict::Broken("the verifier of codes has ended without a word".into()));
    phone.rest();
    look(&phone, "code not checked");
    phone.send(Event::LogindUnlock);
    phone.rest();
    look(&phone, "empty home");

    for count in [1, 2, 4, 5, 9, 10, 20] {
        while phone.shell.summary().covers.len() < count {
            let number = phone.shell.summary().covers.len();
            phone.map_cover(&format!("app{number}"));
        }
        look(&phone, &format!("home with {count}"));
    }
    let Some(cover) = phone.find(Role::Cover, "Application 10") else { panic!("not on home") };
    phone.down(cover.center());
    phone.wait(600);
    phone.up();
    phone.rest();
    look(&phone, "housekeeping");
    phone.press(Role::Button, "Close all");
    look(&phone, "second thoughts");
    phone.press(Role::Button, "Undo");

    phone.swipe_from_bottom();
    look(&phone, "applications");
    phone.press(Role::Button, "Maps");
    phone.wait(1_000);
    look(&phone, "splash");
    let (launch, _) = phone.launched();
    let reason = "the program /usr/bin/maps is not there, which is what its desktop entry asks for";
    phone.send(Event::Launch { launch, state: LaunchState::Failed { reason: reason.into() } });
    phone.rest();
    look(&phone, "failure");
    phone.press(Role::Button, "Close");
    phone.rest();

    let window = phone.map("foot", None);
    phone.rest();
    look(&phone, "application");
    phone.map_dialog("foot", None, Some(window));
    look(&phone, "dialog");
    phone.send(Event::Window(WindowEvent::Unresponsive { id: window, on: true }));
    look(&phone, "silent application");
    phone.send(Event::Key { key: Key::Power, pressed: true });
    phone.wait(1_600);
    phone.rest();
    look(&phone, "power menu");
}

fn panels() -> Vec<(String, OutputInfo)> {
    let sizes = [(360.0, 720.0), (412.0, 915.0), (720.0, 360.0), (800.0, 1280.0)];
    let of =
        |(w, h)| [(format!("{w}x{h}"), output(w, h)), (format!("{w}x{h} notched"), notched(w, h))];
    sizes.into_iter().flat_map(of).collect()
}

#[test]
fn no_screen_has_a_flaw_on_any_panel() {
    for (name, output) in panels() {
        let rules = LintRules {
            target_mm: 7.0,
            target_px: 48.0,
            density: Density::new(output.density),
            cutouts: output.cutouts.clone(),
        };
        tour(&output, |phone, screen| {
            let flaws = match phone.picture() {
                Picture::Open(scene) => scene.lint(&rules, &Monospace),
                Picture::Locked(scene) => scene.lint(&rules, &Monospace),
            };
            assert_eq!(flaws, [], "{screen} on {name}:\n{}", phone.draw_list());
        });
    }
}

#[test]
fn all_covers_up_to_sixteen_are_seen_at_once_and_none_overlap() {
    for (name, output) in panels() {
        tour(&output, |phone, screen| {
            if !screen.starts_with("home with") {
                return;
            }
            let found = phone.accessible();
            let covers: Vec<_> = found.iter().filter(|a| a.role == Role::Cover).collect();
            let all = phone.shell.summary().covers.len();
            assert!(all > 16 || covers.len() == all, "{screen} on {name}: {}", covers.len());
            for (at, one) in covers.iter().enumerate() {
                for other in &covers[at + 1..] {
                    let apart = |axis: usize| {
                        one.frame[axis] + one.frame[axis + 2] <= other.frame[axis] + 0.01
                            || other.frame[axis] + other.frame[axis + 2] <= one.frame[axis] + 0.01
                    };
                    assert!(apart(0) || apart(1), "{screen} on {name}: {one:?} {other:?}");
                }
            }
        });
    }
}

#[test]
fn screens_in_words() {
    tour(&notched(360.0, 720.0), |phone, screen| {
        let kept = ["lock", "code entered", "home with 4", "application", "failure"];
        if kept.contains(&screen) {
            insta::assert_snapshot!(screen, phone.draw_list());
        }
    });
}

#[test]
fn half_a_peek_in_words() {
    let mut phone = Phone::at_home();
    phone.map_cover("app1");
    phone.map("foot", None);
    phone.rest();
    let from = Point::new(358.0, 400.0);
    phone.down(from);
    phone.drag(from, Point::new(180.0, 420.0), 200);
    insta::assert_snapshot!("peek", phone.draw_list());
}

/// Rasters that the picture needs, but for the small ones of signs and dots.
fn rasters(phone: &Phone) -> HashSet<Raster> {
    let of = |paint: &Raster| paint.size().0 * paint.size().1 > 64 * 64;
    match phone.picture() {
        Picture::Open(scene) => large(scene.draw_list(Scale::new(1.0)), of),
        Picture::Locked(scene) => large(scene.draw_list(Scale::new(1.0)), of),
    }
}

fn large<S>(list: DrawList<S>, wanted: impl Fn(&Raster) -> bool) -> HashSet<Raster> {
    let rasters = list.items.into_iter().filter_map(|item| match item.paint {
        Paint::Raster(raster) => Some(raster),
        _ => None,
    });
    rasters.filter(wanted).collect()
}

type Start = fn(&mut Phone);

#[test]
fn nothing_large_is_drawn_anew_while_things_move() {
    let mut phone = Phone::at_home();
    for app in ["app1", "app2", "app3"] {
        phone.map_cover(app);
    }
    let window = phone.map("foot", None);
    phone.rest();
    phone.send(Event::Window(WindowEvent::RequestedFullscreen { id: window, on: true }));
    let mut made = rasters(&phone);
    let moves: [(&str, Start); 4] = [
        ("to home", |phone| phone.send(Event::Key { key: Key::Home, pressed: true })),
        ("to the front", |phone| phone.press(Role::Cover, "Foot")),
        ("the grid", |phone| {
            phone.send(Event::Key { key: Key::Home, pressed: true });
            phone.rest();
            phone.press(Role::Button, "Applications");
        }),
        ("a launch", |phone| phone.press(Role::Button, "Calculator")),
    ];
    for (name, start) in moves {
        start(&mut phone);
        let mut late = 0;
        let mut frames = 0;
        while phone.shell.is_animating(phone.now) && frames < 70 {
            let now = rasters(&phone);
            late += usize::from(frames > 0 && !now.is_subset(&made));
            made.extend(now);
            frames += 1;
            phone.wait(8);
        }
        assert!(frames > 10, "{name} moves");
        // What comes into sight on the way is made once, when it does.
        assert!(late <= 4, "{name}: {late} of {frames} frames need new rasters");
    }
}
