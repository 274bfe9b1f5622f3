//! Discord against the books: what is shown, where, and how often.

use std::collections::{BTreeMap, BTreeSet};

use discord_sandbox::world;
use serde_json::Value;

use super::evidence::{Evidence, Findings, Render, doubled};
use crate::people::{files, id_of};

type Draft = (i64, String, Option<i64>, Option<i64>);

/// A message of the bot, where it stands.
struct Post {
    channel: i64,
    message: i64,
    content: String,
    /// The last digits of the ids of the images whose files it has.
    shows: Vec<String>,
    has_files: bool,
}

/// Checks the posts.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn check(
    evidence: &Evidence<'_>,
    renders: &[Render],
    findings: &mut Findings,
) -> anyhow::Result<()> {
    let drafts = evidence
        .database
        .all::<Draft>("SELECT id, state, starter_id, thread_id FROM drafts");
    let drafts = drafts.await?;
    let posts = posts(evidence);
    images(&drafts, renders, &posts, findings);
    starters(evidence, &drafts, &posts, findings);
    let noted = evidence
        .database
        .all::<(i64,)>("SELECT notice_id FROM renders WHERE notice_id IS NOT NULL");
    let noted: BTreeSet<i64> = noted.await?.into_iter().map(|(id,)| id).collect();
    let shown: BTreeSet<i64> = renders.iter().filter_map(|render| render.message).collect();
    let threads: BTreeSet<i64> = drafts.iter().filter_map(|draft| draft.3).collect();
    for post in posts.iter().filter(|post| threads.contains(&post.channel)) {
        let about_image = post.content.starts_with("⚠️ **Image") && !post.has_files;
        if about_image {
            let known = shown.contains(&post.message) || noted.contains(&post.message);
            findings.check("an image's end is told once", known, || {
                format!("message {} in {}: {}", post.message, post.channel, post.content)
            });
        }
    }
    Ok(())
}

/// Lists the messages of the bot in the channels and in the threads of drafts.
fn posts(evidence: &Evidence<'_>) -> Vec<Post> {
    let threads = evidence.discord.threads(world::CAMPAIGN);
    let threads = threads.iter().map(|thread| id_of(&thread["id"]));
    let mut all = Vec::new();
    for channel in [world::GENERAL, world::CAMPAIGN, world::GALLERY]
        .into_iter()
        .chain(threads)
    {
        for message in evidence.discord.messages(channel) {
            if id_of(&message["author"]["id"]) == world::BOT {
                all.push(post(channel, &message));
            }
        }
    }
    all
}

fn post(channel: u64, message: &Value) -> Post {
    let names = files(message);
    // The name of an image's file ends with eight digits of its id.
    let marked = names.iter().filter_map(|name| {
        let (stem, _) = name.rsplit_once('.')?;
        let (_, digits) = stem.rsplit_once('-')?;
        let is_id = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_id.then(|| digits.to_owned())
    });
    Post {
        channel: channel.cast_signed(),
        message: id_of(&message["id"]).cast_signed(),
        content: message["content"].as_str().unwrap_or_default().to_owned(),
        shows: marked.collect(),
        has_files: !names.is_empty(),
    }
}

fn images(drafts: &[Draft], renders: &[Render], posts: &[Post], findings: &mut Findings) {
    let threads: BTreeMap<i64, i64> = drafts
        .iter()
        .filter_map(|draft| Some((draft.0, draft.3?)))
        .collect();
    for render in renders {
        let digits = format!("{:08x}", render.id.cast_unsigned() & u64::from(u32::MAX));
        let shown: Vec<(i64, i64)> = posts
            .iter()
            .filter(|post| post.shows.contains(&digits))
            .map(|post| (post.channel, post.message))
            .collect();
        let thread = threads.get(&render.draft).copied();
        let (at_home, elsewhere): (Vec<_>, Vec<_>) = shown
            .into_iter()
            .partition(|(channel, _)| Some(*channel) == thread);
        let told = || {
            format!(
                "{}: in its thread {at_home:?}, elsewhere {elsewhere:?}",
                render.name()
            )
        };
        if render.is_done() {
            let once = at_home.len() == 1 && Some(at_home[0].1) == render.message;
            findings.check("a settled image is posted once, in its thread", once, told);
        } else {
            let nowhere = at_home.is_empty() && elsewhere.is_empty();
            findings.check("an image without a picture shows none", nowhere, told);
        }
        let gallery: Vec<(i64, i64)> = render
            .shown
            .map(|message| (world::GALLERY.cast_signed(), message))
            .into_iter()
            .collect();
        findings.check("a final is in the gallery once", elsewhere == gallery, told);
    }
}

fn starters(evidence: &Evidence<'_>, drafts: &[Draft], posts: &[Post], findings: &mut Findings) {
    let known: BTreeSet<i64> = drafts.iter().filter_map(|draft| draft.2).collect();
    let in_channel = posts
        .iter()
        .filter(|post| post.channel == world::CAMPAIGN.cast_signed());
    let posted: BTreeSet<i64> = in_channel.map(|post| post.message).collect();
    let abandoned = drafts.iter().filter(|draft| draft.1 == "abandoned").count();
    for draft in drafts.iter().filter(|draft| draft.1 == "open") {
        let is_there = draft.2.is_some_and(|starter| posted.contains(&starter));
        findings.check("a draft has its starter", is_there, || {
            format!("draft {}", draft.0)
        });
    }
    let strays: Vec<&i64> = posted.difference(&known).collect();
    findings.check("a draft has one starter", strays.len() <= abandoned, || {
        format!("messages {strays:?} are no draft's, and {abandoned} drafts were abandoned")
    });
    let threads: BTreeSet<i64> = drafts.iter().filter_map(|draft| draft.3).collect();
    let there = evidence.discord.threads(world::CAMPAIGN);
    let there = there.iter().map(|thread| id_of(&thread["id"]).cast_signed());
    let strays: Vec<i64> = there.filter(|thread| !threads.contains(thread)).collect();
    findings.check("a draft has one thread", strays.len() <= abandoned, || {
        format!("threads {strays:?} are no draft's, and {abandoned} drafts were abandoned")
    });
    let twice = doubled(drafts.iter().filter_map(|draft| draft.3));
    findings.check("a thread has one draft", twice.is_empty(), || {
        format!("{twice:?}")
    });
}
