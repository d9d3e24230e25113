//! A client that says whatever it is told to, and knows of a protocol only what its description
//! says: for requests that no library would send.

use std::{
    collections::HashMap,
    ffi::CString,
    fs::File,
    os::{
        fd::{AsRawFd as _, OwnedFd, RawFd},
        unix::net::UnixStream,
    },
    sync::{Arc, Mutex, MutexGuard},
};

use wayland_client::{
    Proxy as _,
    backend::{
        Backend, ObjectData, ObjectId, WaylandError,
        protocol::{AllowNull, Argument, ArgumentType, Interface, Message, MessageDesc},
    },
    protocol::{wl_callback::WlCallback, wl_registry::WlRegistry},
};

/// An argument of a request.
pub type Arg = Argument<ObjectId, RawFd>;

/// See the module's documentation.
pub struct RawClient {
    backend: Backend,
    heard: Arc<Mutex<Heard>>,
    registry: ObjectId,
    files: Vec<OwnedFd>,
}

#[derive(Default)]
struct Heard {
    globals: Vec<(u32, String, u32)>,
    objects: Vec<ObjectId>,
    /// Numbers in events: serials, mostly.
    numbers: Vec<u32>,
    /// The first number of the last event that each object was sent.
    first: HashMap<ObjectId, u32>,
    answered: usize,
}

struct Ear(Arc<Mutex<Heard>>);

impl Ear {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().expect("one thread")
    }
}

impl ObjectData for Ear {
    fn event(
        self: Arc<Self>,
        _: &Backend,
        message: Message<ObjectId, OwnedFd>,
    ) -> Option<Arc<dyn ObjectData>> {
        let mut heard = self.heard();
        let interface = message.sender_id.interface().name;
        if interface == "wl_callback" {
            heard.answered += 1;
            heard.objects.retain(|object| *object != message.sender_id);
        }
        if interface == "wl_registry"
            && let [Argument::Uint(name), Argument::Str(Some(what)), Argument::Uint(version)] =
                &message.args[..]
        {
            let what = what.to_string_lossy().into_owned();
            heard.globals.push((*name, what, *version));
            return None;
        }
        let (mut child, mut first) = (None, None);
        for argument in &message.args {
            match argument {
                Argument::Uint(number) => {
                    heard.numbers.push(*number);
                    first.get_or_insert(*number);
                }
                Argument::NewId(id) => child = Some(id.clone()),
                _ => {}
            }
        }
        if let Some(first) = first {
            heard.first.insert(message.sender_id.clone(), first);
        }
        let id = child?;
        heard.objects.push(id);
        drop(heard);
        Some(self)
    }

    fn destroyed(&self, object: ObjectId) {
        self.heard().objects.retain(|known| *known != object);
    }
}

impl RawClient {
    pub(crate) fn new(stream: UnixStream) -> Self {
        let backend = Backend::connect(stream).expect("a connection");
        let heard = Arc::new(Mutex::new(Heard::default()));
        let display = backend.display_id();
        let message = Message {
            sender_id: display,
            opcode: 1,
            args: [Argument::NewId(ObjectId::null())].into_iter().collect(),
        };
        let ear = Arc::new(Ear(heard.clone()));
        let spec = Some((WlRegistry::interface(), 1));
        let registry = backend.send_request(message, Some(ear), spec).expect("a registry");
        Self { backend, heard, registry, files: Vec::new() }
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().expect("one thread")
    }

    /// Names, interfaces and versions of the globals that it sees.
    pub fn globals(&self) -> Vec<(u32, String, u32)> {
        self.heard().globals.clone()
    }

    /// Binds a global.
    pub fn bind(&mut self, interface: &'static Interface) -> Option<ObjectId> {
        let (name, _, version) =
            self.globals().into_iter().find(|(_, what, _)| what == interface.name)?;
        let version = version.min(interface.version);
        let args = [
            Argument::Uint(name),
            Argument::Str(Some(Box::new(CString::new(interface.name).expect("no zero byte")))),
            Argument::Uint(version),
            Argument::NewId(ObjectId::null()),
        ];
        self.send(&self.registry.clone(), 0, args.into(), Some((interface, version)))
    }

    /// An object of the interface, the newest first.
    pub fn newest(&self, interface: &str) -> Option<ObjectId> {
        self.heard().objects.iter().rev().find(|id| id.interface().name == interface).cloned()
    }

