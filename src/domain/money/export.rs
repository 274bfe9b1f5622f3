//! Describes the books of a guild as they are exported, and recounts them.

use std::borrow::Cow;

use crate::domain::credits::{Credits, Pool};
use crate::domain::ids::{ChannelId, DraftId, RenderId, UserId};
use crate::domain::image::number::Number;
use crate::domain::stage::Stage;

/// A book that can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Book {
    /// Every entry of the ledger, in order.
    Entries,
    /// Every image: draft → 2K → 4K, with its prompt, its approvers, and its cost.
    Lineage,
}

/// The format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For spreadsheets: a line of column names, then a line for each row.
    Csv,
    /// For programs: one array with an object for each row.
    Json,
}

impl Book {
    /// Returns the name in commands and file names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Lineage => "lineage",
        }
    }
}

impl Format {
    /// Returns the name in commands, which is also the extension of a file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// Makes a text safe as a cell of a spreadsheet. A spreadsheet takes a text that begins with one of
/// these characters for a formula. An apostrophe before it makes it a text again.
#[must_use]
pub fn cell(text: &str) -> Cow<'_, str> {
    let starts_a_formula = |c: char| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
        )
    };
    if text.trim_start_matches(' ').starts_with(starts_a_formula) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The outcome of the credits that were reserved for an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The credits are still reserved.
    Held,
    /// The credits were kept, because there is a picture.
    Spent,
    /// The credits were given back, because there is no picture.
    GivenBack,
}

/// What a line of the history reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Credits were added.
    Grant {
        /// The member who granted the credits. `None` if a setting did.
        actor: Option<UserId>,
        /// The reason that the member typed, or the name of the setting. `None` if none was given.
        reason: Option<String>,
    },
    /// Credits were taken back.
    Correction {
        /// The member who took the credits back.
        actor: UserId,
        /// The reason that the member typed.
        reason: String,
    },
    /// Images were paid for by one decision: the first images of a draft, or one image of a later
    /// stage.
    Images(Bought),
}

/// The images that were paid for by one decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bought {
    /// The draft.
    pub draft: DraftId,
    /// The prompt of the draft, as it is stored.
    pub prompt: String,
    /// The member who asked for the draft.
    pub requester: UserId,
    /// The stage of the images.
    pub stage: Stage,
    /// Which image of the draft is the first of them.
    pub number: Number,
    /// How many images they are.
    pub images: usize,
    /// The image that was approved for this stage. `None` at the first stage.
    pub parent: Option<RenderId>,
    /// The thread of the draft. `None` until it is opened.
    pub thread: Option<ChannelId>,
    /// What became of the credits of each image.
    pub fates: Vec<(Fate, Credits)>,
}

impl Bought {
    /// Returns the credits of the images that met a fate.
    #[must_use]
    pub fn of(&self, fate: Fate) -> Credits {
        let of = self.fates.iter().filter(|(own, _)| *own == fate);
        of.fold(Credits::ZERO, |sum, (_, more)| {
            sum.plus(*more).unwrap_or(Credits::MAX)
        })
    }
}

/// Puts the images that were bought by one decision into one line. The holds of one draft stand side
/// by side in the ledger, because one transaction writes them.
#[must_use]
pub fn by_decision(lines: Vec<BookLine>) -> Vec<BookLine> {
    let mut all: Vec<BookLine> = Vec::new();
    for line in lines {
        if let (Some(last), Told::Images(more)) = (all.last_mut(), &line.told)
            && let Told::Images(bought) = &mut last.told
            && (bought.draft, bought.stage, last.at_ms) == (more.draft, more.stage, line.at_ms)
            && more.parent.is_none()
            && more.number.is_first()
        {
            bought.number = bought.number.min(more.number);
            bought.images += more.images;
            bought.fates.extend(more.fates.iter().copied());
            last.amount = last.amount.plus(line.amount).unwrap_or(Credits::MAX);
        } else {
            all.push(line);
        }
    }
    all
}

/// A line of the history: a grant, a correction, or a hold with its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookLine {
    /// What the line reports.
    pub told: Told,
    /// The credits that were added, taken back or reserved.
    pub amount: Credits,
    /// When the entry was made, in milliseconds since 1970.
    pub at_ms: i64,
}

/// The kind of a ledger entry, which decides how the entry changes the sums of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Credits are added.
    Grant,
    /// Credits that were granted are taken back.
    Correction,
    /// The price of a render is reserved.
    Hold,
    /// What was reserved is kept.
    Settle,
    /// What was reserved is given back.
    Release,
}

