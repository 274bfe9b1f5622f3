//! What files of a store are called.

use std::fmt;
use std::str::FromStr;

use object_store::path::Path as Key;

use crate::domain::ids::{DraftId, RenderId};

pub(super) const RENDERS: &str = "renders";
pub(super) const REFERENCES: &str = "references";

/// A file of a store, by its name. A backup calls it the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Picture {
    /// The picture of a render. It is named by its render alone, so that it is found again whoever
    /// stored it.
    Render(RenderId),
    /// A reference of a draft, counted from 1.
    Reference(DraftId, u32),
}

/// A name of a file that no store has.
#[derive(Debug, thiserror::Error)]
#[error("{0} is the name of no picture")]
pub struct NoPicture(String);

impl Picture {
    /// The folders that pictures are in.
    pub const FOLDERS: [&str; 2] = [RENDERS, REFERENCES];

    pub(super) fn key(self) -> Key {
        Key::from(self.to_string())
    }
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Render(render) => write!(f, "{RENDERS}/{render}"),
            Self::Reference(draft, position) => write!(f, "{REFERENCES}/{draft}-{position}"),
        }
    }
}

impl FromStr for Picture {
    type Err = NoPicture;

    fn from_str(name: &str) -> Result<Self, NoPicture> {
        let picture = || match name.split_once('/')? {
            (RENDERS, id) => Some(Self::Render(id.parse().ok()?)),
            (REFERENCES, file) => {
                let (draft, position) = file.split_once('-')?;
                Some(Self::Reference(
                    DraftId::new(draft.parse().ok()?),
                    position.parse().ok()?,
                ))
            }
            _ => None,
        };
        picture().ok_or_else(|| NoPicture(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_and_leads_nowhere_else() {
        for picture in [
            Picture::Render(RenderId::new(7)),
            Picture::Reference(DraftId::new(8), 2),
        ] {
            assert_eq!(picture.to_string().parse::<Picture>().ok(), Some(picture));
        }
        for name in [
            "",
            "renders",
            "renders/",
            "renders/../greenlight.db",
            "../7",
            "references/8",
            "/etc/passwd",
        ] {
            assert!(name.parse::<Picture>().is_err(), "{name}");
        }
    }
}