    /// All objects that are alive.
    pub fn objects(&self) -> Vec<ObjectId> {
        self.heard().objects.clone()
    }

    /// Numbers that events have brought, serials among them.
    pub fn numbers(&self) -> Vec<u32> {
        self.heard().numbers.clone()
    }

    /// The first number of the last event to an object: its serial, if it was a configure.
    pub fn serial(&self, object: &ObjectId) -> Option<u32> {
        self.heard().first.get(object).copied()
    }

    /// Sends the request called `name`; `args` are without the new object. Returns the new
    /// object, if one is made.
    pub fn request(&mut self, object: &ObjectId, name: &str, args: Vec<Arg>) -> Option<ObjectId> {
        let requests = object.interface().requests;
        let opcode = requests.iter().position(|r| r.name == name).expect("a request so called");
        let mut given = args.into_iter();
        let args = requests[opcode]
            .signature
            .iter()
            .map(|kind| match kind {
                ArgumentType::NewId => Argument::NewId(ObjectId::null()),
                _ => given.next().expect("enough arguments"),
            })
            .collect();
        self.send_by_description(object, opcode, args)
    }

    /// Sends a request with all its arguments.
    pub fn send_by_description(
        &mut self,
        object: &ObjectId,
        opcode: usize,
        args: Vec<Arg>,
    ) -> Option<ObjectId> {
        let version = self.backend.info(object.clone()).ok()?.version;
        let child = object.interface().requests[opcode].child_interface;
        self.send(object, opcode, args, child.map(|child| (child, version)))
    }

    fn send(
        &mut self,
        object: &ObjectId,
        opcode: usize,
        args: Vec<Arg>,
        child: Option<(&'static Interface, u32)>,
    ) -> Option<ObjectId> {
        let message = Message {
            sender_id: object.clone(),
            opcode: opcode as u16,
            args: args.into_iter().collect(),
        };
        let ear: Option<Arc<dyn ObjectData>> =
            child.is_some().then(|| Arc::new(Ear(self.heard.clone())) as _);
        let made = self.backend.send_request(message, ear, child).ok()?;
        if object.interface().requests[opcode].is_destructor {
            self.heard().objects.retain(|known| known != object);
        }
        if made.is_null() {
            return None;
        }
        self.heard().objects.push(made.clone());
        Some(made)
    }

    /// A descriptor that stays open as long as the client.
    pub fn lend(&mut self, file: OwnedFd) -> RawFd {
        self.files.push(file);
        self.files[self.files.len() - 1].as_raw_fd()
    }

    /// A file of so many bytes.
    pub fn file(&mut self, len: u64) -> RawFd {
        let file: File = tempfile::tempfile().expect("a file");
        file.set_len(len).expect("its length");
        self.lend(file.into())
    }

    /// Versions that requests of an object may have been since.
    pub fn version(&self, object: &ObjectId) -> Option<u32> {
        Some(self.backend.info(object.clone()).ok()?.version)
    }

    /// Asks for word that all so far was handled; [`Self::answers`] counts such words.
    pub fn sync(&mut self) {
        let message = Message {
            sender_id: self.backend.display_id(),
            opcode: 0,
            args: [Argument::NewId(ObjectId::null())].into_iter().collect(),
        };
        let ear = Arc::new(Ear(self.heard.clone()));
        let _ = self.backend.send_request(message, Some(ear), Some((WlCallback::interface(), 1)));
    }

    /// How many callbacks have come back.
    pub fn answers(&self) -> usize {
        self.heard().answered
    }

    /// Sends what was said, reads what was answered. False when the connection has ended.
    pub fn exchange(&mut self) -> bool {
        let _ = self.backend.flush();
        if let Some(guard) = self.backend.prepare_read() {
            match guard.read() {
                Ok(_) => {}
                Err(WaylandError::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => return false,
            }
        }
        self.backend.last_error().is_none()
    }

    /// The interface and number of the error that ended the connection.
    pub fn error(&self) -> Option<(String, u32)> {
        self.backend.last_error().and_then(|error| match error {
            WaylandError::Protocol(error) => Some((error.object_interface, error.code)),
            WaylandError::Io(_) => None,
        })
    }
}

/// A source of numbers that are the same at every run.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall as `seed` says.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// One of several.
    pub fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        (!of.is_empty()).then(|| of[self.below(of.len())].clone())
    }

