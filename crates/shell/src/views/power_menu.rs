//! What a long press of the power key offers.

use scene::{Node, NodeId, Placement, Role, Symbol, layout};
use units::{Rect, Size, Vector};

use crate::{
    Action, PowerAction,
    tokens::{MARGIN, MEASURE, RADIUS_L, SHADOW, UNIT},
    words,
};

use super::{
    View, column,
    parts::{self, Button, N, Tone, fill, shadow},
};

/// The menu over all else, in the lower half.
pub(crate) fn power_menu<S>(view: &View<'_>) -> N<S> {
    let id = NodeId::new("power-menu");
    let geometry = view.geometry();
    let shown = view.model.menu.risen(view.now).clamp(0.0, 1.0);
    let key = geometry.target.max(7.0 * UNIT);
    let inside = geometry.content;
    let height = 3.0 * key + 2.0 * UNIT + 2.0 * MARGIN;
    let (_, above_edge) = layout::cut_bottom(inside, 2.0 * UNIT);
    let (strip, _) = layout::cut_bottom(above_edge, height);
    let strip = column(layout::inset(strip, 0.0), MEASURE);
    let panel = Rect::new(
        strip.origin + Vector::new(2.0 * UNIT, 0.0),
        Size::new((strip.width() - 4.0 * UNIT).max(1.0), strip.height()),
    );
    let rise = if view.model.settings.reduced_motion { 0.0 } else { (1.0 - shown) * 6.0 * UNIT };

    let solid = view.palette().backdrop.with_alpha(0.96);
    let rows = layout::inset(panel, MARGIN);
    let mut menu = Node::group(id.child("panel"))
        .placed(Placement::offset(Vector::new(0.0, rise)))
        .blocking(panel)
        .with(shadow(id.child("shadow"), panel, RADIUS_L, SHADOW, view.palette().shadow))
        .with(fill(id.child("back"), panel, solid, RADIUS_L));
    let offers = [
        (words::POWER_OFF, Some(Symbol::Power), Tone::Danger, Action::Power(PowerAction::Off)),
        (words::RESTART, Some(Symbol::Restart), Tone::Plain, Action::Power(PowerAction::Restart)),
        (words::CANCEL, None, Tone::Plain, Action::DismissPowerMenu),
    ];
    let mut rest = rows;
    for (label, symbol, tone, action) in offers {
        let (frame, below) = layout::cut_top(rest, key);
        rest = layout::cut_top(below, UNIT).1;
        let id = id.child(label);
        menu =
            menu.with(Button { id, frame, label, symbol, tone, action, floats: false }.node(view));
    }
    Node::group(id)
        .blocking(geometry.screen)
        .on_touch(Action::DismissPowerMenu)
        .accessible(Role::Region, words::POWER_MENU)
        .opacity(shown)
        .with(parts::fill(id.child("dim"), geometry.screen, view.palette().scrim, 0.0))
        .with(menu)
}
