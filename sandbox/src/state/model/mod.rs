//! The things of a Discord as the state keeps them. The `json` files beside this folder turn them
//! into what goes over the wire.

mod act_error;
mod attachment;
mod channel;
mod emoji;
pub(crate) mod errors;
mod guild;
mod interaction;
mod message;
mod person;
pub(crate) mod wire;

pub use self::act_error::ActError;
pub use self::person::Nitro;

pub(crate) use self::attachment::{Attachment, Blob, Upload};
pub(crate) use self::channel::{Channel, ChannelKind, Overwrite, Thread, ThreadMember};
pub(crate) use self::emoji::Emoji;
pub(crate) use self::guild::{CustomEmoji, Elsewhere, Guild, Role};
pub(crate) use self::interaction::{Interaction, InteractionKind, MenuTarget, Origin, Stage};
pub(crate) use self::message::{
    EPHEMERAL, HAS_THREAD, IS_COMPONENTS_V2, LOADING, Message, Reaction, Reference, SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
};
pub(crate) use self::person::{Member, User};
