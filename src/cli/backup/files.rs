//! The files of a backup: what they are called, and that only their owner reads them.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use sha2::{Digest, Sha256};

/// The copy of the database.
pub(crate) const DATABASE: &str = "greenlight.db";
/// What says what a backup has. It is written last.
pub(crate) const MANIFEST: &str = "manifest.json";

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
    fn a_sum_is_the_same_by_bytes_and_by_file() {
        let folder = tempfile::tempdir().unwrap();
        let (path, bytes) = (folder.path().join("file"), vec![7; 3 << 20]);
        write_private(&path, &bytes).unwrap();
        assert_eq!(sum_of(&path).unwrap(), (3 << 20, sum(&bytes)));
        assert!(sum(b"").starts_with("e3b0c442"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
