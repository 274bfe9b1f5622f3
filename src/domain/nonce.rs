//! Names the messages that the bot posts.

use std::fmt;
use std::str::FromStr;

use super::ids::{DraftId, EntryId, GuildId, MessageId, RenderId};
use super::prefixed::prefixed;

prefixed! {
    /// The name of a message, at most 25 characters. Discord posts a message of one nonce once
    /// within some minutes. So two messages in one channel may have the same only if the second is
    /// a repeat.
    Nonce, else UnknownNonce {
        /// The starter of a draft.
        "d" => Starter(DraftId),
        /// The picture of a render.
        "r" => Picture(RenderId),
        /// The notice why a render has no picture.
        "n" => Notice(RenderId),
        /// The notice that nobody knows how a render ended.
        "k" => UnknownOutcome(RenderId),
        /// The notice that pictures of a draft cannot be posted in their thread.
        "u" => Undeliverable(DraftId),
        /// The line about a paid call of unknown outcome, in the log channel.
        "l" => LostCall(RenderId),
        /// A final in the gallery.
        "g" => Gallery(RenderId),
        /// The notice that the gallery takes no message.
        "h" => NotInGallery(RenderId),
        /// The reminder of open votes, by the first image of them.
        "m" => Reminder(RenderId),
        /// The line about a spend on a render, in the log channel.
        "s" => Spend(RenderId),
        /// The line about credits that were granted or taken back, in the log channel.
        "c" => Credited(EntryId),
        /// The line about a use that has passed a mark, in the log channel.
        "p" => Alert(PassedMark),
        /// The greeting of a guild that the bot has come to.
        "j" => Hello(GuildId),
        /// The digest of what waits for votes, by its day.
        "w" => Digest(i64),
        /// The line about what settings name and is gone, in the log channel, by the time.
        "o" => Lost(i64),
        /// The notice that an approved stage could not be posted.
        "b" => Barred(RenderId),
        /// The notice that an approval of a copy that was put back waits for a lead.
        "a" => AskLead(RenderId),
        /// The notice that notes contradict each other, and wait for a lead.
        "x" => NotesClash(RenderId),
        /// The answer to a reply that is no note.
        "e" => NoNote(MessageId),
        /// The word to the requester that a lead has stopped a vote.
        "t" => Stopped(RenderId),
    }
}

/// A text that is no [`Nonce`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no message of ours has that nonce")]
pub struct UnknownNonce;

/// A usage alert: the use of a pool or a budget has passed a mark, such as 80 percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassedMark {
    /// When it was passed, in milliseconds since 1970.
    pub passed_ms: i64,
    /// The mark, in percent.
    pub percent: i64,
    /// The subject of the use: 0 for the pool, else the last four digits of a project's id.
    pub subject: u64,
}

impl fmt::Display for PassedMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.passed_ms, self.percent, self.subject)
    }
}

impl FromStr for PassedMark {
    type Err = UnknownNonce;

    fn from_str(text: &str) -> Result<Self, UnknownNonce> {
        // Reads from the end: a time may have a sign.
        let mut parts = text.rsplitn(3, '-');
        let mut next = || parts.next().ok_or(UnknownNonce);
        let (subject, percent, passed_ms) = (next()?, next()?, next()?);
        Ok(Self {
            passed_ms: passed_ms.parse().map_err(|_| UnknownNonce)?,
            percent: percent.parse().map_err(|_| UnknownNonce)?,
            subject: subject.parse().map_err(|_| UnknownNonce)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_nonce_reads_back_and_is_short_enough_for_discord() {
        let render = RenderId::new(u64::MAX);
        let mark = PassedMark {
            passed_ms: 9_999_999_999_999,
            percent: 100,
            subject: 9_999,
        };
        let wire = [
            (Nonce::Starter(DraftId::new(u64::MAX)), "d18446744073709551615"),
            (Nonce::Picture(render), "rffffffffffffffff"),
            (Nonce::Notice(render), "nffffffffffffffff"),
            (Nonce::UnknownOutcome(render), "kffffffffffffffff"),
            (
                Nonce::Undeliverable(DraftId::new(u64::MAX)),
                "u18446744073709551615",
            ),
            (Nonce::LostCall(render), "lffffffffffffffff"),
            (Nonce::Gallery(render), "gffffffffffffffff"),
            (Nonce::NotInGallery(render), "hffffffffffffffff"),
            (Nonce::Reminder(render), "mffffffffffffffff"),
            (Nonce::Spend(render), "sffffffffffffffff"),
            (Nonce::Credited(EntryId::new(u64::MAX)), "c18446744073709551615"),
            (Nonce::Alert(mark), "p9999999999999-100-9999"),
            (Nonce::Hello(GuildId::new(u64::MAX)), "j18446744073709551615"),
            (Nonce::Digest(20_787), "w20787"),
            (Nonce::Lost(9_999_999_999_999), "o9999999999999"),
            (Nonce::Barred(render), "bffffffffffffffff"),
            (Nonce::AskLead(render), "affffffffffffffff"),
            (Nonce::NotesClash(render), "xffffffffffffffff"),
            (Nonce::NoNote(MessageId::new(u64::MAX)), "e18446744073709551615"),
            (Nonce::Stopped(render), "tffffffffffffffff"),
        ];
        Nonce::walk(&wire);
        assert!(wire.iter().all(|(_, text)| text.len() <= 25));
    }

    #[test]
    fn a_foreign_text_is_no_nonce() {
        for foreign in ["", "d", "r", "rxyz", "v1", "p1-2", "p1-2-x"] {
            assert_eq!(foreign.parse::<Nonce>(), Err(UnknownNonce), "{foreign}");
        }
    }
}
