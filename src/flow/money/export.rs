//! Exports the books page by page, and recounts them.

use std::io::Write;

use futures::FutureExt;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::discord::{File, Reply};
use crate::domain::engine::cost::Usd;
use crate::domain::ids::{GuildId, RenderId, UserId};
use crate::domain::image::mark::Contents;
use crate::domain::money::export::{Book, Format, Recount, cell};
use crate::flow::access::Caller;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::export::{self, Entry, ImageLine};
use crate::store::{self, Store};
use crate::wording;

/// Rows that are in memory at once.
const PAGE: i64 = 1_000;

/// Why the books were not exported whole.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The books could not be read.
    #[error(transparent)]
    Read(#[from] store::Error),
    /// The books could not be written.
    #[error("the books could not be written")]
    Write(#[from] std::io::Error),
}

/// Writes a book of a guild, and returns how many rows it has. Memory holds one page of it, however
/// long it is. A book that is written while rows are added has the rows that were there when their
/// page was read.
///
/// # Errors
/// [`ExportError`]: a part may have been written.
pub async fn export(
    store: &Store,
    guild: GuildId,
    book: Book,
    format: Format,
    out: impl Write,
) -> Result<u64, ExportError> {
    let mut sheet = Sheet::new(format, out);
    match book {
        Book::Entries => {
            let mut last = 0;
            loop {
                let page = store.read(move |tx| export::entries(tx, guild, last, PAGE).boxed());
                let page: Vec<Entry> = page.await?;
                let Some(end) = page.last() else { break };
                last = end.id;
                for entry in &page {
                    sheet.row(&EntryRow::new(entry, format))?;
                }
            }
        }
        Book::Lineage => {
            let mut last: Option<RenderId> = None;
            loop {
                let page = store.read(move |tx| export::images(tx, guild, last, PAGE).boxed());
                let page: Vec<ImageLine> = page.await?;
                let Some(end) = page.last() else { break };
                last = Some(end.render);
                for image in &page {
                    sheet.row(&ImageRow::new(image, format))?;
                }
            }
        }
    }
    Ok(sheet.end()?)
}

/// Hands a book of a guild to a member who may have it, if it fits into a message.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn hand(services: &Services, caller: &Caller, book: Book, format: Format) -> Result<Reply, Error> {
    let guild = caller.guild();
    let mut file = Bounded {
        bytes: Vec::new(),
        room: services.discord.upload_limit(guild),
    };
    match export(&services.store, guild, book, format, &mut file).await {
        Ok(rows) => {
            let name = format!("greenlight-{}-{guild}.{}", book.name(), format.name());
            let (contents, alt) = (
                Contents::Other(file.bytes),
                wording::alt_of_book(book, format, guild),
            );
            Ok(Reply {
                content: wording::handed(book, rows),
                file: Some(File { name, contents, alt }),
                ..Reply::default()
            })
        }
        Err(ExportError::Write(_)) => Ok(wording::book_too_long(book, format, guild).into()),
        Err(ExportError::Read(error)) => Err(error.into()),
    }
}

/// A file with a size that can be posted.
struct Bounded {
    bytes: Vec<u8>,
    room: usize,
}

