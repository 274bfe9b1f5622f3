//! Buttons: the id says what is pressed and on what; everything else is in the database.

use serenity::all::ComponentInteraction;

use super::{Inbound, answer};
use crate::domain::ids::{DraftId, GuildId, RenderId, UserId};
use crate::domain::wording;
use crate::flow::{Error, draft, render, vote};

/// A button of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pressed {
    Approve(RenderId),
    Retry(RenderId),
    Cancel(DraftId),
}

fn parse(custom_id: &str) -> Option<Pressed> {
    match custom_id.split_once(':')? {
        ("approve", id) => id.parse().ok().map(Pressed::Approve),
        ("retry", id) => id.parse().ok().map(Pressed::Retry),
        ("cancel", id) => id.parse().ok().map(|id| Pressed::Cancel(DraftId::new(id))),
        _ => None,
    }
}

pub(super) async fn pressed(inbound: &Inbound, interaction: &ComponentInteraction) {
    let discord = &inbound.studio.discord;
    if !answer::defer(discord, interaction.id.get(), &interaction.token).await {
        return;
    }
    let guild = interaction.guild_id.map(|guild| GuildId::new(guild.get()));
    let outcome = match (guild, parse(&interaction.data.custom_id)) {
        (None, _) => Ok(wording::ONLY_IN_A_SERVER.to_owned()),
        (Some(guild), _) if !inbound.studio.rules.allows(guild) => Ok(wording::NOT_ALLOWED_HERE.to_owned()),
        (_, Some(pressed)) => act(inbound, interaction, pressed).await,
        (_, None) => Err(Error::broken(format!(
            "a button with the id {}",
            interaction.data.custom_id
        ))),
    };
    answer::reply(discord, &interaction.token, outcome).await;
}

async fn act(
    inbound: &Inbound,
    interaction: &ComponentInteraction,
    pressed: Pressed,
) -> Result<String, Error> {
    let (studio, user) = (&inbound.studio, UserId::new(interaction.user.id.get()));
    match pressed {
        Pressed::Approve(id) => vote::pressed(studio, id, user).await,
        Pressed::Retry(id) => render::try_again(studio, id, user).await,
        Pressed::Cancel(id) => {
            let permissions = interaction
                .member
                .as_ref()
                .and_then(|member| member.permissions)
                .unwrap_or_default();
            draft::cancel(
                studio,
                id,
                user,
                permissions.manage_guild() || permissions.administrator(),
            )
            .await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_what_is_pressed_and_on_what() {
        let render = RenderId::new(0xabc);
        assert_eq!(
            parse(&format!("approve:{render}")),
            Some(Pressed::Approve(render))
        );
        assert_eq!(parse(&format!("retry:{render}")), Some(Pressed::Retry(render)));
        assert_eq!(parse("cancel:42"), Some(Pressed::Cancel(DraftId::new(42))));
        for foreign in ["", "approve", "approve:", "approve:xyz", "dance:1"] {
            assert_eq!(parse(foreign), None, "{foreign}");
        }
    }
}
