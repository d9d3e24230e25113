//! What goes wrong around a phone: the product's own programs, each fault as it comes in life.

mod apps;
mod files;
mod processes;
