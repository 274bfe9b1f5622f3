//! Decides what follows from the end of a connection: when the next one is tried, or that none is.

use std::fmt;
use std::time::Duration;

use super::timeouts::Timeouts;
use crate::discord::Allowance;
use crate::domain::pauses::Pauses;

/// After so many silent connections in a row the bot gives up: the first, and two more in vain.
const SILENT: u32 = 3;
/// After so many sessions in a row that Discord ended before they began, the bot gives up. Discord
/// counts each of them, and 1,000 a day cost the bot its token.
const TURNED_AWAY: u32 = 8;
/// The longest pause where no connection could be made. Nothing was begun, so that trying costs nothing,
/// and until it succeeds the bot hears nobody.
const AWAY: Duration = Duration::from_mins(1);
/// One in so many of a day's sessions is left for the operator, who has to find out what is wrong.
const KEPT_BACK: u64 = 10;

/// Why the bot gives the gateway up. The operator reads it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FatalGatewayError {
    /// 4004, or 401 from the REST API.
    #[error(
        "Discord does not accept the token any more: copy a new one from the developer portal to discord.token, and start again"
    )]
    Token,
    /// 4013.
    #[error(
        "Discord does not know the intents that this version asks for (close code 4013): a newer Greenlight is needed"
    )]
    Intents,
    /// 4014.
    #[error(
        "Discord does not allow the bot the intents that it asks for (close code 4014): look at the bot's page in the developer portal, and start again"
    )]
    Disallowed,
    /// Connections open, and nothing is heard on them.
    #[error(
        "Discord's gateway began no session on {0} connections in a row, or fell silent on them: if the warnings before this line say why, mend that, else look at what is between this machine and Discord (a proxy, a firewall), and start again"
    )]
    Silent(u32),
    /// Sessions end before they begin.
    #[error(
        "Discord ended {0} sessions in a row before they began, and would reset the token after too many: the warnings before this line say why; mend that, and start again"
    )]
    TurnedAway(u32),
    /// 4011, as far as anybody can tell.
    #[error(
        "Discord ends the sessions: it wants {wanted} shards now, and there are {have}; start again, and there will be as many as it wants"
    )]
    Shards {
        /// How many it recommends.
        wanted: u32,
        /// How many there are.
        have: u32,
    },
    /// 4011, and the shards were named.
    #[error(
        "Discord ends the sessions: it wants {wanted} shards now, and --shards says that there are {have}; start every process that hears Discord again, with --shards N/{wanted}"
    )]
    NamedShards {
        /// How many it recommends.
        wanted: u32,
        /// How many there are, in all processes.
        have: u32,
    },
    /// The day's sessions are nearly used up.
    #[error(
        "{remaining} of {total} sessions are left for the next {minutes} minutes, and after the last one Discord resets the token: find out from the lines before this why sessions end, and start again after that"
    )]
    Spent {
        /// What is left.
        remaining: u64,
        /// Of how many a day.
        total: u64,
        /// Until the count begins anew.
        minutes: u64,
    },
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::gateway) enum ConnectionEnd {
    /// The bot is stopped.
    Stopped,
    /// There was no connection: nothing was begun.
    Unreachable,
    /// It was there, nothing was heard on it, and the watch dropped it. `served`: a session had
    /// begun on it.
    Silent { served: bool },
    /// Discord ended it before a session had begun.
    TurnedAway,
    /// A session had begun on it and lasted so long.
    Served(Duration),
    /// Another try would be in vain.
    Fatal(FatalGatewayError),
}

impl fmt::Display for ConnectionEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped => f.write_str("was stopped"),
            Self::Unreachable => f.write_str("could not be made"),
            Self::Silent { .. } => f.write_str("was silent and is given up"),
            Self::TurnedAway => f.write_str("was ended by Discord before a session had begun"),
            Self::Served(lasted) => write!(
                f,
                "has ended, and its session with it, after {} s",
                lasted.as_secs()
            ),
            Self::Fatal(_) => f.write_str("has ended for good"),
        }
    }
}

/// Counts what became of a shard's connections since its last good one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::gateway) struct Reconnect {
    unreachable: u32,
    silent: u32,
    turned_away: u32,
    /// Sessions in a row that did not last.
    young: u32,
    /// The pause with which the sessions that are left last until there are more. `None` before Discord
    /// has said how many there are.
    fair: Option<Duration>,
}

