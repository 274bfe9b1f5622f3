//! The files of a backup: what they are called, and that only their owner reads them.

use std::fmt::{self, Write as _};
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::domain::ids::{DraftId, RenderId};

/// The copy of the database.
pub(crate) const DATABASE: &str = "greenlight.db";
/// What says what a backup has. It is written last.
pub(crate) const MANIFEST: &str = "manifest.json";
const RENDERS: &str = "renders";
const REFERENCES: &str = "references";

/// A picture in a backup, by the name of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Picture {
    /// The picture of a render.
    Render(RenderId),
    /// A reference of a draft, counted from 1.
    Reference(DraftId, u32),
}

/// A name of a file that no backup has.
#[derive(Debug, thiserror::Error)]
#[error("{0} is the name of no picture")]
pub(crate) struct NoPicture(String);

impl Picture {
    pub(super) const FOLDERS: [&str; 2] = [RENDERS, REFERENCES];
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

/// Makes a folder that only its owner enters.
pub(super) fn private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(folder)
}

/// Writes a new file that only its owner reads. It is on the disk when this returns.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Keeps a file from everybody but its owner.
pub(super) fn only_owner(file: &fs::File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o600))
}

/// Has the names in a folder written to the disk.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Returns the SHA-256 sum of some bytes, in hexadecimal digits.
pub(crate) fn sum(bytes: &[u8]) -> String {
    digits(Sha256::digest(bytes).as_slice())
}

/// Returns how long a file is, and its SHA-256 sum. Reads it piece by piece: a database is large.
pub(super) fn sum_of(path: &Path) -> io::Result<(u64, String)> {
    let (mut file, mut sum) = (fs::File::open(path)?, Sha256::new());
    let mut piece = vec![0; 1 << 20];
    let mut length = 0;
    loop {
        match io::Read::read(&mut file, &mut piece)? {
            0 => return Ok((length, digits(sum.finalize().as_slice()))),
            read => {
                sum.update(&piece[..read]);
                length += read as u64;
            }
        }
    }
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut all, byte| {
        let _ = write!(all, "{byte:02x}");
        all
    })
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

    #[test]
    fn a_sum_is_the_same_by_bytes_and_by_file() {
        let folder = tempfile::tempdir().unwrap();
        let (path, bytes) = (folder.path().join("file"), vec![7; 3 << 20]);
        write_private(&path, &bytes).unwrap();
        assert_eq!(sum_of(&path).unwrap(), (3 << 20, sum(&bytes)));
        assert!(sum(b"").starts_with("e3b0c442"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
