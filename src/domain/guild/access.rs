//! Says what a member must be to use a command, a button or a form at all, whatever it is used on.
//!
//! What a single image asks for besides, as the terms of its vote do, is decided where the image is
//! locked.

use super::operator::Rules;
use crate::domain::actor::Actor;
use crate::domain::button::Button;
use crate::domain::ids::GuildId;

/// What a member must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Any member of the guild.
    Member,
    /// Whoever may manage the server.
    Manager,
    /// An operator, or whoever may manage the server where the operator allows that.
    Treasury,
}

/// Why a member may not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAllowed {
    /// It was asked for outside of a server.
    OutsideOfServers,
    /// The operator has not opened the bot for this server.
    ClosedServer,
    /// The member may not manage the server.
    NotAManager,
    /// The member may not use the treasury.
    NotInTreasury,
}

impl Right {
    /// Returns what the first word of a command asks for. A command that is not listed here is
    /// nobody's.
    #[must_use]
    pub fn of_command(command: &str) -> Option<Self> {
        match command.split_whitespace().next()? {
            "draft" | "image" | "greenlight" | "approvals" | "credits" | "project" | "report" | "privacy"
            | "help" => Some(Self::Member),
            "settings" => Some(Self::Manager),
            "treasury" => Some(Self::Treasury),
            _ => None,
        }
    }

    /// Returns what a button or a form asks for.
    #[must_use]
    pub const fn of_button(button: Button) -> Self {
        match button {
            Button::Approve(_)
            | Button::ApproveNoted(_)
            | Button::AddNote(_)
            | Button::Notes(_)
            | Button::Strike(_)
            | Button::Prompt(_)
            | Button::Version(_)
            | Button::TakeBack(_)
            | Button::Reason(_)
            | Button::Lift(_)
            | Button::Reopen(_)
            | Button::Retry(_)
            | Button::Original(_)
            | Button::Crops(_)
            | Button::Crop(_)
            | Button::Lineage(_)
            | Button::Compare(_)
            | Button::Again(_)
            | Button::Repeat(_)
            | Button::Words(_)
            | Button::After(_)
            | Button::Cancel(_)
            | Button::Queue(_)
            | Button::Report(_) => Self::Member,
            Button::Keep(_) | Button::Panel(_) => Self::Manager,
        }
    }
}

impl Rules {
    /// Returns whether a member may use the treasury.
    #[must_use]
    pub fn may_use_treasury(&self, by: &Actor) -> bool {
        self.operators.contains(&by.user) || (self.admins_treasury && by.member.manages)
    }

    /// Returns the guild in which a member acts, if the bot works there and the member has the
    /// right.
    ///
    /// # Errors
    /// [`NotAllowed`].
    pub fn admit(&self, right: Right, guild: Option<GuildId>, by: &Actor) -> Result<GuildId, NotAllowed> {
        let guild = guild.ok_or(NotAllowed::OutsideOfServers)?;
        if !self.allows(guild) {
            return Err(NotAllowed::ClosedServer);
        }
        let (manages, treasurer) = (by.member.manages, self.may_use_treasury(by));
        match right {
            Right::Manager if !manages => Err(NotAllowed::NotAManager),
            Right::Treasury if !treasurer => Err(NotAllowed::NotInTreasury),
            Right::Member | Right::Manager | Right::Treasury => Ok(guild),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::Membership;
    use crate::domain::guild::settings::tests::operator;
    use crate::domain::ids::UserId;

    const HERE: GuildId = GuildId::new(9);

    fn by(user: u64, manages: bool) -> Actor {
        Actor {
            user: UserId::new(user),
            member: Membership {
                manages,
                ..Membership::default()
            },
        }
    }

    #[test]
    fn a_right_is_had_by_those_whom_it_names_and_in_the_bots_own_guilds() {
        let (member, manager, runs_it) = (by(1, false), by(2, true), by(3, false));
        for admins_treasury in [false, true] {
            let rules = Rules {
                operators: vec![runs_it.user],
                allowed_guilds: vec![HERE],
                admins_treasury,
                ..operator()
            };
            let treasury = if admins_treasury {
                Ok(HERE)
            } else {
                Err(NotAllowed::NotInTreasury)
            };
            for (right, who, told) in [
                (Right::Member, &member, Ok(HERE)),
                (Right::Manager, &member, Err(NotAllowed::NotAManager)),
                (Right::Treasury, &member, Err(NotAllowed::NotInTreasury)),
                (Right::Manager, &manager, Ok(HERE)),
                (Right::Treasury, &manager, treasury),
                (Right::Manager, &runs_it, Err(NotAllowed::NotAManager)),
                (Right::Treasury, &runs_it, Ok(HERE)),
            ] {
                assert_eq!(rules.admit(right, Some(HERE), who), told, "{right:?} {who:?}");
                let elsewhere = rules.admit(right, Some(GuildId::new(8)), who);
                assert_eq!(elsewhere, Err(NotAllowed::ClosedServer));
                assert_eq!(rules.admit(right, None, who), Err(NotAllowed::OutsideOfServers));
            }
        }
    }

    #[test]
    fn a_command_that_nobody_listed_is_nobodys() {
        assert_eq!(Right::of_command("settings show"), Some(Right::Manager));
        assert_eq!(Right::of_command("setting show"), None);
        assert_eq!(Right::of_command(""), None);
    }
}
