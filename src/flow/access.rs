//! The one door for commands, buttons and forms. It checks the member's rights, and that what they
//! act on belongs to the guild in which they act. Discord's own checks are not relied upon.
//!
//! A flow that a member starts takes a [`Caller`], or an id as [`OfGuild`]. Only this file makes
//! them, so nothing is done for a member who did not come through here.

use futures::FutureExt;

use super::error::Error;
use super::services::Services;
use crate::domain::actor::Actor;
use crate::domain::button::{Button, Target};
use crate::domain::guild::access::{NotAllowed, Right};
use crate::domain::guild::operator::Rules;
use crate::domain::ids::{DraftId, GuildId, RenderId};
use crate::store::{drafts, renders};
use crate::wording;

/// A member who has the right to what they ask for, and the guild in which they ask.
#[derive(Clone, Debug)]
pub struct Caller {
    guild: GuildId,
    by: Actor,
}

/// The id of something that belongs to the guild in which a member acts.
#[derive(Clone, Copy, Debug)]
pub struct OfGuild<T>(T);

/// A press of a button, or a form that was sent, by somebody who may, on something of their guild.
#[derive(Clone, Debug)]
pub struct Pressed {
    caller: Caller,
    target: Target,
}

impl Caller {
    /// Lets a member in who has a right, or returns in words why they may not.
    ///
    /// # Errors
    /// A private answer.
    pub fn enter(rules: &Rules, right: Right, guild: Option<GuildId>, by: Actor) -> Result<Self, String> {
        match rules.admit(right, guild, &by) {
            Ok(guild) => Ok(Self { guild, by }),
            Err(why) => Err(match why {
                NotAllowed::OutsideOfServers => wording::ONLY_IN_A_SERVER.to_owned(),
                NotAllowed::ClosedServer => wording::NOT_ALLOWED_HERE.to_owned(),
                NotAllowed::NotAManager => wording::ONLY_MANAGERS.to_owned(),
                NotAllowed::NotInTreasury => wording::only_operators(&rules.operators, rules.admins_treasury),
            }),
        }
    }

    /// Returns the guild in which the member acts.
    #[must_use]
    pub const fn guild(&self) -> GuildId {
        self.guild
    }

    /// Returns the member.
    #[must_use]
    pub const fn by(&self) -> &Actor {
        &self.by
    }
}

impl<T: Copy> OfGuild<T> {
    /// Returns the id.
    pub(in crate::flow) const fn id(self) -> T {
        self.0
    }
}

impl Pressed {
    /// Returns the member, and the guild in which they act.
    #[must_use]
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Returns an image of the button as one of the guild.
    ///
    /// # Errors
    /// [`Error::Broken`] if the button is about another image.
    pub fn image(&self, id: RenderId) -> Result<OfGuild<RenderId>, Error> {
        let own = self.target == Target::Image(id);
        own.then_some(OfGuild(id)).ok_or_else(|| unknown(id))
    }

    /// Returns a draft of the button as one of the guild.
    ///
    /// # Errors
    /// [`Error::Broken`] if the button is about another draft.
    pub fn draft(&self, id: DraftId) -> Result<OfGuild<DraftId>, Error> {
        let own = self.target == Target::Draft(id);
        own.then_some(OfGuild(id)).ok_or_else(|| unknown(id))
    }
}

fn unknown(id: impl std::fmt::Display) -> Error {
    Error::broken(format!("{id} is not what the button is about"))
}

/// Lets a member in who pressed a button or sent a form, or returns in words why they may not. What
/// the button is about must belong to the guild in which they act.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn press(
    services: &Services,
    button: Button,
    guild: Option<GuildId>,
    by: Actor,
) -> Result<Result<Pressed, String>, Error> {
    let caller = match Caller::enter(&services.rules, Right::of_button(button), guild, by) {
        Ok(caller) => caller,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let target = button.target();
    let read = services.store.read(move |tx| {
        async move {
            Ok::<_, Error>(match target {
                Target::Image(id) => renders::guild_of(tx, id).await?,
                Target::Draft(id) => drafts::guild_of(tx, id).await?,
                Target::Nothing => guild,
            })
        }
        .boxed()
    });
    Ok(if read.await? == Some(caller.guild) {
        Ok(Pressed { caller, target })
    } else {
        Err(wording::NOT_OF_THIS_SERVER.to_owned())
    })
}
