//! Tests a newcomer's first minute with the demo: from the page's opening to a picture in 4K, by
//! what the page itself says. With a mouse, with a keyboard alone, and with a thumb on a phone.

use super::machine::{Browser, Demo, Screen};
use super::tab::{Page, keep_screenshots};

const TAB: char = '\u{e004}';
/// The most steps with Tab from one thing to another.
const STEPS_MAX: usize = 200;
/// Whether the focus is on the first element that a selector finds.
const HAS_FOCUS: &str = "return document.activeElement.matches(arguments[0])";
/// The id of the newest message with these words.
const NEWEST: &str = "return [...document.querySelectorAll('article')].reverse()
  .find((row) => row.textContent.includes(arguments[0]))?.id ?? ''";

/// The first picture at a stage, as its message says.
pub const DRAWN: &str = "Image 1 · 1K draft";
pub const REVIEW: &str = "Image 1 · 2K review";
pub const FINAL: &str = "Image 1 · 4K final · 3840×2160";
/// The guide's buttons: the prompt of a fox, people to become, days to skip.
pub const PROMPT: &str = "guide-0-2";
const BE_BO: &str = "guide-1-0";
const BE_CEM: &str = "guide-1-1";
const SKIP: &str = "guide-3-0";

/// Runs a story of a new demo as it is after `greenlight demo`.
async fn tell(name: &str, screen: Screen, story: impl AsyncFnOnce(&Page)) {
    let demo = Demo::set_up();
    let browser = Browser::start(keep_screenshots(name));
    let page = browser.open(screen).await;
    page.goto(&demo.url).await;
    story(&page).await;
    assert_eq!(page.complaints().await, Vec::<String>::new());
    page.close().await;
    demo.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_gets_a_4k_by_what_the_page_says_and_sees_time_pass() {
    tell("newcomer-mouse", Screen::Desk, async |page| {
        page.message("lighthouse").await;
        page.photograph("01-the-first-screen").await;
        drafts(page, "02-a-prompt-is-filled-in").await;
        approves_to_4k(page, async |button| page.click(button).await).await;
        page.photograph("03-the-4k").await;
        page.click("guide-2-0").await;
        page.click("composer-send").await;
        page.private_answer("900 credits available").await;
        page.click(SKIP).await;
        page.message("Half of the time to vote is over").await;
        page.photograph("04-the-reminder").await;
        page.click(SKIP).await;
        page.reads_somewhere("closed with").await;
        page.photograph("05-the-votes-are-closed").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_gets_a_4k_by_keyboard_alone() {
    tell("newcomer-keyboard", Screen::Desk, async |page| {
        page.message("lighthouse").await;
        tabs_to(page, &named(PROMPT)).await;
        page.types("\n").await;
        page.reads_somewhere("a red fox above a calm lake").await;
        // The command waits to be sent: the focus is in it.
        page.types("\n").await;
        page.private_answer("for 40 credits").await;
        page.message("4 drawn").await;
        tabs_back_to(page, "[data-testid^=open-thread-]").await;
        page.types("\n").await;
        page.message(DRAWN).await;
        tabs_back_to(page, &named(BE_BO)).await;
        page.types("\n").await;
        page.is("bo").await;
        votes(page, DRAWN).await;
        page.message(REVIEW).await;
        votes(page, REVIEW).await;
        tabs_back_to(page, &named(BE_CEM)).await;
        page.types("\n").await;
        page.is("cem").await;
        votes(page, REVIEW).await;
        let last = page.message(FINAL).await;
        assert_eq!(page.picture(&last).await, (3840, 2160));
        page.photograph("01-the-4k").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_gets_a_4k_on_a_phone() {
    tell("newcomer-phone", Screen::Phone, async |page| {
        page.message("lighthouse").await;
        page.photograph("01-the-first-screen").await;
        page.click("guide-open").await;
        page.photograph("02-the-guide").await;
        drafts(page, "03-a-prompt-is-filled-in").await;
        // The guide folds after each button, because it would hide what it did.
        let unfolds = async |button| {
            page.click("guide-open").await;
            page.click(button).await;
        };
        approves_to_4k(page, unfolds).await;
        page.photograph("04-the-4k").await;
    })
    .await;
}

/// Drafts by a button of the guide, and opens the thread.
async fn drafts(page: &Page, filled_in: &str) {
    page.click(PROMPT).await;
    page.photograph(filled_in).await;
    page.click("composer-send").await;
    page.private_answer("for 40 credits").await;
    page.message("4 drawn").await;
    page.opens_the_newest_thread().await;
    page.message(DRAWN).await;
}

/// Approves as others, whom buttons of the guide make one, until there is a picture in 4K.
async fn approves_to_4k(page: &Page, presses: impl AsyncFn(&'static str)) {
    presses(BE_BO).await;
    page.is("bo").await;
    let draft = page.message(DRAWN).await;
    page.reacts(&draft, "✅").await;
    let review = page.message(REVIEW).await;
    page.reacts(&review, "✅").await;
    presses(BE_CEM).await;
    page.is("cem").await;
    let review = page.message(REVIEW).await;
    page.reacts(&review, "✅").await;
    let last = page.message(FINAL).await;
    assert_eq!(page.picture(&last).await, (3840, 2160));
    page.shows(&last).await;
}

fn named(testid: &str) -> String {
    format!("[data-testid=\"{testid}\"]")
}

/// Goes with Tab from where the focus is to what a selector finds.
async fn tabs_to(page: &Page, selector: &str) {
    walks(page, selector, async || page.types(&TAB.to_string()).await).await;
}

/// Goes back with Shift and Tab.
async fn tabs_back_to(page: &Page, selector: &str) {
    walks(page, selector, async || page.tabs_back().await).await;
}

async fn walks(page: &Page, selector: &str, step: impl AsyncFn()) {
    for _ in 0..STEPS_MAX {
        if page.finds(HAS_FOCUS, vec![selector.into()]).await == true {
            return;
        }
        step().await;
    }
    panic!("no key leads to {selector}");
}

/// Votes for a picture by keyboard.
async fn votes(page: &Page, words: &str) {
    page.message(words).await;
    let id = page.finds(NEWEST, vec![words.into()]).await;
    let id = id.as_str().expect("a message").to_owned();
    let vote = format!("#{id} [data-testid=\"reaction-✅\"]");
    tabs_to(page, &vote).await;
    page.types("\n").await;
    page.sees_at(&format!("{vote}[aria-pressed=true]")).await;
}
