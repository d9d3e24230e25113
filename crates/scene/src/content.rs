//! What a node can show.

use std::{
    hash::{Hash, Hasher},
    path::Path,
    sync::Arc,
};

/// A colour: red, green, blue and opacity in `0..=1`, sRGB, not premultiplied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Color {
    /// Red.
    pub r: f32,
    /// Green.
    pub g: f32,
    /// Blue.
    pub b: f32,
    /// Opacity.
    pub a: f32,
}

impl Color {
    /// Nothing to see.
    pub const TRANSPARENT: Self = Self::rgba(0, 0, 0, 0.0);
    /// White.
    pub const WHITE: Self = Self::rgba(255, 255, 255, 1.0);
    /// Black.
    pub const BLACK: Self = Self::rgba(0, 0, 0, 1.0);

    /// From eight-bit channels and an opacity.
    pub const fn rgba(r: u8, g: u8, b: u8, a: f32) -> Self {
        Self { r: r as f32 / 255.0, g: g as f32 / 255.0, b: b as f32 / 255.0, a }
    }

    /// From `0xRRGGBB`.
    pub const fn hex(rgb: u32) -> Self {
        Self::rgba((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8, 1.0)
    }

    /// The same colour at another opacity.
    pub const fn with_alpha(self, a: f32) -> Self {
        Self { a, ..self }
    }

    /// Eight-bit channels, opacity last; the form that keys and files carry.
    pub fn to_rgba8(self) -> [u8; 4] {
        [self.r, self.g, self.b, self.a].map(|c| (c.clamp(0.0, 1.0) * 255.0).round() as u8)
    }
}

// Colours are keys of rasters: two that give the same bytes are the same.
impl Eq for Color {}

impl Hash for Color {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_rgba8().hash(state);
    }
}

/// Weight of a font's strokes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Weight {
    /// 300.
    Light,
    /// 400.
    #[default]
    Regular,
    /// 500.
    Medium,
    /// 600.
    SemiBold,
}

/// Where a line stands in the node's width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Align {
    /// At the side where the script begins.
    #[default]
    Start,
    /// In the middle.
    Center,
    /// At the side where the script ends.
    End,
}

/// How text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TextStyle {
    /// Height of an em in logical pixels.
    pub size: u16,
    /// Stroke weight.
    pub weight: Weight,
    /// Digits of equal width, for clocks and counters.
    pub tabular: bool,
    /// How each line stands in the node's width.
    pub align: Align,
    /// Lines at most; what does not fit ends in an ellipsis.
    pub max_lines: u8,
}

impl TextStyle {
    /// One line of regular text of `size` logical pixels.
    pub const fn new(size: u16) -> Self {
        Self { size, weight: Weight::Regular, tabular: false, align: Align::Start, max_lines: 1 }
    }

    /// With another weight.
    pub const fn weight(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }

    /// With digits of equal width.
    pub const fn tabular(mut self) -> Self {
        self.tabular = true;
        self
    }

    /// With another alignment.
    pub const fn align(mut self, align: Align) -> Self {
        self.align = align;
        self
    }

    /// With up to `lines` lines.
    pub const fn lines(mut self, lines: u8) -> Self {
        self.max_lines = lines;
        self
    }
}

/// A symbol that the shell brings along, drawn in one colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Symbol {
    /// Erase the last digit.
    Backspace,
    /// Confirm.
    Check,
    /// Close, dismiss.
    Close,
    /// Something went wrong.
    Warning,
    /// A padlock, closed.
    Lock,
    /// An upward chevron: swipe up.
    ChevronUp,
    /// A grid of nine dots: applications.
    Grid,
    /// A battery's outline; the level is a rectangle inside.
    Battery,
    /// Charging.
    Bolt,
    /// An app without an icon of its own.
    App,
    /// Power off.
    Power,
    /// Start again.
    Restart,
    /// Three quarters of a circle: something is on its way.
    Spinner,
}

/// Which way a gradient runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From top to bottom.
    Down,
    /// From left to right.
    Right,
}

