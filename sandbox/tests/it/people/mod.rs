//! Members, what they may do, and the emoji of their guild.

mod emojis;
mod members;
mod neighbours;
mod permissions;
