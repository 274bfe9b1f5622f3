//! Says what Discord's refusals mean for us.

/// Why a request to Discord failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Discord is busy or cannot be reached, and the same request may work later. Holds the wait
    /// that Discord asks for, in milliseconds.
    #[error("Discord is busy or cannot be reached{}", .0.map(|ms| format!(", for {ms} ms")).unwrap_or_default())]
    Busy(Option<i64>),
    /// What the request names is not there any more: a message, a channel, a member. Holds
    /// Discord's code, which says what.
    #[error("Discord does not have it any more ({0})")]
    Gone(i64),
    /// The bot lacks access or a permission.
    #[error("Discord does not let the bot do this: {message} ({code})")]
    Forbidden {
        /// Discord's error code, such as 50001 Missing Access.
        code: i64,
        /// Discord's explanation.
        message: String,
    },
    /// The file is over the limit of the guild.
    #[error("the file is too large for Discord")]
    TooLarge,
    /// Discord refuses for another reason, and would refuse the same request again.
    #[error("Discord refused with {status}: {message} ({code})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's error code, such as 50001 Missing Access.
        code: i64,
        /// Discord's explanation.
        message: String,
    },
}

/// The codes for things that are gone: unknown application, channel, guild, member, message, user,
/// webhook and others.
const GONE: std::ops::RangeInclusive<i64> = 10_001..=10_015;
const UNKNOWN_INTERACTION: i64 = 10_062;
const INVALID_FORM: i64 = 50_035;
const EXPIRED_TOKEN: i64 = 50_027;
const FILE_TOO_LARGE: i64 = 40_005;
/// Discord limits edits of messages that are older than an hour, and does not say for how long.
const TOO_MANY_OLD_EDITS: i64 = 30_046;
const OLD_EDITS_PAUSE_MS: i64 = 60_000;
/// How long an enforced nonce stands for its message, in milliseconds. Discord says "the past few
/// minutes".
const NONCE_MS: i64 = 5 * 60_000;
const MISSING_ACCESS: i64 = 50_001;
const MISSING_PERMISSIONS: i64 = 50_013;

const UNKNOWN_CHANNEL: i64 = 10_003;
const UNKNOWN_GUILD: i64 = 10_004;
const UNKNOWN_MEMBER: i64 = 10_007;
const UNKNOWN_MESSAGE: i64 = 10_008;
const UNKNOWN_USER: i64 = 10_013;
const UNKNOWN_EMOJI: i64 = 10_014;

impl Error {
    /// Returns whether Discord said that a message or its channel was deleted.
    #[must_use]
    pub const fn is_gone_message(&self) -> bool {
        matches!(self, Self::Gone(UNKNOWN_CHANNEL | UNKNOWN_MESSAGE))
    }

    /// Returns whether Discord said that a channel or its guild was deleted, or that the bot does not
    /// see it any more: nobody would see what is drawn for it.
    #[must_use]
    pub const fn is_gone_place(&self) -> bool {
        matches!(
            self,
            Self::Gone(UNKNOWN_CHANNEL | UNKNOWN_GUILD)
                | Self::Forbidden {
                    code: MISSING_ACCESS,
                    ..
                }
        )
    }

    /// Returns what a refused post means. For some minutes a nonce stands for the first message,
    /// even if that was deleted before we learned of it. Discord then says that the message is
    /// unknown and posts nothing, so this asks to wait until the nonce stands for nothing and the
    /// post goes through.
    pub(super) fn of_post(self) -> Self {
        match self {
            Self::Gone(UNKNOWN_MESSAGE) => Self::Busy(Some(NONCE_MS)),
            other => other,
        }
    }

    /// Returns whether Discord said that a message cannot be so.
    pub(super) const fn is_bad_form(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                code: INVALID_FORM,
                ..
            }
        )
    }

    /// Returns whether Discord said that a user is no member of the guild.
    pub(super) const fn is_no_member(&self) -> bool {
        matches!(self, Self::Gone(UNKNOWN_MEMBER | UNKNOWN_USER))
    }

    /// Returns whether Discord said that nobody has reacted with an emoji.
    pub(super) const fn is_no_emoji(&self) -> bool {
        matches!(self, Self::Gone(UNKNOWN_EMOJI))
    }

    /// Sorts a refusal by its HTTP status and Discord's code. The wait is in milliseconds.
    pub(super) fn sort(status: u16, code: i64, message: String, retry_after_ms: Option<i64>) -> Self {
        match (status, code) {
            // Without a code of Discord's, the answer comes from something between us and Discord.
            (403 | 404, ..=0) => Self::Busy(retry_after_ms),
            (_, TOO_MANY_OLD_EDITS) => Self::Busy(Some(OLD_EDITS_PAUSE_MS)),
            (429 | 500.., _) => Self::Busy(retry_after_ms),
            (413, _) | (_, FILE_TOO_LARGE) => Self::TooLarge,
            (_, UNKNOWN_INTERACTION | EXPIRED_TOKEN) => Self::Gone(code),
            (_, code) if GONE.contains(&code) => Self::Gone(code),
            (403, _) | (_, MISSING_ACCESS | MISSING_PERMISSIONS) => Self::Forbidden { code, message },
            (404, _) => Self::Gone(code),
            _ => Self::Refused {
                status,
                code,
                message,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_means_one_thing() {
        let kind = |status, code| match Error::sort(status, code, String::new(), Some(5)) {
            Error::Busy(_) => "busy",
            Error::Gone(_) => "gone",
            Error::Forbidden { .. } => "forbidden",
            Error::TooLarge => "too large",
            Error::Refused { .. } => "refused",
        };
        let table = [
            (429, 0, "busy"),
            (500, 0, "busy"),
            (503, 0, "busy"),
            (400, 30_046, "busy"),
            (404, 10_003, "gone"),
            (404, 10_008, "gone"),
            (404, 10_007, "gone"),
            (404, 10_062, "gone"),
            (401, 50_027, "gone"),
            (403, 50_001, "forbidden"),
            (403, 50_013, "forbidden"),
            (413, 0, "too large"),
            (400, 40_005, "too large"),
            (400, 50_035, "refused"),
            (400, 160_004, "refused"),
            (400, 160_005, "refused"),
            (401, 0, "refused"),
            (403, 0, "busy"),
            (404, -1, "busy"),
        ];
        for (status, code, meaning) in table {
            assert_eq!(kind(status, code), meaning, "{status} with {code}");
        }
    }
}
