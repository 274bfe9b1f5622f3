//! The local Discord from outside: acts of people, and what the bot asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, ensure};
use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::process::Process;

/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_mins(3);
const LOOK: Duration = Duration::from_millis(100);
/// A bot is done when it has asked for nothing for so long. Greenlight gathers votes for a second
/// before it shows them.
const QUIET: Duration = Duration::from_millis(1_800);

/// A local Discord that runs in a process of its own.
pub struct Discord {
    http: Client,
    pub url: String,
    _process: Process,
}

/// A request of the bot.
#[derive(Deserialize)]
pub struct Call {
    method: String,
    path: String,
}

/// A message that the bot reacted to, so that people may vote on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    pub channel: String,
    pub message: String,
}

/// How often each route was asked for.
pub type Routes = BTreeMap<String, u64>;

impl Discord {
    /// Starts one. Its bot is in so many servers more.
    pub async fn start(other_guilds: u32) -> anyhow::Result<Self> {
        let (process, url) = Process::role(&["sandbox", &other_guilds.to_string()]).await?;
        Ok(Self {
            http: Client::new(),
            url,
            _process: process,
        })
    }

    /// Adds a person, and returns their id.
    pub async fn join(&self, name: &str) -> anyhow::Result<String> {
        let joined = self.post("members", &json!({ "name": name })).await?;
        Ok(joined["id"].as_str().context("an id")?.to_owned())
    }

    /// Has a person type `/draft`.
    pub async fn draft(&self, person: &str, channel: &str, prompt: &str) -> anyhow::Result<()> {
        let options = json!({ "prompt": prompt, "images": 4 });
        let act = json!({
            "as": person, "what": "command", "channel_id": channel, "name": "draft", "options": options,
        });
        self.post("act", &act).await.map(drop)
    }

    /// Has a person react with ✅.
    pub async fn approve(&self, person: &str, on: &Seed) -> anyhow::Result<()> {
        let act = json!({
            "as": person, "what": "react", "channel_id": on.channel, "message_id": on.message, "emoji": "✅",
        });
        self.post("act", &act).await.map(drop)
    }

    async fn post(&self, what: &str, body: &Value) -> anyhow::Result<Value> {
        let url = format!("{}/sandbox/control/{what}", self.url);
        let answer = self.http.post(url).json(body).send().await?;
        let status = answer.status();
        let answer = answer.text().await?;
        ensure!(status.is_success(), "{what} was answered with {status}: {answer}");
        Ok(serde_json::from_str(&answer).unwrap_or_default())
    }

    /// Waits until the bot has registered `/draft`.
    pub async fn registered(&self, bot: &mut Process) -> anyhow::Result<()> {
        until(async || {
            bot.check()?;
            let state = self.http.get(format!("{}/sandbox/state", self.url));
            let state: Value = state.send().await?.json().await?;
            let commands = state["commands"].as_array().map_or(0, Vec::len);
            Ok((commands > 0).then_some(()))
        })
        .await
        .context("the bot registers no command")
    }

    /// Returns every request of the bot so far.
    pub async fn calls(&self) -> anyhow::Result<Vec<Call>> {
        let url = format!("{}/sandbox/control/calls", self.url);
        Ok(self.http.get(url).send().await?.json().await?)
    }

    /// Waits until there are so many messages on which people may vote, and returns all of them.
    pub async fn seeded(&self, count: usize) -> anyhow::Result<Vec<Seed>> {
        let seeds = until(async || {
            let seeds: Vec<Seed> = self.calls().await?.iter().filter_map(Call::seed).collect();
            Ok((seeds.len() >= count).then_some(seeds))
        });
        let seeds = seeds.await;
        seeds.with_context(|| format!("there are no {count} messages to vote on"))
    }

    /// Waits until each of these messages was edited after the first so many requests.
    pub async fn edited(&self, messages: &[Seed], after: usize) -> anyhow::Result<()> {
        let edited = until(async || {
            let calls = self.calls().await?;
            let edits = |seed: &Seed| calls.iter().skip(after).any(|call| call.edits(seed));
            Ok(messages.iter().all(edits).then_some(()))
        });
        edited.await.context("not every vote was shown")
    }

    /// Waits until so many messages were posted after the first so many requests.
    pub async fn posted(&self, after: usize, count: usize) -> anyhow::Result<()> {
        let posted = until(async || {
            let calls = self.calls().await?;
            let posts = calls.iter().skip(after).filter(|call| call.posts()).count();
            Ok((posts >= count).then_some(()))
        });
        posted.await.context("not every picture was posted")
    }

    /// Waits until the bot has asked for nothing for a while.
    pub async fn quiet(&self) -> anyhow::Result<()> {
        let (mut count, mut since) = (0, Instant::now());
        until(async || {
            let now = self.calls().await?.len();
            if now != count {
                (count, since) = (now, Instant::now());
            }
            Ok((since.elapsed() > QUIET).then_some(()))
        })
        .await
    }
}

impl Call {
    /// Returns the method and the path without ids and tokens.
    pub fn route(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        let mut last = "";
        let parts = path.trim_start_matches("/api/v10").split('/').map(|part| {
            let named = match last {
                "reactions" => "{emoji}",
                _ if part.starts_with("interaction-") => "{token}",
                _ if part == "%40original" => "@original",
                _ if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) => "{id}",
                _ => part,
            };
            last = part;
            named
        });
        format!("{} {}", self.method, parts.collect::<Vec<_>>().join("/"))
    }

    /// Whether the request was made with the bot's token. An interaction has a token of its own.
    pub fn with_token(&self) -> bool {
        !self.path.contains("/webhooks/") && !self.path.contains("/interactions/")
    }

    fn seed(&self) -> Option<Seed> {
        if self.method != "PUT" {
            return None;
        }
        let (_, channel) = self.path.split_once("/channels/")?;
        let (channel, message) = channel.split_once("/messages/")?;
        let (message, _) = message.split_once("/reactions/")?;
        Some(Seed {
            channel: channel.to_owned(),
            message: message.to_owned(),
        })
    }

    fn posts(&self) -> bool {
        self.method == "POST" && self.path.contains("/channels/") && self.path.ends_with("/messages")
    }

    fn edits(&self, seed: &Seed) -> bool {
        let path = format!("/channels/{}/messages/{}", seed.channel, seed.message);
        self.method == "PATCH" && self.path.ends_with(&path)
    }
}

async fn until<T>(mut look: impl AsyncFnMut() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        ensure!(begun.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain");
        sleep(LOOK).await;
    }
}
