//! Names a page of the votes that are not over, as a button asks for it.

use std::fmt;
use std::str::FromStr;

/// Which of the votes a member wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Show {
    /// Those in which their vote counts and is not given.
    MyVote,
    /// Those on images of their own drafts.
    Mine,
    /// Those that are approved and wait for credits or a limit.
    Waiting,
    /// All of them.
    All,
}

impl Show {
    /// All choices, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::MyVote, Self::Mine, Self::Waiting, Self::All];

    /// Returns the name in the id of a button.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MyVote => "vote",
            Self::Mine => "mine",
            Self::Waiting => "waiting",
            Self::All => "all",
        }
    }
}

/// A page of the queue, as a button asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuePage {
    /// Which votes.
    pub show: Show,
    /// The number of the page, from 1.
    pub number: u32,
}

/// A text that names no page of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is no page of the queue")]
pub struct NoPage;

impl fmt::Display for QueuePage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.show.name(), self.number)
    }
}

impl FromStr for QueuePage {
    type Err = NoPage;

    fn from_str(text: &str) -> Result<Self, NoPage> {
        let (name, number) = text.split_once(':').ok_or(NoPage)?;
        let show = Show::ALL.into_iter().find(|show| show.name() == name);
        Ok(Self {
            show: show.ok_or(NoPage)?,
            number: number.parse().map_err(|_| NoPage)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_back_from_its_button() {
        for show in Show::ALL {
            let page = QueuePage { show, number: 12 };
            assert_eq!(page.to_string().parse(), Ok(page));
        }
        for foreign in ["", "vote", "vote:", "vote:-1", "nothing:1", "vote:1:2"] {
            assert_eq!(foreign.parse::<QueuePage>(), Err(NoPage), "{foreign}");
        }
    }
}
