//! The settings file that `init` writes.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};

use crate::config::Config;
use crate::domain::ids::UserId;

/// Only who made the file may read it: it holds the token.
const MODE: u32 = 0o600;

/// What a first start needs.
pub(super) struct Answers {
    pub(super) token: SecretString,
    pub(super) operator: Option<UserId>,
    pub(super) database: String,
    pub(super) pictures: String,
    pub(super) watch: String,
    /// Empty for Discord itself.
    pub(super) api_base: String,
}

/// Writes a new file. Removes it again if what it says cannot be used.
///
/// # Errors
/// The file is there already, cannot be written, or has an answer that cannot be right.
pub(super) fn write(path: &Path, answers: &Answers) -> anyhow::Result<()> {
    let failed = || format!("{} cannot be written", path.display());
    // Made by this call or not at all, so that no file is overwritten.
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(path);
    let mut file = file.with_context(failed)?;
    let written = file
        .write_all(text(answers).as_bytes())
        .and_then(|()| file.sync_all());
    let checked = written.with_context(failed).and_then(|()| {
        Config::load(Some(path), [])
            .context("an answer cannot be used")
            .map(drop)
    });
    if checked.is_err() {
        fs::remove_file(path).with_context(failed)?;
    }
    checked
}

fn text(answers: &Answers) -> String {
    let operators = answers.operator.map(|id| id.to_string()).unwrap_or_default();
    let api_base = match answers.api_base.as_str() {
        "" => String::new(),
        base => format!(
            "# Another server that speaks Discord's protocol.\napi_base = {}\n",
            quoted(base)
        ),
    };
    let pictures = match answers.pictures.as_str() {
        folder if !folder.contains("://") => format!(
            "# The folder for original pictures and references.\nfolder = {}",
            quoted(folder)
        ),
        url => format!(
            "# The bucket for original pictures and references. Set its keys as AWS_ACCESS_KEY_ID and\n\
             # AWS_SECRET_ACCESS_KEY, its region as AWS_REGION, its address as AWS_ENDPOINT_URL.\nurl = {}",
            quoted(url)
        ),
    };
    format!(
        "# Settings of Greenlight. What is not here is as by default: `greenlight config` shows what is in force.
# Keep this file to yourself: it holds the bot's token.

# User ids of the people who run this bot. They may grant credits and take them back.
operators = [{operators}]

[discord]
# The bot's token, from Discord's developer portal.
token = {token}
{api_base}
[database]
# sqlite:PATH for one process on this machine, or postgres://user:password@host/name.
url = {database}

[blobs]
{pictures}

[watch]
# Where health and metrics are told over HTTP, such as \"127.0.0.1:9464\". Empty: nowhere.
listen = {watch}

# Pictures are drawn on this machine, for nothing, until a stage names another engine:
#
# [engines.openai]
# key = \"...\"
#
# [stages.explore]
# engine = \"openai\"
# model = \"gpt-image-2\"
# quality = \"low\"
",
        token = quoted(answers.token.expose_secret()),
        database = quoted(&answers.database),
        watch = quoted(&answers.watch),
    )
}

/// Writes a text as TOML does, which is as JSON does.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
