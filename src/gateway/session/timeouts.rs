//! How long the bot waits for the gateway.

use std::time::Duration;

use crate::domain::pauses::Pauses;

/// How long the bot waits for Discord's gateway. Tests wait less.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// How long a connection may take to be made.
    pub handshake: Duration,
    /// How long a session may take to begin or to go on.
    pub ready: Duration,
    /// How long no heartbeat may be answered: three of Discord's intervals.
    pub silence: Duration,
    /// The least time between two sessions that are begun: Discord's for one bucket.
    pub apart: Duration,
    /// The longest pause before a session is begun again, however few of the day's are left.
    pub longest_pause: Duration,
    /// How long a session must last for the next one to be begun at once.
    pub settled: Duration,
    /// The pauses between tries at what a session begins with, such as registering the commands.
    pub again: Pauses,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(20),
            ready: Duration::from_mins(1),
            silence: Duration::from_millis(3 * 41_250),
            apart: Duration::from_secs(5),
            longest_pause: Duration::from_mins(5),
            settled: Duration::from_mins(10),
            again: Pauses::default(),
        }
    }
}
