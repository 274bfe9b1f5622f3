//! Tests that the page shows whatever people and bots write as text: no script runs, nothing is
//! fetched from elsewhere, and no element is made. Requests of another page, or of this page under
//! another name, are refused.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::http::Uri;
use axum::response::Html;
use discord_sandbox::{Options, Sandbox, World, world};
use greenlight::app::App;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::machine::{Browser, Screen, bot};
use super::tab::{Page, keep_screenshots};

/// Lists what hostile input has caused: scripts that ran, elements that nobody built, text that
/// reads in the wrong direction.
const SOUND: &str = include_str!("hostile.js");
/// Lists what a page from elsewhere tries with the local Discord, and how far it gets.
const ELSEWHERE: &str = include_str!("elsewhere.js");
/// Characters that turn text around, push it apart, or join it with nothing.
const ODD: &str = "\u{200b}\u{2066}\u{200d}\u{feff}\u{202e}";
/// Longer than any story takes. A page from elsewhere tries to let so much time pass.
const DAY: Duration = Duration::from_hours(24);

/// Another server on this machine, as foreign to the local Discord as any. It records what it is
/// asked for.
struct Elsewhere {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    server: JoinHandle<()>,
}

impl Elsewhere {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let notes = heard.clone();
        let note = async move |uri: Uri| {
            let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
            notes.push(uri.to_string());
            Html("<!doctype html><title>Elsewhere</title><link rel=icon href=data:,>")
        };
        let app = Router::new().fallback(note);
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("a server") });
        Self { port, heard, server }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns a name with an element that fetches from here and would run a script. It begins with
    /// the place of the name.
    fn element(&self, place: &str) -> String {
        format!(
            "{place}<img src=//127.0.0.1:{}/{place} onerror=window.hit=1>",
            self.port
        )
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Returns a name with a script that fetches nothing.
fn script(place: &str) -> String {
    format!("{place}</span><script>window.hit=1</script><x-evil>")
}

/// Returns a channel's name that is short enough for the hint in the box below its messages.
fn named(channel: usize) -> String {
    format!("channel{channel}<script>window.hit=1</script>")
}

/// The local Discord and its bot. Everything that has a name has a hostile one.
struct Stage {
    discord: Sandbox,
    app: App,
    elsewhere: Elsewhere,
    _folder: TempDir,
}

impl Stage {
    async fn start() -> Self {
        let elsewhere = Elsewhere::start().await;
        let options = Options {
            world: guild(&elsewhere),
            ..Options::default()
        };
        let discord = Sandbox::start(options).await.expect("a local Discord");
        let folder = tempfile::tempdir().expect("a folder");
        let app = bot(&discord, folder.path()).await;
        Self {
            discord,
            app,
            elsewhere,
            _folder: folder,
        }
    }

    /// Returns the URL of the page on which a person sees a channel.
    fn seen_by(&self, person: u64, channel: u64) -> String {
        format!("{}/#as={person}&in={channel}", self.discord.url())
    }

    /// Posts a message with the bot's token.
    async fn bot_says(&self, body: Value) -> reqwest::StatusCode {
        let (base, channel) = (self.discord.url(), world::GENERAL);
        let request = reqwest::Client::new()
            .post(format!("{base}/api/v10/channels/{channel}/messages"))
            .header("authorization", "Bot test")
            .json(&body);
        request.send().await.expect("the local Discord").status()
    }

    async fn stop(self) {
        self.app.stop().await;
        self.discord.stop().await;
    }
}

fn guild(elsewhere: &Elsewhere) -> World {
    let mut guild = World {
        guild_name: elsewhere.element("guild"),
        ..World::default()
    };
    for (person, n) in guild.people.iter_mut().zip(0..) {
        person.name = if n % 2 == 0 {
            elsewhere.element(&format!("person{n}"))
        } else {
            format!("{ODD}{}", script(&format!("person{n}")))
        };
        person.hint = script(&format!("hint{n}"));
        "red;background:url(//127.0.0.1)".clone_into(&mut person.color);
    }
    for (role, n) in guild.roles.iter_mut().zip(0..) {
        role.name = elsewhere.element(&format!("role{n}"));
    }
    for (channel, n) in guild.channels.iter_mut().zip(0..) {
        channel.name = named(n);
        channel.topic = format!(
            "{}\"'onclick=window.hit=1",
            elsewhere.element(&format!("topic{n}"))
        );
    }
    guild
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_markup_is_text_wherever_it_stands() {
    let stage = Stage::start().await;
    let browser = Browser::start(keep_screenshots("hostile"));
    let desk = browser.open(Screen::Desk).await;
    desk.goto(&stage.seen_by(world::ANA, world::GENERAL)).await;
    names_are_text(&stage, &desk).await;
    messages_are_text(&stage, &desk).await;
    files_are_files(&stage, &desk).await;
    what_bots_post_is_text(&stage, &desk).await;
    emoji_have_names_of_letters(&stage).await;
    prompts_are_text(&stage, &desk).await;
    what_is_offered_is_text(&stage, &desk).await;
    let phone = browser.open(Screen::Phone).await;
    phone.goto(&stage.seen_by(world::BO, world::GENERAL)).await;
    phone.reads_somewhere("message-end").await;
    assert_sound(&phone, "on a phone").await;
    for page in [&desk, &phone] {
        assert_eq!(page.complaints().await, Vec::<String>::new());
    }
    assert_eq!(
        stage.elsewhere.heard(),
        Vec::<String>::new(),
        "fetched from elsewhere"
    );
    a_posted_page_runs_nothing(&stage, &desk).await;
    desk.close().await;
    phone.close().await;
    stage.stop().await;
}

async fn assert_sound(page: &Page, place: &str) {
    let wrong = page.finds(SOUND, vec![]).await;
    assert_eq!(wrong, json!([]), "{place}");
}

async fn names_are_text(stage: &Stage, desk: &Page) {
    let evil = &stage.elsewhere;
    for place in ["guild", "person0", "person2", "role1", "topic0"] {
        desk.reads_somewhere(&evil.element(place)).await;
    }
    for place in ["person1", "person3", "hint0"] {
        desk.reads_somewhere(&script(place)).await;
    }
    for channel in 0..3 {
        desk.reads_somewhere(&named(channel)).await;
    }
    assert_sound(desk, "names").await;
    desk.click("persona-switch").await;
    desk.sees_one_that_begins("persona-person").await;
    assert_sound(desk, "the list of who one is").await;
    desk.types("\u{e00c}").await;
    let role = stage.discord.create_role(&script("newrole"), 0).expect("a role");
    stage.discord.give_role(world::BO, role).expect("to give it");
    desk.reads_somewhere(&script("newrole")).await;
    let joined = stage.discord.add_member(&evil.element("joined"));
    desk.reads_somewhere(&evil.element("joined")).await;
    assert_sound(desk, "who joined").await;
    stage.discord.remove_member(joined);
    desk.reads_somewhere("Left the server").await;
    assert_sound(desk, "who left").await;
}

async fn messages_are_text(stage: &Stage, desk: &Page) {
    let evil = &stage.elsewhere;
    let bo = stage.discord.member(world::BO);
    let texts = [
        evil.element("bare"),
        script("closing"),
        "[click](javascript:window.hit=1) <javascript:window.hit=1>".to_owned(),
        "[page](data:text/html,<script>window.hit=1</script>)".to_owned(),
        "<svg/onload=window.hit=1><math><iframe srcdoc=x>".to_owned(),
    ];
    for text in &texts {
        bo.say(world::GENERAL, text, Vec::new()).await.expect("a message");
        desk.reads_somewhere(text).await;
        assert_sound(desk, text).await;
    }
    // The page builds the markup, and the words inside it are text again.
    let marked = [
        format!(
            "**{}** `{}` ||{}||",
            script("bold"),
            script("code"),
            script("spoiler")
        ),
        format!(
            "> {}\n# {}\n- {}\n-# {}",
            script("q"),
            script("h"),
            script("l"),
            script("s")
        ),
        format!("```html\n{}\n```", script("block")),
        "[a](https://e.example/\"onmouseover=\"window.hit=1) https://e.example/'onfocus='window.hit=1"
            .to_owned(),
        "[<img src=x onerror=window.hit=1>](https://e.example)".to_owned(),
        format!(
            "<@{}> reads-on <@&{}> <#{}>",
            world::BO,
            world::STUDIO_LEAD,
            world::GALLERY
        ),
        "<:x:1> <a:y:2> <t:9999999999999:R> </a b:1> <@&9> <#9> <@9>".to_owned(),
        format!("{ODD}turned"),
        "*_~|`[<".repeat(270),
        "message-end".to_owned(),
    ];
    for text in &marked {
        bo.say(world::GENERAL, text, Vec::new()).await.expect("a message");
    }
    desk.reads_somewhere("message-end").await;
    for place in ["bold", "code", "spoiler", "q", "h", "l", "s", "block"] {
        desk.reads_somewhere(&script(place)).await;
    }
    assert_sound(desk, "marked text").await;
    let typed = "typed<img src=x onerror=window.hit=1>";
    desk.click("composer-input").await;
    desk.types(&format!("{typed}\n")).await;
    desk.message(typed).await;
    assert_sound(desk, "what was typed").await;
}

fn page_of_a_stranger() -> Vec<u8> {
    b"<!doctype html><title>posted</title><script>document.title='ran'</script><body onload=\"document.title='ran'\">".to_vec()
}

async fn files_are_files(stage: &Stage, desk: &Page) {
    let evil = &stage.elsewhere;
    let svg =
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='window.hit=1'><script>window.hit=1</script></svg>";
    let files = vec![
        (evil.element("file") + ".html", page_of_a_stranger()),
        (script("file") + ".svg", svg.to_vec()),
        ("../../page/app.js".to_owned(), b"window.hit=1".to_vec()),
    ];
    let bo = stage.discord.member(world::BO);
    bo.say(world::GENERAL, "three files", files)
        .await
        .expect("a message");
    let message = desk.message("three files").await;
    let shown = message.text().await.expect("its text");
    assert!(
        shown.contains("file_img_src___127.0.0.1"),
        "letters alone: {shown}"
    );
    assert!(shown.contains(".._.._page_app.js"), "no folders: {shown}");
    assert_sound(desk, "files").await;
    let thread = bo.open_thread(world::GENERAL, &evil.element("thread"), "x").await;
    thread.expect("a thread");
    desk.reads_somewhere(&evil.element("thread")).await;
    assert_sound(desk, "a thread's name").await;
}

async fn what_bots_post_is_text(stage: &Stage, desk: &Page) {
    let evil = &stage.elsewhere;
    let foreign = format!("http://127.0.0.1:{}/embed.png", evil.port);
    let embed = json!({
        "title": evil.element("title"), "url": "javascript:window.hit=1", "description": script("description"),
        "author": { "name": evil.element("author"), "url": "javascript:window.hit=1" },
        "fields": [{ "name": script("fieldname"), "value": evil.element("fieldvalue") }],
        "footer": { "text": script("footer") }, "image": { "url": foreign }, "thumbnail": { "url": foreign },
    });
    let buttons = json!([
        { "type": 2, "style": 1, "custom_id": "a\"onclick=window.hit=1", "label": script("label") },
        { "type": 2, "style": 5, "url": "javascript:window.hit=1", "label": "linked" },
    ]);
    let select = json!([{ "type": 3, "custom_id": "s", "placeholder": script("placeholder"),
        "options": [{ "label": script("choice"), "value": evil.element("value") }] }]);
    let general = stage.discord.messages(world::GENERAL);
    let answered = general.first().expect("a message")["id"].clone();
    let body = json!({
        "content": script("said"), "embeds": [embed], "message_reference": { "message_id": answered },
        "components": [{ "type": 1, "components": buttons }, { "type": 1, "components": select }],
    });
    let status = stage.bot_says(body).await;
    assert!(status.is_success(), "{status}");
    for text in ["title", "author", "fieldvalue"] {
        desk.reads_somewhere(&evil.element(text)).await;
    }
    for text in [
        "said",
        "description",
        "fieldname",
        "footer",
        "label",
        "placeholder",
        "choice",
    ] {
        desk.reads_somewhere(&script(text)).await;
    }
    assert_sound(desk, "what a bot posted").await;
    layouts_are_text(stage, desk).await;
}

async fn layouts_are_text(stage: &Stage, desk: &Page) {
    let evil = &stage.elsewhere;
    let foreign = format!("http://127.0.0.1:{}/layout.png", evil.port);
    let text = |words: &str| json!({ "type": 10, "content": words });
    let section = json!({ "type": 9, "components": [text(&evil.element("section"))],
        "accessory": { "type": 11, "media": { "url": foreign }, "description": evil.element("thumb") } });
    let item = json!({ "media": { "url": foreign }, "description": script("alt") });
    let parts = json!([
        { "type": 17, "components": [text(&script("layout")), section, { "type": 12, "items": [item, item] }] },
    ]);
    let body = json!({ "flags": 1 << 15, "components": parts });
    let status = stage.bot_says(body).await;
    assert!(status.is_success(), "{status}");
    desk.reads_somewhere(&evil.element("section")).await;
    desk.reads_somewhere(&script("layout")).await;
    assert_sound(desk, "a layout").await;
}

/// Checks that emoji cannot have such names, and that only an emoji can be a reaction.
async fn emoji_have_names_of_letters(stage: &Stage) {
    let evil = stage.elsewhere.element("emoji");
    stage
        .discord
        .create_emoji(&evil)
        .expect_err("no name of an emoji");
    let general = stage.discord.messages(world::GENERAL);
    let message = general[0]["id"].as_str().and_then(|id| id.parse().ok());
    let bo = stage.discord.member(world::BO);
    for emoji in [evil.as_str(), "<b>:1", "\u{202e}", "javascript:1"] {
        let refused = bo.react(world::GENERAL, message.expect("an id"), emoji).await;
        refused.expect_err(emoji);
    }
}

/// Checks the bot's own texts about what people wrote: the starter, the thread's name, the image's
/// message, private answers.
async fn prompts_are_text(stage: &Stage, desk: &Page) {
    let evil = &stage.elsewhere;
    desk.goto(&stage.seen_by(world::ANA, world::CAMPAIGN)).await;
    let ana = stage.discord.member(world::ANA);
    let prompt = evil.element("prompt");
    let options = json!({ "prompt": format!("{prompt}{ODD}"), "keep": script("keep"), "images": 1 });
    ana.command(world::CAMPAIGN, "draft", options)
        .await
        .expect("a command");
    desk.message(&prompt).await;
    desk.reads_somewhere(&script("keep")).await;
    desk.click_one_that_begins("open-thread-").await;
    let image = desk.message("Image 1 · 1K draft").await;
    assert_eq!(desk.picture(&image).await, (1280, 720));
    assert_sound(desk, "a draft's thread").await;
    desk.opens_the_picture_of(&image).await;
    assert_sound(desk, "the picture in the viewer").await;
    desk.click("viewer-close").await;
    desk.click("thread-back").await;
    desk.message(&prompt).await;
}

/// Checks what is offered while a member types, and what is said in private.
async fn what_is_offered_is_text(stage: &Stage, desk: &Page) {
    let name = "evil<img src=x onerror=window.hit=1>";
    let ana = stage.discord.member(world::ANA);
    ana.command(world::CAMPAIGN, "project create", json!({ "name": name }))
        .await
        .expect("a command");
    desk.private_answer(name).await;
    assert_sound(desk, "a private answer").await;
    desk.click("composer-input").await;
    desk.types("/project show\n").await;
    desk.types("ev").await;
    desk.sees_one_that_begins("choice-").await;
    assert_sound(desk, "what is offered").await;
    desk.types("\n").await;
    desk.types("\n").await;
    desk.private_answer("Exploration").await;
    assert_sound(desk, "a project").await;
    desk.photograph("01-hostile-names").await;
}

/// Checks that a page that a member posted is shown at a URL of its own, where no script runs.
async fn a_posted_page_runs_nothing(stage: &Stage, desk: &Page) {
    let general = stage.discord.messages(world::GENERAL);
    let files = general
        .iter()
        .filter_map(|message| message["attachments"].as_array());
    let files: Vec<&str> = files.flatten().filter_map(|file| file["url"].as_str()).collect();
    assert_eq!(files.len(), 3, "{files:?}");
    for url in files {
        desk.goto(url).await;
        let ran = desk
            .finds("return document.title === 'ran' || 'hit' in window", vec![])
            .await;
        assert_eq!(ran, json!(false), "{url}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_from_elsewhere_and_other_names_for_this_machine_get_nothing() {
    let stage = Stage::start().await;
    let browser = Browser::start(keep_screenshots("elsewhere"));
    let desk = browser.open(Screen::Desk).await;
    let (home, port) = (stage.discord.url(), stage.elsewhere.port);
    let before = stage.discord.now_ms();
    for foreign in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://rebound.example:{port}/"),
        "about:blank".to_owned(),
    ] {
        desk.goto(&foreign).await;
        let got = desk.finds_later(ELSEWHERE, vec![json!(home)]).await;
        for (tried, came_of_it) in got.as_object().expect("what was tried") {
            let nothing = ["refused", "opaque"].contains(&came_of_it.as_str().unwrap_or_default());
            assert!(nothing, "{tried} from {foreign}: {came_of_it}");
        }
    }
    let passed = stage.discord.now_ms() - before;
    assert!(
        u128::from(passed) < DAY.as_millis(),
        "a foreign page let time pass"
    );
    assert!(
        stage.discord.messages(world::GENERAL).is_empty(),
        "a foreign page spoke"
    );

    // A stranger has made this name lead to this machine.
    let own = home.rsplit_once(':').expect("a port").1;
    desk.goto(&format!("http://rebound.example:{own}/")).await;
    desk.reads_somewhere("This is for this machine alone.").await;
    desk.goto(&home).await;
    desk.sees("composer-input").await;
    desk.close().await;
    stage.stop().await;
}
