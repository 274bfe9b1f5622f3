//! Describes work that is to be done after a commit: a kind and an id, no payload.

use std::fmt;
use std::str::FromStr;

use super::ids::{ChannelId, DraftId, EntryId, GuildId, MessageId, RenderId, UserId};

/// Makes [`Job`] of one table: each kind as it is stored, its variant, and its target.
macro_rules! jobs {
    ($($(#[$doc:meta])* $kind:literal => $Variant:ident($Target:ident),)+) => {
        /// One piece of work. A job reads what it needs when it runs, so it can run twice, late, or
        /// after a restart.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Job {
            $($(#[$doc])* $Variant($Target),)+
        }

        impl Job {
            /// Returns the kind, as it is stored.
            #[must_use]
            pub const fn kind(self) -> &'static str {
                match self {
                    $(Self::$Variant(_) => $kind,)+
                }
            }

            /// Returns the id of the job's target, as it is stored.
            #[must_use]
            pub const fn target(self) -> u64 {
                match self {
                    $(Self::$Variant(id) => id.get(),)+
                }
            }

            /// Reads [`Job::kind`] and [`Job::target`] back.
            #[must_use]
            pub fn from_parts(kind: &str, target: u64) -> Option<Self> {
                match kind {
                    $($kind => Some(Self::$Variant($Target::new(target))),)+
                    _ => None,
                }
            }

            /// Lists every kind, for a test that leaves none out.
            #[cfg(test)]
            const KINDS: &[&str] = &[$($kind),+];
        }
    };
}

jobs! {
    /// Post the starter of a draft and open its thread.
    "open_thread" => OpenThread(DraftId),
    /// Make the paid call of a render and record how it ended.
    "render" => Render(RenderId),
    /// Post the picture of a render, or why there is none, and open the vote on it.
    "deliver" => Deliver(RenderId),
    /// Bring the starter's progress line up to date.
    "show_progress" => ShowProgress(DraftId),
    /// Bring an image's message up to date: votes, price, outcome.
    "show_tally" => ShowTally(RenderId),
    /// Read the votes from Discord and decide.
    "confirm" => Confirm(RenderId),
    /// Read the votes from Discord once the window has passed, and decide: without a quorum the
    /// vote closes.
    "close_vote" => CloseVote(RenderId),
    /// Count the reactions to the images of a thread whose votes are open. Read in full those votes
    /// that can decide something.
    "recount" => Recount(ChannelId),
    /// Re-check an approval that a spending limit blocks, when the limit may have room again.
    "uncap" => RecheckLimit(RenderId),
    /// Remind the thread of a draft, half-way, of the votes that are open in it.
    "remind" => Remind(DraftId),
    /// Look up a young message of the bot that showed no recorded image when somebody reacted to it.
    "look_up" => LookUp(MessageId),
    /// Post a final to the gallery, once.
    "exhibit" => Exhibit(RenderId),
    /// Tell the log channel what was spent on a render.
    "log_spend" => LogSpend(RenderId),
    /// Tell the log channel that nobody knows how a paid call ended.
    "log_unknown" => LogUnknown(RenderId),
    /// Tell the log channel that credits were granted or taken back.
    "log_grant" => LogGrant(EntryId),
    /// Tell the log channel that the use of a pool has passed a mark.
    "alert" => Alert(GuildId),
    /// Greet a guild that the bot has come to.
    "hello" => Hello(GuildId),
    /// Tell a guild what waits for votes, if the hour has come that it chose.
    "digest" => Digest(GuildId),
    /// Forget a member who asked for it.
    "forget" => Forget(UserId),
    /// Start approvals that wait for credits, oldest first.
    "resume_waiting" => ResumeWaiting(GuildId),
    /// Look for what a guild's settings rest on and is gone.
    "check_settings" => CheckSettings(GuildId),
    /// Tell the requester that a lead has stopped the vote on an image.
    "tell_stop" => TellStop(RenderId),
    /// Remove the files of a draft that are recorded as kept long enough.
    "remove_files" => RemoveFiles(DraftId),
}

/// Writes the kind and the target as they are stored, such as `render:123`.
impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.target())
    }
}

impl FromStr for Job {
    type Err = UnknownJob;

    fn from_str(text: &str) -> Result<Self, UnknownJob> {
        let parts = text.split_once(':').ok_or(UnknownJob)?;
        let (kind, target) = (parts.0, parts.1.parse().map_err(|_| UnknownJob)?);
        Self::from_parts(kind, target).ok_or(UnknownJob)
    }
}

/// A text that names no [`Job`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no job is written like that")]
pub struct UnknownJob;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back() {
        // The kinds as databases in use hold them.
        let kinds = [
            "open_thread",
            "render",
            "deliver",
            "show_progress",
            "show_tally",
            "confirm",
            "close_vote",
            "recount",
            "uncap",
            "remind",
            "look_up",
            "exhibit",
            "log_spend",
            "log_unknown",
            "log_grant",
            "alert",
            "hello",
            "digest",
            "forget",
            "resume_waiting",
            "check_settings",
            "tell_stop",
            "remove_files",
        ];
        assert_eq!(Job::KINDS, kinds);
        for kind in kinds {
            let job = Job::from_parts(kind, 7).unwrap();
            assert_eq!((job.kind(), job.target()), (kind, 7));
            assert_eq!(job.to_string(), format!("{kind}:7"));
            assert_eq!(job.to_string().parse(), Ok(job));
        }
        assert_eq!(Job::from_parts("dance", 7), None);
        for foreign in ["", "render", "render:", "render:x", "dance:7"] {
            assert_eq!(foreign.parse::<Job>(), Err(UnknownJob), "{foreign}");
        }
    }
}
