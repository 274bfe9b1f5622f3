//! Runs `greenlight init`: asks for what a first start needs, and writes a settings file.

mod file;

use std::io::{IsTerminal, Write, stdin, stdout};
use std::path::PathBuf;

use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};

use self::file::Answers;
use crate::clock::Clock;
use crate::config::Config;
use crate::discord::Discord;
use crate::domain::ids::UserId;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The settings file to write; one that is there is left as it is
    #[arg(long, value_name = "FILE", default_value = "greenlight.toml")]
    out: PathBuf,
    /// The user id of who runs the bot, and may grant credits; else the owner of the application
    #[arg(long, value_name = "ID")]
    operator: Option<UserId>,
    /// The database: sqlite:PATH or `postgres://user:password@host/name`
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// The folder for pictures, or a bucket, as `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "DIR")]
    pictures: Option<String>,
    /// Where health and metrics are told, such as 127.0.0.1:9464; nowhere if left out
    #[arg(long, value_name = "ADDRESS")]
    watch: Option<String>,
    /// Ask nothing: the token comes from `DISCORD_TOKEN`, and what is not given is as by default
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let out = args.out.display();
    if args
        .out
        .try_exists()
        .with_context(|| format!("{out} cannot be looked at"))?
    {
        bail!("{out} is there already, and is not overwritten: name another with --out, or remove it");
    }
    let asks = !args.yes && stdin().is_terminal();
    // The environment alone: there is no file yet. It says which Discord is asked, too.
    let config = Config::load(None, std::env::vars()).context("the environment cannot be used")?;
    let token = token(&config, asks)?;
    let discord = Discord::connect_once(&token, &config.discord.api_base, Clock::system()).await?;
    println!("Discord knows the token: application {}.", discord.application());
    let owner = discord.owner().await.unwrap_or_else(|error| {
        eprintln!("Discord does not say who owns the application: {error}");
        None
    });
    let operator = match (args.operator, asks) {
        (Some(operator), _) => Some(operator),
        (None, false) => owner,
        (None, true) => operator(owner)?,
    };
    let or_asked = |given: Option<String>, question: &str, default: &str| match given {
        Some(given) => Ok(given),
        None if asks => ask(question, default),
        None => Ok(default.to_owned()),
    };
    let answers = Answers {
        token,
        operator,
        database: or_asked(args.database, "Database", config.database_url.expose_secret())?,
        pictures: or_asked(
            args.pictures,
            "Folder for pictures, or s3://bucket/prefix",
            &config.blobs.place.to_string(),
        )?,
        watch: or_asked(args.watch, "Address for health and metrics, empty for none", "")?,
        api_base: config.discord.api_base,
    };
    file::write(&args.out, &answers)?;
    println!("{out} is written, and only you may read it. Now:");
    if operator.is_none() {
        println!("- Put your user id into `operators` there: nobody can grant credits yet.");
    }
    println!("- Invite the bot: {}", discord.invitation());
    println!("- Look whether all is well: greenlight doctor --config {out}");
    println!("- Start the bot: greenlight run --config {out}");
    Ok(())
}

/// Returns the token of the environment, or asks for it without showing it.
fn token(config: &Config, asks: bool) -> anyhow::Result<SecretString> {
    if config.require_token().is_ok() {
        return Ok(config.discord.token.clone());
    }
    if !asks {
        bail!("set DISCORD_TOKEN to the token that Discord's developer portal shows under Bot");
    }
    let typed = rpassword::prompt_password("The bot's token (it is not shown): ");
    let typed = typed.context("the token could not be read")?;
    let token = typed.trim();
    if token.is_empty() {
        bail!("there is no bot without a token: Discord's developer portal shows it under Bot");
    }
    Ok(SecretString::from(token))
}

fn operator(owner: Option<UserId>) -> anyhow::Result<Option<UserId>> {
    let default = owner.map(|owner| owner.to_string()).unwrap_or_default();
    loop {
        let typed = ask("Your user id, by which you may grant credits", &default)?;
        match typed.as_str() {
            "" => return Ok(None),
            id => match id.parse() {
                Ok(id) => return Ok(Some(id)),
                Err(_) => println!("A user id has digits alone. Discord shows it in developer mode."),
            },
        }
    }
}

/// Asks a question. An empty answer means the default.
fn ask(question: &str, default: &str) -> anyhow::Result<String> {
    let shown = if default.is_empty() {
        String::new()
    } else {
        format!(" [{default}]")
    };
    print!("{question}{shown}: ");
    stdout().flush()?;
    let mut typed = String::new();
    if stdin().read_line(&mut typed)? == 0 {
        bail!("the answers ended before the questions did: nothing is written");
    }
    let typed = typed.trim();
    Ok(if typed.is_empty() { default } else { typed }.to_owned())
}
