//! Keys: the hardware's for the shell, the rest for whoever has the focus.

use shell::{Event, Key, Target};
use smithay::{
    backend::input::{KeyState, Keycode},
    input::keyboard::{FilterResult, Keysym, ModifiersState, keysyms},
    utils::SERIAL_COUNTER,
};
use units::Time;

use crate::{State, shell_host::leaf};

/// Evdev codes of keys that are the phone's own, whoever has the focus.
const HARDWARE: &[(u32, Key)] = &[
    (116, Key::Power),
    (114, Key::VolumeDown),
    (115, Key::VolumeUp),
    (102, Key::Home),
    (172, Key::Home),
];

impl State {
    /// A key, by its evdev code, at the kernel's time.
    pub fn key(&mut self, code: u32, pressed: bool, at: Time) {
        if let Some((_, key)) = HARDWARE.iter().find(|(hardware, _)| *hardware == code) {
            self.tell_at(Event::Key { key: *key, pressed }, at);
            return;
        }
        self.tell_at(Event::UserActivity, at);
        // Locked means that no key can be an application's; not knowing the focus means the same.
        let for_shell = self.input.focus.is_none();
        let keyboard = self.input.keyboard.clone();
        let state = if pressed { KeyState::Pressed } else { KeyState::Released };
        let serial = SERIAL_COUNTER.next_serial();
        let shell_key = keyboard.input(
            self,
            Keycode::new(code + 8),
            state,
            serial,
            at.wayland_millis(),
            |_, modifiers, handle| match shell_key(handle.modified_sym(), modifiers) {
                Some(key) if for_shell => FilterResult::Intercept(key),
                _ => FilterResult::Forward,
            },
        );
        if let Some(key) = shell_key {
            self.tell_at(Event::Key { key, pressed }, at);
        }
    }

    /// Gives the keyboard to whom the shell says.
    pub(crate) fn focus(&mut self, target: Option<Target>) {
        self.input.focus = target;
        let surface = target.and_then(|target| self.windows.root(leaf(target)));
        let keyboard = self.input.keyboard.clone();
        keyboard.set_focus(self, surface, SERIAL_COUNTER.next_serial());
    }
}

/// What a key means to the shell while nobody has the focus.
fn shell_key(sym: Keysym, modifiers: &ModifiersState) -> Option<Key> {
    if modifiers.ctrl || modifiers.alt || modifiers.logo {
        return None;
    }
    match sym.raw() {
        keysyms::KEY_Return | keysyms::KEY_KP_Enter => Some(Key::Enter),
        keysyms::KEY_BackSpace => Some(Key::Backspace),
        keysyms::KEY_Escape => Some(Key::Escape),
        keysyms::KEY_Super_L | keysyms::KEY_Super_R => Some(Key::Home),
        _ => {
            sym.key_char()?.to_digit(10).and_then(|digit| u8::try_from(digit).ok()).map(Key::Digit)
        }
    }
}
