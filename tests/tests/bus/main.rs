//! The compositor on D-Bus: real buses, private to each test, with peers that the test plays.

mod calls;
mod code;
mod logind;
mod peers;
mod session;