impl Move {
    /// Reads the name in the database.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "grant" => Some(Self::Grant),
            "correction" => Some(Self::Correction),
            "hold" => Some(Self::Hold),
            "settle" => Some(Self::Settle),
            "release" => Some(Self::Release),
            _ => None,
        }
    }
}

/// Recounts the sums of a guild from its entries, one after the other, and finds where they differ
/// from the pool's.
#[derive(Clone, Debug, Default)]
pub struct Recount {
    sums: Sums,
    /// The last entry after which the sums were those of the pool.
    agreed: Option<i64>,
    first_wrong: Option<(i64, &'static str)>,
    entries: u64,
    last: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    granted: i64,
    held: i64,
    settled: i64,
}

impl Recount {
    /// Counts the next entry of the guild, in the order of ids. `cached` has the pool's own sums.
    pub fn count(&mut self, entry: i64, kind: Move, amount: Credits, cached: &Pool) {
        let (sums, amount) = (&mut self.sums, amount.get());
        match kind {
            Move::Grant => sums.granted += amount,
            Move::Correction => sums.granted -= amount,
            Move::Hold => sums.held += amount,
            Move::Settle => {
                sums.held -= amount;
                sums.settled += amount;
            }
            Move::Release => sums.held -= amount,
        }
        let why = if sums.held < 0 {
            Some("more is settled and released than was held")
        } else if sums.granted - sums.held - sums.settled < 0 {
            Some("more is held and spent than was granted")
        } else {
            None
        };
        if let Some(why) = why.filter(|_| self.first_wrong.is_none()) {
            self.first_wrong = Some((entry, why));
        }
        if self.sums == Sums::of(cached) {
            self.agreed = Some(entry);
        }
        self.entries += 1;
        self.last = Some(entry);
    }

