//! Tells a guild once a day what waits for votes, in the channel and at the hour that it chose. The
//! digest of the day before is taken away, because what it says is over.

use futures::FutureExt;

use crate::discord::{File, Post};
use crate::domain::approval::queue::{self, Queued};
use crate::domain::approval::terms::Terms;
use crate::domain::approval::vote::{Image, Vote};
use crate::domain::guild::digest::{DigestRecord, Turn, turn};
use crate::domain::guild::settings::GuildRules;
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::domain::image::mark::Contents;
use crate::domain::limits;
use crate::domain::money::period::Slot;
use crate::domain::nonce::Nonce;
use crate::flow::approval::list;
use crate::flow::contact_sheet::{Tile, contact_sheet};
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::posting::{if_it_can, lasting};
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{drafts, guilds, renders};
use crate::wording::{self, DigestDraft};

/// How long before its hour a digest may have been posted, by a clock that was wrong, in milliseconds.
const EARLY_MS: i64 = 24 * 60 * 60_000;

/// A message that shows a digest.
type Shown = (ChannelId, MessageId);

/// Posts the digest if its hour has come and the day has none yet. Posts none where nothing waits.
///
/// # Errors
/// [`Error`]: the job runs again, and finds a digest that was posted. A channel that takes no message
/// is no error: the settings tell of it.
pub async fn digest(services: &Services, guild: GuildId, attempts: u32) -> Result<Done, Error> {
    let (rules, record) = read(services, guild).await?;
    let mut shown = record.message;
    if record.withdrawn || (rules.digest.is_none() && shown.is_some()) {
        take_down(services, guild, shown).await?;
        shown = None;
    }
    let now_ms = services.clock.now_ms();
    let slots = rules.zone.daily(rules.digest_hour, now_ms);
    let (Some(channel), Some(slots)) = (rules.digest, slots) else {
        return Ok(Done::Finished);
    };
    let again = |at_ms: i64| Ok(Done::Again(at_ms.min(now_ms + limits::DIGEST_LOOK_MS)));
    match turn(slots, record.day, now_ms) {
        Turn::Wait(until_ms) => again(until_ms),
        Turn::Skip(day) => {
            note(services, guild, day, shown).await?;
            again(slots[1].due_ms)
        }
        Turn::Post(slot) => {
            let posted = post(services, guild, (channel, slot), attempts).await?;
            if let Some(old) = shown.filter(|old| Some(*old) != posted) {
                remove(services, old).await?;
            }
            note(services, guild, slot.day, posted).await?;
            again(slots[1].due_ms)
        }
    }
}

async fn read(services: &Services, guild: GuildId) -> Result<(GuildRules, DigestRecord), Error> {
    let operator = services.rules.clone();
    let read = services.store.read(move |tx| {
        async move {
            let rules = settings::rules_in(tx, &operator, guild).await?;
            Ok::<_, Error>((rules, guilds::digests::read(tx, guild).await?))
        }
        .boxed()
    });
    read.await
}

/// Records that a day is done, and which digest is shown.
async fn note(services: &Services, guild: GuildId, day: i64, shown: Option<Shown>) -> Result<(), Error> {
    let noted = services.change(move |tx| {
        async move {
            let row = guilds::lock(tx, guild).await?;
            Ok(guilds::digests::posted(tx, &row, day, shown).await?)
        }
        .boxed()
    });
    noted.await
}

/// Takes the digest away that is shown, and records that.
async fn take_down(services: &Services, guild: GuildId, shown: Option<Shown>) -> Result<(), Error> {
    if let Some(shown) = shown {
        remove(services, shown).await?;
    }
    let noted = services.change(move |tx| {
        async move {
            let row = guilds::lock(tx, guild).await?;
            Ok(guilds::digests::taken_down(tx, &row).await?)
        }
        .boxed()
    });
    noted.await
}

async fn remove(services: &Services, (channel, message): Shown) -> Result<(), Error> {
    let removed = services.discord.delete(channel, message).await;
    if_it_can("taking a digest away", removed)
}