impl Reconnect {
    /// Notes how many sessions may still be begun, by all of so many shards.
    pub(in crate::gateway) fn may_begin(&mut self, allowance: &Allowance, shards: u32) {
        let left = allowance
            .remaining
            .saturating_sub(allowance.total / KEPT_BACK)
            .max(1);
        let each_ms = allowance.reset_after_ms.saturating_mul(u64::from(shards)) / left;
        self.fair = Some(Duration::from_millis(each_ms));
    }

    /// Counts the end of a connection. Returns the pause before the next one.
    pub(in crate::gateway) fn after(
        &mut self,
        end: ConnectionEnd,
        timeouts: &Timeouts,
    ) -> Result<Duration, FatalGatewayError> {
        match end {
            ConnectionEnd::Stopped => {}
            ConnectionEnd::Unreachable => self.unreachable = self.unreachable.saturating_add(1),
            ConnectionEnd::Silent { served } => {
                let before = if served { 0 } else { self.silent };
                *self = Self {
                    silent: before + 1,
                    ..*self
                };
                if self.silent >= SILENT {
                    return Err(FatalGatewayError::Silent(self.silent));
                }
            }
            ConnectionEnd::TurnedAway => {
                self.turned_away += 1;
                if self.turned_away >= TURNED_AWAY {
                    return Err(FatalGatewayError::TurnedAway(self.turned_away));
                }
            }
            ConnectionEnd::Served(lasted) => {
                let young = if lasted >= timeouts.settled {
                    0
                } else {
                    self.young.saturating_add(1)
                };
                *self = Self {
                    young,
                    fair: self.fair,
                    ..Self::default()
                };
            }
            ConnectionEnd::Fatal(lost) => return Err(lost),
        }
        Ok(self.pause(timeouts))
    }

    /// Returns whether sessions do not begin any more, though Discord can be reached.
    pub(in crate::gateway) const fn in_vain(self) -> bool {
        self.silent + self.turned_away > 0
    }

    /// Returns the pause before the next try. The first after a good session comes at once. Then
    /// the pauses double, until the sessions that are left last for the day.
    fn pause(self, timeouts: &Timeouts) -> Duration {
        let failed = self
            .unreachable
            .saturating_add(self.silent + self.turned_away)
            .saturating_add(self.young);
        match failed {
            0 => Duration::ZERO,
            1 if self.unreachable == 0 => Duration::ZERO,
            failed => {
                let fair = self.fair.unwrap_or(timeouts.longest_pause);
                let longest = fair.min(timeouts.longest_pause).max(timeouts.apart);
                let is_away = self.unreachable > 0;
                let pauses = Pauses {
                    first: timeouts.apart,
                    longest: if is_away { longest.min(AWAY) } else { longest },
                };
                pauses.after(failed)
            }
        }
    }
}

