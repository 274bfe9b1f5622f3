//! Compiles the migrations in. It lists them as data, because sqlx's macro for this would have sqlx
//! and both databases built a second time, for the compiler.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    // A file that is added must be noticed too.
    println!("cargo::rerun-if-changed=migrations");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut source = String::new();
    for (name, folder) in [("SQLITE", "sqlite"), ("POSTGRES", "postgres")] {
        let files = files(&root.join("migrations").join(folder))?;
        let _ = writeln!(source, "pub(super) const {name}: &[(&str, &str)] = &[");
        for (stem, path) in files {
            let path = path.display().to_string();
            let _ = writeln!(source, "    ({stem:?}, include_str!({path:?})),");
        }
        source.push_str("];\n");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("migrations.rs"), source)
}

/// Returns the names, without their extension, and the paths of a folder's SQL files, in order.
fn files(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            let stem = path.file_stem().expect("a file has a name");
            files.push((stem.to_string_lossy().into_owned(), path));
        }
    }
    files.sort();
    Ok(files)
}
