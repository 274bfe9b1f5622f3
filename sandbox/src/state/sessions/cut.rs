//! How a connection is cut on request.

use serde::{Deserialize, Serialize};

use crate::state::sessions::close::Close;
use crate::state::sessions::session::{Instruction, Session};

/// How a gateway connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cut {
    /// The TCP connection ends without a word. The session can be resumed, and then nothing is
    /// lost.
    Drop,
    /// Op 9 with `d: false`: the session is over. The bot misses what happens until it identifies
    /// again.
    Fresh,
    /// Op 9 with `d: true`: the session can be resumed.
    Resumable,
    /// Op 7: the bot is asked to reconnect and to resume.
    Reconnect,
    /// A close with a code. 4004, 4007 and 4009 to 4014 end the session; any other leaves it to be
    /// resumed.
    Close {
        /// The code.
        code: u16,
    },
    /// A close without a code. The session can be resumed.
    CloseBare,
    /// Half-open: the connection stays open, and nothing passes it in either direction.
    Mute,
    /// Heartbeats are not answered; everything else works.
    WithholdAcks,
}

impl Cut {
    /// Cuts the connection of a session. Returns whether the session still exists.
    pub(crate) fn apply(self, session: &mut Session, now: u64) -> bool {
        let (frame, stays) = match self {
            Self::Mute => {
                session.mute();
                return true;
            }
            Self::WithholdAcks => {
                session.tell(Instruction::WithholdAcks);
                return true;
            }
            Self::Drop => (Instruction::Drop, true),
            Self::Fresh => (Instruction::Invalid(false), false),
            Self::Resumable => (Instruction::Invalid(true), true),
            Self::Reconnect => (Instruction::Reconnect, true),
            Self::CloseBare => (Instruction::CloseBare, true),
            Self::Close { code } => {
                let close = Close::with(code);
                (Instruction::Close(close), !close.ends_session())
            }
        };
        if let Some(handle) = session.detach(now) {
            let _ = handle.send(frame);
        }
        stays
    }
}
