//! Small bots on unmodified discord.js and discord.py do the same here, over real HTTP and a real WebSocket, and tell of it
//! in the same lines.
//!
//! The libraries are installed by their own package managers, with the versions that the lists beside this file name, into
//! the build folder; a second run finds them there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod install;

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use discord_sandbox::{Cut, Fault, GatewayEvent, Options, RateLimits, Sandbox, Scope, world};
use install::Program;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

/// Far more than a bot needs for anything; starting up on a busy machine included.
const PATIENCE: Duration = Duration::from_mins(1);

/// The intent to read what people say.
const MESSAGE_CONTENT: u64 = 1 << 15;

/// A bot that runs, and what it told.
struct Bot {
    name: &'static str,
    sandbox: Sandbox,
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    log: Vec<String>,
}

impl Bot {
    async fn start(program: &Program) -> Self {
        let sandbox = Sandbox::start(Options {
            limits: RateLimits::discord(),
            ..Options::default()
        })
        .await
        .unwrap();
        sandbox
            .gateway()
            .set_limits(|limits| limits.privileged_intents = MESSAGE_CONTENT);
        let mut command = program.command();
        command.arg(sandbox.url());
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self {
            name: program.name,
            sandbox,
            process,
            lines,
            log: vec![],
        }
    }

    /// Waits until the bot has told just this, in any order: answers and events race.
    async fn tells(&mut self, expected: &[&str]) {
        let mut told = vec![];
        while told.len() < expected.len() {
            let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await;
            let line = line.unwrap_or_else(|_| panic!("{} told {told:?} and not {expected:?}", self.name));
            told.push(
                line.unwrap()
                    .unwrap_or_else(|| panic!("{} ended after {told:?}\n{}", self.name, self.sandbox.dump())),
            );
        }
        told.sort();
        let mut sorted = expected.to_vec();
        sorted.sort_unstable();
        assert_eq!(told, sorted, "{}\n{}", self.name, self.sandbox.dump());
        self.log.extend(told);
    }

    /// Asks the bot to end, and gives all that it told and what it left behind.
    async fn end(mut self) -> (Vec<String>, Vec<String>) {
        drop(self.process.stdin.take());
        self.tells(&["bye"]).await;
        assert_eq!(self.lines.next_line().await.unwrap(), None, "{}", self.name);
        let status = tokio::time::timeout(PATIENCE, self.process.wait()).await;
        assert!(status.unwrap().unwrap().success(), "{}", self.name);
        let left = left_behind(&self.sandbox);
        self.sandbox.stop().await;
        (self.log, left)
    }

    fn thread(&self) -> u64 {
        id(&self.sandbox.threads(world::CAMPAIGN)[0])
    }

    fn vote(&self) -> u64 {
        let messages = self.sandbox.messages(self.thread());
        id(messages.last().unwrap())
    }
}

fn id(thing: &Value) -> u64 {
    thing["id"].as_str().unwrap().parse().unwrap()
}

/// Everything that stands in the channels, without ids and times.
fn left_behind(sandbox: &Sandbox) -> Vec<String> {
    let parents = sandbox.channels();
    let threads = parents.iter().flat_map(|channel| sandbox.threads(id(channel)));
    let channels: Vec<Value> = parents.iter().cloned().chain(threads).collect();
    let messages = channels.iter().flat_map(|channel| {
        let name = channel["name"].clone();
        let messages = sandbox.messages(id(channel)).into_iter();
        messages.map(move |message| {
            let files: Vec<&Value> = array(&message["attachments"])
                .map(|file| &file["filename"])
                .collect();
            let reactions: Vec<String> = array(&message["reactions"])
                .map(|reaction| format!("{} {}", reaction["emoji"]["name"], reaction["count_details"]))
                .collect();
            format!(
                "{name}: {} type {} {} {files:?} {reactions:?} {} components",
                message["author"]["username"],
                message["type"],
                message["content"],
                array(&message["components"]).count(),
            )
        })
    });
    messages.collect()
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[tokio::test(flavor = "multi_thread")]
async fn bots_on_discord_js_and_discord_py_do_the_same() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let (js, py) = (here.join("bot.mjs"), here.join("bot.py"));
    let (js, py) = tokio::join!(install::discord_js(&here, &js), install::discord_py(&here, &py));
    let (js, py) = tokio::join!(story(&js), story(&py));
    assert_eq!(js.0, py.0, "what they told");
    assert_eq!(js.1, py.1, "what they left behind");
}

async fn story(program: &Program) -> (Vec<String>, Vec<String>) {
    let mut bot = Bot::start(program).await;
    bot.tells(&[
        "ready as Greenlight in Northlight Studio with campaign-pictures, gallery, general",
        "commands Inspect, picture",
    ])
    .await;
    let packed = |event: &GatewayEvent| matches!(event, GatewayEvent::Identified { compress: true, .. });
    assert!(
        bot.sandbox.gateway().log().iter().any(packed),
        "payloads are packed"
    );
    draw(&mut bot).await;
    press(&mut bot).await;
    react(&mut bot).await;
    talk(&mut bot).await;
    be_cut(&mut bot).await;
    bot.end().await
}

