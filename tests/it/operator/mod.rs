//! Tests what an operator does on the command line: the built program, in processes of its own,
//! beside a bot that runs or was stopped.

mod backup;
mod bucket;
mod commands;
mod compose;
mod doctor;
mod page;
mod postgres;
mod service;
mod settings;
mod start;
mod transfer;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::harness::World;

/// What a command said, and its exit code.
pub struct Said {
    pub code: i32,
    /// What it wrote to its output.
    pub out: String,
    /// What it wrote to its error output.
    pub err: String,
}

impl Said {
    fn of(ran: Output) -> Self {
        Self {
            code: ran.status.code().expect("it ended by itself"),
            out: String::from_utf8(ran.stdout).expect("text"),
            err: String::from_utf8(ran.stderr).expect("text"),
        }
    }
}

/// Runs the program with a story's settings, and others of its own.
pub async fn greenlight(w: &World, arguments: &[&str], more: &[(&str, &str)]) -> Said {
    let mut command = program(arguments);
    command
        .env("DATABASE_URL", w.database_url())
        .env("DISCORD_TOKEN", "test")
        .env("GREENLIGHT_OPERATORS", "[4]")
        .env("GREENLIGHT_DISCORD__API_BASE", w.discord().url())
        .env("GREENLIGHT_BLOBS__FOLDER", w.blobs())
        .envs(more.iter().copied());
    said(command).await
}

/// Runs the program without any variable.
pub async fn alone(arguments: &[&str]) -> Said {
    said(program(arguments)).await
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greenlight"));
    command.args(arguments).env_clear();
    command
}

async fn said(mut command: Command) -> Said {
    // The local Discord runs on this runtime, and has to answer meanwhile.
    let ran = tokio::task::spawn_blocking(move || command.output()).await;
    Said::of(ran.expect("no panic").expect("the program runs"))
}

/// Returns every file below a folder, with its bytes.
pub fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(files_below(&path));
        } else {
            all.insert(path.display().to_string(), fs::read(&path).expect("a file"));
        }
    }
    all
}
