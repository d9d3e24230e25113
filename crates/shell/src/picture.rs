//! What is to be seen, and what a touch on it means.

use scene::Scene;
use units::{Point, Rect};

use crate::{AppId, CoverId, LayerId, LockSurface, PowerAction, Target, WindowId};

/// What is to be seen on the phone's panel at one instant.
///
/// Which of the two it is, is the lock: a locked picture has no room for an application's
/// surface, whatever the code that builds it does.
#[derive(Clone, Debug)]
pub enum Picture {
    /// Anything may be seen.
    Open(Scene<OpenSurface, Action>),
    /// The lock alone.
    Locked(Scene<LockSurface, Action>),
}

impl Picture {
    /// Whether it is the lock alone.
    pub fn is_locked(&self) -> bool {
        matches!(self, Self::Locked(_))
    }
}

/// A surface that an open picture can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpenSurface {
    /// A window with its popups.
    Window(WindowId),
    /// A layer-shell surface with its popups.
    Layer(LayerId),
}

/// What a touch means.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// It is a client's.
    Client {
        /// Whose.
        target: Target,
        /// Where the client's window geometry lies on the output.
        frame: Rect,
        /// Logical pixels of the output to one of the client's.
        scale: f64,
    },
    /// Bring a cover's application to the front.
    OpenCover(CoverId),
    /// Close a cover's application.
    CloseCover(CoverId),
    /// Start a cover's application once more.
    OpenAgain(CoverId),
    /// Close all, after a while in which it can be undone.
    CloseAll,
    /// Not that, then.
    Undo,
    /// Leave housekeeping.
    EndHousekeeping,
    /// Start an application.
    LaunchApp(AppId),
    /// Show the applications.
    ShowGrid,
    /// Enter a digit.
    Digit(u8),
    /// Take the last digit back.
    Backspace,
    /// Have the code checked.
    Submit,
    /// Switch off or start again.
    Power(PowerAction),
    /// Leave the power menu.
    DismissPowerMenu,
    /// Nothing by itself: a surface that can be dragged.
    Drag,
}

impl Action {
    /// The client whose touch this is, if it is one's.
    pub(crate) fn target(&self) -> Option<Target> {
        match self {
            Self::Client { target, .. } => Some(*target),
            _ => None,
        }
    }

    /// Where `at`, a position on the output, lies for the client whose touch this is.
    pub(crate) fn client_position(&self, at: Point) -> Option<(Target, Point)> {
        let Self::Client { target, frame, scale } = self else { return None };
        Some((*target, ((at - frame.origin) / *scale).to_point()))
    }
}
