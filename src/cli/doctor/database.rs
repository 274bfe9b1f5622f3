//! Checks the database: there, whole and up to date, and its books balance.

use futures::FutureExt;

use super::report::{Level, Part};
use crate::cli::start::{in_one_sentence, look};
use crate::clock::Clock;
use crate::config::Config;
use crate::flow;
use crate::flow::money::export;
use crate::store::ledger::Extent;
use crate::store::{self, Store, jobs, ledger, renders};
use crate::worker::LONGEST_MS;

/// What to do where the database did not answer a question.
pub(super) const ASK_AGAIN: &str = "see that the database answers, then run this again";
const KEEP: &str = "stop the bot, copy the database before anything else is done with it, and \
                    report the line above with the version of the bot";

/// For how long a job may be due before somebody should look, in milliseconds. A busy image service
/// keeps images waiting for minutes.
const DUE_TOO_LONG_MS: i64 = 15 * 60_000;

/// Opens the database to look at it, and counts its books. Returns it if it could be opened.
pub(super) async fn check(part: &mut Part, config: &Config) -> Option<Store> {
    let store = match look(config).await {
        Ok(store) => store,
        Err(error) => {
            let (why, fix) = match error.downcast_ref() {
                Some(store::Error::Missing(_) | store::Error::Behind) => (
                    "without it nothing about credits, drafts and votes can be checked",
                    "name the right one, or run `greenlight migrate`, as `greenlight run` does by itself",
                ),
                _ => (
                    "the bot does not start, and a running one takes no drafts and no votes",
                    "see that the database runs, and that database.url names it with its user and password",
                ),
            };
            part.found(Level::Problem, in_one_sentence(&error), why, fix);
            return None;
        }
    };
    if let Err(error) = count(part, &store).await {
        let why = "what is in the database is not known";
        part.found(Level::Problem, flow::chain(&error), why, ASK_AGAIN);
    }
    Some(store)
}

async fn count(part: &mut Part, store: &Store) -> Result<(), flow::Error> {
    for fault in store.faults().await? {
        let why = "SQLite says that the file is damaged, so credits and votes in it may be lost";
        part.found(Level::Problem, fault, why, KEEP);
    }
    let books = store.read(|tx| {
        async move {
            let wrong = ledger::audit(tx).await?;
            Ok::<_, store::Error>((wrong, ledger::extent(tx).await?, renders::counts(tx).await?))
        }
        .boxed()
    });
    let (mut wrong, extent, open) = books.await?;
    wrong.extend(export::recount(store).await?);
    let counted = counted(extent);
    if wrong.is_empty() {
        part.saw(format!(
            "{counted} were recounted, and every sum agrees with its ledger."
        ));
    } else {
        part.saw(format!("{counted} were recounted."));
    }
    for line in wrong {
        let why =
            "the books do not agree: a server could spend what it does not have, or be refused what it has";
        part.found(Level::Problem, line, why, KEEP);
    }
    waits(part, store).await?;
    let held_back = store.read(|tx| renders::held_back(tx).boxed()).await?;
    if held_back > 0 {
        let what = format!("open votes that come from a copy which was put back: {held_back}");
        let why = "their next stages may be paid already, so enough approvals pay for nothing by themselves";
        let fix = "a lead presses Approve under a picture whose next size is still wanted; the others close in time";
        part.found(Level::Warning, what, why, fix);
    }
    if open.unknown > 0 {
        let why = "their credits stay held until somebody looks them up at the service";
        let fix = "`greenlight treasury unresolved --guild ID` lists them; `settle` or `release` decides";
        let what = format!("the outcome of {} paid calls is unknown", open.unknown);
        part.found(Level::Warning, what, why, fix);
    }
    Ok(())
}

/// Looks for work that nobody does: due for long, or put off to a day that a wrong clock named.
async fn waits(part: &mut Part, store: &Store) -> Result<(), store::Error> {
    let now_ms = Clock::system().now_ms();
    let read = store.read(move |tx| {
        async move {
            let astray = jobs::astray(tx, now_ms, LONGEST_MS).await?;
            Ok::<_, store::Error>((jobs::depths(tx, now_ms).await?, astray))
        }
        .boxed()
    });
    let (depths, astray) = read.await?;
    let due = depths.quick.due + depths.render.due;
    let oldest_ms = depths.quick.oldest_due_ms.max(depths.render.oldest_due_ms);
    if due > 0 && oldest_ms > DUE_TOO_LONG_MS {
        let what = format!(
            "jobs due and not done: {due}, the first for {} minutes",
            oldest_ms / 60_000
        );
        let why = "drafts, pictures or votes wait for them, and nobody does them";
        let fix = "see that `greenlight run` runs, and what its log says";
        part.found(Level::Warning, what, why, fix);
    }
    if astray > 0 {
        let what = format!("jobs further ahead than any can be: {astray}");
        let why = "the clock of a machine was wrong for a while; credits may stay held meanwhile";
        let fix = "set the clock and start the bot: it takes them up within a minute";
        part.found(Level::Warning, what, why, fix);
    }
    Ok(())
}

fn counted(extent: Extent) -> String {
    let Extent {
        pools,
        entries,
        renders,
    } = extent;
    format!("Servers: {pools}, entries: {entries}, images: {renders}. They")
}
