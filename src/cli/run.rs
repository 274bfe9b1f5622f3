//! Runs the bot, or one of the processes that it consists of.

use std::pin::pin;

use anyhow::bail;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::service;
use super::start::{Settings, asked_to_stop};
use crate::app::{App, FaultInjection, Transport, engines};
use crate::clock::Clock;
use crate::domain::role::{Part, Role, ShardRange};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// What this process does: `gateway` hears Discord and answers people, `worker` draws and posts,
    /// `all` does both
    #[arg(
        long,
        default_value = "all",
        value_parser = PossibleValuesParser::new(Role::NAMES).try_map(|name| name.parse::<Role>())
    )]
    role: Role,
    /// The shards that this process holds, of how many: 0-3/8 is the first four of eight, 2/8 is one.
    /// Without it, all that Discord recommends
    #[arg(long, value_name = "FIRST-LAST/OF")]
    shards: Option<ShardRange>,
}

impl Args {
    fn part(&self) -> anyhow::Result<Part> {
        let (role, shards) = (self.role, self.shards);
        if shards.is_some() && !role.hears() {
            bail!("--shards is for a process that hears Discord: leave it out of one with --role worker");
        }
        Ok(Part { role, shards })
    }
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let part = args.part()?;
    let config = args.settings.load()?;
    config.require_token()?;
    let engines = engines(FaultInjection::Never, &config)?;
    let mut asked_to_stop = pin!(asked_to_stop()?);
    let mut app = tokio::select! {
        app = App::start_as(part, Transport::default(), config, engines, Clock::system()) => app?,
        // A start waits for Discord, for as long as it takes.
        () = &mut asked_to_stop => return Ok(()),
    };
    app.work();
    let _told = service::started();
    let asked_to_stop = async {
        asked_to_stop.await;
        service::stopping();
    };
    app.run_until(asked_to_stop).await?;
    Ok(())
}