    /// Whether something that happens once in `times` does.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// How a client behaves that says things by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    /// It acknowledges what it was sent, and its numbers are mostly small: it lives long enough to
    /// come far.
    Careful,
    /// Anything goes.
    None,
}

const SMALL: [i32; 9] = [0, 0, 0, 1, 2, 5, 10, 64, 100];
const LARGE: [i32; 8] = [-1, -40, 300, 5000, i32::MAX, i32::MIN, 1 << 24, -(1 << 24)];
const LARGE_UINTS: [u32; 6] = [8, 16, 99, 875_713_112, u32::MAX, 1 << 31];

impl RawClient {
    /// Sends some request with some arguments to some object; returns it as text.
    pub fn say_something(&mut self, dice: &mut Dice, manners: Manners) -> Option<String> {
        let object = dice.pick(&self.objects())?;
        let version = self.version(&object)?;
        let requests = object.interface().requests;
        let opcode = dice.below(requests.len());
        let request = requests.get(opcode)?;
        if request.since > version || (request.is_destructor && !dice.once_in(6)) {
            return None;
        }
        let args = if manners == Manners::Careful && request.name == "ack_configure" {
            vec![Argument::Uint(self.serial(&object)?)]
        } else {
            self.arguments(request, dice, manners)?
        };
        let said = format!("{object}.{} {args:?}", request.name);
        self.send_by_description(&object, opcode, args);
        Some(said)
    }

    fn arguments(
        &mut self,
        request: &MessageDesc,
        dice: &mut Dice,
        manners: Manners,
    ) -> Option<Vec<Arg>> {
        let odds = if manners == Manners::Careful { 12 } else { 2 };
        let int = |dice: &mut Dice| {
            if dice.once_in(odds) { dice.pick(&LARGE) } else { dice.pick(&SMALL) }
        };
        let mut interfaces = request.arg_interfaces.iter();
        let mut args = Vec::new();
        for kind in request.signature {
            args.push(match kind {
                ArgumentType::Int if request.name == "attach" && !dice.once_in(odds) => {
                    Argument::Int(0)
                }
                ArgumentType::Int => Argument::Int(int(dice)?),
                ArgumentType::Uint => Argument::Uint(self.uint(dice, odds)?),
                ArgumentType::Fixed => Argument::Fixed(int(dice)?.saturating_mul(256)),
                ArgumentType::Str(_) => {
                    let text = dice.pick(&["", "text/plain", "org.example.Some", "\u{1f4f1}"])?;
                    Argument::Str(Some(Box::new(CString::new(text).ok()?)))
                }
                ArgumentType::Object(null) => {
                    self.object_argument(interfaces.next()?.name, *null, dice)?
                }
                ArgumentType::NewId => Argument::NewId(ObjectId::null()),
                ArgumentType::Array => Argument::Array(Box::new(vec![7; dice.below(9)])),
                ArgumentType::Fd => {
                    let len = dice.pick(&[0, 1, 4096, 1 << 20])?;
                    Argument::Fd(self.file(len))
                }
            });
        }
        Some(args)
    }

    fn object_argument(&mut self, wanted: &str, null: AllowNull, dice: &mut Dice) -> Option<Arg> {
        // Most roles want a surface that has none yet.
        if wanted == "wl_surface"
            && dice.once_in(3)
            && let Some(compositor) = self.newest("wl_compositor")
        {
            return self.request(&compositor, "create_surface", Vec::new()).map(Argument::Object);
        }
        let mut fitting = self.objects();
        fitting.retain(|id| id.interface().name == wanted);
        match dice.pick(&fitting) {
            Some(id) if null == AllowNull::No || !dice.once_in(4) => Some(Argument::Object(id)),
            _ => (null == AllowNull::Yes).then(|| Argument::Object(ObjectId::null())),
        }
    }

    fn uint(&self, dice: &mut Dice, odds: usize) -> Option<u32> {
        if dice.once_in(3)
            && let Some(heard) = dice.pick(&self.numbers())
        {
            return Some(heard);
        }
        if dice.once_in(odds) { dice.pick(&LARGE_UINTS) } else { Some(dice.below(5) as u32) }
    }
}
