//! Greets a guild that the bot has come to, once: what to do first.

use futures::FutureExt;

use crate::discord::Post;
use crate::domain::ids::GuildId;
use crate::domain::limits;
use crate::domain::nonce::Nonce;
use crate::domain::permission::Purpose;
use crate::domain::stage::Stage;
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::posting::{if_it_can, lasting};
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::ledger;
use crate::wording;

/// Greets a guild in its system channel. Where there is none, or the bot may not write there, it says
/// nothing anywhere.
///
/// # Errors
/// [`Error`]: the job runs again, and finds a greeting that was posted.
pub async fn hello(services: &Services, guild: GuildId, attempts: u32) -> Result<Done, Error> {
    let (discord, now_ms) = (&services.discord, services.clock.now_ms());
    if !discord.knows_commands() {
        // A session registers them as it begins, and the greeting wants to be clicked.
        return Ok(Done::NotYet(now_ms + limits::ORDER_LOOK_MS));
    }
    let channel = lasting(discord.system_channel(guild).await)?;
    let Some(channel) = channel.ok().flatten() else {
        return Ok(Done::Finished);
    };
    let lacks = lasting(discord.lacks(guild, channel, Purpose::Log).await)?;
    if !lacks.is_ok_and(|lacks| lacks.is_empty()) {
        return Ok(Done::Finished);
    }
    if attempts > 1 {
        let since_ms = now_ms - limits::NEW_IN_SERVER_MS;
        let is_it = |text: &str| text.starts_with(wording::HELLO_BEGIN);
        let said = lasting(discord.find_ours(channel, since_ms, is_it).await)?;
        if said.is_ok_and(|said| !said.is_empty()) {
            return Ok(Done::Finished);
        }
    }
    let rules = settings::rules(services, guild).await?;
    let pool = services.store.read(move |tx| ledger::read(tx, guild).boxed());
    let content = wording::hello(&wording::Hello {
        price: rules.stages.spec(Stage::Explore).price,
        quorum: rules.stages.spec(Stage::Final).quorum,
        available: pool.await?.available,
        operators: &services.rules.operators,
        admins: services.rules.admins_treasury,
    });
    let posted = discord
        .post(channel, Post::new(Nonce::Hello(guild), content))
        .await;
    if_it_can("greeting a server", posted.map(drop))?;
    Ok(Done::Finished)
}
