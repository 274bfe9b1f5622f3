//! Tests a new admin's first minutes. The admin fills the pool, estimates a campaign, keeps it as a
//! budget and drafts for it. Then the admin says who approves, with one command each, and the next
//! draft shows it.

use super::machine::Demo;
use super::tab::Page;

pub async fn story(demo: &Demo, desk: &Page, phone: &Page) {
    desk.goto(&format!("{}/#as=dana", demo.url)).await;
    dana_fills_the_pool(desk).await;
    dana_keeps_an_estimate_as_the_budget(desk).await;
    dana_drafts_for_the_project(desk).await;
    dana_says_who_approves(desk).await;
    the_next_draft_shows_it(desk).await;
    the_settings_are_read_on_a_phone(demo, phone).await;
}

/// Types a command with its options and reads the private answer.
async fn runs(desk: &Page, command: &str, answer: &str) {
    desk.click("composer-input").await;
    desk.types(&format!("{command}\n")).await;
    desk.private_answer(answer).await;
}

async fn dana_fills_the_pool(desk: &Page) {
    runs(desk, "/treasury grant credits:2000", "Granted 2,000 credits").await;
    desk.photograph("01-the-pool-is-filled").await;
}

async fn dana_keeps_an_estimate_as_the_budget(desk: &Page) {
    let estimate = "/project estimate drafts:20 reviews:5 finals:2";
    runs(desk, estimate, "380 credits").await;
    desk.photograph("02-the-estimate").await;
    desk.click_one_that_begins("button-keep").await;
    desk.sees("modal").await;
    desk.types("Spring").await;
    desk.photograph("03-the-project-is-named").await;
    desk.types("\n").await;
    desk.private_answer("Spring is made").await;
    desk.is_gone("modal").await;
    desk.photograph("04-the-project-is-made").await;
}

async fn dana_drafts_for_the_project(desk: &Page) {
    desk.click("composer-input").await;
    desk.types("/dr\n").await;
    desk.types("a kite above a spring meadow").await;
    desk.click("more-options").await;
    desk.click("add-option-project").await;
    desk.types("spr").await;
    desk.sees("choice-Spring").await;
    desk.photograph("05-the-project-is-completed").await;
    desk.types("\n\n").await;
    desk.private_answer("4 images for 40 credits").await;
    desk.message("4 drawn").await;
    runs(desk, "/project show project:Spring", "Exploration").await;
    desk.photograph("06-what-it-has-cost").await;
}

async fn dana_says_who_approves(desk: &Page) {
    runs(desk, "/settings approvals review_quorum:2", "1 person → 2 people").await;
    runs(desk, "/settings approvals approvers:Studio lead", "@Studio lead").await;
    desk.photograph("07-who-approves").await;
}

async fn the_next_draft_shows_it(desk: &Page) {
    desk.becomes("ana").await;
    runs(
        desk,
        "/draft prompt:a kite above a winter lake",
        "4 images for 40 credits",
    )
    .await;
    desk.message("a kite above a winter lake").await;
    desk.opens_the_newest_thread().await;
    desk.message("Image 4").await;
    desk.becomes("bo").await;
    let image = desk.message("0 of 2 for 2K at 20 credits").await;
    desk.reacts(&image, "✅").await;
    desk.message("Does not count: @Bo, without a role that approves")
        .await;
    desk.shows(&image).await;
    desk.photograph("08-the-next-draft-shows-it").await;
}

async fn the_settings_are_read_on_a_phone(demo: &Demo, phone: &Page) {
    phone.goto(&format!("{}/#as=dana", demo.url)).await;
    phone.click("composer-input").await;
    phone.types("/settings show\n").await;
    phone.private_answer("2 people").await;
    phone.photograph("09-phone-the-settings").await;
}