/// Checks whether one more session may be begun.
///
/// # Errors
/// [`FatalGatewayError::Spent`] when the day's sessions are nearly used up.
pub fn may_begin(allowance: &Allowance) -> Result<(), FatalGatewayError> {
    let (remaining, total) = (allowance.remaining, allowance.total);
    if remaining > total / KEPT_BACK {
        return Ok(());
    }
    let minutes = allowance.reset_after_ms.div_ceil(60_000);
    Err(FatalGatewayError::Spent {
        remaining,
        total,
        minutes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const YOUNG: Duration = Duration::from_secs(9);

    fn pauses(ends: impl IntoIterator<Item = ConnectionEnd>) -> Vec<Result<u64, FatalGatewayError>> {
        let (mut reconnect, timeouts) = (Reconnect::default(), Timeouts::default());
        ends.into_iter()
            .map(|end| reconnect.after(end, &timeouts).map(|pause| pause.as_secs()))
            .collect()
    }

    #[test]
    fn sessions_that_do_not_last_are_begun_ever_more_slowly_and_a_good_one_makes_up_for_it() {
        let young = std::iter::repeat_n(ConnectionEnd::Served(YOUNG), 8);
        let seen: Vec<u64> = pauses(young).into_iter().map(Result::unwrap).collect();
        assert_eq!(seen, [0, 10, 20, 40, 80, 160, 300, 300]);
        let good = ConnectionEnd::Served(Timeouts::default().settled);
        assert_eq!(
            pauses([
                ConnectionEnd::Served(YOUNG),
                ConnectionEnd::Served(YOUNG),
                good.clone(),
                good
            ])[2..],
            [Ok(0), Ok(0)]
        );
    }

    /// A thousand sessions a day, of which so many are left for so many hours.
    fn left(remaining: u64, hours: u64) -> Allowance {
        Allowance {
            url: String::new(),
            shards: 1,
            total: 1_000,
            remaining,
            reset_after_ms: hours * 60 * 60_000,
            max_concurrency: 1,
        }
    }

    #[test]
    fn pauses_are_no_longer_than_the_sessions_that_are_left_ask_for() {
        let pause = |allowance: &Allowance, shards, end: ConnectionEnd| {
            let (mut reconnect, timeouts) = (Reconnect::default(), Timeouts::default());
            for _ in 0..20 {
                reconnect.may_begin(allowance, shards);
                reconnect.after(ConnectionEnd::Served(YOUNG), &timeouts).unwrap();
            }
            reconnect.after(end, &timeouts).unwrap().as_secs()
        };
        let young = || ConnectionEnd::Served(YOUNG);
        assert_eq!(pause(&left(1_000, 24), 1, young()), 96);
        assert_eq!(pause(&left(1_000, 24), 2, young()), 192);
        assert_eq!(
            pause(&left(150, 24), 1, young()),
            300,
            "little is left, and the longest is the longest"
        );
        assert_eq!(pause(&left(150, 0), 1, young()), 5, "there are more in a moment");
        assert_eq!(
            pause(&left(1_000, 24), 1, ConnectionEnd::Unreachable),
            60,
            "it costs nothing to try"
        );
    }

    /// Even if every session is cut short at the worst moment, for ever, a day's sessions are not
    /// used up.
    #[test]
    fn no_loop_uses_up_a_day() {
        for lasted in [
            Duration::ZERO,
            YOUNG,
            Duration::from_secs(599),
            Timeouts::default().settled,
        ] {
            let (mut reconnect, timeouts) = (Reconnect::default(), Timeouts::default());
            let (mut passed, mut begun) = (Duration::ZERO, 0);
            let day = Duration::from_hours(24);
            while passed < day {
                let reset_after_ms = day.saturating_sub(passed).as_millis().try_into().unwrap();
                let allowance = Allowance {
                    reset_after_ms,
                    ..left(1_000 - begun, 24)
                };
                assert_eq!(
                    may_begin(&allowance),
                    Ok(()),
                    "after {begun} sessions of {lasted:?}"
                );
                reconnect.may_begin(&allowance, 1);
                begun += 1;
                let pause = reconnect.after(ConnectionEnd::Served(lasted), &timeouts).unwrap();
                passed += lasted + pause.max(timeouts.apart);
            }
            assert!(begun <= 900, "{begun} sessions of {lasted:?}");
        }
    }

    #[test]
    fn silence_is_broken_twice_and_then_given_up() {
        let silent = |served| ConnectionEnd::Silent { served };
        assert_eq!(
            pauses([silent(false), silent(false), silent(false)]),
            [Ok(0), Ok(10), Err(FatalGatewayError::Silent(3))]
        );
        let served = [silent(false), silent(true), silent(false), silent(false)];
        assert_eq!(
            pauses(served)[3],
            Err(FatalGatewayError::Silent(3)),
            "a session in between begins the count anew"
        );
        let good = [
            silent(false),
            silent(false),
            ConnectionEnd::Served(YOUNG),
            silent(false),
            silent(false),
        ];
        assert!(pauses(good).iter().all(Result::is_ok));
    }

    #[test]
    fn being_turned_away_is_given_up_before_it_costs_the_token_and_being_away_is_not() {
        let turned = pauses(std::iter::repeat_n(ConnectionEnd::TurnedAway, 8));
        assert!(turned[..7].iter().all(Result::is_ok));
        assert_eq!(turned[7], Err(FatalGatewayError::TurnedAway(8)));
        let away = pauses(std::iter::repeat_n(ConnectionEnd::Unreachable, 1_000));
        assert_eq!(away[..3], [Ok(5), Ok(10), Ok(20)]);
        assert_eq!(away[999], Ok(60));
    }

    #[test]
    fn a_tenth_of_a_day_is_kept_back() {
        let left = |remaining| Allowance {
            reset_after_ms: 90_500,
            ..left(remaining, 1)
        };
        assert_eq!(may_begin(&left(101)), Ok(()));
        let spent = may_begin(&left(100)).unwrap_err();
        assert_eq!(
            spent,
            FatalGatewayError::Spent {
                remaining: 100,
                total: 1_000,
                minutes: 2
            }
        );
    }
}
