//! Tests votes in a storm of everything that can happen to them, by a seed. What was approved in
//! the end must be what a plain replay allows.
//!
//! People vote, withdraw, press, leave, gain and lose roles. Leads stop votes and lift the stops.
//! Settings change. The gateway drops events, repeats them, delays them, and begins new sessions. The
//! bot ends and begins again, and hours pass.
//! `GREENLIGHT_CHAOS=first..end` runs other seeds; see `scripts/chaos`.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use discord_sandbox::{Cut, EventFault, Mishap, Sandbox, world};
use futures::{FutureExt, StreamExt, stream};
use greenlight::domain::approval::ballot::Change;
use greenlight::domain::approval::vote::VoteState;
use greenlight::domain::emoji::Emoji;
use greenlight::domain::ids::{MessageId, UserId};
use greenlight::flow::approval::recount;
use greenlight::flow::approval::vote;
use greenlight::store::renders;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::json;

use crate::harness::{Image, Kind, World, run_test_on};

const STEPS: usize = 40;
/// Most votes of a storm, open or not. Then nothing more is drafted.
const VOTES: usize = 8;
/// How many storms run at once. They spend most of their time waiting for their turn at Discord.
const AT_ONCE: usize = 6;
const PEOPLE: usize = 7;
/// Roles that the storm gives and takes. Whether one may manage the server does not matter, because
/// leads are always named.
const ARTIST: u64 = world::BOT_ROLE;
const LEAD: u64 = world::STUDIO_LEAD;

/// The settings of one vote, as the story knows them.
#[derive(Clone, Debug)]
struct Rules {
    quorums: [usize; 2],
    artists_only: bool,
    own_vote: bool,
    lead_decides: bool,
}

/// The truth about one image: who reacted, who pressed, and what was lifted.
struct Vote {
    image: Image,
    quorum: usize,
    rules: Rules,
    approve: BTreeSet<u64>,
    veto: BTreeSet<u64>,
    lifted: BTreeSet<u64>,
    pressed: BTreeSet<u64>,
    spent: bool,
}

/// The whole truth, whatever the bot was told of it.
struct Storm {
    dice: StdRng,
    rules: Rules,
    /// The members, with their roles.
    people: BTreeMap<u64, BTreeSet<u64>>,
    votes: Vec<Vote>,
    /// Every event about a reaction so far.
    events: Vec<(u64, u64, &'static str, Change)>,
    sessions: u64,
}

impl Vote {
    fn is_lead(people: &BTreeMap<u64, BTreeSet<u64>>, user: u64) -> bool {
        people.get(&user).is_some_and(|roles| roles.contains(&LEAD))
    }

    fn is_stopped(&self, people: &BTreeMap<u64, BTreeSet<u64>>) -> bool {
        self.veto
            .difference(&self.lifted)
            .any(|user| Self::is_lead(people, *user))
    }

    /// Returns whether the next stage may be paid for now.
    fn is_earned(&self, people: &BTreeMap<u64, BTreeSet<u64>>) -> bool {
        let counts = |user: &&u64| {
            let artist = people.get(*user).is_some_and(|roles| roles.contains(&ARTIST));
            let may = !self.rules.artists_only || artist || Self::is_lead(people, **user);
            people.contains_key(*user) && may && (self.rules.own_vote || **user != world::ANA)
        };
        let all = self.approve.union(&self.pressed).filter(counts);
        let all: Vec<u64> = all.copied().collect();
        let decided = self.rules.lead_decides && all.iter().any(|user| Self::is_lead(people, *user));
        !self.is_stopped(people) && (all.len() >= self.quorum || decided)
    }
}

impl Storm {
    fn new(w: &World, seed: u64) -> Self {
        let mut people = BTreeMap::from([world::ANA, world::BO, world::CEM].map(|id| (id, BTreeSet::new())));
        people.insert(world::DANA, BTreeSet::from([LEAD]));
        while people.len() < PEOPLE {
            people.insert(w.discord().add_member("Somebody"), BTreeSet::new());
        }
        let rules = Rules {
            quorums: [1, 2],
            artists_only: false,
            own_vote: false,
            lead_decides: false,
        };
        Self {
            dice: StdRng::seed_from_u64(seed),
            rules,
            people,
            votes: Vec::new(),
            events: Vec::new(),
            sessions: 1,
        }
    }

