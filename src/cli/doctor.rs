//! Runs `greenlight doctor`: one place for every check of an installation. It changes nothing.

mod database;
mod discord;
mod engines;
mod pictures;
mod report;
mod servers;
mod settings;

use self::report::Report;
use super::start::Settings;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// Also ask each paid engine that has a key for its models, which costs nothing, and warn of a
    /// stage's model that is gone or about to be shut down
    #[arg(long)]
    online: bool,
    /// Write what was found as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let mut report = Report::default();
    examine(&args, &mut report).await;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report.to_json())?);
    } else {
        print!("{report}");
    }
    report.verdict()
}

/// Makes every check that can be made. One that failed does not keep the others from being made.
async fn examine(args: &Args, report: &mut Report) {
    let Some(config) = settings::check(report.part("settings"), &args.settings) else {
        return;
    };
    let store = database::check(report.part("database"), &config).await;
    pictures::check(report.part("pictures"), &config, store.as_ref()).await;
    if let Some(discord) = discord::check(report.part("discord"), &config).await {
        servers::check(report.part("servers"), &config, &discord, store.as_ref()).await;
    }
    if args.online {
        engines::check(report.part("engines"), &config).await;
    }
    if let Some(store) = store {
        store.close().await;
    }
}
