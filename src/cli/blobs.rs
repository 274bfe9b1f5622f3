//! Runs `greenlight blobs`: moves the pictures to another folder or bucket, while the bot works.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};

use super::backup::manifest::survey;
use super::start::{Settings, look};
use super::told::{INCOMPLETE, Told};
use crate::blobs::{Blobs, Filled, Picture};
use crate::config::{BlobsConfig, Config};
use crate::domain::ids::{DraftId, RenderId};
use crate::store::drafts::retention;
use crate::store::{Error, Store, drafts};

/// How many pictures are copied at the same time.
const AT_ONCE: usize = 4;
/// After how many pictures the log says how far it is.
const TOLD_EVERY: usize = 500;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Act {
    /// Copy every picture to another folder or bucket, while the bot works; the old ones stay
    Move(Args),
}

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// A folder, or a bucket as `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "URL")]
    to: String,
}

pub(super) async fn run(act: Act) -> anyhow::Result<()> {
    let Act::Move(args) = act;
    let config = args.settings.load()?;
    let (from, to) = (&config.blobs, target(&args)?);
    if from.place.is(&to.place) {
        bail!("{from}: the pictures are there already");
    }
    let source = Blobs::look(&from.place).await.with_context(|| from.to_string())?;
    let source = source.with_context(|| format!("{from}: there are no pictures in it"))?;
    source.is_there().await.with_context(|| from.to_string())?;
    let store = look(&config).await?;
    let moved = moved(&store, &source, from, &to).await;
    store.close().await;
    let Moved { sums, missing } = moved?;
    println!("{sums}");
    println!(
        "The bot still uses {from}, and what it stores there from now on is not at {} yet:
1. Stop the bot.
2. Run this again. It copies what is new.
3. Set {} = \"{}\", and start the bot.
Nothing at {} was changed. Remove it when `greenlight doctor` finds every picture.",
        to.place, to.key, to.place, from.place
    );
    if missing.is_empty() {
        return Ok(());
    }
    let said = format!(
        "{} pictures that the database knows of are at neither place, such as {}",
        missing.len(),
        missing[0]
    );
    let exit_code = INCOMPLETE;
    Err(Told { exit_code, said }.into())
}

/// Returns where the pictures go, as the settings would name it.
fn target(args: &Args) -> anyhow::Result<BlobsConfig> {
    let url = ("GREENLIGHT_BLOBS__URL".to_owned(), args.to.clone());
    let environment = std::env::vars().filter(|(name, _)| *name != url.0);
    let config = Config::load(args.settings.file(), environment.chain([url.clone()]));
    Ok(config.context("--to cannot be used")?.blobs)
}

struct Moved {
    sums: String,
    /// What the database refers to and nobody has.
    missing: Vec<Picture>,
}

async fn moved(store: &Store, source: &Blobs, from: &BlobsConfig, to: &BlobsConfig) -> anyhow::Result<Moved> {
    // Before the store is listed: a picture is stored before its render is done.
    let wanted = survey(store).await?.pictures;
    let all = source.all().await.with_context(|| from.to_string())?;
    let target = Blobs::to_be_filled(&to.place)
        .await
        .with_context(|| to.to_string())?;
    let before = target.all().await.with_context(|| to.to_string())?;
    let lacking = all
        .iter()
        .filter(|(picture, bytes)| before.get(picture) != Some(bytes));
    let lacking: Vec<Picture> = lacking.map(|(picture, _)| *picture).collect();
    let copied = copy(source, &target, &lacking).await;
    let copied = copied.with_context(|| {
        format!("the move from {from} to {to} was cut, and nothing is lost: run it again to its end")
    })?;
    if let Some(other) = copied.others.first() {
        bail!(
            "{to}: {} files there are not those of the same name in {}, such as {other}, and are not overwritten: name a place where nothing is",
            copied.others.len(),
            from.place
        );
    }
    target.is_full().await.with_context(|| to.to_string())?;
    // What was wanted when this began may be forgotten now.
    let still: BTreeSet<Picture> = survey(store).await?.pictures.into_iter().collect();
    let removed = remove_forgotten(store, &target, &before, &all, &still).await?;
    let is_missing = |picture: &Picture| {
        still.contains(picture) && !all.contains_key(picture) && !before.contains_key(picture)
    };
    Ok(Moved {
        sums: format!(
            "Pictures and references in {from}: {}. Copied to {} and read back: {}. There already: {}. Forgotten meanwhile, and removed there: {removed}.",
            all.len(),
            to.place,
            copied.count,
            all.len() - lacking.len(),
        ),
        missing: wanted.into_iter().filter(is_missing).collect(),
    })
}