    fn somebody(&mut self) -> u64 {
        let people: Vec<u64> = self.people.keys().copied().collect();
        *people.choose(&mut self.dice).expect("somebody is there")
    }

    async fn step(&mut self, w: &mut World) {
        match self.dice.random_range(0..100) {
            0..45 => self.react(w).await,
            45..53 => self.press(w).await,
            53..58 => self.change_people(w),
            58..62 => self.lift(w).await,
            62..66 => self.change_settings(w).await,
            66..70 => self.draft(w).await,
            70..74 => self.tell_again(w).await,
            74..78 => self.go_astray(w),
            78..82 => self.lose_sight(w).await,
            82..85 => self.restart(w).await,
            85..88 => w.advance(Duration::from_mins(self.dice.random_range(1..300))),
            _ => self.work(w).await,
        }
    }

    /// Has somebody add or remove a reaction to an image.
    async fn react(&mut self, w: &World) {
        let (user, stops) = (self.somebody(), self.dice.random_bool(0.2));
        let Some(at) = self.some_vote() else { return };
        let emoji = if stops { "🚫" } else { "✅" };
        let vote = &mut self.votes[at];
        let votes = if stops { &mut vote.veto } else { &mut vote.approve };
        let (member, thread, message) = (w.discord().member(user), vote.image.thread, vote.image.message);
        let change = if votes.insert(user) {
            let burst = self.dice.random_bool(0.2);
            let reacted = if burst {
                member.burst_react(thread, message, emoji).await
            } else {
                member.react(thread, message, emoji).await
            };
            reacted.expect("a reaction");
            Change::Cast
        } else {
            votes.remove(&user);
            if stops {
                vote.lifted.remove(&user);
            }
            member
                .unreact(thread, message, emoji)
                .await
                .expect("to take it off");
            Change::Withdrawn
        };
        self.events.push((message, user, emoji, change));
    }

    /// Has somebody press Approve. The bot is the record of that.
    async fn press(&mut self, w: &World) {
        let user = self.somebody();
        let Some(at) = self.some_vote() else { return };
        let image = self.votes[at].image.clone();
        let button = format!("approve:{}", image.render());
        let pressed = w
            .discord()
            .member(user)
            .click(image.thread, image.message, &button)
            .await;
        // The button may be gone.
        let Ok(pressed) = pressed else { return };
        let answer = w.discord().answer(pressed).await.message["content"].to_string();
        if answer.contains("Your approval counts") {
            self.votes[at].pressed.insert(user);
        } else if answer.contains("taken back") || answer.contains("still counts") {
            self.votes[at].pressed.remove(&user);
        }
    }

    /// Has a member leave and another come, or gives and takes roles.
    fn change_people(&mut self, w: &World) {
        let user = self.somebody();
        let asks = user == world::ANA || user == world::DANA;
        if self.dice.random_bool(0.3) && !asks {
            w.discord().remove_member(user);
            self.people.remove(&user);
            self.people
                .insert(w.discord().add_member("Somebody"), BTreeSet::new());
        } else if user != world::DANA {
            let roles = [ARTIST, LEAD]
                .into_iter()
                .filter(|_| self.dice.random_bool(0.4))
                .collect();
            self.people.insert(user, roles);
            let roles = self.people[&user].iter().copied().collect();
            w.discord().set_roles(user, roles).expect("somebody who is there");
        }
    }

