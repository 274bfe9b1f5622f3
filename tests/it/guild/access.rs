//! Tests who may do what: a table of every command, completion, button and form, for every kind of
//! member, under several settings. The events are forged, so that no client and no Discord refuses
//! first.

mod deeds;
mod prices;
mod scene;

use std::collections::BTreeSet;

use discord_sandbox::{Flaw, Forgery, world};
use greenlight::domain::button::Button;
use serde_json::{Value, json};

use self::deeds::{BUTTONS, Deed, FORM, Shows, all, number};
use self::scene::{Rows, Rules, Scene, Who, put_votes_back};
use crate::harness::{Kind, World, run_test_on};

/// What the bot says when something of its own fails. No refusal is said in this way.
const TROUBLE: &str = "on the bot's side failed";

/// Walks the whole table under some settings, on a database of a kind.
async fn walk(kind: Kind, rules: Rules) {
    run_test_on(kind, &[("ADMINS__SET_PRICES", "true")], async |w| {
        let scene = Scene::set(w, rules).await;
        assert_the_table_is_whole(w, &scene);
        put_votes_back(&scene).await;
        // Whoever may change something comes last: what they change is not there for others then.
        for may in [false, true] {
            for who in Who::ALL {
                for deed in all(&scene, who)
                    .into_iter()
                    .filter(|deed| deed.may.allows(rules, who) == may)
                {
                    check(w, &scene, rules, who, &deed, may).await;
                    put_votes_back(&scene).await;
                }
            }
        }
        w.run_jobs().await;
        for thread in w.threads() {
            w.said_in(thread.id);
        }
        w.said_in(world::CAMPAIGN);
        w.said_in(world::GENERAL);
        // Nothing opened the forms that were forged, which an answer to a form says on Discord.
        for violation in w.discord().take_violations() {
            let about = |flaw: &Flaw| flaw.path.ends_with("triggering_interaction_metadata");
            assert!(violation.flaws.iter().all(about), "{violation:?}");
        }
    })
    .await;
}

/// Does one thing as one member, and compares what shows with what the table says.
async fn check(w: &World, scene: &Scene, rules: Rules, who: Who, deed: &Deed, may: bool) {
    let about = format!("{who:?} {:?} under {rules:?}", deed.forgery);
    let before = Rows::read(w, scene).await;
    let member = w.discord().member(scene.user(who));
    let forged = member.forge(scene.thread.id, &deed.forgery, &scene.forged(who));
    let interaction = forged.unwrap_or_else(|error| panic!("{about}: {error}"));
    let told = if let Forgery::Typing(..) = deed.forgery {
        w.discord()
            .choices(interaction)
            .await
            .unwrap_or_default()
            .to_string()
    } else {
        let answer = w.discord().answer(interaction).await;
        let form = answer.modal.map_or("", |_| FORM);
        format!(
            "{} {} {} {form}",
            answer.message["content"], answer.message["components"], answer.message["attachments"]
        )
    };
    let after = Rows::read(w, scene).await;
    let changed = after.new_since(&before);
    assert!(!told.contains(TROUBLE), "{about}: {told}");
    match deed.shows {
        Shows::Change => assert_eq!(!changed.is_empty(), may, "{about}: {told}\n{changed:#?}"),
        Shows::Text(text) => {
            assert_eq!(told.contains(text), may, "{about}: {told}");
            assert!(changed.is_empty(), "{about}: {told}\n{changed:#?}");
        }
    }
}

/// Asserts that the table has every registered command, every completion and every button.
fn assert_the_table_is_whole(w: &World, scene: &Scene) {
    let deeds = all(scene, Who::Manager);
    let (mut commands, mut completions, mut pressed) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for deed in &deeds {
        match &deed.forgery {
            Forgery::Command(name, _) | Forgery::Menu(name, _) => drop(commands.insert(name.clone())),
            Forgery::Typing(name, _, option) => drop(completions.insert(format!("{name} {option}"))),
            Forgery::Button(id, _) | Forgery::Form(id, ..) => {
                let button: Button = id.parse().expect("a button");
                pressed.insert(number(button));
            }
        }
    }
    assert_eq!(pressed, (0..BUTTONS).collect());
    let (mut registered, mut completed) = (BTreeSet::new(), BTreeSet::new());
    for command in w.discord().commands() {
        leaves(&command, "", &mut registered, &mut completed);
    }
    assert_eq!(commands, registered);
    assert_eq!(completions, completed);
}

/// Collects the commands below one, and their options that are completed.
fn leaves(command: &Value, above: &str, names: &mut BTreeSet<String>, completed: &mut BTreeSet<String>) {
    let name = format!("{above}{}", command["name"].as_str().expect("a name"));
    let options = command["options"].as_array().cloned().unwrap_or_default();
    let is_command = |option: &&Value| option["type"] == json!(1) || option["type"] == json!(2);
    let below: Vec<&Value> = options.iter().filter(is_command).collect();
    if below.is_empty() {
        let asks = options.iter().filter(|option| option["autocomplete"] == true);
        completed
            .extend(asks.map(|option| format!("{name} {}", option["name"].as_str().unwrap_or_default())));
        names.insert(name);
        return;
    }
    for option in below {
        leaves(option, &format!("{name} "), names, completed);
    }
}

/// Nothing was chosen.
const PLAIN: Rules = Rules {
    roles: false,
    own_vote: false,
    admins_treasury: false,
    closed: false,
};
/// Roles were named.
const ROLES: Rules = Rules {
    roles: true,
    admins_treasury: true,
    ..PLAIN
};
/// The requester's own vote counts.
const OWN_VOTE: Rules = Rules {
    roles: true,
    own_vote: true,
    ..PLAIN
};
/// The bot is open for another guild alone.
const CLOSED: Rules = Rules {
    closed: true,
    admins_treasury: true,
    ..PLAIN
};

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_what_the_table_says_where_nothing_was_chosen_on_sqlite() {
    walk(Kind::Sqlite, PLAIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_what_the_table_says_where_nothing_was_chosen_on_postgres() {
    walk(Kind::Postgres, PLAIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_what_the_table_says_where_roles_were_named_on_sqlite() {
    walk(Kind::Sqlite, ROLES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_what_the_table_says_where_roles_were_named_on_postgres() {
    walk(Kind::Postgres, ROLES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_what_the_table_says_where_their_own_vote_counts_on_sqlite() {
    walk(Kind::Sqlite, OWN_VOTE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_what_the_table_says_where_their_own_vote_counts_on_postgres() {
    walk(Kind::Postgres, OWN_VOTE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_may_anything_where_the_bot_is_not_open_on_sqlite() {
    walk(Kind::Sqlite, CLOSED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_may_anything_where_the_bot_is_not_open_on_postgres() {
    walk(Kind::Postgres, CLOSED).await;
}
