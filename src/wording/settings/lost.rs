//! What a server's settings rest on and is gone, and what to do about it.

use crate::domain::guild::lost::Lost;
use crate::domain::guild::settings::SettingsGroup;
use crate::domain::image::number::Number;
use crate::domain::permission::Bar;
use crate::wording::refusal::missing_names;

/// Adds a line about each thing that settings rest on and that does not hold any more.
#[must_use]
pub fn lost(all: &[Lost]) -> String {
    all.iter()
        .fold(String::new(), |all, lost| all + "\n⚠️ " + &line(lost))
}

fn line(lost: &Lost) -> String {
    match lost {
        Lost::Roles { of, all } => roles(*of, *all).to_owned(),
        Lost::Emoji { approves } => {
            let (what, instead) = if *approves {
                ("approved", "✅")
            } else {
                ("stopped votes", "🚫")
            };
            format!(
                "The emoji that {what} was deleted. Now {instead} does, in open votes too. `/settings approvals` can name another."
            )
        }
        Lost::Channel(SettingsGroup::Gallery) => {
            "The gallery was deleted: finals are shown in their threads alone. `/settings channels gallery` can name another."
                .to_owned()
        }
        Lost::Channel(SettingsGroup::Log) => {
            "The log channel was deleted, so nobody is told of spends and alerts. `/settings channels log` can name another."
                .to_owned()
        }
        Lost::Channel(SettingsGroup::Digest) => {
            "The channel of the daily digest was deleted, so there is none. `/settings notify` can name another.".to_owned()
        }
        Lost::Channel(_) => {
            "A channel for drafts was deleted. `/settings channels drafts` says where drafts are made.".to_owned()
        }
        Lost::Unmentionable(role) => format!(
            "I may not mention <@&{role}> any more. Someone who manages roles can allow anyone to @mention it. \
             `/settings notify` can name another."
        ),
        Lost::Permissions(_, channel, missing) => format!(
            "I am missing {} in <#{channel}>. Someone who manages the channel can allow it.",
            missing_names(missing)
        ),
    }
}

fn roles(of: SettingsGroup, all: bool) -> &'static str {
    match (of, all) {
        (SettingsGroup::Leads, _) => {
            "A role that leads was deleted. Whoever may manage the server still leads. `/settings approvals leads` can name another."
        }
        (SettingsGroup::VotesRole, _) => {
            "The role that drafts mention was deleted, so they mention nobody. `/settings notify` can name another."
        }
        (SettingsGroup::LowPoolRole, _) => {
            "The role that a low pool mentions was deleted, so nobody is mentioned. `/settings notify` can name another."
        }
        (SettingsGroup::Requesters, true) => {
            "Every role that drafts was deleted, so nobody can draft. `/settings channels requesters` can name another."
        }
        (SettingsGroup::Requesters, false) => {
            "A role that drafts was deleted. `/settings channels requesters` can name another."
        }
        (_, true) => {
            "Every role that approves was deleted. Only whoever may manage the server can approve. `/settings approvals approvers` can \
             name another, for votes that open from then on."
        }
        (_, false) => "A role that approves was deleted. `/settings approvals approvers` can name another.",
    }
}

/// Says in a thread, or where its admins read, that an approved stage cannot be posted there.
#[must_use]
pub fn cannot_be_posted(number: Number, bar: &Bar) -> String {
    let (why, when) = match bar {
        Bar::Lacks(missing, channel) => (
            format!("I am missing {} in <#{channel}>", missing_names(missing)),
            "When someone who manages the channel has allowed it, the votes are looked at again within half an hour, or at a press of Approve.",
        ),
        Bar::Locked(thread) => (
            format!("its thread <#{thread}> is locked"),
            "The votes are looked at again when someone who manages threads unlocks it.",
        ),
    };
    format!(
        "⏸️ **Image {number}** is approved, but I could not post its next stage: {why}. Nothing was spent. {when}"
    )
}

/// Says privately that a picture is not drawn again where it could not be posted.
#[must_use]
pub fn not_drawn_where_barred(bar: &Bar) -> String {
    let why = match bar {
        Bar::Lacks(missing, channel) => format!("I am missing {} in <#{channel}>", missing_names(missing)),
        Bar::Locked(thread) => format!("<#{thread}> is locked"),
    };
    format!("I could not post the picture: {why}. Nothing was spent. Try again once that is mended.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ChannelId;
    use crate::domain::permission::Permission;

    #[test]
    fn what_is_gone_is_told_with_what_to_do() {
        let all = [
            Lost::Roles {
                of: SettingsGroup::Approvers,
                all: true,
            },
            Lost::Emoji { approves: false },
            Lost::Channel(SettingsGroup::Gallery),
            Lost::Permissions(
                SettingsGroup::Log,
                ChannelId::new(5),
                vec![Permission::ViewChannel, Permission::SendMessages],
            ),
        ];
        let told = lost(&all);
        assert_eq!(told.lines().count(), 5, "{told}");
        for part in [
            "`/settings approvals approvers`",
            "🚫",
            "`/settings channels gallery`",
            "**View Channel**, **Send Messages**",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }
}