    /// Returns what is wrong with the books, if anything: the first entry that breaks them, else
    /// the last entry up to which the pool's sums agree.
    #[must_use]
    pub fn verdict(&self, cached: &Pool) -> Option<String> {
        if let Some((entry, why)) = self.first_wrong {
            return Some(format!("entry {entry} breaks the books: {why}"));
        }
        if self.sums == Sums::of(cached) {
            return None;
        }
        let counted = self.sums;
        let found = format!(
            "{} entries make {} granted, {} held, {} settled; the pool says {}, {}, {}",
            self.entries,
            counted.granted,
            counted.held,
            counted.settled,
            cached.granted.get(),
            cached.held.get(),
            cached.settled.get()
        );
        Some(match (self.agreed, self.last) {
            (Some(agreed), _) => format!("{found}: they agree up to entry {agreed} and not after it"),
            (None, Some(_)) => format!("{found}: they agree after no entry"),
            (None, None) => found,
        })
    }
}

impl Sums {
    const fn of(pool: &Pool) -> Self {
        Self {
            granted: pool.granted.get(),
            held: pool.held.get(),
            settled: pool.settled.get(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credits(n: i64) -> Credits {
        Credits::new(n).unwrap()
    }

    fn pool(granted: i64, held: i64, settled: i64) -> Pool {
        Pool::new(credits(granted), credits(held), credits(settled)).unwrap()
    }

    #[test]
    fn no_cell_starts_a_formula() {
        for formula in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1",
        ] {
            assert_eq!(cell(formula), format!("'{formula}"));
        }
        for text in ["", "a fox", "1 = 1", "'=1", "“=1”"] {
            assert_eq!(cell(text), text);
        }
    }

    fn verdict(entries: &[(Move, i64)], cached: &Pool) -> Option<String> {
        let mut recount = Recount::default();
        for (entry, (kind, amount)) in (1..).zip(entries) {
            recount.count(entry, *kind, credits(*amount), cached);
        }
        recount.verdict(cached)
    }

    #[test]
    fn sums_that_agree_are_right() {
        use Move::{Correction, Grant, Hold, Release, Settle};
        assert_eq!(verdict(&[], &pool(0, 0, 0)), None);
        let entries = [(Grant, 100), (Hold, 40), (Hold, 10), (Settle, 40), (Release, 10)];
        assert_eq!(verdict(&entries, &pool(100, 0, 40)), None);
        let entries = [(Grant, 100), (Hold, 40), (Correction, 60)];
        assert_eq!(verdict(&entries, &pool(40, 40, 0)), None);
    }

    #[test]
    fn the_first_entry_that_breaks_the_books_is_named() {
        use Move::{Correction, Grant, Hold, Settle};
        let cached = pool(100, 0, 40);
        insta::assert_snapshot!(
            verdict(&[(Grant, 10), (Hold, 40), (Grant, 100), (Settle, 50)], &cached).unwrap(),
            @"entry 2 breaks the books: more is held and spent than was granted"
        );
        insta::assert_snapshot!(
            verdict(&[(Grant, 100), (Hold, 40), (Correction, 61)], &cached).unwrap(),
            @"entry 3 breaks the books: more is held and spent than was granted"
        );
        insta::assert_snapshot!(
            verdict(&[(Grant, 100), (Hold, 40), (Settle, 40), (Hold, 61)], &cached).unwrap(),
            @"entry 4 breaks the books: more is held and spent than was granted"
        );
        insta::assert_snapshot!(
            verdict(&[(Grant, 100), (Hold, 40), (Settle, 50)], &cached).unwrap(),
            @"entry 3 breaks the books: more is settled and released than was held"
        );
        insta::assert_snapshot!(
            verdict(&[(Grant, 100), (Hold, 40), (Settle, 40), (Hold, 10)], &cached).unwrap(),
            @"4 entries make 100 granted, 10 held, 40 settled; the pool says 100, 0, 40: they agree up to entry 3 and not after it"
        );
        insta::assert_snapshot!(
            verdict(&[(Grant, 90)], &cached).unwrap(),
            @"1 entries make 90 granted, 0 held, 0 settled; the pool says 100, 0, 40: they agree after no entry"
        );
    }

    #[test]
    fn a_book_without_entries_says_so() {
        insta::assert_snapshot!(
            verdict(&[], &pool(100, 0, 40)).unwrap(),
            @"0 entries make 0 granted, 0 held, 0 settled; the pool says 100, 0, 40"
        );
    }

    #[test]
    fn an_export_is_called_by_its_book_and_its_format() {
        assert_eq!(
            [Book::Entries, Book::Lineage].map(Book::name),
            ["entries", "lineage"]
        );
        assert_eq!([Format::Csv, Format::Json].map(Format::name), ["csv", "json"]);
    }

    #[test]
    fn an_entry_is_read_by_its_name() {
        for (name, kind) in [
            ("grant", Move::Grant),
            ("correction", Move::Correction),
            ("hold", Move::Hold),
            ("settle", Move::Settle),
            ("release", Move::Release),
        ] {
            assert_eq!(Move::from_name(name), Some(kind));
        }
        assert_eq!(Move::from_name("gift"), None);
    }

    /// A line about one image of draft 4 that was held at time 5.
    fn image(position: u32, fate: Fate, price: i64) -> BookLine {
        BookLine {
            told: Told::Images(Bought {
                draft: DraftId::new(4),
                prompt: "a fox".to_owned(),
                requester: UserId::new(1),
                stage: Stage::Explore,
                number: Number::first(position),
                images: 1,
                parent: None,
                thread: None,
                fates: vec![(fate, credits(price))],
            }),
            amount: credits(price),
            at_ms: 5,
        }
    }

    fn changed(mut line: BookLine, change: impl FnOnce(&mut Bought)) -> BookLine {
        if let Told::Images(bought) = &mut line.told {
            change(bought);
        }
        line
    }

    #[test]
    fn the_first_images_of_a_draft_are_one_line_and_its_credits_are_told_by_their_fate() {
        let lines = vec![
            image(2, Fate::Spent, 10),
            image(1, Fate::GivenBack, 10),
            image(3, Fate::Spent, 10),
            image(4, Fate::Held, 10),
        ];
        let [line] = <[BookLine; 1]>::try_from(by_decision(lines)).unwrap();
        let Told::Images(bought) = line.told else {
            panic!("it tells of images")
        };
        assert_eq!((bought.number, bought.images), (Number::first(1), 4));
        assert_eq!((line.amount, line.at_ms), (credits(40), 5));
        let of = [Fate::Spent, Fate::GivenBack, Fate::Held].map(|fate| bought.of(fate).get());
        assert_eq!(of, [20, 10, 10]);
    }

    #[test]
    fn what_another_decision_bought_is_a_line_of_its_own() {
        let first = || image(1, Fate::Spent, 10);
        let grant = BookLine {
            told: Told::Grant {
                actor: None,
                reason: None,
            },
            ..first()
        };
        let later = BookLine { at_ms: 6, ..first() };
        let again = Number {
            version: 2,
            ..Number::first(1)
        };
        for (what, other) in [
            ("a grant", grant),
            ("another time", later),
            (
                "another draft",
                changed(first(), |bought| bought.draft = DraftId::new(9)),
            ),
            (
                "another stage",
                changed(first(), |bought| bought.stage = Stage::Review),
            ),
            (
                "an approval",
                changed(first(), |bought| bought.parent = Some(RenderId::new(7))),
            ),
            (
                "another version",
                changed(first(), |bought| bought.number = again),
            ),
        ] {
            let lines = vec![first(), other];
            assert_eq!(by_decision(lines.clone()), lines, "{what}");
        }
    }
}
