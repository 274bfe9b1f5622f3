//! Every sentence that a person can read, as functions of what it tells. Each subject has a file.
//!
//! *Private* answers are seen by the member who asked, and by nobody else.

mod approvals;
mod attachment;
pub mod commands;
mod draft;
mod export;
mod gallery;
mod help;
mod image;
mod log_channel;
mod menu;
pub mod permissions;
mod pool;
mod privacy;
mod project;
mod refusal;
mod settings;
mod spend_limits;
mod unresolved;
mod vote;

pub use self::approvals::*;
pub use self::attachment::*;
pub use self::draft::*;
pub use self::export::*;
pub use self::gallery::*;
pub use self::help::*;
pub use self::image::*;
pub use self::log_channel::*;
pub use self::menu::*;
pub use self::pool::*;
pub use self::privacy::*;
pub use self::project::*;
pub use self::refusal::*;
pub use self::settings::*;
pub use self::spend_limits::*;
pub use self::unresolved::*;
pub use self::vote::*;

use crate::domain::credits::Credits;
use crate::domain::engine::cost::Usd;
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::domain::limits;

/// Shows somebody's text as text: markdown does nothing, and nobody is pinged.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '<' | '#' | '[' | ']' | '(' | ')' | '-' | ':' => {
                out.push('\\');
                out.push(c);
            }
            '@' => out.push_str("@\u{200b}"),
            _ => out.push(c),
        }
    }
    out
}

fn mention(user: UserId) -> String {
    if user.is_pseudonym() {
        return "somebody who asked to be forgotten".to_owned();
    }
    format!("<@{user}>")
}

/// Returns the address of a message, for programs.
#[must_use]
pub fn link_to((guild, channel, message): (GuildId, ChannelId, MessageId)) -> String {
    message_link(guild, channel, message)
}

/// Returns a link to a message, which Discord shows as one.
fn message_link(guild: GuildId, channel: ChannelId, message: MessageId) -> String {
    format!("https://discord.com/channels/{guild}/{channel}/{message}")
}

fn mentions(users: &[UserId]) -> String {
    let named: Vec<String> = users
        .iter()
        .take(limits::NAMED)
        .map(|user| mention(*user))
        .collect();
    let more = users.len().saturating_sub(limits::NAMED);
    let more = if more == 0 {
        String::new()
    } else {
        format!(" and {more} more")
    };
    format!("{}{more}", named.join(", "))
}

/// Says how many approvals something takes.
fn approvals_of(n: u32) -> String {
    if n == 1 {
        "1 approval".to_owned()
    } else {
        format!("{n} approvals")
    }
}

/// Makes a title a link, if there is a place that it can lead to.
fn titled(title: String, place: Option<String>) -> String {
    match place {
        Some(link) => format!("[{title}]({link})"),
        None => title,
    }
}

fn images(n: usize) -> String {
    if n == 1 {
        "1 image".to_owned()
    } else {
        format!("{n} images")
    }
}

/// Writes what something is expected to cost the operator, behind its credits; nothing where it
/// costs nothing.
fn about(usd: Option<Usd>) -> String {
    usd.filter(|usd| *usd > Usd::default())
        .map_or_else(String::new, |usd| format!(" (about {usd})"))
}

fn left(available: Credits) -> String {
    if available == Credits::new(1).unwrap_or_default() {
        "1 is".to_owned()
    } else {
        format!("{} are", available.number())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_in_a_text_reads_as_markup_or_pings(text in "[\\PC\n]{0,80}") {
            let shown = plain(&text);
            prop_assert!(!shown.contains("@everyone") && !shown.contains("@here"));
            for (at, c) in shown.char_indices().filter(|(_, c)| "*_~`|><#[]".contains(*c)) {
                let slashes = shown[..at].chars().rev().take_while(|before| *before == '\\').count();
                prop_assert!(slashes % 2 == 1, "{} at {} in {}", c, at, shown);
            }
        }
    }
}
