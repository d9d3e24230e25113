//! Who sees which protocol: what the table of trust says, and nothing else.

use std::collections::BTreeSet;

use fixture::Fixture;
use ipc::trust::{Capability, ClientClass, allowed, row};

fn seen_by(phone: &mut Fixture, class: ClientClass) -> BTreeSet<String> {
    phone.client_of(class).globals().into_iter().map(str::to_owned).collect()
}

#[test]
fn every_class_sees_what_the_table_allows_it() {
    let mut phone = Fixture::new();
    let offered = seen_by(&mut phone, ClientClass::ShellPart);
    for class in ClientClass::ALL {
        let expected: BTreeSet<String> = offered
            .iter()
            .filter(|name| allowed(class, &Capability::Global(name)))
            .cloned()
            .collect();
        assert_eq!(seen_by(&mut phone, class), expected, "{class:?}");
    }
}

#[test]
fn whatever_is_offered_was_thought_about() {
    let mut phone = Fixture::new();
    for name in seen_by(&mut phone, ClientClass::ShellPart) {
        assert!(row(&Capability::Global(&name)).is_some(), "{name} has no row in the table");
    }
}

#[test]
fn what_applications_need_is_offered_to_them() {
    let mut phone = Fixture::new();
    let seen = seen_by(&mut phone, ClientClass::SandboxedApp);
    for name in [
        "wl_compositor",
        "wl_subcompositor",
        "wl_shm",
        "wl_seat",
        "wl_output",
        "wl_data_device_manager",
        "zwp_primary_selection_device_manager_v1",
        "xdg_wm_base",
        "zxdg_decoration_manager_v1",
        "zxdg_output_manager_v1",
        "xdg_activation_v1",
        "wp_viewporter",
        "wp_fractional_scale_manager_v1",
        "wp_presentation",
        "wp_single_pixel_buffer_manager_v1",
        "wp_cursor_shape_manager_v1",
        "zwp_pointer_gestures_v1",
        "zwp_relative_pointer_manager_v1",
        "zwp_idle_inhibit_manager_v1",
    ] {
        assert!(seen.contains(name), "{name} is missing");
    }
}
