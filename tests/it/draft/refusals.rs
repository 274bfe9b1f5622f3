//! Tests refused drafts: only the member reads the refusal, and no credit is held before it.

use std::collections::BTreeSet;

use discord_sandbox::{permissions, world};
use greenlight::domain::button::Button;
use greenlight::domain::draft::admission::DraftOptions;
use greenlight::domain::ids::{AnswerToken, ChannelId, DraftId, GuildId, UserId};
use greenlight::domain::limits;
use greenlight::flow::access;
use greenlight::flow::draft::cancel;
use greenlight::flow::draft::references::References;
use greenlight::flow::draft::start::{self, DraftRequest, Started};
use serde_json::json;

use crate::harness::{World, actor, run_test, run_test_with};

/// Asserts that nothing is held, and that nobody else sees anything, now or later.
async fn assert_nothing_happened(w: &mut World) {
    w.run_jobs().await;
    let pool = w.pool().await;
    assert_eq!((pool.held.get(), pool.settled.get()), (0, 0), "{pool:?}");
    assert_eq!(w.jobs().await, [], "nothing is to be done");
    assert_eq!(w.said_in(world::CAMPAIGN), Vec::<String>::new());
}

/// Returns what Ana would send if her client did not check it, under an interaction's number of its
/// own.
fn ask(number: u64, options: DraftOptions) -> DraftRequest {
    DraftRequest {
        id: DraftId::new(number),
        guild: GuildId::new(world::NORTHLIGHT),
        channel: ChannelId::new(world::CAMPAIGN),
        parent: None,
        requester: UserId::new(world::ANA),
        roles: BTreeSet::new(),
        token: AnswerToken::new(format!("interaction-{number}")),
        options,
        references: References::None,
        pressed: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_cannot_be_drawn_is_refused() {
    run_test(async |w| {
        let nothing_to_see = "\u{202e}\u{200f}\u{7}\u{200b}\u{2060} \u{feff}";
        let answer = w.ana().asks(json!({ "prompt": nothing_to_see })).await;
        insta::assert_snapshot!(answer, @"The prompt is empty: say in a few words what to draw.");
        let answer = w.ana().asks(json!({ "prompt": "a fox --AR 16:9" })).await;
        insta::assert_snapshot!(answer, @"The prompt carries `--ar`, which would be drawn as words. Use the options `ratio` and `images` instead.");
        assert_nothing_happened(w).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ratio_that_is_not_offered_is_answered_with_what_is() {
    run_test(async |w| {
        let answer = w.ana().asks(json!({ "prompt": "a fox", "ratio": "@here 7:5" })).await;
        insta::assert_snapshot!(answer.replace('\u{200b}', ""), @"“@here 7\\:5” is not a ratio that can be drawn. There are: `16:9`, `1:1`, `9:16`, `3:2`, `2:3`, `4:3`, `3:4`, `5:4`, `4:5`, `21:9`, `9:21`, `2:1`, `1:2`, `3:1`, `1:3`.");
        for odd in ["16x9", "0:1", "16:0", "-16:9", "16:9:1", "99999999999:1"] {
            let answer = w.ana().asks(json!({ "prompt": "a fox", "ratio": odd })).await;
            assert!(answer.contains("is not a ratio that can be drawn"), "{odd}: {answer}");
        }
        let answer = w.ana().asks(json!({ "prompt": "a fox", "ratio": "1080×1350" })).await;
        insta::assert_snapshot!(answer, @"1080×1350 cannot be drawn: `4:5` can, at 48×60 to 144×180.");
        assert_nothing_happened(w).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_refuses_what_the_options_do_not_allow() {
    run_test(async |w| {
        let ana = w.discord().member(world::ANA);
        let refused = [
            json!({}),
            json!({ "prompt": "" }),
            json!({ "prompt": "x".repeat(limits::PROMPT_CHARS + 1) }),
            json!({ "prompt": "a fox", "keep": "x".repeat(limits::KEEP_CHARS + 1) }),
            json!({ "prompt": "a fox", "images": 0 }),
            json!({ "prompt": "a fox", "images": limits::IMAGES_PER_DRAFT + 1 }),
        ];
        for options in refused {
            assert!(
                ana.command(world::CAMPAIGN, "draft", options.clone())
                    .await
                    .is_err(),
                "{options} was sent"
            );
        }
        assert_nothing_happened(w).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_checks_nothing_is_refused_by_the_bot() {
    run_test(async |w| {
        let fox = || DraftOptions {
            prompt: "a fox".to_owned(),
            ..DraftOptions::default()
        };
        let long = |n| Some("x".repeat(n));
        let mut answers = Vec::new();
        for (number, options) in (1..).zip([
            DraftOptions {
                prompt: "é".repeat(limits::PROMPT_CHARS + 1),
                ..DraftOptions::default()
            },
            DraftOptions {
                keep: long(limits::KEEP_CHARS + 1),
                ..fox()
            },
            DraftOptions {
                images: Some(0),
                ..fox()
            },
            DraftOptions {
                images: Some(5),
                ..fox()
            },
            DraftOptions {
                images: Some(i64::MIN),
                ..fox()
            },
        ]) {
            let started = start::start(&w.app().services, ask(number, options)).await;
            let Started::Refused(answer) = started.expect("an answer") else {
                panic!("it was not refused");
            };
            answers.push(answer);
        }
        insta::assert_snapshot!(answers.join("\n"), @r"
        The prompt has 4001 characters; 4000 are allowed.
        `keep` has 501 characters; 500 are allowed.
        0 images cannot be drawn at once: choose 1 to 4.
        5 images cannot be drawn at once: choose 1 to 4.
        -9223372036854775808 images cannot be drawn at once: choose 1 to 4.
        ");
        assert_nothing_happened(w).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_cannot_pay_says_what_is_missing() {
    run_test_with(&[("POOL__FIRST_GRANT", "39")], async |w| {
        let answer = w.ana().asks(json!({ "prompt": "a fox" })).await;
        insta::assert_snapshot!(answer, @"This costs 40 credits, and 39 are left in the server's pool. There is room once credits are added: an operator can do that with `/treasury grant`. Nothing was spent.");
        assert_nothing_happened(w).await;
        let thread = w.ana().draft("a fox", 3).await;
        assert_eq!((w.images(&thread, "explore").len(), w.available().await), (3, 9), "three can be paid");
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_drafts_as_a_server_may_have_open_and_one_more() {
    run_test(async |w| {
        let fox = || DraftOptions { prompt: "a fox".to_owned(), images: Some(1), ..DraftOptions::default() };
        // The drafts are cancelled before anything is posted, so that the story stays short.
        let open = 1..=u64::from(limits::OPEN_DRAFTS_PER_GUILD);
        for number in open.clone() {
            let answer = start::start(&w.app().services, ask(number, fox())).await.expect("an answer");
            let Started::Accepted { answer, note: None } = answer else {
                panic!("draft {number} was not accepted");
            };
            assert_eq!(answer, "1 image for 10 credits: opening the thread…");
        }
        let answer = w.ana().asks(json!({ "prompt": "a fox", "images": 1 })).await;
        insta::assert_snapshot!(answer, @"50 drafts of this server are still being drawn, and more cannot be at once. There is room when one of them is done or cancelled.");
        assert_eq!(w.pool().await.held.get(), 500);

        for number in open {
            let (services, draft) = (&w.app().services, DraftId::new(number));
            let (guild, ana) = (GuildId::new(world::NORTHLIGHT), actor(world::ANA, false));
            let pressed = access::press(services, Button::Cancel(draft), Some(guild), ana.clone()).await;
            let draft = pressed.expect("the database").map(|pressed| pressed.draft(draft));
            let draft = draft.expect("the right").expect("the draft of the button");
            cancel::cancel(services, draft, &ana).await.expect("an answer");
        }
        assert_eq!(w.available().await, 1000);
        w.run_jobs().await;
        assert_eq!(w.said_in(world::CAMPAIGN).len(), 50);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_is_named_with_the_channel() {
    run_test(async |w| {
        let needed = [
            (permissions::SEND_MESSAGES, "Send Messages"),
            (permissions::CREATE_PUBLIC_THREADS, "Create Public Threads"),
            (permissions::SEND_MESSAGES_IN_THREADS, "Send Messages in Threads"),
            (permissions::ATTACH_FILES, "Attach Files"),
            (permissions::ADD_REACTIONS, "Add Reactions"),
            (permissions::READ_MESSAGE_HISTORY, "Read Message History"),
        ];
        for (bit, name) in needed {
            w.discord().deny_bot(world::CAMPAIGN, bit);
            let answer = w.ana().asks(json!({ "prompt": "a fox" })).await;
            let expected = format!(
                "I am missing **{name}** in <#{}>. Someone who manages the channel can allow it; nothing was spent.",
                world::CAMPAIGN
            );
            assert_eq!(answer, expected);
            w.discord().allow_bot(world::CAMPAIGN, bit);
        }
        let all = needed.iter().fold(permissions::VIEW_CHANNEL, |all, (bit, _)| all | bit);
        w.discord().deny_bot(world::CAMPAIGN, all);
        let answer = w.ana().asks(json!({ "prompt": "a fox" })).await;
        insta::assert_snapshot!(answer, @"I am missing **View Channel**, **Send Messages**, **Create Public Threads**, **Send Messages in Threads**, **Attach Files**, **Add Reactions**, **Read Message History** in <#1100000000000000032>. Someone who manages the channel can allow it; nothing was spent.");
        assert_nothing_happened(w).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_in_a_private_thread_is_sent_elsewhere() {
    run_test(async |w| {
        let dana = w.discord().member(world::DANA);
        let thread = dana.open_private_thread(world::CAMPAIGN, "Between us").await.expect("a thread");
        let answer = w.dana().says_in(thread, "draft", json!({ "prompt": "a hare" })).await;
        insta::assert_snapshot!(answer, @"Drafts are not made in private threads: finals are shown in the server's gallery, and spends in its log. Use `/draft` in a channel that only the right people see, or in a public thread.");
        assert_nothing_happened(w).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_allowed_gets_nothing() {
    run_test_with(&[("ALLOWED_GUILDS", "[7]")], async |w| {
        let answer = w.ana().asks(json!({ "prompt": "a fox" })).await;
        insta::assert_snapshot!(answer, @"The operator of this bot has not opened it for this server.");
        assert_eq!(w.ana().command("credits pool", json!({})).await, answer);
        assert_eq!(
            w.dana().command("treasury grant", json!({ "credits": 5 })).await,
            answer
        );
        assert_eq!(w.pool().await.granted.get(), 0, "not even the first grant");
        assert_nothing_happened(w).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_of_a_server_that_is_no_longer_allowed_do_nothing() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox", 1).await;
        let image = w.image_at(&thread, "explore");
        w.set("ALLOWED_GUILDS", "[7]");
        w.restart().await;
        let answer = w.bo().presses(thread.id, image.message, "approve").await;
        assert_eq!(
            answer,
            "The operator of this bot has not opened it for this server."
        );
        w.run_jobs().await;
        assert_eq!(w.available().await, 990);
        w.starter(&thread);
    })
    .await;
}