/// Posts the digest of a day, unless an earlier run did and died before it could record that.
async fn post(
    services: &Services,
    guild: GuildId,
    (channel, slot): (ChannelId, Slot),
    attempts: u32,
) -> Result<Option<Shown>, Error> {
    if attempts > 1 {
        let begin = wording::digest_begin(slot.due_ms);
        let is_it = |text: &str| text.starts_with(&begin);
        let found = services.discord.find_ours(channel, slot.due_ms - EARLY_MS, is_it);
        let found = lasting(found.await)?.unwrap_or_default();
        if let Some(found) = found.first() {
            return Ok(Some((channel, *found)));
        }
    }
    let waiting = waiting(services, guild).await?;
    if waiting.images == 0 {
        return Ok(None);
    }
    let told: Vec<&DigestDraft> = waiting.drafts.iter().map(|(_, told)| told).collect();
    let (content, fit) = wording::digest(slot.due_ms, waiting.images, waiting.of, &told);
    let file = pictures(services, guild, &waiting.drafts[..fit]).await?;
    let post = Post {
        files: file.into_iter().collect(),
        ..Post::new(Nonce::Digest(slot.day), content)
    };
    match lasting(services.discord.post(channel, post).await)? {
        Ok(message) => Ok(Some((channel, message))),
        Err(error) => {
            tracing::info!(guild.id = %guild, "the digest was not taken: {error}");
            Ok(None)
        }
    }
}

/// What waits in a guild.
struct Waiting {
    /// How many images wait.
    images: usize,
    /// Of how many drafts.
    of: usize,
    /// The drafts that are told of, each with the image that stands for it.
    drafts: Vec<(Image, DigestDraft)>,
}

/// Reads what waits for votes or for credits.
async fn waiting(services: &Services, guild: GuildId) -> Result<Waiting, Error> {
    let (rules, now_ms) = (services.rules.clone(), services.clock.now_ms());
    let read = services.store.read(move |tx| {
        async move {
            // Nobody looks, so that nobody has voted.
            let mut all = renders::queued(tx, guild, UserId::new(0)).await?;
            all.retain(|vote| waits(&vote.image, now_ms));
            let images = all.len();
            let grouped = queue::by_draft(all);
            let of = grouped.len();
            let mut shown = Vec::new();
            for votes in grouped.into_iter().take(limits::DIGEST_DRAFTS) {
                let draft = drafts::get(tx, votes[0].image.draft).await?;
                let since = votes.iter().filter_map(|vote| vote.image.message);
                let since_ms = since.map(MessageId::at_ms).min().unwrap_or_default();
                let listed = list::listed(tx, &rules, &draft, &votes).await?;
                shown.extend(listed.map(|listed| (stands_for(votes), DigestDraft { listed, since_ms })));
            }
            Ok::<_, Error>(Waiting {
                images,
                of,
                drafts: shown,
            })
        }
        .boxed()
    });
    read.await
}

/// Returns whether an image waits: one that is shown and not stopped, and a vote whose time is not over,
/// which its job may not have closed yet.
fn waits(image: &Image, now_ms: i64) -> bool {
    let is_over = |terms: &Terms| terms.closes_ms <= now_ms;
    let waits = match &image.vote {
        Vote::Open(terms) => !is_over(terms),
        Vote::Waiting { .. } | Vote::Capped { .. } => true,
        Vote::None | Vote::Stopped { .. } | Vote::Spent(_) | Vote::Closed { .. } => false,
    };
    waits && image.message.is_some()
}

/// Returns the image that stands for its draft on the contact sheet: the one of the latest stage.
fn stands_for(votes: Vec<Queued>) -> Image {
    let mut images = votes.into_iter().map(|vote| vote.image);
    let first = images.next().expect("a draft that has votes");
    images.fold(
        first,
        |best, image| if image.stage > best.stage { image } else { best },
    )
}

/// Draws one picture of each draft, marked as the text names it.
async fn pictures(
    services: &Services,
    guild: GuildId,
    drafts: &[(Image, DigestDraft)],
) -> Result<Option<File>, Error> {
    let tiles = drafts.iter().zip('A'..);
    let tiles: Vec<Tile<'_>> = tiles
        .map(|((image, _), letter)| Tile::lettered(letter, image))
        .collect();
    let drawn = contact_sheet(services, guild, &tiles).await?;
    let told: Vec<_> = drafts.iter().map(|(image, told)| (image.number, told)).collect();
    Ok(drawn.map(|(sheet, _)| File {
        name: wording::DIGEST_SHEET.to_owned(),
        contents: Contents::Marked(sheet),
        alt: wording::alt_of_digest(&told),
    }))
}
