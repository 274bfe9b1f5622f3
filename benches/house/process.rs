//! Processes, and what Linux says of them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// A tick of `/proc/PID/stat`, in milliseconds: `USER_HZ` is 100 on every Linux.
const TICK_MS: u64 = 10;
/// How long a process may take to start.
const PATIENCE: Duration = Duration::from_mins(1);
/// A process rests when it used less than this in [`LOOK`], in milliseconds.
const REST_MS: u64 = 20;
const LOOK: Duration = Duration::from_secs(1);

/// A running process. It is killed when this is dropped.
pub struct Process {
    child: Child,
    id: u32,
}

/// What a process has used since it began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Used {
    /// The processor, user and system, in milliseconds.
    pub cpu_ms: u64,
    /// Context switches of the threads that are there.
    pub switches: u64,
}

impl Process {
    /// Starts a process that says nothing here: its outputs go to a file.
    pub fn start(mut command: Command, log: &Path) -> anyhow::Result<Self> {
        let log = File::create(log)?;
        command.stdout(log.try_clone()?).stderr(log);
        Self::spawn(command).map(|(process, _)| process)
    }

    /// Starts a part of this program, and returns the first line that it says.
    pub async fn role(arguments: &[&str]) -> anyhow::Result<(Self, String)> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(arguments).stdout(Stdio::piped());
        let (process, mut child_out) = Self::spawn(command)?;
        let out = child_out.take().context("its output is piped")?;
        let line = timeout(PATIENCE, BufReader::new(out).lines().next_line()).await??;
        let line = line.with_context(|| format!("{arguments:?} ended without a word"))?;
        Ok((process, line))
    }

    fn spawn(mut command: Command) -> anyhow::Result<(Self, Option<tokio::process::ChildStdout>)> {
        command.stdin(Stdio::null()).kill_on_drop(true);
        let mut child = command
            .spawn()
            .with_context(|| format!("{command:?} cannot be run"))?;
        let id = child.id().context("it has just been started")?;
        let out = child.stdout.take();
        Ok((Self { child, id }, out))
    }

    /// Fails if the process has ended.
    pub fn check(&mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("it ended with {status}");
        }
        Ok(())
    }

    /// Returns what the process has used.
    pub fn used(&self) -> anyhow::Result<Used> {
        let cpu_ms = cpu_ms(self.id)?;
        let mut switches = 0;
        for task in fs::read_dir(self.file("task"))? {
            // A thread may end just now.
            let status = fs::read_to_string(task?.path().join("status")).unwrap_or_default();
            switches += numbers(&status, "ctxt_switches:").sum::<u64>();
        }
        Ok(Used { cpu_ms, switches })
    }

    /// Returns the memory that the process has now, in KiB.
    pub fn rss_kib(&self) -> anyhow::Result<u64> {
        self.status("VmRSS:")
    }

    /// Returns the most memory that the process has had since [`Process::forget_peak`], in KiB.
    pub fn peak_kib(&self) -> anyhow::Result<u64> {
        self.status("VmHWM:")
    }

    /// Begins to measure the most memory anew.
    pub fn forget_peak(&self) -> anyhow::Result<()> {
        Ok(fs::write(self.file("clear_refs"), "5")?)
    }

    /// Begins to count how often the process has the disk keep what it wrote. Returns nothing if there
    /// is no `strace`, or if it may not look.
    pub async fn count_syncs(&self, log: &Path) -> anyhow::Result<Option<Syncs>> {
        let mut command = Command::new("strace");
        command.args([
            "-f",
            "-qq",
            "-e",
            "trace=fsync,fdatasync",
            "-p",
            &self.id.to_string(),
            "-o",
        ]);
        command.arg(log).stderr(Stdio::null());
        let Ok((mut strace, _)) = Self::spawn(command) else {
            return Ok(None);
        };
        while self.status("TracerPid:")? == 0 {
            if strace.child.try_wait()?.is_some() {
                return Ok(None);
            }
            sleep(LOOK / 10).await;
        }
        Ok(Some(Syncs {
            strace,
            log: log.to_owned(),
        }))
    }

    /// Waits until the process does next to nothing.
    pub async fn rests(&self) -> anyhow::Result<()> {
        let mut last = self.used()?.cpu_ms;
        loop {
            sleep(LOOK).await;
            let now = self.used()?.cpu_ms;
            if now - last < REST_MS {
                return Ok(());
            }
            last = now;
        }
    }

    fn status(&self, name: &str) -> anyhow::Result<u64> {
        let status = fs::read_to_string(self.file("status"))?;
        numbers(&status, name).next().with_context(|| name.to_owned())
    }

    fn file(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.id))
    }
}

/// Counts how often a process has the disk keep what it wrote.
pub struct Syncs {
    strace: Process,
    log: PathBuf,
}

impl Syncs {
    /// Ends, and returns how often it was.
    pub async fn end(mut self) -> anyhow::Result<u64> {
        let end = ["-INT".to_owned(), self.strace.id.to_string()];
        Command::new("kill").args(end).status().await?;
        self.strace.child.wait().await?;
        let calls = fs::read_to_string(&self.log)?;
        let begun = calls.lines().filter(|line| !line.contains(" resumed>"));
        Ok(begun.filter(|line| line.contains("sync(")).count() as u64)
    }
}

/// Returns the processor that a process has used, user and system, in milliseconds.
pub fn cpu_ms(id: u32) -> anyhow::Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name of the program is in parentheses, and may hold anything.
    let (_, fields) = stat.rsplit_once(") ").context("a name in parentheses")?;
    let field =
        |at: usize| -> anyhow::Result<u64> { Ok(fields.split(' ').nth(at).context("a field")?.parse()?) };
    Ok((field(11)? + field(12)?) * TICK_MS)
}

/// Returns the numbers in the lines that hold a name.
fn numbers<'a>(status: &'a str, name: &'a str) -> impl Iterator<Item = u64> + 'a {
    let lines = status.lines().filter(move |line| line.contains(name));
    lines.filter_map(|line| line.split_ascii_whitespace().nth(1)?.parse().ok())
}
