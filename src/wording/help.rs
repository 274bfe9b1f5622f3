//! `/help`: what to do as a member, as an approver, as who manages the server.

use super::approvals_of;
use super::pool::who_adds;
use crate::domain::credits::Credits;
use crate::domain::emoji::Emoji;
use crate::domain::ids::UserId;

/// What help is given with.
#[derive(Clone, Copy, Debug)]
pub struct Help<'a> {
    /// What one image of a draft, one at the second stage and one at the last cost in the server.
    pub prices: [Credits; 3],
    /// How many must approve the second stage, and the last.
    pub quorums: [u32; 2],
    /// The emoji that approves, and the one with which a lead stops a vote.
    pub emoji: (&'a Emoji, &'a Emoji),
    /// Whether who asks may manage the server.
    pub manages: bool,
    /// Whether who asks may use the treasury.
    pub treasury: bool,
}

/// Answers privately: what can be done here, and by which command.
#[must_use]
pub fn help(h: &Help<'_>) -> String {
    let [explore, review, last] = h.prices;
    let [two, four] = h.quorums.map(|quorum| {
        let make = if quorum == 1 { "makes" } else { "make" };
        format!("{} {make}", approvals_of(quorum))
    });
    let (approve, veto) = h.emoji;
    let mut lines = vec![
        format!(
            "**As a member**: `/draft` draws 1 to 4 ideas in a thread, {explore} each. Its `images` option says what they cost. \
             Under each picture, *Again* and *New prompt* draw more. Apps → Greenlight on a picture has its original, \
             its crops and where it comes from."
        ),
        "-# `/credits mine` · `/credits pool` · `/credits history` · `/project estimate` · `/report` · \
         `/image original` · `/image crops` · `/image lineage` · `/image pack` · `/privacy forget-me`"
            .to_owned(),
        format!(
            "**As an approver**: react {approve}, or press *Approve*, under the pictures that have earned the next size. \
             {two} a 2K for {review}, and {four} a 4K for {last}. Say what to change with *Approve with a note*, or \
             reply to the picture. Your own drafts are for others to approve, unless the server says otherwise. A \
             lead stops a vote with {veto}."
        ),
        "-# `/approvals` lists what still needs votes".to_owned(),
    ];
    if h.manages {
        lines.push(
            "**As who manages the server**: say who drafts, who approves, what may be spent, and where finals and \
             alerts go. Every command without options shows what holds."
                .to_owned(),
        );
        lines.push(
            "-# `/settings show` · `/settings approvals` · `/settings limits` · `/settings channels` · \
             `/settings notify` · `/settings stages` · `/project create` · `/project budget`"
                .to_owned(),
        );
    }
    if h.treasury {
        lines.push(
            "**As who looks after the pool**: `/treasury grant` adds credits, `/treasury correct` takes some back, \
             `/treasury unresolved` decides about calls whose answer never came, `/treasury export` hands out the books."
                .to_owned(),
        );
    }
    lines.join("\n")
}

/// What a server is greeted with.
#[derive(Clone, Copy, Debug)]
pub struct Hello<'a> {
    /// What one image of a draft costs.
    pub price: Credits,
    /// How many must approve a final.
    pub quorum: u32,
    /// What is in the server's pool.
    pub available: Credits,
    /// The users who run the bot. They can add credits.
    pub operators: &'a [UserId],
    /// Whether those who manage the server can add credits too.
    pub admins: bool,
}

/// How every greeting begins.
pub const HELLO_BEGIN: &str = "👋 **Hello!**";

/// Greets a server that the bot has come to: three next steps.
#[must_use]
pub fn hello(h: &Hello<'_>) -> String {
    let who = who_adds(h.operators, h.admins);
    let credits = if h.available.covers(h.price) {
        format!(
            "This server has {}. `/credits pool` shows them, and {who} can add more.",
            h.available
        )
    } else {
        format!(
            "This server has none yet: {who} can add some with `/treasury grant`. `/credits pool` shows them."
        )
    };
    format!(
        "{HELLO_BEGIN} I draw ideas for pictures, your team approves them, and what is approved is drawn larger.\n\
         1. **Try it**: `/draft` draws 1 to 4 ideas in a thread, {} each.\n\
         2. **Say who approves**: everyone can now, and a final needs {}. `/settings approvals` changes that.\n\
         3. **Look at the credits**: {credits}\n\
         -# `/help` says what else there is to do.",
        h.price,
        approvals_of(h.quorum)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::limits;

    #[test]
    fn help_names_what_each_can_do_and_fits_into_a_message_with_links() {
        let (approve, veto) = (Emoji::approve(), Emoji::veto());
        let all = Help {
            prices: [10, 20, 40].map(|price| Credits::new(price).unwrap()),
            quorums: [1, 2],
            emoji: (&approve, &veto),
            manages: true,
            treasury: true,
        };
        let told = help(&all);
        for heading in [
            "**As a member**",
            "**As an approver**",
            "**As who manages",
            "**As who looks after",
        ] {
            assert!(told.contains(heading), "{told}");
        }
        // Each link to a command is 22 characters longer than its name.
        let links = told.matches("`/").count() * 22;
        assert!(
            told.chars().count() + links <= limits::MESSAGE_CHARS,
            "{}",
            told.chars().count() + links
        );
        let member = Help {
            manages: false,
            treasury: false,
            ..all
        };
        assert!(!help(&member).contains("/settings") && !help(&member).contains("/treasury"));
    }
}