/// A command with an option that completes itself, a defer, a file, a thread, a follow-up.
async fn draw(bot: &mut Bot) {
    let ana = bot.sandbox.member(world::ANA);
    let typed = ana
        .types(world::CAMPAIGN, "picture", "prompt", json!({ "prompt": "fo" }))
        .await
        .unwrap();
    let choices = bot.sandbox.choices(typed).await.unwrap();
    assert_eq!(array(&choices).count(), 2, "{choices}");
    bot.tells(&["typed fo"]).await;

    let options = json!({ "prompt": "a fox", "count": 2 });
    ana.command(world::CAMPAIGN, "picture", options).await.unwrap();
    bot.tells(&[
        "picture of a fox x2 for ana in campaign-pictures",
        "posted a fox with fox.png 3840x2160",
        "thread a fox for 10080 minutes",
        "+✅ by Greenlight, burst: false",
        "answered done in a fox, ephemeral: true",
        "followed up with even more",
    ])
    .await;
}

/// Buttons, a modal, a select, a message's menu.
async fn press(bot: &mut Bot) {
    let bo = bot.sandbox.member(world::BO);
    let (thread, vote) = (bot.thread(), bot.vote());
    let asked = bo.click(thread, vote, "why").await.unwrap();
    bot.tells(&["asked why"]).await;
    bot.sandbox.answer(asked).await;
    bo.submit_modal(asked, json!({ "reason": "because" }))
        .await
        .unwrap();
    bot.tells(&["reason because"]).await;
    bo.select(thread, vote, "size", &["4K".to_owned()]).await.unwrap();
    bot.tells(&["size in 4K"]).await;
    bo.click(thread, vote, "approve").await.unwrap();
    bot.tells(&[
        "approved by bo",
        "edited to final.png, fox.png",
        "edited to final.png",
    ])
    .await;
    bo.menu(thread, vote, "Inspect").await.unwrap();
    bot.tells(&["replied saw approved by bo", "took it back"]).await;
}

async fn react(bot: &mut Bot) {
    let (bo, cem) = (bot.sandbox.member(world::BO), bot.sandbox.member(world::CEM));
    let (thread, vote) = (bot.thread(), bot.vote());
    bo.react(thread, vote, "✅").await.unwrap();
    bot.tells(&["+✅ by bo, burst: false"]).await;
    cem.burst_react(thread, vote, "🦊").await.unwrap();
    bot.tells(&["+🦊 by cem, burst: true"]).await;
    cem.unreact(thread, vote, "🦊").await.unwrap();
    bot.tells(&["-🦊"]).await;
}

/// Reading, what is refused, a thread that is archived and wakes up, a limit that is waited out.
async fn talk(bot: &mut Bot) {
    let ana = bot.sandbox.member(world::ANA);
    ana.say(world::GENERAL, "read", vec![]).await.unwrap();
    bot.tells(&[
        "heard read from ana in general",
        "history approved by bo",
        "✅ by Greenlight, bo",
        "member ana with 0 roles",
        "refused: 50013",
        "refused: 10013",
        "refused: 50035",
    ])
    .await;
    ana.say(world::GENERAL, "archive", vec![]).await.unwrap();
    bot.tells(&[
        "heard archive from ana in general",
        "thread a fox archived: true",
        "thread a fox archived: false",
        "a message is gone from a fox",
    ])
    .await;
    assert!(
        bot.sandbox.calls().iter().all(|call| call.status != 429),
        "they heed the headers"
    );
    bot.sandbox.fail(Fault {
        method: Some("POST".to_owned()),
        path_contains: "/messages".to_owned(),
        status: 429,
        retry_after: Some(0.2),
        scope: Scope::Shared,
        ..Fault::default()
    });
    ana.say(world::GENERAL, "ping", vec![]).await.unwrap();
    bot.tells(&["heard ping from ana in general", "said pong"]).await;
}

/// What happens while the line is down is heard afterwards.
async fn be_cut(bot: &mut Bot) {
    let bo = bot.sandbox.member(world::BO);
    let (thread, vote) = (bot.thread(), bot.vote());
    bot.sandbox.cut_gateway(Cut::Drop);
    bo.react(thread, vote, "🌲").await.unwrap();
    bot.tells(&["resumed", "+🌲 by bo, burst: false"]).await;
    bo.react(thread, vote, "🌊").await.unwrap();
    bot.tells(&["+🌊 by bo, burst: false"]).await;
}

#[expect(dead_code, reason = "its `main` is for people")]
#[path = "../../examples/ping.rs"]
mod ping;

/// Waits until `/ping` is there, and uses it.
async fn pings(sandbox: &Sandbox) -> Value {
    sandbox.until(|sandbox| !sandbox.commands().is_empty()).await;
    let ana = sandbox.member(world::ANA);
    let asked = ana.command(world::GENERAL, "ping", json!({})).await.unwrap();
    sandbox.answer(asked).await.message["content"].clone()
}

#[tokio::test]
async fn the_smallest_bots_answer_ping_in_three_languages() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let url = sandbox.url();
    let bot = tokio::spawn(async move { ping::run(&url).await });
    assert_eq!(pings(&sandbox).await, "pong", "serenity");
    bot.abort();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (lists, examples) = (root.join("tests/clients"), root.join("examples"));
    for program in [
        install::discord_js(&lists, &examples.join("ping.mjs")).await,
        install::discord_py(&lists, &examples.join("ping.py")).await,
    ] {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let mut command = program.command();
        let process = command.arg(sandbox.url()).kill_on_drop(true).spawn().unwrap();
        assert_eq!(pings(&sandbox).await, "pong", "{}", program.name);
        drop(process);
    }
}