    /// Has Dana lift a stop. The bot recounts first, so that she sees what she lifts.
    async fn lift(&mut self, w: &mut World) {
        self.recount(w).await;
        let people = &self.people;
        let Some(vote) = self
            .votes
            .iter_mut()
            .find(|vote| !vote.spent && vote.is_stopped(people))
        else {
            return;
        };
        let lifted = w
            .dana()
            .presses(vote.image.thread, vote.image.message, "lift")
            .await;
        assert!(lifted.contains("goes on"), "{lifted}");
        vote.lifted.clone_from(&vote.veto);
    }

    async fn change_settings(&mut self, w: &mut World) {
        self.rules = Rules {
            quorums: [self.dice.random_range(1..4), self.dice.random_range(1..4)],
            artists_only: self.dice.random_bool(0.3),
            own_vote: self.dice.random_bool(0.3),
            lead_decides: self.dice.random_bool(0.3),
        };
        let mut options = json!({
            "review_quorum": self.rules.quorums[0], "final_quorum": self.rules.quorums[1],
            "own_vote": self.rules.own_vote, "lead_decides": self.rules.lead_decides, "leads": LEAD.to_string(),
        });
        if self.rules.artists_only {
            options["approvers"] = json!(ARTIST.to_string());
        } else {
            // The first choice is who approves.
            options["reset"] = json!(0);
        }
        w.dana().command("settings approvals", options).await;
    }

    async fn draft(&mut self, w: &mut World) {
        if self.votes.len() < VOTES {
            self.work(w).await;
            w.ana().asks(json!({ "prompt": "a fox", "images": 2 })).await;
            self.work(w).await;
        }
    }

    /// Has the gateway repeat an event, or tell one only now. It is no news of what is true.
    async fn tell_again(&mut self, w: &World) {
        let Some((message, user, emoji, change)) = self.events.choose(&mut self.dice).copied() else {
            return;
        };
        let (services, emoji) = (&w.app().services, emoji.parse::<Emoji>().expect("an emoji"));
        vote::reacted(
            services,
            MessageId::new(message),
            UserId::new(user),
            &emoji,
            change,
        )
        .await
        .expect("a record");
    }

    /// Makes something happen to one of the next events about reactions.
    fn go_astray(&mut self, w: &World) {
        let late = Mishap::Late {
            ms: self.dice.random_range(100..3_000),
        };
        let all = [Mishap::Drop, Mishap::Twice, Mishap::AfterNext, late];
        let what = *all.choose(&mut self.dice).expect("a mishap");
        w.discord()
            .gateway()
            .mishap(EventFault::next("MESSAGE_REACTION_", what));
    }

    /// Cuts the bot off. What happens meanwhile is told later, or never.
    async fn lose_sight(&mut self, w: &mut World) {
        w.events().await;
        let lost = self.dice.random_bool(0.6);
        w.discord().cut_gateway(if lost { Cut::Fresh } else { Cut::Drop });
        for _ in 0..self.dice.random_range(1..4) {
            self.react(w).await;
        }
        if lost {
            self.sessions += 1;
            w.sessions(self.sessions).await;
        } else {
            w.discord().until(Sandbox::online).await;
        }
    }

    /// Ends the bot and begins it again. What happens meanwhile is never told.
    async fn restart(&mut self, w: &mut World) {
        w.events().await;
        w.stop().await;
        for _ in 0..self.dice.random_range(0..3) {
            self.react(w).await;
        }
        w.start().await;
        self.sessions = 1;
    }

    /// Has all votes recounted, as happens now and then, and checks that all that was earned is
    /// paid.
    async fn recount(&mut self, w: &mut World) {
        recount::missed_votes(&w.app().services).await.expect("a recount");
        self.work(w).await;
        for vote in &self.votes {
            let earned = vote.is_earned(&self.people);
            assert!(
                vote.spent || !earned,
                "{} was earned: {}",
                vote.image.message,
                w.look_at(&vote.image)
            );
        }
    }

