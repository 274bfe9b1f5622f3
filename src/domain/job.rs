//! Work that is to be done after a commit: a kind and an id, no payload.

use super::ids::{ChannelId, DraftId, GuildId, RenderId, UserId};

/// One piece of work. It reads what it needs when it runs, so that it can run twice, late, or after a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Job {
    /// Post the starter of a draft and open its thread.
    OpenThread(DraftId),
    /// Make the paid call of a render and record how it ended.
    Render(RenderId),
    /// Post the picture of a render, or why there is none, and open the vote on it.
    Deliver(RenderId),
    /// Bring the starter's progress line up to date.
    ShowProgress(DraftId),
    /// Bring an image's message up to date: votes, price, what became of it.
    ShowTally(RenderId),
    /// Read the votes from Discord and decide.
    Confirm(RenderId),
    /// The same once the vote's window has passed; without a quorum the vote closes.
    CloseVote(RenderId),
    /// Look how many reacted to the images of a thread whose votes are open, and read those votes where that can matter.
    Recount(ChannelId),
    /// Look again at an approval that a cap stops, when that may let it through.
    RecheckLimit(RenderId),
    /// Remind the thread of a draft, half-way, of the votes that are open in it.
    Remind(DraftId),
    /// Post a final to the gallery, once.
    Exhibit(RenderId),
    /// Tell the log channel what was spent on a render.
    LogSpend(RenderId),
    /// Tell the log channel that the use of a pool has passed a mark.
    Alert(GuildId),
    /// Forget a member who asked for it.
    Forget(UserId),
    /// Start approvals that wait for credits, oldest first.
    ResumeWaiting(GuildId),
}

impl Job {
    /// The kind, as it is stored.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::OpenThread(_) => "open_thread",
            Self::Render(_) => "render",
            Self::Deliver(_) => "deliver",
            Self::ShowProgress(_) => "show_progress",
            Self::ShowTally(_) => "show_tally",
            Self::Confirm(_) => "confirm",
            Self::Recount(_) => "recount",
            Self::RecheckLimit(_) => "uncap",
            Self::CloseVote(_) => "close_vote",
            Self::Remind(_) => "remind",
            Self::Exhibit(_) => "exhibit",
            Self::LogSpend(_) => "log_spend",
            Self::Alert(_) => "alert",
            Self::Forget(_) => "forget",
            Self::ResumeWaiting(_) => "resume_waiting",
        }
    }

    /// The id it is about, as it is stored.
    #[must_use]
    pub const fn target(self) -> u64 {
        match self {
            Self::OpenThread(id) | Self::ShowProgress(id) | Self::Remind(id) => id.get(),
            Self::Render(id)
            | Self::Deliver(id)
            | Self::ShowTally(id)
            | Self::Confirm(id)
            | Self::RecheckLimit(id)
            | Self::CloseVote(id)
            | Self::Exhibit(id)
            | Self::LogSpend(id) => id.get(),
            Self::Recount(thread) => thread.get(),
            Self::Forget(id) => id.get(),
            Self::Alert(id) | Self::ResumeWaiting(id) => id.get(),
        }
    }

    /// Reads [`Job::kind`] and [`Job::target`] back.
    #[must_use]
    pub fn from_parts(kind: &str, target: u64) -> Option<Self> {
        let (draft, render, guild) = (DraftId::new(target), RenderId::new(target), GuildId::new(target));
        let all = [
            Self::OpenThread(draft),
            Self::Render(render),
            Self::Deliver(render),
            Self::ShowProgress(draft),
            Self::ShowTally(render),
            Self::Confirm(render),
            Self::Recount(ChannelId::new(target)),
            Self::RecheckLimit(render),
            Self::CloseVote(render),
            Self::Remind(draft),
            Self::Exhibit(render),
            Self::LogSpend(render),
            Self::Alert(guild),
            Self::Forget(UserId::new(target)),
            Self::ResumeWaiting(guild),
        ];
        all.into_iter().find(|job| job.kind() == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back() {
        for kind in [
            "open_thread",
            "render",
            "deliver",
            "show_progress",
            "show_tally",
            "confirm",
            "recount",
            "close_vote",
            "remind",
            "exhibit",
            "log_spend",
            "alert",
            "forget",
            "resume_waiting",
        ] {
            let job = Job::from_parts(kind, 7).unwrap();
            assert_eq!((job.kind(), job.target()), (kind, 7));
        }
        assert_eq!(Job::from_parts("dance", 7), None);
    }
}
