//! `greenlight demo`: the real bot against a local Discord, with nothing to set up.

mod chosen;
mod single_engine;

use std::path::{Path, PathBuf};

use anyhow::Context;
use discord_sandbox::{Options, Sandbox, World, world};

use self::chosen::Chosen;
use super::start::{asked_to_stop, log_as};
use crate::app::{App, FaultInjection, engines};
use crate::clock::Clock;
use crate::config::Config;

/// What the demo's server is granted at first, in credits.
const GRANT: u32 = 1_000;
/// The port that is tried first, so that an open page in a browser survives a restart.
const PORT: u16 = 8420;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The page's port; 8420, or any free one, if you do not say
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Keep everything in this folder; a temporary one, gone afterwards, if you do not say
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Draw every stage with an engine of config/models.toml, such as openai, for your money: its
    /// key is taken from the environment, and only if you name it here
    #[arg(long, value_name = "NAME")]
    engine: Option<String>,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let chosen = args.engine.as_deref();
    let chosen = chosen
        .map(|name| Chosen::find(name, std::env::vars()))
        .transpose()?;
    let temporary = tempfile::tempdir().context("no temporary folder can be made")?;
    let folder = args.data.as_deref().unwrap_or(temporary.path());
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let sandbox = sandbox(args.port, args.data.as_deref()).await?;
    let config = config(&sandbox, folder, chosen.as_ref())?;
    log_as(&config)?;
    let engines = engines(FaultInjection::Told, &config)?;
    let mut app = App::start(config, engines, Clock::system()).await?;
    app.work();
    sandbox.wait_online().await;
    println!("\n  Greenlight is ready: {}\n", sandbox.url());
    println!("  You are Ana. Type /draft and say what to draw; then switch to Bo and react with ✅.");
    if let Some(chosen) = &chosen {
        println!("  {}", chosen.notice);
    }
    println!("  Ctrl-C ends it.\n");
    let ended = app.run_until(asked_to_stop()?).await;
    sandbox.stop().await;
    Ok(ended?)
}

async fn sandbox(port: Option<u16>, data: Option<&Path>) -> anyhow::Result<Sandbox> {
    let options = |port| Options {
        port,
        data: data.map(|data| data.join("discord")),
        world: World::default(),
        ..Options::default()
    };
    match port {
        Some(port) => Sandbox::start(options(port))
            .await
            .with_context(|| format!("port {port} cannot be used")),
        None => match Sandbox::start(options(PORT)).await {
            Ok(sandbox) => Ok(sandbox),
            Err(_) => Sandbox::start(options(0))
                .await
                .context("the local Discord cannot be started"),
        },
    }
}

/// Builds the settings without the environment, so that a demo meets no real token or paid key that
/// happens to be there. Only the settings of an engine that `--engine` names are taken from it.
fn config(sandbox: &Sandbox, folder: &Path, chosen: Option<&Chosen>) -> anyhow::Result<Config> {
    let settings = [
        ("DISCORD__API_BASE", sandbox.url()),
        ("DISCORD__TOKEN", "demo".to_owned()),
        (
            "DATABASE__URL",
            format!("sqlite:{}", folder.join("greenlight.db").display()),
        ),
        ("BLOBS__FOLDER", folder.join("blobs").display().to_string()),
        ("POOL__FIRST_GRANT", GRANT.to_string()),
        ("OPERATORS", format!("[{}]", world::DANA)),
        ("LOG__FILTER", "warn,serenity=error".to_owned()),
    ];
    let settings = settings.map(|(key, value)| (format!("GREENLIGHT_{key}"), value));
    let engine = chosen.map(|chosen| chosen.settings.clone()).unwrap_or_default();
    let mut config = Config::load(None, settings.into_iter().chain(engine))?;
    if let Some(chosen) = chosen {
        config.rules.stages = chosen.stages.clone();
    }
    Ok(config)
}
