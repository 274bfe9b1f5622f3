//! What a bot holds, as the system and the bot itself tell it.

use std::fs;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::bot::Bot;

/// What a bot holds at a moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Held {
    /// Its memory that is resident, in KiB.
    pub resident_kib: u64,
    /// Its open files and connections.
    pub descriptors: u64,
    /// Its threads.
    pub threads: u64,
    /// Its tasks that are not over, with that which answered this.
    pub tasks: u64,
    /// Jobs for later: one for each picture until its vote would end, and one for each draft to remind of.
    pub later_jobs: u64,
}

/// How many more of a thing are no leak: a connection that is being made or ended just then.
const SLACK: u64 = 3;

impl Held {
    /// Reads what a bot holds.
    ///
    /// # Errors
    /// When it is not there, or does not answer.
    pub async fn of(bot: &Bot) -> anyhow::Result<Self> {
        let id = bot.snare.id().context("there is no bot")?;
        let metrics = metrics(bot).await?;
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let of_status = |name: &str| number(&status, &format!("{name}:"));
        Ok(Self {
            resident_kib: of_status("VmRSS")?,
            descriptors: fs::read_dir(format!("/proc/{id}/fd"))?.count() as u64,
            threads: of_status("Threads")?,
            tasks: number(&metrics, "greenlight_tasks")?,
            later_jobs: number(&metrics, "greenlight_jobs_later{lane=\"quick\"}")?
                + number(&metrics, "greenlight_jobs_later{lane=\"render\"}")?,
        })
    }

    /// Returns whether it holds more of something that can be left over. Memory is no such thing,
    /// and jobs for later are the work's own.
    pub fn is_more_than(&self, other: &Self) -> bool {
        let counts = |held: &Self| [held.descriptors, held.threads, held.tasks];
        counts(self)
            .into_iter()
            .zip(counts(other))
            .any(|(here, there)| here > there + SLACK)
    }
}

/// Reads the number behind a name at the beginning of a line.
fn number(text: &str, name: &str) -> anyhow::Result<u64> {
    let found = text.lines().find_map(|line| {
        let rest = line.strip_prefix(name)?;
        rest.split_whitespace().next()?.parse().ok()
    });
    found.with_context(|| format!("there is no {name}"))
}

/// Asks a bot for its metrics, at the address that it said it listens at.
async fn metrics(bot: &Bot) -> anyhow::Result<String> {
    const SAID: &str = "127.0.0.1:";
    let said = bot.said();
    let told = said
        .lines()
        .rev()
        .find(|line| line.contains("are told over HTTP"));
    let port = told
        .and_then(|line| line.split(SAID).nth(1))
        .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    let address = format!(
        "{SAID}{}",
        port.context("it does not say where it tells its metrics")?
    );
    let mut connection = TcpStream::connect(&address).await?;
    let request = format!("GET /metrics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_behind_their_names() {
        let text = "VmRSS:\t   24000 kB\ngreenlight_jobs_later{lane=\"quick\"} 7\n";
        assert_eq!(number(text, "VmRSS:").ok(), Some(24_000));
        assert_eq!(
            number(text, "greenlight_jobs_later{lane=\"quick\"}").ok(),
            Some(7)
        );
        assert!(number(text, "Threads:").is_err());
    }
}
