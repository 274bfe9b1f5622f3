//! Tests that a reply in the page is a note on the picture, as on Discord: with the ping, and without.

use super::machine::{Browser, Screen};
use super::tab::keep_screenshots;
use crate::harness::{World, run_test};

async fn reply_from(w: &mut World, screen: Screen) {
    let (thread, image) = w.drafted_one().await;
    let browser = Browser::start(keep_screenshots("reply"));
    let page = browser.open(screen).await;
    page.goto(&format!("{}/#as=bo&in={}", w.discord().url(), thread.id))
        .await;
    let picture = page.sees(&format!("message-{}", image.message)).await;
    page.replies(&picture, "unheard", true).await;
    page.reads_somewhere("unheard").await;
    page.replies(&picture, "a warmer light", false).await;
    w.messages_heard().await;
    w.run_jobs().await;
    page.reads_somewhere("📝 1. @Bo: a warmer light").await;
    assert!(!w.look_at(&image).contains("unheard"));
    page.photograph("a-reply-is-a-note").await;

    let reply = w.discord().messages(thread.id).pop().expect("a reply");
    let reply = reply["id"].as_str().expect("an id").to_owned();
    let own = page.sees(&format!("message-{reply}")).await;
    page.deletes(&own).await;
    page.is_gone(&format!("message-{reply}")).await;
    w.messages_heard().await;
    w.run_jobs().await;
    assert!(!w.look_at(&image).contains("📝"), "{}", w.look_at(&image));
    page.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_in_the_page_is_a_note_and_goes_when_it_is_deleted() {
    run_test(async |w| reply_from(w, Screen::Desk).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_on_a_phone_is_a_note_and_goes_when_it_is_deleted() {
    run_test(async |w| reply_from(w, Screen::Phone).await).await;
}
