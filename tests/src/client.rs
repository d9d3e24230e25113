//! A small Wayland client, driven by the test step by step.

use std::{
    any::Any,
    fs::File,
    io::Write as _,
    os::{fd::AsFd as _, unix::net::UnixStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use wayland_client::{
    Connection, Dispatch, EventQueue, Proxy, QueueHandle, WEnum,
    backend::{ObjectId, WaylandError},
    delegate_noop,
    protocol::{
        wl_buffer::WlBuffer, wl_callback, wl_compositor::WlCompositor, wl_keyboard, wl_output,
        wl_registry, wl_seat, wl_shm, wl_shm_pool::WlShmPool, wl_surface, wl_touch,
    },
};
use wayland_protocols::xdg::shell::client::{
    xdg_popup, xdg_positioner, xdg_surface, xdg_toplevel, xdg_wm_base,
};

/// A client with its connection.
pub struct Client {
    connection: Connection,
    queue: EventQueue<Seen>,
    seen: Seen,
}

/// What the client was told.
#[derive(Default)]
pub struct Seen {
    globals: Vec<(u32, String, u32)>,
    toplevels: Vec<Toplevel>,
    /// Touch events, as text: `down 0 12.0,30.0`, `up 0`, `frame`, `cancel`.
    pub touches: Vec<String>,
    /// Surface that has the keyboard, by its protocol id.
    pub keyboard: Option<u32>,
    /// Keys pressed, by evdev code.
    pub keys: Vec<u32>,
    /// Frame callbacks that came back.
    pub frames: u32,
    /// Popups that were dismissed.
    pub popups_done: u32,
    /// Serial of the last finger that landed.
    pub touch_serial: u32,
    events: Vec<Logged>,
    seat: Option<wl_seat::WlSeat>,
    touch: Option<wl_touch::WlTouch>,
    board: Option<wl_keyboard::WlKeyboard>,
}

/// A toplevel of the client, and what it was last told.
#[derive(Clone, Debug)]
pub struct Toplevel {
    /// Its surface.
    pub surface: wl_surface::WlSurface,
    /// Its xdg surface.
    pub xdg: xdg_surface::XdgSurface,
    /// Its toplevel.
    pub toplevel: xdg_toplevel::XdgToplevel,
    /// Size of the last configure.
    pub size: (i32, i32),
    /// States of the last configure.
    pub states: Vec<xdg_toplevel::State>,
    /// Configures so far.
    pub configures: u32,
    /// Whether it was asked to close.
    pub closed: bool,
    color: Option<[u8; 4]>,
    /// A configure waits for an answer.
    repaint: bool,
}

/// Told when the server has answered.
pub struct Sync(Arc<AtomicBool>);

impl Sync {
    /// Whether it has.
    pub fn is_done(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Client {
    /// A client that speaks over `stream`.
    pub fn new(stream: UnixStream) -> Self {
        let connection = Connection::from_socket(stream).expect("a connection");
        let queue = connection.new_event_queue();
        connection.display().get_registry(&queue.handle(), ());
        Self { connection, queue, seen: Seen::default() }
    }

    /// What the client was told.
    pub fn seen(&mut self) -> &mut Seen {
        &mut self.seen
    }

    /// Its event queue's handle, to make objects with.
    pub fn handle(&self) -> QueueHandle<Seen> {
        self.queue.handle()
    }

    /// Interfaces of all globals that it sees.
    pub fn globals(&self) -> Vec<&str> {
        self.seen.globals.iter().map(|(_, interface, _)| interface.as_str()).collect()
    }

    /// Binds a global at the highest version that both sides know.
    pub fn bind<I, U>(&self, data: U) -> I
    where
        I: Proxy + 'static,
        U: Send + std::marker::Sync + 'static,
        Seen: Dispatch<I, U>,
    {
        let (name, _, version) = self
            .seen
            .globals
            .iter()
            .find(|(_, interface, _)| interface == I::interface().name)
            .unwrap_or_else(|| panic!("no global {}", I::interface().name));
        let registry = self.connection.display().get_registry(&self.handle(), ());
        registry.bind(*name, (*version).min(I::interface().version), &self.handle(), data)
    }

    /// Opens a window that is filled with one colour (blue, green, red, opacity) at whatever size
    /// it is told.
    pub fn open(&mut self, app_id: &str, title: &str, color: [u8; 4]) -> usize {
        let qh = self.handle();
        let index = self.seen.toplevels.len();
        if self.seen.seat.is_none() {
            self.seen.seat = Some(self.bind::<wl_seat::WlSeat, ()>(()));
        }
        let compositor: WlCompositor = self.bind(());
        let base: xdg_wm_base::XdgWmBase = self.bind(());
        let surface = compositor.create_surface(&qh, ());
        let xdg = base.get_xdg_surface(&surface, &qh, index);
        let toplevel = xdg.get_toplevel(&qh, index);
        toplevel.set_app_id(app_id.into());
        toplevel.set_title(title.into());
        surface.commit();
        self.seen.toplevels.push(Toplevel {
            surface,
            xdg,
            toplevel,
            size: (0, 0),
            states: Vec::new(),
            configures: 0,
            closed: false,
            color: Some(color),
            repaint: false,
        });
        index
    }

    /// A window of the client.
    pub fn toplevel(&self, index: usize) -> &Toplevel {
        &self.seen.toplevels[index]
    }

    /// Commits a fresh buffer of `color` to a window, asking for a frame callback.
    pub fn draw(&mut self, index: usize, color: [u8; 4]) {
        self.seen.toplevels[index].color = Some(color);
        self.paint(index);
    }

    fn paint(&mut self, index: usize) {
        let toplevel = self.seen.toplevels[index].clone();
        let Some(color) = toplevel.color else { return };
        let (w, h) = toplevel.size;
        let size = (w.max(64), h.max(64));
        let buffer = self.buffer(size, color);
        toplevel.surface.attach(Some(&buffer), 0, 0);
        toplevel.surface.damage_buffer(0, 0, size.0, size.1);
        toplevel.surface.frame(&self.handle(), Frame);
        toplevel.surface.commit();
    }

    /// A shared-memory buffer of one colour.
    pub fn buffer(&self, (w, h): (i32, i32), color: [u8; 4]) -> WlBuffer {
        let (buffer, mut file) = self.memory((w, h));
        let bytes: Vec<u8> = color.iter().copied().cycle().take((w * h * 4) as usize).collect();
        file.write_all(&bytes).expect("written");
        buffer
    }

    /// A shared-memory buffer, and the file behind it: rows from the top, four bytes a pixel.
    pub fn memory(&self, (w, h): (i32, i32)) -> (WlBuffer, File) {
        let file = tempfile::tempfile().expect("a file");
        file.set_len((w * h * 4) as u64).expect("its length");
        let shm: wl_shm::WlShm = self.bind(());
        let pool = shm.create_pool(file.as_fd(), w * h * 4, &self.handle(), ());
        let format = wl_shm::Format::Argb8888;
        (pool.create_buffer(0, w, h, w * 4, format, &self.handle(), ()), file)
    }

    /// Asks for word that all so far was handled.
    pub fn sync(&mut self) -> Sync {
        let done = Arc::new(AtomicBool::new(false));
        self.connection.display().sync(&self.handle(), done.clone());
        Sync(done)
    }

    /// Sends what was said.
    pub fn flush(&self) {
        // A connection that the server closed is told by `error`.
        let _ = self.connection.flush();
    }

    /// Reads and handles what has come, without waiting; answers configures by drawing.
    pub fn read(&mut self) {
        if let Some(guard) = self.connection.prepare_read() {
            match guard.read() {
                Ok(_) => {}
                Err(WaylandError::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
        if self.queue.dispatch_pending(&mut self.seen).is_err() {
            return;
        }
        for index in 0..self.seen.toplevels.len() {
            if std::mem::take(&mut self.seen.toplevels[index].repaint) {
                self.paint(index);
            }
        }
        self.flush();
    }

    /// The protocol error that ended the connection.
    pub fn error(&self) -> Option<wayland_client::backend::protocol::ProtocolError> {
        self.connection.protocol_error()
    }
}

/// Marks an object whose events are kept, for [`Seen::events`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Log;

type Logged = (ObjectId, Box<dyn Any + Send>);

impl Seen {
    /// Events that came to an object made with [`Log`].
    pub fn events<I: Proxy>(&self, of: &I) -> Vec<&I::Event>
    where
        I::Event: 'static,
    {
        let id = of.id();
        let own = self.events.iter().filter(|(object, _)| *object == id);
        own.filter_map(|(_, event)| event.downcast_ref()).collect()
    }
}

impl<I> Dispatch<I, Log> for Seen
where
    I: Proxy,
    I::Event: Send + 'static,
{
    fn event(
        seen: &mut Self,
        object: &I,
        event: I::Event,
        _: &Log,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        seen.events.push((object.id(), Box::new(event)));
    }
}

/// Marks a frame callback.
pub struct Frame;

impl Dispatch<wl_registry::WlRegistry, ()> for Seen {
    fn event(
        seen: &mut Self,
        _: &wl_registry::WlRegistry,
        event: wl_registry::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            wl_registry::Event::Global { name, interface, version }
                if !seen.globals.iter().any(|(known, _, _)| *known == name) =>
            {
                seen.globals.push((name, interface, version));
            }
            wl_registry::Event::GlobalRemove { name } => {
                seen.globals.retain(|(known, _, _)| *known != name);
            }
            _ => {}
        }
    }
}

impl Dispatch<wl_callback::WlCallback, Arc<AtomicBool>> for Seen {
    fn event(
        _: &mut Self,
        _: &wl_callback::WlCallback,
        _: wl_callback::Event,
        done: &Arc<AtomicBool>,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        done.store(true, Ordering::Relaxed);
    }
}

impl Dispatch<wl_callback::WlCallback, Frame> for Seen {
    fn event(
        seen: &mut Self,
        _: &wl_callback::WlCallback,
        _: wl_callback::Event,
        _: &Frame,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        seen.frames += 1;
    }
}

impl Dispatch<xdg_wm_base::XdgWmBase, ()> for Seen {
    fn event(
        _: &mut Self,
        base: &xdg_wm_base::XdgWmBase,
        event: xdg_wm_base::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_wm_base::Event::Ping { serial } = event {
            base.pong(serial);
        }
    }
}

impl Dispatch<xdg_surface::XdgSurface, usize> for Seen {
    fn event(
        seen: &mut Self,
        surface: &xdg_surface::XdgSurface,
        event: xdg_surface::Event,
        index: &usize,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_surface::Event::Configure { serial } = event {
            surface.ack_configure(serial);
            if let Some(toplevel) = seen.toplevels.get_mut(*index) {
                toplevel.repaint = true;
            }
        }
    }
}

impl Dispatch<xdg_toplevel::XdgToplevel, usize> for Seen {
    fn event(
        seen: &mut Self,
        _: &xdg_toplevel::XdgToplevel,
        event: xdg_toplevel::Event,
        index: &usize,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        let Some(toplevel) = seen.toplevels.get_mut(*index) else { return };
        match event {
            xdg_toplevel::Event::Configure { width, height, states } => {
                toplevel.size = (width, height);
                toplevel.configures += 1;
                toplevel.states = states
                    .chunks_exact(4)
                    .filter_map(|raw| {
                        let raw = u32::from_ne_bytes([raw[0], raw[1], raw[2], raw[3]]);
                        xdg_toplevel::State::try_from(raw).ok()
                    })
                    .collect();
            }
            xdg_toplevel::Event::Close => toplevel.closed = true,
            _ => {}
        }
    }
}

impl Dispatch<wl_seat::WlSeat, ()> for Seen {
    fn event(
        seen: &mut Self,
        seat: &wl_seat::WlSeat,
        event: wl_seat::Event,
        (): &(),
        _: &Connection,
        qh: &QueueHandle<Self>,
    ) {
        let wl_seat::Event::Capabilities { capabilities: WEnum::Value(has) } = event else {
            return;
        };
        if has.contains(wl_seat::Capability::Touch) && seen.touch.is_none() {
            seen.touch = Some(seat.get_touch(qh, ()));
        }
        if has.contains(wl_seat::Capability::Keyboard) && seen.board.is_none() {
            seen.board = Some(seat.get_keyboard(qh, ()));
        }
    }
}

impl Dispatch<wl_touch::WlTouch, ()> for Seen {
    fn event(
        seen: &mut Self,
        _: &wl_touch::WlTouch,
        event: wl_touch::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        let line = match event {
            wl_touch::Event::Down { serial, id, x, y, .. } => {
                seen.touch_serial = serial;
                format!("down {id} {x:.1},{y:.1}")
            }
            wl_touch::Event::Motion { id, x, y, .. } => format!("motion {id} {x:.1},{y:.1}"),
            wl_touch::Event::Up { id, .. } => format!("up {id}"),
            wl_touch::Event::Frame => "frame".into(),
            wl_touch::Event::Cancel => "cancel".into(),
            _ => return,
        };
        seen.touches.push(line);
    }
}

impl Dispatch<wl_keyboard::WlKeyboard, ()> for Seen {
    fn event(
        seen: &mut Self,
        _: &wl_keyboard::WlKeyboard,
        event: wl_keyboard::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            wl_keyboard::Event::Enter { surface, .. } => {
                seen.keyboard = Some(surface.id().protocol_id());
            }
            wl_keyboard::Event::Leave { .. } => seen.keyboard = None,
            wl_keyboard::Event::Key {
                key,
                state: WEnum::Value(wl_keyboard::KeyState::Pressed),
                ..
            } => seen.keys.push(key),
            _ => {}
        }
    }
}

impl Dispatch<xdg_popup::XdgPopup, ()> for Seen {
    fn event(
        seen: &mut Self,
        _: &xdg_popup::XdgPopup,
        event: xdg_popup::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_popup::Event::PopupDone = event {
            seen.popups_done += 1;
        }
    }
}

delegate_noop!(Seen: WlCompositor);
delegate_noop!(Seen: WlShmPool);
delegate_noop!(Seen: ignore WlBuffer);
delegate_noop!(Seen: ignore wl_shm::WlShm);
delegate_noop!(Seen: ignore wl_surface::WlSurface);
delegate_noop!(Seen: ignore wl_output::WlOutput);
delegate_noop!(Seen: ignore xdg_positioner::XdgPositioner);
