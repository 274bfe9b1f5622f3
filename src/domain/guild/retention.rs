//! Names what the operator has removed after a while.

/// For how many days is kept what belongs to drafts that are over. `None`: for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Original pictures.
    pub originals: Option<u32>,
    /// The pictures that drafts are based on.
    pub references: Option<u32>,
    /// Words: prompts, what was to be kept, notes.
    pub prompts: Option<u32>,
}

/// What is kept for some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    /// Prompts, what was to be kept, and notes.
    Prompts,
    /// The pictures that drafts are based on.
    References,
    /// Original pictures.
    Originals,
}

impl Kept {
    /// All of them, in the order in which they are removed: the files of posted pictures are named
    /// after prompts, and are posted anew from the originals.
    pub const ALL: [Self; 3] = [Self::Prompts, Self::References, Self::Originals];
}

impl Retention {
    /// Returns for how many days something is kept. `None`: for ever.
    #[must_use]
    pub const fn days(&self, of: Kept) -> Option<u32> {
        match of {
            Kept::Prompts => self.prompts,
            Kept::References => self.references,
            Kept::Originals => self.originals,
        }
    }
}
