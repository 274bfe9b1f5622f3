//! Tests the settings of a server: one command each, which shows the old value. A change counts
//! from the next draft on.

use discord_sandbox::world;
use serde_json::{Value, json};

use crate::harness::{Kind, World, run_test, run_test_on, run_test_with};

/// The position of "all of these" in the choices of a reset.
const ALL_APPROVALS: u64 = 6;
const ALL_CHANNELS: u64 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_is_set_with_one_command_and_holds_from_the_next_vote_on() {
    run_test(async |w| {
        let before = w.ana().draft("a fox", 1).await;
        let old = w.image_at(&before, "explore");
        w.starter(&before);
        let answer = w
            .dana()
            .command("settings approvals", json!({ "review_quorum": 3 }))
            .await;
        insta::assert_snapshot!(answer, @r"
        Quorum for review: 1 person → **3 people**
        -# For votes that open from now on. Votes that are open keep the rules that they opened with.
        ");
        let thread = w.ana().draft("a hare", 1).await;
        let new = w.image_at(&thread, "explore");
        w.starter(&thread);
        assert!(new.text.contains("**0 of 3** for 2K"), "{}", new.text);
        assert!(
            w.look_at(&old).contains("**0 of 1** for 2K"),
            "{}",
            w.look_at(&old)
        );
        for image in [&old, &new] {
            w.bo().approves(image).await;
        }
        w.run_jobs().await;
        assert_eq!(
            w.images(&before, "review").len(),
            1,
            "it opened when one was enough"
        );
        assert!(w.look_at(&new).contains("**1 of 3**"), "{}", w.look_at(&new));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_shown_with_what_differs_and_outlive_a_restart() {
    run_test(async |w| {
        let options = json!({ "final_quorum": 1, "own_vote": true, "window_days": 2 });
        w.dana().command("settings approvals", options).await;
        let gallery = json!({ "gallery": world::GALLERY.to_string() });
        let answer = w.dana().command("settings channels", gallery).await;
        assert_eq!(
            answer,
            format!("Gallery of finals: none → **<#{}>**", world::GALLERY)
        );
        w.restart().await;
        let shown = w.dana().command("settings show", json!({})).await;
        for line in [
            "Quorum for review: 1 person",
            "Quorum for final: **1 person** (default: 2 people)",
            "The requester's own: **counts** (default: does not count)",
            "A vote stays open for: **2 days** (default: 7 days)",
            "A final image: 4K for 40 credits",
        ] {
            assert!(shown.lines().any(|shown| shown == line), "{line} in {shown}");
        }
        let without_options = w.dana().command("settings approvals", json!({})).await;
        let (title, rest) = without_options.split_once('\n').expect("lines");
        for line in [title].into_iter().chain(rest.lines()) {
            assert!(shown.lines().any(|shown| shown == line), "{line} in {shown}");
        }
        assert!(
            rest.starts_with("Quorum for final: **1 person**"),
            "what was chosen comes first: {rest}"
        );

        let back = w
            .dana()
            .command("settings approvals", json!({ "reset": ALL_APPROVALS }))
            .await;
        assert!(
            back.contains("Quorum for final: 1 person → **2 people**"),
            "{back}"
        );
        let again = w
            .dana()
            .command("settings approvals", json!({ "reset": ALL_APPROVALS }))
            .await;
        assert_eq!(again, "Nothing changes: it is like that already.");
    })
    .await;
}

/// Picks values from a list of the latest private answer of somebody, and returns what it says then.
async fn picks(w: &World, who: u64, list: &str, values: &[&str]) -> (String, Value) {
    let panel = w
        .discord()
        .ephemerals(world::CAMPAIGN, who)
        .pop()
        .expect("a panel");
    let id = panel["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id");
    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
    let member = w.discord().member(who);
    let picked = member.select(world::CAMPAIGN, id, list, &values).await;
    let answer = w.discord().answer(picked.expect("a list")).await;
    assert_eq!(answer.message["id"], panel["id"], "the panel is the same message");
    let text = w.readable(answer.message["content"].as_str().unwrap_or_default());
    (text, answer.message["components"].clone())
}

/// Returns what is picked in a list of a panel.
fn preset(components: &Value, list: &str) -> Value {
    let rows = components.as_array().expect("rows");
    let mut lists = rows.iter().map(|row| &row["components"][0]);
    let found = lists.find(|found| found["custom_id"] == list).expect("the list");
    found["default_values"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_panel_sets_by_lists_and_shows_at_once_what_holds() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            let dana = world::DANA;
            w.dana().command("settings show", json!({})).await;
            let (said, _) = picks(w, dana, "panel:final", &["3"]).await;
            assert!(
                said.starts_with("Quorum for final: 2 people → **3 people**"),
                "{said}"
            );
            assert!(
                said.contains("Quorum for final: **3 people** (default: 2 people)"),
                "{said}"
            );
            let (said, _) = picks(w, dana, "panel:topic", &["channels"]).await;
            assert!(said.starts_with("**Drafting and channels**"), "{said}");
            let log = world::GENERAL.to_string();
            let (said, shown) = picks(w, dana, "panel:log", &[&log]).await;
            assert!(
                said.starts_with(&format!("Log for admins: none → **<#{log}>**")),
                "{said}"
            );
            assert_eq!(
                preset(&shown, "panel:log"),
                json!([{ "id": log, "type": "channel" }])
            );
            // Nothing picked is the default again.
            let (said, shown) = picks(w, dana, "panel:log", &[]).await;
            assert!(
                said.starts_with(&format!("Log for admins: <#{log}> → **none**")),
                "{said}"
            );
            assert_eq!(preset(&shown, "panel:log"), json!([]));
            let said = w.dana().command("settings show", json!({})).await;
            assert!(
                said.starts_with("**What this server chose**\nQuorum for final: **3 people**"),
                "{said}"
            );
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_whole() {
    run_test(async |w| {
        let options = json!({ "final_quorum": 3, "approve_emoji": "🚫" });
        let answer = w.dana().command("settings approvals", options).await;
        assert_eq!(
            answer,
            "🚫 cannot both approve and stop: choose two. Nothing was changed."
        );
        let answer = w
            .dana()
            .command("settings approvals", json!({ "stop_emoji": "halt" }))
            .await;
        assert!(answer.starts_with("“halt” is not one emoji."), "{answer}");
        let answer = w
            .dana()
            .command("settings stages", json!({ "final_price": 1 }))
            .await;
        assert!(answer.contains("set by the bot's operator"), "{answer}");
        let shown = w.dana().command("settings show", json!({})).await;
        assert!(!shown.contains("default:"), "{shown}");
        let bo = w.discord().member(world::BO);
        let refused = bo.command(world::CAMPAIGN, "settings show", json!({})).await;
        assert!(refused.is_err(), "settings are for those who manage the server");
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_are_set_where_the_operator_leaves_them_to_servers() {
    run_test_with(&[("ADMINS__SET_PRICES", "true")], async |w| {
        let options = json!({ "explore_price": 7, "review_price": 30 });
        let answer = w.dana().command("settings stages", options).await;
        insta::assert_snapshot!(answer, @r"
        An explore image: 1K for 10 credits → **1K for 7 credits**
        A review image: 2K for 20 credits → **2K for 30 credits**
        -# For drafts and votes from now on. Prices that were shown stay.
        ");
        let thread = w.ana().draft("a fox", 2).await;
        assert!(w.starter(&thread).contains("14 credits"));
        let images = w.images(&thread, "explore");
        assert!(images[0].text.contains("2K at 30 credits"), "{}", images[0].text);
        w.dana()
            .command("settings stages", json!({ "reset": true }))
            .await;
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
        assert_eq!(
            w.available().await,
            1000 - 14 - 30,
            "the price that was shown is the price taken"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_made_where_and_by_whom_settings_say() {
    run_test(async |w| {
        let lead = world::STUDIO_LEAD;
        let only = json!({ "requesters": lead.to_string(), "drafts": world::GENERAL.to_string() });
        w.dana().command("settings channels", only).await;
        let asked = json!({ "prompt": "a fox", "images": 1 });
        let refused = w.ana().asks(asked.clone()).await;
        assert_eq!(
            refused,
            format!(
                "Drafts are not made here: use `/draft` in <#{}>. Someone who manages the server can change that with \
                 `/settings channels`.",
                world::GENERAL
            )
        );
        let refused = w.ana().says_in(world::GENERAL, "draft", asked.clone()).await;
        assert_eq!(
            refused,
            format!(
                "Only <@&{lead}> can draft in this server, and you have no such role. Someone who manages the server can \
                 give it to you, or change that with `/settings channels`."
            )
        );
        assert_eq!(w.available().await, 1000, "nothing was held");
        w.discord().set_roles(world::ANA, vec![lead]).expect("a role");
        w.ana().says_in(world::GENERAL, "draft", asked.clone()).await;
        w.run_jobs().await;
        let thread = w.last_thread_in(world::GENERAL);
        assert_eq!(w.images(&thread, "explore").len(), 1);
        w.said_in(world::GENERAL);

        w.discord().set_roles(world::ANA, vec![]).expect("no role");
        w.dana().command("settings channels", json!({ "reset": ALL_CHANNELS })).await;
        let thread = w.ana().draft("a hare", 1).await;
        w.images(&thread, "explore");
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_that_too_few_can_reach_is_warned_of_at_once_and_at_the_first_draft() {
    run_test(async |w| {
        // These are Ana, Bo, Cem, Dana and the bot.
        let answer = w
            .dana()
            .command("settings approvals", json!({ "final_quorum": 4 }))
            .await;
        let warning = "⚠️ 4 people must approve a final, and in this server only 3 people could approve.";
        assert!(
            answer.contains(warning) && answer.contains("final_quorum"),
            "{answer}"
        );
        for prompt in ["a fox", "a hare"] {
            let thread = w.ana().draft(prompt, 1).await;
            w.images(&thread, "explore");
            w.starter(&thread);
        }
        let told = w.told(world::ANA);
        assert!(told[0].contains(warning), "with the first draft: {told:?}");
        assert!(!told[1].contains('⚠'), "and not with each: {told:?}");
        let answer = w
            .dana()
            .command("settings approvals", json!({ "own_vote": true }))
            .await;
        assert!(!answer.contains('⚠'), "{answer}");
    })
    .await;
}
