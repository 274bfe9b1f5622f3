//! Checks the store of the pictures: it takes, gives back and removes a file, and has every picture
//! that was paid for.

use futures::FutureExt;

use super::database::ASK_AGAIN;
use super::report::{Level, Part};
use crate::blobs::{self, Blobs};
use crate::config::{BlobsConfig, Config};
use crate::domain::ids::RenderId;
use crate::flow::error::chain;
use crate::random;
use crate::store::{Store, renders};

/// How many pictures that are missing are named.
const NAMED: usize = 5;
const MOUNT: &str =
    "mount or put back the folder that has the pictures, or correct blobs.folder or blobs.url";

pub(super) async fn check(part: &mut Part, config: &Config, store: Option<&Store>) {
    let (place, shown) = (&config.blobs.place, config.blobs.to_string());
    // Before the store is listed: a picture is stored before its render is done.
    let done = match store {
        None => Vec::new(),
        Some(store) => match store.read(|tx| renders::done(tx).boxed()).await {
            Ok(done) => done,
            Err(error) => {
                let why = "it says which pictures there should be";
                part.found(Level::Problem, chain(&error), why, ASK_AGAIN);
                Vec::new()
            }
        },
    };
    match Blobs::look(place).await {
        Ok(Some(blobs)) => probe(part, &blobs, &config.blobs, &done).await,
        Ok(None) if !done.is_empty() => {
            let what = format!("{shown}: {}", blobs::Error::Emptied);
            let why = "the bot does not start without the pictures that were paid for";
            part.found(Level::Problem, what, why, MOUNT);
        }
        Ok(None) => match blobs::prove_above(place, random::bits()).await {
            Ok(()) => part.saw(format!(
                "There are no pictures yet; {place} can be made, and `run` makes it."
            )),
            Err(error) => refused(part, &shown, &error),
        },
        Err(error) => {
            let what = format!("{shown}: {}", chain(&error));
            part.found(
                Level::Problem,
                what,
                "the bot cannot store a picture that it paid for",
                MOUNT,
            );
        }
    }
}

async fn probe(part: &mut Part, blobs: &Blobs, of: &BlobsConfig, done: &[RenderId]) {
    match blobs.prove(random::bits()).await {
        Ok(()) => part.saw(format!("A file was written to {}, read and removed.", of.place)),
        Err(error) => refused(part, &of.to_string(), &error),
    }
    let there = match blobs.pictures().await {
        Ok(there) => there,
        Err(error) => return refused(part, &of.to_string(), &error),
    };
    let missing: Vec<&RenderId> = done.iter().filter(|render| !there.contains(render)).collect();
    part.saw(format!(
        "Pictures that were looked for: {}, found: {}.",
        done.len(),
        done.len() - missing.len()
    ));
    if missing.is_empty() {
        return;
    }
    let named = missing.iter().take(NAMED).map(ToString::to_string);
    let named = named.collect::<Vec<_>>().join(", ");
    let what = format!(
        "{} pictures are not in {}, such as {named}",
        missing.len(),
        of.place
    );
    let why = "they were paid for; nobody can have them in full size, or have a larger one made of them";
    let fix = "put their files back from a copy: they are called renders/ID";
    part.found(Level::Problem, what, why, fix);
}

fn refused(part: &mut Part, shown: &str, error: &blobs::Error) {
    let what = format!("{shown}: {}", chain(error));
    let why = "a picture that was paid for could not be stored there";
    let fix = "see that the disk has room, or that the bucket's service can be reached, and that the bot may list, read, write and delete there";
    part.found(Level::Problem, what, why, fix);
}
