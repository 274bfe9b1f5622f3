//! Runs `greenlight treasury`: grants and corrects credits, and decides about unknown calls.

use anyhow::{Context, bail};
use clap::Subcommand;
use futures::FutureExt;

use super::start::{NAMED, Settings, no_such_guild, open};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::ids::{GuildId, RenderId, UserId};
use crate::domain::image::render::Verdict;
use crate::flow::money::treasury::{self, GrantRequest, TreasuryAnswer};
use crate::flow::money::unresolved;
use crate::store::{Tx, ledger};
use crate::{flow, random};

#[derive(Debug, Subcommand)]
pub(super) enum Act {
    /// Add credits to a server's pool
    Grant(Amount),
    /// Take back credits of a server's pool that are neither held nor spent
    Correct(Amount),
    /// List the paid calls of a server whose answer never came
    Unresolved(Server),
    /// Keep the credits of such a call: the service charged for it
    Settle(Lost),
    /// Give the credits of such a call back to the pool: nothing was charged
    Release(Lost),
}

#[derive(Debug, clap::Args)]
pub(super) struct Server {
    #[command(flatten)]
    settings: Settings,
    /// The id of the server
    #[arg(long, value_name = "ID")]
    guild: u64,
}

#[derive(Debug, clap::Args)]
pub(super) struct Hand {
    /// Why, for the books; a correction needs it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The user id of the operator who does it, where there are several
    #[arg(long, value_name = "ID")]
    by: Option<u64>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Amount {
    #[command(flatten)]
    server: Server,
    /// How many credits
    #[arg(long, value_name = "N")]
    credits: i64,
    #[command(flatten)]
    hand: Hand,
}

#[derive(Debug, clap::Args)]
pub(super) struct Lost {
    #[command(flatten)]
    server: Server,
    /// The id of the image, as `unresolved` lists it
    #[arg(long, value_name = "ID")]
    image: RenderId,
    #[command(flatten)]
    hand: Hand,
}

impl Act {
    const fn server(&self) -> &Server {
        match self {
            Self::Grant(amount) | Self::Correct(amount) => &amount.server,
            Self::Unresolved(server) => server,
            Self::Settle(lost) | Self::Release(lost) => &lost.server,
        }
    }

    /// Returns the operator who acts, because the books keep a name. Listing needs none.
    fn actor(&self, operators: &[UserId]) -> anyhow::Result<Option<UserId>> {
        let hand = match self {
            Self::Grant(amount) | Self::Correct(amount) => &amount.hand,
            Self::Settle(lost) | Self::Release(lost) => &lost.hand,
            Self::Unresolved(_) => return Ok(None),
        };
        operator(operators, hand.by).map(Some)
    }
}

pub(super) async fn run(act: Act) -> anyhow::Result<()> {
    let config = act.server().settings.load()?;
    let actor = act.actor(&config.rules.operators)?;
    let (guild, now_ms) = (GuildId::new(act.server().guild), Clock::system().now_ms());
    let store = open(&config).await?;
    let done = store.write(move |tx| {
        async move {
            // The bot makes a pool when it first sees a server. Credits for a mistyped id would
            // belong to nobody.
            if !ledger::is_there(tx, guild).await? {
                let known = ledger::guilds(tx, NAMED).await?;
                return Ok(Err(no_such_guild(guild, &known)));
            }
            perform(tx, &act, &config, actor, now_ms).await
        }
        .boxed()
    });
    let done = done.await.context("the books could not be changed");
    store.close().await;
    match done? {
        Ok(told) => println!("{told}"),
        Err(refusal) => bail!(refusal),
    }
    Ok(())
}

async fn perform(
    tx: &mut Tx,
    act: &Act,
    config: &Config,
    actor: Option<UserId>,
    now_ms: i64,
) -> Result<TreasuryAnswer, flow::Error> {
    let guild = GuildId::new(act.server().guild);
    let actor = || actor.ok_or_else(|| flow::Error::broken("nobody does it"));
    let order = |amount: &Amount| {
        Ok::<_, flow::Error>(GrantRequest {
            actor: actor()?,
            amount: amount.credits,
            reason: amount.hand.reason.clone(),
            once: format!("command-line:{:032x}", random::bits::<u128>()),
        })
    };
    let (lost, verdict) = match act {
        Act::Grant(amount) => return treasury::grant_in(tx, guild, order(amount)?, now_ms).await,
        Act::Correct(amount) => return treasury::correct_in(tx, guild, order(amount)?, now_ms).await,
        Act::Unresolved(_) => return unresolved::list_in(tx, &config.rules, guild).await.map(Ok),
        Act::Settle(lost) => (lost, Verdict::Settle),
        Act::Release(lost) => (lost, Verdict::Release),
    };
    let decision = unresolved::decision(actor()?, verdict, lost.hand.reason.as_deref());
    unresolved::decide_in(tx, guild, lost.image, decision, now_ms).await
}

/// Returns the operator who acts: the one that `by` names, else the only one there is.
fn operator(operators: &[UserId], by: Option<u64>) -> anyhow::Result<UserId> {
    match (by.map(UserId::new), operators) {
        (Some(by), _) if operators.contains(&by) => Ok(by),
        (Some(by), _) => bail!("{by} is none of the operators: add the user id to `operators`"),
        (None, [only]) => Ok(*only),
        (None, []) => bail!("there is no operator: set `operators` to the user ids of who runs this bot"),
        (None, _) => bail!("there are several operators: say with --by who does it"),
    }
}
