//! What members can do, each with how often it is done.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use discord_sandbox::world;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use super::look::{answer_to, buttons, files, id_of};
use super::members::{APPROVE, People, VETO};
use super::record::{Promise, What};

type Doing<'a> = Pin<Box<dyn Future<Output = Option<()>> + Send + 'a>>;

/// Something that members do.
pub(super) struct Act {
    /// Its name, for the page of figures.
    pub(super) name: &'static str,
    /// How often it is done, beside the others.
    pub(super) weight: u32,
    /// Does it. Returns nothing where it cannot be done now.
    pub(super) run: for<'a> fn(&'a People, &'a mut StdRng) -> Doing<'a>,
}

macro_rules! acts {
    ($($name:literal $weight:literal $run:ident,)+) => {
        /// All of them. What members learn to do is one more row.
        pub(super) const ACTS: &[Act] = &[$(Act {
            name: $name,
            weight: $weight,
            run: |people, dice| Box::pin($run(people, dice)),
        },)+];
    };
}

acts! {
    "ask for a draft" 12 draft,
    "vote, or take it back" 36 vote,
    "press Approve" 14 approve,
    "give a note by a reply" 4 note,
    "draw a version" 5 version,
    "stop a vote" 3 veto,
    "lift a stop" 3 lift,
    "cancel a draft" 3 cancel,
    "draft again" 3 again,
    "try again" 8 try_again,
    "grant credits" 3 grant,
    "take credits back" 1 correct,
    "change quorums" 2 quorums,
    "name a gallery" 1 gallery,
    "decide about an unknown call" 4 decide,
    "draft as a newcomer, and be forgotten" 2 newcomer,
}

/// An image as a member sees it.
struct Seen {
    thread: u64,
    message: u64,
    buttons: Vec<String>,
}

/// How many of the newest threads members look at.
const LOOKED_AT: usize = 10;

impl People {
    /// Returns a message of one of the newest threads that has files, or none.
    fn look(&self, dice: &mut StdRng, with_files: bool) -> Option<Seen> {
        let threads = self.discord.threads(world::CAMPAIGN);
        let newest = &threads[threads.len().saturating_sub(LOOKED_AT)..];
        let thread = id_of(&newest.choose(dice)?["id"]);
        let messages = self.discord.messages(thread);
        let fits: Vec<&Value> = messages
            .iter()
            .filter(|message| files(message).is_empty() != with_files)
            .collect();
        let message = fits.choose(dice)?;
        Some(Seen {
            thread,
            message: id_of(&message["id"]),
            buttons: buttons(message),
        })
    }

    /// Types a command in the channel of drafts. Returns the interaction.
    async fn command(&self, user: u64, name: &str, options: Value) -> Option<u64> {
        let member = self.discord.member(user);
        member.command(world::CAMPAIGN, name, options).await.ok()
    }

    /// Presses a button of a message that begins with some words. Returns the interaction, and what
    /// the button is about.
    async fn press(&self, user: u64, seen: &Seen, begins: &str) -> Option<(u64, i64)> {
        let button = seen.buttons.iter().find(|button| button.starts_with(begins))?;
        let about = button[begins.len()..].split(':').next().unwrap_or_default();
        // Ids of images are written in hexadecimal digits.
        let about = u64::from_str_radix(about, 16).unwrap_or_default().cast_signed();
        let member = self.discord.member(user);
        let pressed = member.click(seen.thread, seen.message, button).await.ok()?;
        Some((pressed, about))
    }

    /// Asks for a draft of new words.
    async fn draft_of(&self, user: u64, images: u32) -> Option<()> {
        let number = {
            let mut record = self.record();
            if record.drafts >= self.drafts {
                return None;
            }
            record.drafts += 1;
            record.drafts
        };
        let options = json!({ "prompt": format!("fox number {number}"), "images": images });
        let asked = self.command(user, "draft", options).await?;
        self.record().asked(asked, user, What::Draft);
        Some(())
    }

    /// Adds or takes off a reaction.
    async fn react(
        &self,
        user: u64,
        seen: &Seen,
        emoji: &'static str,
        off: f64,
        dice: &mut StdRng,
    ) -> Option<()> {
        let key = (seen.message, emoji);
        let is_on = {
            let record = self.record();
            record.reactions.get(&key).is_some_and(|all| all.contains(&user))
        };
        let member = self.discord.member(user);
        if is_on {
            if !dice.random_bool(off) {
                return None;
            }
            member.unreact(seen.thread, seen.message, emoji).await.ok()?;
            if let Some(all) = self.record().reactions.get_mut(&key) {
                all.remove(&user);
            }
        } else {
            // It is written down first: the bot may be told before this goes on.
            self.record().given.insert((seen.message.cast_signed(), user));
            member.react(seen.thread, seen.message, emoji).await.ok()?;
            self.record().reactions.entry(key).or_default().insert(user);
        }
        Some(())
    }
}

async fn draft(people: &People, dice: &mut StdRng) -> Option<()> {
    let user = *[world::ANA, world::ANA, world::BO].choose(dice)?;
    people.draft_of(user, dice.random_range(1..=3)).await
}

async fn vote(people: &People, dice: &mut StdRng) -> Option<()> {
    let seen = people.look(dice, true)?;
    let user = people.somebody(dice);
    people.react(user, &seen, APPROVE, 0.3, dice).await
}

async fn veto(people: &People, dice: &mut StdRng) -> Option<()> {
    let seen = people.look(dice, true)?;
    people.react(world::DANA, &seen, VETO, 0.7, dice).await
}

async fn approve(people: &People, dice: &mut StdRng) -> Option<()> {
    let seen = people.look(dice, true)?;
    let user = people.somebody(dice);
    let (pressed, image) = people.press(user, &seen, "approve:").await?;
    let mut record = people.record();
    record.given.insert((image, user));
    record.asked(pressed, user, What::Approve(image));
    Some(())
}

