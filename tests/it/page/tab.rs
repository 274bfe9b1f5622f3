//! What a person sees on the page and does to it.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::extensions::query::{ElementPollerWithTimeout, IntoElementPoller};
use thirtyfour::prelude::*;

use super::still;

/// The longest wait for something to be seen. A build without optimisation takes a while to draw a
/// 4K picture.
pub const PATIENCE: Duration = Duration::from_mins(2);
/// Why a command to the browser is not expected to fail.
const OBEYS: &str = "the browser does what it is told";
/// How often the page is checked while waiting.
pub const POLL: Duration = Duration::from_millis(100);
/// Waits until what is loaded is also painted.
const PAINTED: &str = include_str!("painted.js");
/// Lists what a person would call broken.
const FAULTS: &str = include_str!("faults.js");

/// Makes the folder for the screenshots of a story, and removes those of an earlier run.
pub fn keep_screenshots(story: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("target/screenshots")
        .join(story);
    // The folder does not exist the first time.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for screenshots");
    folder
}

/// The page in a browser.
pub struct Page {
    driver: WebDriver,
    downloads: PathBuf,
    screenshots: PathBuf,
}

impl Page {
    /// Wraps a browser. It puts files into `downloads`; screenshots go to `screenshots`.
    pub const fn new(driver: WebDriver, downloads: PathBuf, screenshots: PathBuf) -> Self {
        Self {
            driver,
            downloads,
            screenshots,
        }
    }