    /// Runs all jobs. Asserts that what the bot pays for was earned.
    async fn work(&mut self, w: &mut World) {
        w.run_jobs().await;
        for vote in &mut self.votes {
            let id = vote.image.render();
            let render = w
                .app()
                .services
                .store
                .read(move |tx| renders::find(tx, id).boxed())
                .await;
            let state = render.expect("the database").expect("the render").vote.state();
            if state == VoteState::Spent && !vote.spent {
                let earned = vote.is_earned(&self.people);
                assert!(
                    earned,
                    "{} was not earned: {}",
                    vote.image.message,
                    w.look_at(&vote.image)
                );
                vote.spent = true;
            }
        }
        self.look_around(w);
    }

    /// Finds images that were posted since. Their votes have the settings of now.
    fn look_around(&mut self, w: &mut World) {
        for thread in w.threads() {
            for (stage, quorum) in [("explore", Some(0)), ("review", Some(1)), ("final", None)] {
                for image in w.images(&thread, stage) {
                    let known = self.votes.iter().any(|vote| vote.image.message == image.message);
                    if let Some(quorum) = quorum.filter(|_| !known) {
                        self.votes.push(Vote {
                            image,
                            quorum: self.rules.quorums[quorum],
                            rules: self.rules.clone(),
                            approve: BTreeSet::new(),
                            veto: BTreeSet::new(),
                            lifted: BTreeSet::new(),
                            pressed: BTreeSet::new(),
                            spent: false,
                        });
                    }
                }
            }
        }
    }

    fn some_vote(&mut self) -> Option<usize> {
        let open: Vec<usize> = (0..self.votes.len())
            .filter(|at| !self.votes[*at].spent)
            .collect();
        open.choose(&mut self.dice).copied()
    }
}

/// Runs one storm.
async fn storm(kind: Kind, seed: u64) {
    run_test_on(kind, &[("POOL__FIRST_GRANT", "100000")], async |w| {
        let leads = json!({ "leads": LEAD.to_string() });
        w.dana().command("settings approvals", leads).await;
        let mut storm = Storm::new(w, seed);
        storm.draft(w).await;
        for _ in 0..STEPS {
            storm.step(w).await;
        }
        storm.recount(w).await;
        let price = |stage: &str| if stage == "explore" { 20 } else { 40 };
        let paid = storm
            .votes
            .iter()
            .filter(|vote| vote.spent)
            .map(|vote| price(&vote.image.stage));
        let drawn = storm
            .votes
            .iter()
            .filter(|vote| vote.image.stage == "explore")
            .count();
        let due = paid.sum::<i64>() + 10 * i64::try_from(drawn).expect("a few");
        assert_eq!(
            (w.pool().await.settled.get(), w.pool().await.held.get()),
            (due, 0)
        );
        for thread in w.threads() {
            w.starter(&thread);
            // Requesters hear of stops.
            w.said_in(thread.id);
        }
        println!(
            "seed {seed} on {kind:?}: {} votes, {} spent, {} stopped",
            storm.votes.len(),
            storm.votes.iter().filter(|vote| vote.spent).count(),
            storm
                .votes
                .iter()
                .filter(|vote| !vote.spent && vote.is_stopped(&storm.people))
                .count(),
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_approved_in_a_storm_is_what_a_plain_replay_allows() {
    let asked = std::env::var("GREENLIGHT_CHAOS").unwrap_or_else(|_| "1..3".to_owned());
    let (first, end) = asked.split_once("..").expect("GREENLIGHT_CHAOS is first..end");
    let number = |text: &str| text.parse::<u64>().expect("GREENLIGHT_CHAOS is first..end");
    let storms = stream::iter(number(first)..number(end)).map(async |seed| {
        let kind = if seed % 2 == 0 {
            Kind::Postgres
        } else {
            Kind::Sqlite
        };
        if let Err(panic) = AssertUnwindSafe(storm(kind, seed)).catch_unwind().await {
            eprintln!(
                "the storm with the seed {seed} failed: GREENLIGHT_CHAOS={seed}..{}",
                seed + 1
            );
            resume_unwind(panic);
        }
    });
    storms.buffer_unordered(AT_ONCE).collect::<()>().await;
}
