//! Tests what systemd is told, by a socket such as systemd's.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::harness::process::{Program, sandbox};

/// Far longer than the bot takes to say anything.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn systemd_is_told_that_the_bot_has_started_lives_and_stops() {
    let (folder, discord) = (tempfile::tempdir().expect("a folder"), sandbox().await);
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let hears = move |socket: UnixDatagram, wanted: &'static str| {
        tokio::task::spawn_blocking(move || {
            let mut text = [0; 256];
            loop {
                let length = socket.recv(&mut text).expect(wanted);
                if text[..length].starts_with(wanted.as_bytes()) {
                    return socket;
                }
            }
        })
    };
    let bot = Program::start(
        &["run"],
        &[
            ("NOTIFY_SOCKET", path.display().to_string()),
            ("WATCHDOG_USEC", "20000".to_owned()),
            ("DISCORD_TOKEN", "test".to_owned()),
            ("GREENLIGHT_DISCORD__API_BASE", discord.url()),
        ],
    );
    let mut socket = hears(socket, "READY=1").await.expect("it starts");
    // More than one beat: it goes on.
    for _ in 0..2 {
        socket = hears(socket, "WATCHDOG=1").await.expect("it lives");
    }
    bot.signal("TERM");
    hears(socket, "STOPPING=1").await.expect("it stops");
    let (status, said) = bot.ended().await;
    assert!(status.success(), "{said}");
}
