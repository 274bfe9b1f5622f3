//! A file system of some megabytes in memory, which a test can fill and empty.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tells a test that it runs where its small disk is, and in which folder.
const HERE: &str = "GREENLIGHT_TEST_SMALL_DISK";
/// Room for a database, with as much again for what it writes ahead.
const SIZE: &str = "size=16m";
/// How a process gets file systems of its own: as any user, or as root where users may not.
const OWN_FILE_SYSTEMS: [&[&str]; 2] = [&["--map-root-user", "--mount"], &["--mount"]];
/// Mounts the small disk on the folder of the first argument, and runs the others.
const MOUNT: &str = r#"mount -t tmpfs -o "$1" small "$2" && shift 2 && exec "$@""#;

/// The disk. It is gone when the process of the test ends, however that ends.
pub struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Returns the small disk, in a process of this test's own. Call it first, with the whole name
    /// of the test: it runs the test again, alone and where the disk is, and returns nothing here.
    ///
    /// Where a process may have no file systems of its own, the test is not run, and says so.
    pub fn for_test(name: &str) -> Option<Self> {
        if let Some(folder) = std::env::var_os(HERE) {
            return Some(Self {
                folder: folder.into(),
            });
        }
        let folder = tempfile::tempdir().expect("a folder");
        let Some(how) = OWN_FILE_SYSTEMS
            .into_iter()
            .find(|how| mounted(how, folder.path(), &["true".as_ref()]))
        else {
            eprintln!("NOT RUN: {name}: this machine lets no process mount a file system of its own");
            return None;
        };
        let test = std::env::current_exe().expect("the tests' program");
        let again = [
            test.as_os_str(),
            name.as_ref(),
            "--exact".as_ref(),
            "--nocapture".as_ref(),
        ];
        assert!(
            mounted(how, folder.path(), &again),
            "{name} failed on its small disk"
        );
        None
    }

    /// Returns the folder on which it is mounted.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Fills it to the last byte.
    pub fn fill(&self) {
        let mut ballast = File::create(self.ballast()).expect("a file");
        for size in [1 << 16, 1 << 12, 1] {
            let bytes = vec![0; size];
            while match ballast.write_all(&bytes) {
                Ok(()) => true,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::StorageFull, "{error}");
                    false
                }
            } {}
        }
    }

    /// Removes what filled it.
    pub fn empty(&self) {
        fs::remove_file(self.ballast()).expect("it was filled");
    }

    /// Lets nobody write to it.
    pub fn set_read_only(&self) {
        self.remount("remount,ro");
    }

    /// Lets everybody write to it again.
    pub fn set_writable(&self) {
        self.remount("remount,rw");
    }

    fn remount(&self, how: &str) {
        let mut mount = Command::new("mount");
        let status = mount.args(["-o", how]).arg(&self.folder).status();
        assert!(status.expect("`mount` can be run").success(), "{how}");
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }
}

/// Runs a program where a small disk is mounted on `folder`. Returns whether it succeeded.
fn mounted(how: &[&str], folder: &Path, program: &[&std::ffi::OsStr]) -> bool {
    let ran = Command::new("unshare")
        .args(how)
        .args(["sh", "-c", MOUNT, "sh", SIZE])
        .arg(folder)
        .args(program)
        .env(HERE, folder)
        .status();
    ran.is_ok_and(|status| status.success())
}
