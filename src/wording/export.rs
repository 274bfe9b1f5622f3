//! The books, handed out.

use crate::domain::ids::GuildId;
use crate::domain::money::export::{Book, Format};

/// Answers privately: a book is handed out.
#[must_use]
pub fn handed(book: Book, rows: u64) -> String {
    let what = match (book, rows) {
        (Book::Entries, 1) => "entry",
        (Book::Entries, _) => "entries",
        (Book::Lineage, 1) => "image",
        (Book::Lineage, _) => "images",
    };
    format!("{rows} {what}. Times are UTC; ids are Discord's.")
}

/// Answers privately: a book is over what can be posted.
#[must_use]
pub fn book_too_long(book: Book, format: Format, guild: GuildId) -> String {
    format!(
        "The books are too long for a message. Whoever runs the bot can write them to a file: \
         `greenlight export --guild {guild} --book {} --format {}`.",
        book.name(),
        format.name()
    )
}