impl Write for Bounded {
    fn write(&mut self, some: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + some.len() > self.room {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(some);
        Ok(some.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Recounts every guild's pool from its entries, and names the first entry that breaks it. Returns
/// a line for each guild whose books are wrong.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn recount(store: &Store) -> Result<Vec<String>, Error> {
    let mut wrong = Vec::new();
    for (guild, cached) in store.read(|tx| export::pools(tx).boxed()).await? {
        let (mut recount, mut last) = (Recount::default(), 0);
        loop {
            let page = store.read(move |tx| export::entries(tx, guild, last, PAGE).boxed());
            let page: Vec<Entry> = page.await?;
            let Some(end) = page.last() else { break };
            last = end.id;
            for entry in &page {
                recount.count(entry.id, entry.kind, entry.amount, &cached);
            }
        }
        wrong.extend(
            recount
                .verdict(&cached)
                .map(|why| format!("guild {guild}: {why}")),
        );
    }
    Ok(wrong)
}

/// A sheet that is written row by row.
enum Sheet<W: Write> {
    Csv(Box<csv::Writer<W>>, u64),
    Json(W, u64),
}

impl<W: Write> Sheet<W> {
    fn new(format: Format, out: W) -> Self {
        match format {
            Format::Csv => Self::Csv(Box::new(csv::Writer::from_writer(out)), 0),
            Format::Json => Self::Json(out, 0),
        }
    }

    fn row(&mut self, row: &impl Serialize) -> std::io::Result<()> {
        match self {
            Self::Csv(writer, rows) => {
                *rows += 1;
                writer.serialize(row).map_err(std::io::Error::other)
            }
            Self::Json(out, rows) => {
                out.write_all(if *rows == 0 { b"[\n" } else { b",\n" })?;
                *rows += 1;
                serde_json::to_writer(out, row).map_err(std::io::Error::other)
            }
        }
    }

    fn end(self) -> std::io::Result<u64> {
        match self {
            Self::Csv(mut writer, rows) => {
                writer.flush()?;
                Ok(rows)
            }
            Self::Json(mut out, rows) => {
                out.write_all(if rows == 0 { b"[]\n" } else { b"\n]\n" })?;
                out.flush()?;
                Ok(rows)
            }
        }
    }
}

/// Ids are text: a spreadsheet rounds numbers of nineteen digits, and so do programs in JavaScript.
#[derive(Serialize)]
struct EntryRow {
    entry: i64,
    at: String,
    kind: String,
    credits: i64,
    image: Option<String>,
    closes: Option<i64>,
    actor: Option<String>,
    reason: Option<String>,
}

impl EntryRow {
    fn new(entry: &Entry, format: Format) -> Self {
        Self {
            entry: entry.id,
            at: instant(entry.at_ms),
            kind: entry.name.clone(),
            credits: entry.amount.get(),
            image: entry.render.map(|render| render.to_string()),
            closes: entry.closes,
            actor: entry.actor.map(|user| user.to_string()),
            reason: entry.reason.as_deref().map(|text| written(text, format)),
        }
    }
}

#[derive(Serialize)]
struct ImageRow {
    image: String,
    draft: String,
    parent: Option<String>,
    /// The image that it is another version of.
    after: Option<String>,
    position: u32,
    version: u32,
    stage: String,
    state: String,
    credits: i64,
    usd: Option<String>,
    request: Option<String>,
    width: Option<i64>,
    height: Option<i64>,
    /// How alike it is to the approved image that it was made from, 0 to 1.
    likeness: Option<f64>,
    requester: String,
    /// The members who approved its next stage.
    voters: Voters,
    asked_at: String,
    prompt: String,
}

/// A list of members: one cell in CSV, a list in JSON.
#[derive(Serialize)]
#[serde(untagged)]
enum Voters {
    Cell(String),
    List(Vec<String>),
}

impl ImageRow {
    fn new(image: &ImageLine, format: Format) -> Self {
        let voters: Vec<String> = image.voters.iter().map(UserId::to_string).collect();
        Self {
            image: image.render.to_string(),
            draft: image.draft.to_string(),
            parent: image.parent.map(|parent| parent.to_string()),
            after: image.after.map(|after| after.to_string()),
            position: image.number.position,
            version: image.number.version,
            stage: image.stage.clone(),
            state: image.state.clone(),
            credits: image.price.get(),
            usd: image.usd.map(Usd::exact),
            request: image.request.as_deref().map(|text| written(text, format)),
            width: image.pixels.map(|(width, _)| width),
            height: image.pixels.map(|(_, height)| height),
            likeness: image.likeness.map(|found| f64::from(found.permille()) / 1_000.0),
            requester: image.requester.to_string(),
            voters: match format {
                Format::Csv => Voters::Cell(voters.join(" ")),
                Format::Json => Voters::List(voters),
            },
            asked_at: instant(image.queued_ms),
            prompt: written(&image.prompt, format),
        }
    }
}

/// Returns a member's text so that it starts no formula where a formula could start.
fn written(text: &str, format: Format) -> String {
    match format {
        Format::Csv => cell(text).into_owned(),
        Format::Json => text.to_owned(),
    }
}

/// Formats a time as RFC 3339, in UTC and to the second.
#[must_use]
pub fn instant(at_ms: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at_ms.div_euclid(1_000));
    at.ok()
        .and_then(|at| at.format(&Rfc3339).ok())
        .unwrap_or_default()
}
