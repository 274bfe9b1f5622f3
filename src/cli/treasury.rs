//! `greenlight treasury`.

use anyhow::{Context, bail};
use clap::Subcommand;
use futures::FutureExt;

use super::{Settings, open};
use crate::clock::Clock;
use crate::domain::ids::{GuildId, UserId};
use crate::flow::treasury::{self, Order};
use crate::flow::{self, treasury::Outcome};
use crate::store::ledger;

#[derive(Debug, Subcommand)]
pub(super) enum Act {
    /// Add credits to a server's pool
    Grant(Args),
    /// Take back credits of a server's pool that are neither held nor spent
    Correct(Args),
}

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// The id of the server
    #[arg(long, value_name = "ID")]
    guild: u64,
    /// How many credits
    #[arg(long, value_name = "N")]
    credits: i64,
    /// Why, for the books; a correction needs it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The user id of the operator who does it, where there are several
    #[arg(long, value_name = "ID")]
    by: Option<u64>,
}

pub(super) async fn run(act: Act) -> anyhow::Result<()> {
    let (Act::Grant(args) | Act::Correct(args)) = &act;
    let config = args.settings.load()?;
    let order = Order {
        actor: operator(&config.rules.operators, args.by)?,
        amount: args.credits,
        reason: args.reason.clone(),
        once: format!("command-line:{:032x}", rand::random::<u128>()),
    };
    let (guild, now_ms) = (GuildId::new(args.guild), Clock::System.now_ms());
    let store = open(&config).await?;
    let done = store.write(move |tx| {
        async move {
            // A pool is made when the bot first sees a server: credits for a mistyped id would be nobody's.
            if !ledger::is_there(tx, guild).await? {
                return Ok(Err(format!("the bot has seen no server with the id {guild} yet")));
            }
            let done: Result<Outcome, flow::Error> = match act {
                Act::Grant(_) => treasury::grant_in(tx, guild, order, now_ms).await,
                Act::Correct(_) => treasury::correct_in(tx, guild, order, now_ms).await,
            };
            done
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

/// Who of the operators does it: the books keep a name.
fn operator(operators: &[UserId], by: Option<u64>) -> anyhow::Result<UserId> {
    match (by.map(UserId::new), operators) {
        (Some(by), _) if operators.contains(&by) => Ok(by),
        (Some(by), _) => bail!("{by} is none of the operators: add the user id to `operators`"),
        (None, [only]) => Ok(*only),
        (None, []) => bail!("there is no operator: set `operators` to the user ids of who runs this bot"),
        (None, _) => bail!("there are several operators: say with --by who does it"),
    }
}