#[derive(Default)]
struct Copied {
    count: usize,
    /// Those of which another file is there.
    others: Vec<Picture>,
}

async fn copy(source: &Blobs, target: &Blobs, pictures: &[Picture]) -> anyhow::Result<Copied> {
    let one = async |picture: Picture| {
        let file = source.read(picture).await;
        // A reference may be removed meanwhile.
        let Some(file) = file.with_context(|| format!("{picture} cannot be read"))? else {
            return Ok(None);
        };
        let filled = target.fill(picture, file).await;
        let filled = filled.with_context(|| format!("{picture} cannot be copied"))?;
        Ok::<_, anyhow::Error>(Some((picture, filled)))
    };
    let copies = stream::iter(pictures).map(|picture| one(*picture));
    let copies = copies.buffer_unordered(AT_ONCE);
    let sums = copies.try_fold(Copied::default(), async |mut sums, copied| {
        match copied {
            Some((_, Filled::Copied)) => sums.count += 1,
            Some((picture, Filled::Another)) => sums.others.push(picture),
            None => {}
        }
        if sums.count > 0 && sums.count.is_multiple_of(TOLD_EVERY) {
            tracing::info!(copied = sums.count, of = pictures.len(), "pictures are copied");
        }
        Ok(sums)
    });
    sums.await
}

/// Removes what was copied and must not be kept any more: references whose member asked to be forgotten
/// since an earlier run, and originals that were kept long enough. What belongs to no draft of this
/// database is another bot's.
async fn remove_forgotten(
    store: &Store,
    target: &Blobs,
    there: &BTreeMap<Picture, u64>,
    all: &BTreeMap<Picture, u64>,
    still: &BTreeSet<Picture>,
) -> anyhow::Result<usize> {
    let left = there.keys().filter_map(|picture| match picture {
        Picture::Reference(draft, position) if !all.contains_key(picture) && !still.contains(picture) => {
            Some((*draft, *position))
        }
        Picture::Reference(..) | Picture::Render(_) => None,
    });
    let left: Vec<(DraftId, u32)> = left.collect();
    let mut removed = remove_old(store, target, there.keys().chain(all.keys()), still).await?;
    for some in left.chunks(drafts::ASKED_AT_ONCE) {
        let ids: Vec<DraftId> = some.iter().map(|(draft, _)| *draft).collect();
        let read = store.read(move |tx| async move { drafts::written(tx, &ids).await }.boxed());
        let ours: Result<BTreeSet<DraftId>, Error> = read.await;
        let ours = ours?;
        for (draft, position) in some.iter().filter(|(draft, _)| ours.contains(draft)) {
            target.remove_reference(*draft, *position).await?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Removes originals that the database says are removed.
async fn remove_old(
    store: &Store,
    target: &Blobs,
    there: impl Iterator<Item = &Picture>,
    still: &BTreeSet<Picture>,
) -> anyhow::Result<usize> {
    let left = there.filter_map(|picture| match picture {
        Picture::Render(render) if !still.contains(picture) => Some(*render),
        Picture::Reference(..) | Picture::Render(_) => None,
    });
    let left: BTreeSet<RenderId> = left.collect();
    let left: Vec<RenderId> = left.into_iter().collect();
    let mut count = 0;
    for some in left.chunks(drafts::ASKED_AT_ONCE) {
        let ids = some.to_vec();
        let read = store.read(move |tx| async move { retention::removed(tx, &ids).await }.boxed());
        let old: Result<BTreeSet<RenderId>, Error> = read.await;
        for render in old? {
            target.remove(render).await?;
            count += 1;
        }
    }
    Ok(count)
}