async fn note(people: &People, dice: &mut StdRng) -> Option<()> {
    let seen = people.look(dice, true)?;
    let user = people.somebody(dice);
    let text = format!("warmer by {}", dice.random_range(1..100));
    let member = people.discord.member(user);
    let reply = member.reply(seen.thread, seen.message, &text, true).await.ok()?;
    people.record().notes.insert(reply.cast_signed(), (user, text));
    Some(())
}

/// Presses a button twice now and then, as people do who wait.
async fn version(people: &People, dice: &mut StdRng) -> Option<()> {
    let seen = people.look(dice, true)?;
    let button = seen
        .buttons
        .iter()
        .find(|button| button.starts_with("version:"))?;
    let mut parts = button.split(':').skip(1);
    let image = u64::from_str_radix(parts.next()?, 16).ok()?.cast_signed();
    let nth: u32 = parts.next()?.parse().ok()?;
    // It is written down first: the bot may act before this goes on.
    people.record().versions.entry(image).or_default().insert(nth);
    for _ in 0..dice.random_range(1..=2) {
        let user = people.somebody(dice);
        people.press(user, &seen, "version:").await?;
    }
    Some(())
}

async fn lift(people: &People, dice: &mut StdRng) -> Option<()> {
    let seen = people.look(dice, true)?;
    people.press(world::DANA, &seen, "lift:").await.map(drop)
}

async fn cancel(people: &People, dice: &mut StdRng) -> Option<()> {
    let starters = people.discord.messages(world::CAMPAIGN);
    let newest = starters.last()?;
    let seen = Seen {
        thread: world::CAMPAIGN,
        message: id_of(&newest["id"]),
        buttons: buttons(newest),
    };
    let user = *[world::ANA, world::BO].choose(dice)?;
    people.press(user, &seen, "cancel:").await.map(drop)
}

async fn again(people: &People, dice: &mut StdRng) -> Option<()> {
    if people.record().drafts >= people.drafts {
        return None;
    }
    let seen = people.look(dice, true)?;
    let (pressed, _) = people.press(world::ANA, &seen, "again:").await?;
    let mut record = people.record();
    record.drafts += 1;
    record.asked(pressed, world::ANA, What::Draft);
    Some(())
}

async fn try_again(people: &People, dice: &mut StdRng) -> Option<()> {
    let seen = people.look(dice, false)?;
    let user = people.somebody(dice);
    people.press(user, &seen, "retry:").await.map(drop)
}

async fn grant(people: &People, dice: &mut StdRng) -> Option<()> {
    grant_of(people, dice.random_range(20..400)).await
}

/// Has the operator grant credits.
pub(super) async fn grant_of(people: &People, credits: i64) -> Option<()> {
    let options = json!({ "credits": credits });
    let asked = people.command(world::DANA, "treasury grant", options).await?;
    people.record().asked(asked, world::DANA, What::Grant(credits));
    Some(())
}

async fn correct(people: &People, dice: &mut StdRng) -> Option<()> {
    let options = json!({ "credits": dice.random_range(1..50), "reason": "counted again" });
    let asked = people.command(world::DANA, "treasury correct", options).await;
    asked.map(drop)
}

async fn quorums(people: &People, dice: &mut StdRng) -> Option<()> {
    let quorums = [dice.random_range(1..=3), dice.random_range(1..=3)];
    let is_one = |promise: &&Promise| matches!(promise.what, What::Quorums(_));
    let before: Vec<u64> = {
        let record = people.record();
        let commands = record.promises.iter().filter(is_one);
        commands.map(|promise| promise.interaction).collect()
    };
    let mut answered = BTreeSet::new();
    for interaction in before {
        if !answer_to(&people.discord, interaction).await.is_empty() {
            answered.insert(interaction);
        }
    }
    let options = json!({ "review_quorum": quorums[0], "final_quorum": quorums[1] });
    let asked = people.command(world::DANA, "settings approvals", options).await?;
    let what = What::Quorums(quorums);
    people.record().asked_after(answered, asked, world::DANA, what);
    Some(())
}

async fn gallery(people: &People, _: &mut StdRng) -> Option<()> {
    let options = json!({ "gallery": world::GALLERY.to_string() });
    let asked = people.command(world::DANA, "settings channels", options).await;
    asked.map(drop)
}

async fn decide(people: &People, dice: &mut StdRng) -> Option<()> {
    let unknown = people
        .database
        .all::<(i64,)>("SELECT id FROM renders WHERE state = 'unknown' LIMIT 5");
    let (image,) = *unknown.await.ok()?.choose(dice)?;
    let image = format!("{:016x}", image.cast_unsigned());
    let options = json!({ "image": image, "decision": dice.random_range(0..2), "reason": "looked up" });
    let asked = people.command(world::DANA, "treasury unresolved", options).await;
    asked.map(drop)
}

async fn newcomer(people: &People, dice: &mut StdRng) -> Option<()> {
    let name = {
        let mut record = people.record();
        record.newcomers += 1;
        format!("Newcomer {}", record.newcomers)
    };
    let user = people.discord.add_member(&name);
    people.draft_of(user, 1).await?;
    if let Some(seen) = people.look(dice, true) {
        let _ = people.react(user, &seen, APPROVE, 0.0, dice).await;
    }
    // They leave the room for good then, and never act again.
    tokio::time::sleep(std::time::Duration::from_millis(dice.random_range(50..400))).await;
    let asked = people
        .command(user, "privacy forget-me", json!({ "sure": true }))
        .await?;
    people.record().asked(asked, user, What::Forget);
    Some(())
}
