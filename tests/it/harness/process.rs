//! Runs the built program as a process of its own, and reads everything that it says.

use std::fs::{self, File};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use discord_sandbox::{Options, Sandbox, world};
use serde_json::Value;
use tempfile::TempDir;

use super::PATIENCE;

/// How often a condition is checked that nothing announces.
const LOOK_EVERY: Duration = Duration::from_millis(10);
const SAID: &str = "said.log";

/// The program. It is killed when the test ends, however that ends.
pub struct Program {
    child: Child,
    folder: TempDir,
}

impl Program {
    /// Starts the program with these arguments in a folder of its own. It sees no environment
    /// variables but these.
    pub fn start<N: AsRef<str>, V: AsRef<str>>(arguments: &[&str], variables: &[(N, V)]) -> Self {
        Self::start_in(tempfile::tempdir().expect("a folder"), arguments, variables)
    }

    /// Starts the program like [`Program::start`], in a folder that is there.
    pub fn start_in<N: AsRef<str>, V: AsRef<str>>(
        folder: TempDir,
        arguments: &[&str],
        variables: &[(N, V)],
    ) -> Self {
        // A file holds any amount, so that nobody has to read along.
        let said = File::create(folder.path().join(SAID)).expect("a file");
        let variables = variables
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()));
        let child = Command::new(env!("CARGO_BIN_EXE_greenlight"))
            .args(arguments)
            .env_clear()
            .envs(variables)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(said.try_clone().expect("the same file"))
            .stderr(said)
            .spawn();
        let child = child.expect("the program");
        Self { child, folder }
    }

    /// Returns everything that the program has said so far, to either output.
    pub fn said(&self) -> String {
        let said = fs::read(self.folder.path().join(SAID)).expect("what it said");
        String::from_utf8_lossy(&said).into_owned()
    }

    /// Waits until the program has said some words so many times. Fails if it ends before.
    pub async fn says(&mut self, words: &str, times: usize) {
        let waited = tokio::time::timeout(PATIENCE, async {
            let mut looks = tokio::time::interval(LOOK_EVERY);
            while self.said().matches(words).count() < times {
                let ended = self.child.try_wait().expect("a child of ours");
                assert!(ended.is_none(), "it ended, and said:\n{}", self.said());
                looks.tick().await;
            }
        });
        let said = waited.await.is_ok();
        assert!(
            said,
            "“{words}” was not said {times} times, but:\n{}",
            self.said()
        );
    }

    /// Sends the program a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(sent.expect("`kill` can be run").success(), "it had ended before");
    }

    /// Returns what the system says of the program's memory, in bytes: `VmRSS` now, `VmHWM` at most.
    pub fn memory(&self, field: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let kib = line.and_then(|line| {
            line.trim_matches([':', ' ', '\t'])
                .split(' ')
                .next()?
                .parse()
                .ok()
        });
        kib.map_or_else(|| panic!("{field} is not in:\n{status}"), |kib: u64| kib * 1024)
    }

    /// Forgets the most memory that the program took so far.
    pub fn forget_most_memory(&self) {
        fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").expect("a process of ours");
    }

    /// Waits until the program ends. Returns its status and everything that it said.
    pub async fn ended(mut self) -> (ExitStatus, String) {
        let waited = tokio::time::timeout(PATIENCE, async {
            let mut looks = tokio::time::interval(LOOK_EVERY);
            loop {
                if let Some(status) = self.child.try_wait().expect("a child of ours") {
                    return status;
                }
                looks.tick().await;
            }
        });
        let status = waited.await;
        let status = status.unwrap_or_else(|_| panic!("it does not end, and says:\n{}", self.said()));
        (status, self.said())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // The program may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until a condition holds that nothing announces.
pub async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        while !holds().await {
            looks.tick().await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("in vain: {what}"));
}

/// Starts a local Discord that lets a bot identify as often as it likes, for a program that is
/// started and stopped in a moment.
pub async fn sandbox() -> Sandbox {
    let discord = Sandbox::start(Options::default()).await.expect("a local Discord");
    discord
        .gateway()
        .set_limits(|limits| limits.identify_every_ms = 0);
    discord
}

/// Returns the environment that `run` needs to draw first images by the service at `url`.
pub fn drawn_by_openai(discord: &Sandbox, token: &str, url: &str, key: &str) -> Vec<(&'static str, String)> {
    vec![
        ("GREENLIGHT_DISCORD__API_BASE", discord.url()),
        ("DISCORD_TOKEN", token.to_owned()),
        ("GREENLIGHT_POOL__FIRST_GRANT", "1000".to_owned()),
        ("OPENAI_API_KEY", key.to_owned()),
        ("GREENLIGHT_ENGINES__OPENAI__BASE_URL", url.to_owned()),
        // The program's clock is the machine's, and no test waits for a minute of it.
        ("GREENLIGHT_ENGINES__OPENAI__A_MINUTE", "0".to_owned()),
        ("GREENLIGHT_STAGES__EXPLORE__ENGINE", "openai".to_owned()),
        ("GREENLIGHT_STAGES__EXPLORE__MODEL", "gpt-image-2".to_owned()),
        ("GREENLIGHT_STAGES__EXPLORE__QUALITY", "low".to_owned()),
    ]
}

/// Has Ana type `/draft` once the bot has registered its commands, and waits for the answer.
pub async fn draft(discord: &Sandbox, options: Value) {
    discord.until(|discord| !discord.commands().is_empty()).await;
    let ana = discord.member(world::ANA);
    let asked = ana.command(world::CAMPAIGN, "draft", options).await;
    discord.answer(asked.expect("a command")).await;
}
