//! Tests roles and leads: who may approve, who may stop a vote and lift the stop, and whose vote
//! decides alone.

use std::time::Duration;

use discord_sandbox::{EventFault, Mishap, world};
use serde_json::json;

use crate::harness::{Image, Kind, World, run_test, run_test_on};

const ARTIST: u64 = world::BOT_ROLE;
const LEAD: u64 = world::STUDIO_LEAD;

/// Returns the lines of an image's message from its vote on, without its price and times.
fn vote(w: &World, image: &Image) -> String {
    let text = w.look_at(image);
    let lines = text
        .lines()
        .filter(|line| !line.starts_with("**Image") && !line.starts_with("-# 20 credits"));
    lines
        .collect::<Vec<_>>()
        .join("\n")
        .replace(" at 20 credits", "")
        .replace(" · closes <time>", "")
}

async fn set(w: &mut World, options: serde_json::Value) {
    let answer = w.dana().command("settings approvals", options).await;
    assert!(answer.contains('→'), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_has_a_role_approves_where_settings_say_so() {
    run_test(async |w| {
        set(w, json!({ "approvers": ARTIST.to_string(), "review_quorum": 2 })).await;
        w.discord().set_roles(world::BO, vec![ARTIST]).expect("a role");
        let (thread, image) = w.drafted_one().await;
        for person in [world::BO, world::CEM] {
            w.person(person).approves(&image).await;
        }
        w.run_jobs().await;
        assert_eq!(
            vote(w, &image),
            "✅ **1 of 2** for 2K · @Bo\n-# Does not count: @Cem, without a role that approves"
        );
        let answer = w.cem().presses(thread.id, image.message, "approve").await;
        assert_eq!(answer, format!("Only <@&{ARTIST}>, or a lead, can approve here."));
        // A lead may always approve.
        let answer = w.dana().presses(thread.id, image.message, "approve").await;
        assert!(answer.starts_with("Your approval counts: 2 of 2."), "{answer}");
        w.run_jobs().await;
        assert!(
            w.image_at(&thread, "review")
                .text
                .contains("Approved by @Bo, @Dana\n")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_lost_and_one_that_is_given_are_noticed_when_it_counts() {
    run_test(async |w| {
        set(w, json!({ "approvers": ARTIST.to_string(), "review_quorum": 2 })).await;
        w.discord().set_roles(world::BO, vec![ARTIST]).expect("a role");
        let (thread, image) = w.drafted_one().await;
        w.bo().approves(&image).await;
        w.cem().approves(&image).await;
        w.run_jobs().await;
        w.discord().set_roles(world::BO, vec![]).expect("no role");
        w.discord().set_roles(world::CEM, vec![ARTIST]).expect("a role");
        w.dana().approves(&image).await;
        w.dana().withdraws(&image).await;
        w.run_jobs().await;
        assert_eq!(
            vote(w, &image),
            "✅ **1 of 2** for 2K · @Cem\n-# Does not count: @Bo, without a role that approves"
        );
        assert!(w.images(&thread, "review").is_empty());
        w.discord().set_roles(world::BO, vec![ARTIST]).expect("a role");
        greenlight::flow::approval::recount::missed_votes(&w.app().services)
            .await
            .expect("a sweep");
        w.run_jobs().await;
        w.image_at(&thread, "review");
    })
    .await;
}

/// The event of a reaction names the member's roles, but has no time. A session that goes on after an
/// hour brings it as it was.
#[tokio::test(flavor = "multi_thread")]
async fn the_roles_that_an_event_names_buy_nothing() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            set(w, json!({ "approvers": ARTIST.to_string() })).await;
            w.discord().set_roles(world::BO, vec![ARTIST]).expect("a role");
            let (thread, image) = w.drafted_one().await;
            let late = Duration::from_hours(1);
            let ms = u64::try_from(late.as_millis()).expect("an hour");
            let fault = EventFault::next("MESSAGE_REACTION_ADD", Mishap::Late { ms });
            w.discord().gateway().mishap(fault);
            w.bo().approves(&image).await;
            w.discord().set_roles(world::BO, vec![]).expect("no role");
            w.advance(late);
            w.work_it_out().await;
            assert!(w.images(&thread, "review").is_empty());
            assert_eq!(
                vote(w, &image),
                "✅ **0 of 1** for 2K\n-# Does not count: @Bo, without a role that approves"
            );
            assert_eq!(w.available().await, 990);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_roles_are_those_of_when_the_vote_opened() {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        set(
            w,
            json!({ "approvers": ARTIST.to_string(), "own_vote": true, "approve_emoji": "👍" }),
        )
        .await;
        w.bo().reacts(&image, "👍").await;
        w.ana().approves(&image).await;
        w.run_jobs().await;
        assert!(
            vote(w, &image).starts_with("✅ **0 of 1**"),
            "{}",
            vote(w, &image)
        );
        w.bo().approves(&image).await;
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "review").len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_stops_a_vote_says_why_and_lets_it_go_on() {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        w.dana().reacts(&image, "🚫").await;
        w.bo().approves(&image).await;
        w.run_jobs().await;
        assert_eq!(
            vote(w, &image),
            "🚫 **Stopped** by @Dana\n-# While it stands, the 2K is not drawn. ✅ 1 of 1 · @Bo · a lead lifts it with *Lift the stop*"
        );
        assert_eq!(
            w.vote_buttons(thread.id, image.message),
            ["Give reason", "Lift the stop"]
        );
        assert_eq!(w.available().await, 990, "nothing was spent");

        let refused = w.bo().presses(thread.id, image.message, "reason").await;
        assert_eq!(refused, "Only leads can do this: whoever may manage the server.");
        let told = w
            .dana()
            .fills_in(thread.id, image.message, "reason", "the logo is *old*\nask Cem")
            .await;
        assert_eq!(told, "The reason is shown under the picture.");
        w.run_jobs().await;
        assert_eq!(
            vote(w, &image),
            "🚫 **Stopped** by @Dana\n> the logo is \\*old\\* ask Cem\n-# While it stands, the 2K is not drawn. ✅ 1 of 1 · @Bo · a lead lifts it with *Lift the stop*"
        );
        w.restart().await;
        w.run_jobs().await;
        assert!(vote(w, &image).contains("the logo"), "{}", vote(w, &image));

        let refused = w.bo().presses(thread.id, image.message, "lift").await;
        assert!(refused.starts_with("Only leads"), "{refused}");
        let lifted = w.dana().presses(thread.id, image.message, "lift").await;
        assert_eq!(lifted, "The vote goes on. Whoever stopped it can do so again.");
        w.run_jobs().await;
        assert_eq!(
            vote(w, &image),
            "✅ **Approved for 2K** · @Bo · [see the 2K](<link>)",
            "with 🚫 still under it"
        );
        w.image_at(&thread, "review");
        let told = "@Ana: the vote on **Image 1** for 2K was stopped. Who stopped it, why, and how it goes on stands under [the picture](<link>).";
        assert_eq!(w.notices(&thread), [told], "once, for the requester");
        let word = w.message(thread.id, w.message_with(thread.id, "was stopped"));
        assert_eq!(word["mentions"][0]["id"], world::ANA.to_string(), "who is pinged");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_over_when_it_is_taken_off_and_holds_while_another_lead_holds_it() {
    run_test(async |w| {
        set(w, json!({ "leads": LEAD.to_string(), "review_quorum": 3 })).await;
        w.discord().set_roles(world::CEM, vec![LEAD]).expect("a role");
        let (thread, image) = w.drafted_one().await;
        w.dana().reacts(&image, "🚫").await;
        w.run_jobs().await;
        w.cem().reacts(&image, "🚫").await;
        w.bo().reacts(&image, "🚫").await;
        w.run_jobs().await;
        let told = vote(w, &image);
        assert!(told.starts_with("🚫 **Stopped** by @Dana"), "the first: {told}");
        assert!(told.contains("🚫 stops only from a lead, not from @Bo"), "{told}");
        w.discord()
            .member(world::DANA)
            .unreact(thread.id, image.message, "🚫")
            .await
            .expect("to take it off");
        w.run_jobs().await;
        assert!(
            vote(w, &image).starts_with("🚫 **Stopped** by @Cem"),
            "{}",
            vote(w, &image)
        );
        // Cem is no lead any more.
        w.discord().set_roles(world::CEM, vec![]).expect("no role");
        greenlight::flow::approval::recount::missed_votes(&w.app().services)
            .await
            .expect("a sweep");
        w.run_jobs().await;
        assert_eq!(
            vote(w, &image),
            "✅ **0 of 3** for 2K\n-# 🚫 stops only from a lead, not from @Bo, @Cem"
        );
        assert_eq!(
            w.vote_buttons(thread.id, image.message),
            ["Approve 2K · 20 credits"]
        );
        w.read_all();
    })
    .await;
}

/// A lifted stop stays lifted until the same lead gives it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_lifted_stop_can_be_given_anew() {
    run_test(async |w| {
        set(w, json!({ "review_quorum": 2 })).await;
        let (thread, image) = w.drafted_one().await;
        w.dana().reacts(&image, "🚫").await;
        w.run_jobs().await;
        w.dana().presses(thread.id, image.message, "lift").await;
        w.restart().await;
        w.run_jobs().await;
        assert!(
            vote(w, &image).starts_with("✅ **0 of 2**"),
            "{}",
            vote(w, &image)
        );
        w.discord()
            .member(world::DANA)
            .unreact(thread.id, image.message, "🚫")
            .await
            .expect("to take it off");
        w.run_jobs().await;
        w.dana().reacts(&image, "🚫").await;
        w.run_jobs().await;
        assert!(
            vote(w, &image).starts_with("🚫 **Stopped**"),
            "{}",
            vote(w, &image)
        );
        let late = w
            .bo()
            .presses_old(thread.id, image.message, &format!("approve:{}", image.render()))
            .await;
        assert!(late.is_err(), "its button is gone");
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_comes_in_time_for_an_approval_that_waits_for_credits() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[("POOL__FIRST_GRANT", "20")], async |w| {
            let thread = w.ana().draft("a fox", 2).await;
            let images = w.images(&thread, "explore");
            w.starter(&thread);
            for image in &images {
                w.bo().approves(image).await;
                w.run_jobs().await;
            }
            assert!(vote(w, &images[0]).contains("waiting for credits"));
            w.dana().reacts(&images[0], "🚫").await;
            w.run_jobs().await;
            assert!(
                vote(w, &images[0]).starts_with("🚫 **Stopped**"),
                "{}",
                vote(w, &images[0])
            );
            w.grant(20).await;
            w.run_jobs().await;
            assert_eq!(w.image_at(&thread, "review").position, 2, "the next in line");
            w.dana().presses(thread.id, images[0].message, "lift").await;
            w.run_jobs().await;
            assert!(
                vote(w, &images[0]).contains("waiting for credits"),
                "and back in line"
            );
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leads_approval_is_the_quorum_where_settings_say_so() {
    run_test(async |w| {
        set(w, json!({ "review_quorum": 3, "lead_decides": true })).await;
        let (thread, image) = w.drafted_one().await;
        w.bo().approves(&image).await;
        w.run_jobs().await;
        assert_eq!(vote(w, &image), "✅ **1 of 3** or a lead for 2K · @Bo");
        w.dana().approves(&image).await;
        w.run_jobs().await;
        assert!(
            w.image_at(&thread, "review")
                .text
                .contains("Approved by @Bo, @Dana")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_vote_closes_with_its_window_and_says_that_it_was_stopped() {
    run_test(async |w| {
        set(w, json!({ "window_days": 1 })).await;
        let (_, image) = w.drafted_one().await;
        w.bo().approves(&image).await;
        w.dana().reacts(&image, "🚫").await;
        w.run_jobs().await;
        w.advance(std::time::Duration::from_hours(25));
        w.run_jobs().await;
        assert_eq!(
            vote(w, &image),
            "🔒 The vote for 2K closed with **1 of 1** · @Bo\n🚫 It was stopped by @Dana"
        );
        assert_eq!(w.available().await, 990);
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn emoji_are_those_that_settings_name_in_the_thread_too() {
    run_test(async |w| {
        set(
            w,
            json!({ "approve_emoji": "👍", "stop_emoji": "🛑", "review_quorum": 2 }),
        )
        .await;
        let thread = w.ana().draft("a fox", 1).await;
        let image = w.image_at(&thread, "explore");
        assert!(w.starter(&thread).contains("React 👍 in the thread"));
        assert_eq!(w.reactions(&image), ["👍"], "the seed");
        w.bo().reacts(&image, "👍").await;
        w.cem().reacts(&image, "✅").await;
        w.dana().reacts(&image, "🚫").await;
        w.run_jobs().await;
        assert_eq!(vote(w, &image), "👍 **1 of 2** for 2K · @Bo");
        w.dana().reacts(&image, "🛑").await;
        w.run_jobs().await;
        assert!(
            vote(w, &image).starts_with("🛑 **Stopped** by @Dana"),
            "{}",
            vote(w, &image)
        );
        w.read_all();
    })
    .await;
}
