//! Gives a new demo what a used server has: its channels and approvers set, and one thread in which
//! a picture went all the way to 4K. The real bot does all of it, asked by the people of the server.

use std::time::Duration;

use anyhow::Context;
use discord_sandbox::{Sandbox, world as people};
use serde_json::{Value, json};

use super::world;

/// What the example spends, in credits: two drafts, a 2K and a 4K.
pub(super) const COST: u32 = 80;
/// How long each step may take before the demo goes on without it.
const PATIENCE: Duration = Duration::from_mins(1);
/// What the example shows.
const PROMPT: &str = "a lighthouse on a cliff at dusk, calm sea";

/// Sets the channels and who may approve, as Dana does.
///
/// # Errors
/// What the bot did not do in time.
pub(super) async fn settle(sandbox: &Sandbox) -> anyhow::Result<()> {
    let channels = json!({
        "gallery": people::GALLERY.to_string(),
        "log": world::LOG.to_string(),
    });
    let approvers = json!({ "approvers": world::APPROVER.to_string() });
    let dana = sandbox.member(people::DANA);
    for (command, options) in [("settings channels", channels), ("settings approvals", approvers)] {
        until(sandbox, |sandbox| is_registered(sandbox, "settings")).await?;
        let said = sandbox.ephemerals(people::GENERAL, people::DANA).len();
        dana.command(people::GENERAL, command, options).await?;
        until(sandbox, |sandbox| {
            let answers = sandbox.ephemerals(people::GENERAL, people::DANA);
            let last = answers.last().filter(|_| answers.len() > said)?;
            (!text(last).is_empty()).then_some(())
        })
        .await?;
    }
    Ok(())
}

/// Has Ana draft two pictures, and Bo and Cem take the first to 4K.
///
/// # Errors
/// What the bot did not do in time.
pub(super) async fn finish_a_thread(sandbox: &Sandbox) -> anyhow::Result<()> {
    let options = json!({ "prompt": PROMPT, "images": 2 });
    let ana = sandbox.member(people::ANA);
    ana.command(people::CAMPAIGN, "draft", options).await?;
    let thread = until(sandbox, |sandbox| {
        let threads = sandbox.threads(people::CAMPAIGN);
        id(threads.first()?)
    })
    .await?;
    shown(sandbox, thread, "Image 2** · 1K").await?;
    let draft = shown(sandbox, thread, "Image 1** · 1K").await?;
    react(sandbox, people::BO, thread, draft).await?;
    let review = shown(sandbox, thread, "Image 1** · 2K").await?;
    react(sandbox, people::BO, thread, review).await?;
    react(sandbox, people::CEM, thread, review).await?;
    shown(sandbox, thread, "Image 1** · 4K").await?;
    until(sandbox, |sandbox| {
        let shown = sandbox.messages(people::GALLERY);
        (!shown.is_empty()).then_some(())
    })
    .await
}

async fn react(sandbox: &Sandbox, person: u64, thread: u64, message: u64) -> anyhow::Result<()> {
    let person = sandbox.member(person);
    Ok(person.react(thread, message, "✅").await?)
}

/// Waits for the message in a thread that shows a picture and contains these words.
async fn shown(sandbox: &Sandbox, thread: u64, words: &str) -> anyhow::Result<u64> {
    until(sandbox, |sandbox| {
        let messages = sandbox.messages(thread);
        let found = messages
            .iter()
            .find(|message| text(message).contains(words) && !message["attachments"][0].is_null());
        id(found?)
    })
    .await
}

fn is_registered(sandbox: &Sandbox, name: &str) -> Option<()> {
    let commands = sandbox.commands();
    commands
        .iter()
        .any(|command| command["name"] == name)
        .then_some(())
}

fn text(message: &Value) -> &str {
    message["content"].as_str().unwrap_or_default()
}

fn id(value: &Value) -> Option<u64> {
    value["id"].as_str()?.parse().ok()
}

/// Waits until something is found, looking again whenever something happened.
async fn until<T>(sandbox: &Sandbox, found: impl Fn(&Sandbox) -> Option<T>) -> anyhow::Result<T> {
    let mut happens = sandbox.subscribe();
    let looking = async {
        loop {
            if let Some(found) = found(sandbox) {
                return found;
            }
            // A commands' list may change without an event for the pages.
            let _ = tokio::time::timeout(Duration::from_millis(250), happens.recv()).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking)
        .await
        .context("the example was not drawn in time")
}
