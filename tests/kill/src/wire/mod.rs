//! What stands between a bot and the outside: it carries every request, knows its name, and can be
//! cut.

mod commits;
mod gate;
mod http;
mod message;
mod postgres;

pub use self::gate::{Gate, Listening, listen};
pub use self::http::Wire;
pub use self::message::{Message, Reader};
pub use self::postgres::DatabaseWire;