/// What a node shows in its frame. `S` names the surfaces that this scene can hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Content<S> {
    /// A filled box.
    Rect {
        /// Fill.
        color: Color,
        /// Corner radius in logical pixels.
        radius: f64,
    },
    /// A soft shadow of a box of the node's frame, reaching `blur` beyond it.
    Shadow {
        /// Corner radius of the box, logical pixels.
        radius: f64,
        /// How far the shadow reaches, logical pixels.
        blur: f64,
        /// Colour where it is darkest.
        color: Color,
    },
    /// A fade between two colours.
    Gradient {
        /// Colour at the start.
        from: Color,
        /// Colour at the end.
        to: Color,
        /// Which way it runs.
        direction: Direction,
    },
    /// Lines of text.
    Text {
        /// What it says.
        text: Arc<str>,
        /// How it looks.
        style: TextStyle,
        /// Its colour.
        color: Color,
    },
    /// A symbol of ours, fitted into the frame.
    Symbol {
        /// Which one.
        symbol: Symbol,
        /// Its colour.
        color: Color,
    },
    /// An application's icon, fitted into the frame. A file that can't be read or drawn shows
    /// the first letter of `name` on a tile instead.
    Icon {
        /// Image file; `None` shows the letter.
        path: Option<Arc<Path>>,
        /// Name of the application.
        name: Arc<str>,
    },
    /// The ambience's wallpaper, covering the whole frame, cut at the sides that do not fit.
    Wallpaper {
        /// Image file; `None` is the built-in one.
        path: Option<Arc<Path>>,
        /// Softened and darkened, as a background for text.
        glass: bool,
    },
    /// A client's surface with its subsurfaces and popups, scaled to the frame.
    Surface {
        /// Which one.
        surface: S,
        /// Corner radius in logical pixels; 0 shows the buffers as they are.
        radius: f64,
    },
}

/// Pixels to be made: equal keys give equal pixels. All lengths are physical pixels.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Raster {
    /// A filled box with round corners.
    RoundRect {
        /// Width and height.
        size: (u32, u32),
        /// Corner radius.
        radius: u32,
        /// Fill.
        color: Color,
    },
    /// The shadow of a box of `size - 2 * blur`.
    Shadow {
        /// Width and height, the blur included.
        size: (u32, u32),
        /// Corner radius of the box.
        radius: u32,
        /// Reach.
        blur: u32,
        /// Colour where it is darkest.
        color: Color,
    },
    /// A fade.
    Gradient {
        /// Width and height.
        size: (u32, u32),
        /// Colour at the start.
        from: Color,
        /// Colour at the end.
        to: Color,
        /// Which way it runs.
        direction: Direction,
    },
    /// Lines of text, in a box of the node's size.
    Text {
        /// Width and height of the box.
        size: (u32, u32),
        /// What it says.
        text: Arc<str>,
        /// How it looks.
        style: TextStyle,
        /// Its colour.
        color: Color,
        /// Physical pixels to a logical one, in 1/120ths as Wayland counts them.
        scale_120: u32,
    },
    /// A symbol.
    Symbol {
        /// Width and height.
        size: (u32, u32),
        /// Which one.
        symbol: Symbol,
        /// Its colour.
        color: Color,
    },
    /// An application's icon or its letter tile.
    Icon {
        /// Width and height.
        size: (u32, u32),
        /// Image file.
        path: Option<Arc<Path>>,
        /// Name of the application.
        name: Arc<str>,
    },
    /// A wallpaper.
    Wallpaper {
        /// Width and height.
        size: (u32, u32),
        /// Image file.
        path: Option<Arc<Path>>,
        /// Softened and darkened.
        glass: bool,
    },
}

impl Raster {
    /// Width and height of the pixels, in physical pixels.
    pub const fn size(&self) -> (u32, u32) {
        match self {
            Self::RoundRect { size, .. }
            | Self::Shadow { size, .. }
            | Self::Gradient { size, .. }
            | Self::Text { size, .. }
            | Self::Symbol { size, .. }
            | Self::Icon { size, .. }
            | Self::Wallpaper { size, .. } => *size,
        }
    }

    /// Whether every pixel hides what is behind it.
    pub fn is_opaque(&self) -> bool {
        match self {
            Self::Wallpaper { .. } => true,
            Self::Gradient { from, to, .. } => from.a >= 1.0 && to.a >= 1.0,
            _ => false,
        }
    }
}
