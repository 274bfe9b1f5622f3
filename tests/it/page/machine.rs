//! Runs the programs that take part: the demo, Chromium's driver, and the browsers that it starts.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use discord_sandbox::Sandbox;
use greenlight::app::{App, FaultInjection, engines};
use greenlight::clock::Clock;
use greenlight::config::Config;
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::error::WebDriverResult;
use thirtyfour::extensions::query::ElementPollerWithTimeout;
use thirtyfour::{ChromeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};

use super::tab::{PATIENCE, POLL, Page};

/// The longest wait for a program to say that it is ready.
const START: Duration = Duration::from_mins(3);

/// A program that ends with the test, however that ends.
struct Program {
    child: Child,
    lines: Receiver<String>,
}

impl Program {
    fn start(program: impl AsRef<OsStr>, arguments: &[&OsStr]) -> Self {
        let mut command = Command::new(&program);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!(
                "{} cannot be started ({error}); scripts/test installs what is missing",
                program.as_ref().display()
            )
        });
        let output = BufReader::new(child.stdout.take().expect("its output is piped"));
        let (heard, lines) = channel();
        // The output is read to its end. Else the program would stop once its pipe is full.
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                // Nobody listens any more once the test knows enough.
                let _ = heard.send(line);
            }
        });
        Self { child, lines }
    }

    /// Waits for the first line that has `words`. Returns the rest of it.
    fn says(&self, words: &str) -> String {
        loop {
            let line = self
                .lines
                .recv_timeout(START)
                .unwrap_or_else(|_| panic!("nothing like “{words}…” was said"));
            if let Some((_, rest)) = line.split_once(words) {
                return rest.trim().to_owned();
            }
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // The program may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A running `greenlight demo`.
pub struct Demo {
    program: Program,
    /// The URL of its page.
    pub url: String,
    /// The folder that holds all its data.
    pub folder: TempDir,
}

impl Demo {
    /// Starts one with a bare server.
    pub fn start() -> Self {
        Self::with(&["--empty"])
    }

    /// Starts one as a newcomer does: with its guide, and an example that it draws first.
    pub fn set_up() -> Self {
        Self::with(&[])
    }

    fn with(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let always = ["demo", "--port", "0", "--data"];
        let arguments: Vec<&OsStr> = always[..3]
            .iter()
            .chain(options)
            .chain(&always[3..])
            .map(OsStr::new)
            .collect();
        let program = Program::start(
            env!("CARGO_BIN_EXE_greenlight"),
            &[&arguments[..], &[folder.path().as_os_str()]].concat(),
        );
        let url = program.says("Greenlight is ready: ");
        Self { program, url, folder }
    }

    /// Ends it as Ctrl-C does.
    pub fn stop(mut self) {
        let id = self.program.child.id().to_string();
        let told = Command::new("kill").args(["-INT", &id]).status();
        assert!(
            told.expect("`kill` can be run").success(),
            "the demo had ended before"
        );
        // Its output ends when it does.
        loop {
            match self.program.lines.recv_timeout(START) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the demo does not end"),
            }
        }
        let ended = self.program.child.wait().expect("a program that ended");
        assert!(ended.success(), "the demo ended with {ended}");
    }
}

/// Starts the bot in this process, on a local Discord. It keeps its data in a folder.
pub async fn bot(discord: &Sandbox, folder: &Path) -> App {
    let database = format!("sqlite:{}", folder.join("greenlight.db").display());
    let settings = [
        ("DISCORD__API_BASE", discord.url()),
        ("DISCORD__TOKEN", "test".to_owned()),
        ("DATABASE__URL", database),
        ("BLOBS__FOLDER", folder.join("blobs").display().to_string()),
        ("POOL__FIRST_GRANT", "1000".to_owned()),
    ];
    let settings = settings.map(|(key, value)| (format!("GREENLIGHT_{key}"), value));
    let config = Config::load(None, settings).expect("good settings");
    let engines = engines(FaultInjection::Told, &config).expect("engines");
    let mut app = App::start(config, engines, Clock::system())
        .await
        .expect("a start");
    app.work();
    discord.wait_online().await;
    app
}

/// The screen on which a page is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// 1280×860 pixels, with a mouse.
    Desk,
    /// 390×844 pixels, with touch.
    Phone,
}

/// Chromium's driver, which starts browsers, and ends them when it ends.
pub struct Browser {
    _driver: Program,
    url: String,
    folder: TempDir,
    screenshots: PathBuf,
}

impl Browser {
    pub fn start(screenshots: PathBuf) -> Self {
        let driver = Program::start("chromedriver", &[OsStr::new("--port=0")]);
        let port = driver.says("was started successfully on port ");
        let url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
        Self {
            _driver: driver,
            url,
            folder: tempfile::tempdir().expect("a temporary folder"),
            screenshots,
        }
    }

    /// Opens a window of a browser of its own.
    pub async fn open(&self, screen: Screen) -> Page {
        let capabilities = self
            .capabilities(screen)
            .expect("capabilities that can be written");
        let poller = Arc::new(ElementPollerWithTimeout::new(PATIENCE, POLL));
        let driver = WebDriver::builder(&self.url, capabilities)
            .poller(poller)
            .connect()
            .await;
        let driver = driver.expect("Chromium cannot be started; scripts/test installs it");
        let page = Page::new(driver, self.downloads(screen), self.screenshots.clone());
        if screen == Screen::Desk {
            page.resize(1280, 860).await;
        }
        page
    }

    /// Returns the folder to which a browser downloads.
    fn downloads(&self, screen: Screen) -> PathBuf {
        self.folder.path().join(format!("{screen:?}-downloads"))
    }

    fn capabilities(&self, screen: Screen) -> WebDriverResult<ChromeCapabilities> {
        let mut capabilities = DesiredCapabilities::chrome();
        let profile = format!(
            "--user-data-dir={}",
            self.folder.path().join(format!("{screen:?}")).display()
        );
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--lang=en-GB",
            // Such names are free, and here they lead to this machine, as a stranger's name can.
            "--host-resolver-rules=MAP *.example 127.0.0.1",
            &profile,
        ];
        for argument in arguments {
            capabilities.add_arg(argument)?;
        }
        let downloads = json!({ "download.default_directory": self.downloads(screen) });
        capabilities.add_experimental_option("prefs", downloads)?;
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::Warning)?;
        if screen == Screen::Phone {
            let phone =
                json!({ "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2.0, "touch": true } });
            capabilities.add_experimental_option("mobileEmulation", phone)?;
        }
        Ok(capabilities)
    }
}
