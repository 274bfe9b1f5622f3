//! Reads the rules that hold in a guild.

use futures::FutureExt;

use crate::domain::guild::operator::Rules;
use crate::domain::guild::settings::GuildRules;
use crate::domain::ids::GuildId;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::{Tx, guilds};

/// Returns the rules that hold in a guild now.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn rules(services: &Services, guild: GuildId) -> Result<GuildRules, Error> {
    let operator = services.rules.clone();
    let read = services
        .store
        .read(move |tx| async move { rules_in(tx, &operator, guild).await }.boxed());
    read.await
}

/// Returns the rules that hold in a guild, read inside a transaction.
pub(in crate::flow) async fn rules_in(
    tx: &mut Tx,
    operator: &Rules,
    guild: GuildId,
) -> Result<GuildRules, Error> {
    Ok(guilds::read(tx, guild).await?.rules(operator))
}
