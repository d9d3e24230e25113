//! What the shell asks for.

use std::fmt;

use power_policy::Display;
use units::{Point, Size, Time};
use zeroize::Zeroize;

use crate::{AppId, LaunchId, Target, WindowId};

/// Something for the caller to do, in order.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Tell a client of a touch.
    ToClient(ClientTouch),
    /// Tell a window how to be. Comes only when it changes.
    Configure {
        /// Which one.
        window: WindowId,
        /// How.
        state: WindowState,
    },
    /// Give the keyboard to this surface alone; with `None`, keys are the shell's. Comes only
    /// when it changes.
    Focus(Option<Target>),
    /// Ask a window to close.
    Close(WindowId),
    /// Start an application; what becomes of it is told by
    /// [`Event::Launch`](crate::Event::Launch).
    Launch {
        /// The launch's name from now on.
        launch: LaunchId,
        /// Which application.
        app: AppId,
        /// What it is to open.
        uris: Vec<String>,
    },
    /// End what a launch started; its outcome is of no interest any more.
    StopLaunch(LaunchId),
    /// Have the code checked; answered by [`Event::Auth`](crate::Event::Auth).
    Authenticate(Secret),
    /// Light, dim or darken the display. Comes only when it changes.
    Display(Display),
    /// Whether the phone is locked, for those who want to know. The picture is what binds.
    /// Comes only when it changes.
    Locked(bool),
    /// The external locker may be told that it has locked, once every output has presented a
    /// locked picture.
    ConfirmExternalLock,
    /// The external locker cannot lock: another one already has.
    RefuseExternalLock,
    /// Let the user feel something.
    Haptic(Haptic),
    /// Switch off or start again.
    Power(PowerAction),
    /// The picture has changed, or has begun to move: draw it. While
    /// [`Shell::is_animating`](crate::Shell::is_animating) says so, keep drawing.
    Redraw,
}

/// What a client is told of a touch. Whoever had a finger's landing has all of that finger until
/// it lifts. Positions are logical pixels from the top left of the window geometry that the finger
/// landed on; times are when it happened, which is earlier than now for what was withheld.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClientTouch {
    /// A finger landed.
    Down {
        /// Which finger.
        slot: u32,
        /// On whose surface.
        target: Target,
        /// Where.
        at: Point,
        /// When.
        time: Time,
    },
    /// A finger moved.
    Motion {
        /// Which finger.
        slot: u32,
        /// Where to.
        at: Point,
        /// When.
        time: Time,
    },
    /// A finger lifted.
    Up {
        /// Which finger.
        slot: u32,
        /// When.
        time: Time,
    },
    /// What was told since the last frame belongs together.
    Frame,
    /// All touches of all clients are void.
    Cancel,
}

/// How a window is told to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowState {
    /// Logical pixels, each side at least 1; `None` lets the client choose, up to `bounds`.
    pub size: Option<Size>,
    /// What it should not be larger than.
    pub bounds: Size,
    /// It is what the user works with.
    pub activated: bool,
    /// It fills what it was given.
    pub maximized: bool,
    /// It fills the whole screen.
    pub fullscreen: bool,
    /// Nobody sees it.
    pub suspended: bool,
}

/// Something to feel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Haptic {
    /// A threshold was crossed.
    Tick,
    /// A key was pressed.
    Press,
    /// No.
    Error,
}

/// What the power menu offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerAction {
    /// Switch off.
    Off,
    /// Start again.
    Restart,
}

/// Digits that must not be seen: not printed, not recorded, wiped when dropped.
#[derive(PartialEq, Eq)]
pub struct Secret {
    // On the heap, so that moving the value leaves no copy behind.
    digits: Box<[u8; Self::MAX]>,
    len: usize,
}

impl Secret {
    /// Digits that a code can have.
    pub const MAX: usize = 32;

    pub(crate) fn new() -> Self {
        Self { digits: Box::new([0; Self::MAX]), len: 0 }
    }

    pub(crate) fn push(&mut self, digit: u8) {
        if let Some(place) = self.digits.get_mut(self.len) {
            *place = b'0' + digit.min(9);
            self.len += 1;
        }
    }

    pub(crate) fn pop(&mut self) {
        if let Some(len) = self.len.checked_sub(1) {
            self.digits[len] = 0;
            self.len = len;
        }
    }

    pub(crate) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::new())
    }

    /// How many digits there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The digits in ASCII, for the verifier alone.
    pub fn expose(&self) -> &[u8] {
        &self.digits[..self.len]
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.digits.zeroize();
        self.len = 0;
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