    /// Resizes the part of the window that shows the page, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        let frame = self
            .driver
            .execute(
                "return [outerWidth - innerWidth, outerHeight - innerHeight]",
                vec![],
            )
            .await;
        let (x, y): (u32, u32) = frame.expect(OBEYS).convert().expect(OBEYS);
        self.driver
            .set_window_rect(0, 0, width + x, height + y)
            .await
            .expect(OBEYS);
    }

    /// Sets whether the system is `dark` or `light`.
    pub async fn prefers(&self, theme: &str) {
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        let tools = self.driver.cdp();
        let told = tools.send_raw("Emulation.setEmulatedMedia", media);
        told.await.expect(OBEYS);
    }

    pub async fn goto(&self, url: &str) {
        self.driver.goto(url).await.expect(OBEYS);
    }

    pub async fn close(self) {
        self.driver.quit().await.expect(OBEYS);
    }

    /// Returns what the browser complained about: errors of scripts, missing files, broken rules.
    pub async fn complaints(&self) -> Vec<String> {
        self.driver
            .browser_log()
            .await
            .expect(OBEYS)
            .into_iter()
            .map(|entry| entry.message)
            .collect()
    }

    // ---- looking

    /// Looks again and again until `look` finds what is looked for.
    async fn until<T>(&self, what: &str, mut look: impl AsyncFnMut() -> WebDriverResult<Option<T>>) -> T {
        let mut poller = ElementPollerWithTimeout::new(PATIENCE, POLL).start();
        loop {
            // An element can be replaced between two looks at it.
            let why = match look().await {
                Ok(Some(seen)) => return seen,
                Ok(None) => "it is not there".to_owned(),
                Err(error) => error.to_string(),
            };
            assert!(poller.tick().await, "{what}: not within {PATIENCE:?}: {why}");
        }
    }

    /// Waits for the first element that a selector finds.
    pub async fn sees_at(&self, selector: &str) -> WebElement {
        let found = async || {
            for element in self.driver.find_all(By::Css(selector)).await? {
                if element.is_displayed().await? {
                    return Ok(Some(element));
                }
            }
            Ok(None)
        };
        self.until(selector, found).await
    }

    pub async fn sees(&self, testid: &str) -> WebElement {
        self.sees_at(&named(testid)).await
    }

    pub async fn sees_one_that_begins(&self, testid: &str) -> WebElement {
        self.sees_at(&beginning(testid)).await
    }

    pub async fn is_gone(&self, testid: &str) {
        let gone = async || {
            Ok(self
                .driver
                .find_all(By::Testid(testid))
                .await?
                .is_empty()
                .then_some(()))
        };
        self.until(&format!("{testid} gone"), gone).await;
    }

    pub async fn reads(&self, testid: &str) -> String {
        self.sees(testid).await.text().await.expect(OBEYS)
    }

    /// Waits until an element has these words.
    pub async fn reads_in(&self, testid: &str, words: &str) {
        let found = async || {
            let text = self.driver.find(By::Testid(testid)).await?.text().await?;
            Ok(text.contains(words).then_some(()))
        };
        self.until(&format!("“{words}” in {testid}"), found).await;
    }

    async fn newest(&self, selector: &str, words: &str) -> WebElement {
        let found = async || {
            for element in self.driver.find_all(By::Css(selector)).await?.into_iter().rev() {
                if element.text().await?.contains(words) {
                    return Ok(Some(element));
                }
            }
            Ok(None)
        };
        self.until(&format!("{selector} with “{words}”"), found).await
    }

    /// Waits for the newest message with these words.
    pub async fn message(&self, words: &str) -> WebElement {
        self.newest("article", words).await
    }

    /// Waits until the page has these words somewhere, on one line or not, scrolled into view or
    /// not.
    pub async fn reads_somewhere(&self, words: &str) {
        let script = "return document.body.textContent.includes(arguments[0])";
        let found = async || {
            let found = self.driver.execute(script, vec![words.into()]).await?;
            Ok(found.convert::<bool>()?.then_some(()))
        };
        self.until(&format!("“{words}”"), found).await;
    }

    /// Returns the id of the element in focus, once one that has an id is.
    pub async fn focused(&self) -> String {
        let script = "return document.activeElement.id";
        let found = async || {
            let id: String = self.driver.execute(script, vec![]).await?.convert()?;
            Ok((!id.is_empty()).then_some(id))
        };
        self.until("an element in focus", found).await
    }

    /// Returns what a script finds on the page.
    pub async fn finds(&self, script: &str, arguments: Vec<Value>) -> Value {
        let found = self.driver.execute(script, arguments).await;
        found.expect(OBEYS).json().clone()
    }

    /// Returns what a script finds on the page, if the script calls back.
    pub async fn finds_later(&self, script: &str, arguments: Vec<Value>) -> Value {
        let found = self.driver.execute_async(script, arguments).await;
        found.expect(OBEYS).json().clone()
    }

    /// Waits for the newest private answer with these words.
    pub async fn private_answer(&self, words: &str) -> WebElement {
        self.newest(&named("ephemeral"), words).await
    }

    /// Returns the real size of a message's picture, once it is loaded.
    pub async fn picture(&self, message: &WebElement) -> (u32, u32) {
        let loaded = async || {
            let image = message.find(By::Testid("attachment-image")).await?;
            let size = self.driver.execute(
                "const [image] = arguments; return image.complete ? [image.naturalWidth, image.naturalHeight] : [0, 0]",
                vec![image.to_json()?],
            );
            let size: (u32, u32) = size.await?.convert()?;
            Ok((size != (0, 0)).then_some(size))
        };
        self.until("a picture that has loaded", loaded).await
    }

    /// Returns how many different pictures the messages show, by their colours.
    pub async fn different_pictures(&self) -> usize {
        let seen = self
            .driver
            .execute(include_str!("looks.js"), vec![])
            .await
            .expect(OBEYS);
        let seen: std::collections::BTreeSet<String> = seen.convert().expect(OBEYS);
        seen.len()
    }

    // ---- doing

    async fn press(&self, what: &str, find: impl AsyncFn() -> WebDriverResult<WebElement>) {
        let mut stood = None;
        let pressed = async || still::click(&find().await?, &mut stood).await;
        self.until(&format!("{what}, to be clicked"), pressed).await;
    }

    pub async fn click(&self, testid: &str) {
        self.press(testid, async || self.driver.find(By::Testid(testid)).await)
            .await;
    }

    pub async fn click_one_that_begins(&self, testid: &str) {
        self.press(testid, async || {
            self.driver.find(By::Css(beginning(testid))).await
        })
        .await;
    }

    /// Types where the cursor is; `\n` is Enter.
    pub async fn types(&self, text: &str) {
        let keys = text.replace('\n', &Key::Enter.value().to_string());
        self.driver
            .action_chain()
            .send_keys(keys)
            .perform()
            .await
            .expect(OBEYS);
    }

    /// Goes back by one step with Shift and Tab.
    pub async fn tabs_back(&self) {
        let keys = self.driver.action_chain().key_down(Key::Shift);
        let keys = keys.send_keys(Key::Tab).key_up(Key::Shift);
        keys.perform().await.expect(OBEYS);
    }

    /// Switches to another person.
    pub async fn becomes(&self, name: &str) {
        self.click("persona-switch").await;
        self.click(&format!("persona-{name}")).await;
        self.is(name).await;
    }

    /// Waits until the page is another person's.
    pub async fn is(&self, name: &str) {
        let script = "return document.getElementById('me').textContent.toLowerCase()";
        let switched = async || {
            let me: String = self.driver.execute(script, vec![]).await?.convert()?;
            Ok(me.contains(&format!("you are {name}")).then_some(()))
        };
        self.until(&format!("to be {name}"), switched).await;
    }

    pub async fn reacts(&self, message: &WebElement, emoji: &str) {
        let pill = format!("reaction-{emoji}");
        self.press(&pill, async || message.find(By::Testid(pill.as_str())).await)
            .await;
        let mine = async || {
            let pressed = message
                .find(By::Testid(pill.as_str()))
                .await?
                .attr("aria-pressed")
                .await?;
            Ok((pressed.as_deref() == Some("true")).then_some(()))
        };
        self.until(&format!("{emoji} as one's own"), mine).await;
    }

    /// Touches a message beside what can be used on it, which shows its actions on a phone.
    async fn touches(&self, message: &WebElement) {
        self.press("the message", async || message.find(By::Css("time")).await)
            .await;
    }

    /// Replies to a message, whose author is pinged unless `quietly`.
    pub async fn replies(&self, message: &WebElement, text: &str, quietly: bool) {
        self.touches(message).await;
        self.press("Reply", async || message.find(By::Testid("message-reply")).await)
            .await;
        if quietly {
            self.click("reply-ping").await;
        }
        self.click("composer-input").await;
        self.types(&format!("{text}\n")).await;
        self.is_gone("reply-ping").await;
    }

    /// Deletes a message of one's own.
    pub async fn deletes(&self, message: &WebElement) {
        self.touches(message).await;
        self.press("Delete", async || {
            message.find(By::Testid("message-delete")).await
        })
        .await;
    }

    /// Asks for the pool, reads the answer and dismisses it.
    pub async fn asks_for_the_pool(&self, answer: &str) {
        self.click("composer-input").await;
        self.types("/credits pool\n").await;
        self.private_answer(answer).await;
    }

    /// Opens the thread below the last message that has one.
    pub async fn opens_the_newest_thread(&self) {
        self.press("the newest thread", async || {
            let threads = self.driver.find_all(By::Css(beginning("open-thread-"))).await?;
            let newest = threads.into_iter().next_back();
            newest.ok_or_else(|| thirtyfour::error::no_such_element("no thread".to_owned()))
        })
        .await;
    }

    pub async fn opens_the_picture_of(&self, message: &WebElement) {
        self.press("a picture", async || {
            message.find(By::Testid("attachment-image")).await
        })
        .await;
        self.sees("viewer").await;
    }

    /// Downloads the picture in the viewer. Returns its bytes.
    pub async fn downloads_the_picture(&self) -> Vec<u8> {
        let name = self.reads("viewer-name").await;
        self.click("viewer-download").await;
        // The file has its name only when it is complete.
        let saved = async || Ok(std::fs::read(self.downloads.join(&name)).ok());
        self.until(&format!("the download of {name}"), saved).await
    }

    /// Scrolls a message to the middle.
    pub async fn shows(&self, message: &WebElement) {
        let script = "arguments[0].scrollIntoView({ block: 'center' })";
        self.driver
            .execute(script, vec![message.to_json().expect(OBEYS)])
            .await
            .expect(OBEYS);
    }

    // ---- keeping

    async fn keep(&self, name: &str) -> WebDriverResult<()> {
        self.driver
            .screenshot(&self.screenshots.join(format!("{name}.png")))
            .await
    }

    /// Takes a picture of the page as WebP, in base64. `quality` is in percent.
    pub async fn webp(&self, quality: u8) -> String {
        self.captures(json!({ "format": "webp", "quality": quality }))
            .await
    }

    /// Takes a picture of one element that is in view, as WebP in base64, once its pictures are drawn.
    pub async fn webp_of(&self, element: &WebElement, quality: u8) -> String {
        self.moves_the_mouse_away().await;
        let loaded =
            "return [...arguments[0].querySelectorAll('img')].every((image) => image.complete) || null";
        let this = vec![element.to_json().expect(OBEYS)];
        let complete = async || {
            let answer = self.driver.execute(loaded, this.clone()).await?;
            Ok(answer.json().as_bool())
        };
        self.until("pictures that have loaded", complete).await;
        self.driver.execute_async(PAINTED, vec![]).await.expect(OBEYS);
        let place = "const box = arguments[0].getBoundingClientRect();
            return { x: box.x, y: box.y, width: box.width, height: box.height, scale: 1 };";
        let clip = self.driver.execute(place, this).await.expect(OBEYS);
        let how = json!({ "format": "webp", "quality": quality, "clip": clip.json() });
        self.captures(how).await
    }

    async fn captures(&self, how: Value) -> String {
        let tools = self.driver.cdp();
        let taken = tools.send_raw("Page.captureScreenshot", how).await.expect(OBEYS);
        taken["data"].as_str().expect("a picture").to_owned()
    }

    /// A mouse that rests on a message would show its toolbar.
    async fn moves_the_mouse_away(&self) {
        self.driver
            .action_chain()
            .move_to(1, 1)
            .perform()
            .await
            .expect(OBEYS);
    }

    /// Shows the page as a screen of that size would, in CSS pixels.
    pub async fn shrinks_to(&self, width: u32, height: u32) {
        let screen =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        let tools = self.driver.cdp();
        let told = tools.send_raw("Emulation.setDeviceMetricsOverride", screen);
        told.await.expect(OBEYS);
    }

    /// Keeps a screenshot of a failure, if the browser can still take one.
    pub async fn keep_failure(&self, name: &str) {
        if let Err(error) = self.keep(name).await {
            eprintln!("{name} is not kept: {error}");
        }
    }

    /// Takes a screenshot of the page, in which nothing may be broken.
    pub async fn photograph(&self, name: &str) {
        self.moves_the_mouse_away().await;
        self.driver.execute_async(PAINTED, vec![]).await.expect(OBEYS);
        self.keep(name).await.expect(OBEYS);
        let faults: Vec<Value> = self
            .driver
            .execute(FAULTS, vec![])
            .await
            .expect(OBEYS)
            .convert()
            .expect(OBEYS);
        assert!(faults.is_empty(), "on {name}.png: {faults:#?}");
    }
}

fn named(testid: &str) -> String {
    format!("[data-testid=\"{testid}\"]")
}

fn beginning(testid: &str) -> String {
    format!("[data-testid^=\"{testid}\"]")
}
