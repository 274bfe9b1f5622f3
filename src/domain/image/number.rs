//! Names an image of a draft: its place, and its version there.

use std::fmt;

use crate::domain::ids::{DraftId, GuildId, RenderId};

/// Which image of a draft. Written for people: "2", or "2, version 3".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    /// The image's position in the draft, from 1.
    pub position: u32,
    /// Its version: 1 as the draft drew it, more for one that was drawn after it by its notes.
    pub version: u32,
}

impl Number {
    /// Names the image at a position as the draft drew it.
    #[must_use]
    pub const fn first(position: u32) -> Self {
        Self { position, version: 1 }
    }

    /// Returns whether the draft itself asked for the image.
    #[must_use]
    pub const fn is_first(self) -> bool {
        self.version == 1
    }

    /// Writes the number where there is little room, and in the names of files: "2", or "2v3".
    #[must_use]
    pub fn short(self) -> String {
        if self.is_first() {
            self.position.to_string()
        } else {
            format!("{}v{}", self.position, self.version)
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.position)?;
        if self.is_first() {
            return Ok(());
        }
        write!(f, ", version {}", self.version)
    }
}

/// What all tries at one image have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The draft that the image belongs to.
    pub draft: DraftId,
    /// The guild whose pool pays.
    pub guild: GuildId,
    /// The render of the approved image that the next try is made of. `None` at the first stage.
    pub parent: Option<RenderId>,
    /// The image that the next try is another version of. `None` unless it is one.
    pub after: Option<RenderId>,
    /// Which image of the draft it is.
    pub number: Number,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_further_version_is_named_as_one() {
        let second = Number {
            version: 2,
            ..Number::first(3)
        };
        assert_eq!(Number::first(3).to_string(), "3");
        assert_eq!(second.to_string(), "3, version 2");
        assert_eq!(
            (Number::first(3).short(), second.short()),
            ("3".to_owned(), "3v2".to_owned())
        );
        assert!(Number::first(3) < second && second < Number::first(4));
    }
}
