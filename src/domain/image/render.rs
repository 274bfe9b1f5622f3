//! Decides the life of one paid render, and what follows an attempt at it.

pub use super::call::{Asked, Bill, Outcome, Ruling, Verdict};
use super::drift::Likeness;
use super::note::Changes;
use super::number::Number;
pub use super::number::Origin;
use super::reference::RefusedPicture;
use crate::domain::credits::Credits;
use crate::domain::geometry::Pixels;
use crate::domain::ids::{ChannelId, DraftId, GuildId, MessageId, RenderId};
use crate::domain::image::reduced::Reduced;
use crate::domain::limits;
use crate::domain::stage::Stage;

/// The state of a render. Each variant has the data of its state and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The credits are held, and no worker has begun the paid call.
    Queued,
    /// A paid call is under way, or was when the process died.
    Rendering,
    /// The picture is stored and its credits are settled.
    Done(Pixels),
    /// The render ended without a picture, and its credits were released.
    Failed(Failure),
    /// A paid call was sent, and nobody learned how it ended. Its credits stay held until a person
    /// decides.
    Unknown,
    /// A person cancelled the render while it was queued, and its credits were released.
    Cancelled,
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The policy of the engine's service refused the prompt. Never retried.
    Refused,
    /// Something only the operator can mend: a key, a quota, a model that is gone.
    Operator,
    /// The answer had no usable picture.
    Broken,
    /// A passing fault came [`limits::RENDER_ATTEMPTS`] times.
    Exhausted,
}

/// A move that the present state does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a render that is {from} cannot become {to}")]
pub struct IllegalMove {
    /// The name of the present state.
    pub from: &'static str,
    /// The name of the state that was wanted.
    pub to: &'static str,
}

impl State {
    /// Returns the size of the picture, if there is one.
    #[must_use]
    pub const fn drawn(&self) -> Option<Pixels> {
        let Self::Done(pixels) = self else { return None };
        Some(*pixels)
    }

    /// Returns whether another try can mend how the render ended. A refusal would come again.
    #[must_use]
    pub const fn may_retry(&self) -> bool {
        matches!(
            self,
            Self::Failed(Failure::Operator | Failure::Broken | Failure::Exhausted)
        )
    }

    /// Returns the name in the database. A failure has a name of its own.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Rendering => "rendering",
            Self::Done(_) => "done",
            Self::Failed(Failure::Refused) => "refused",
            Self::Failed(Failure::Operator) => "operator",
            Self::Failed(Failure::Broken) => "broken",
            Self::Failed(Failure::Exhausted) => "exhausted",
            Self::Unknown => "unknown",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads [`State::name`] back. Only a done render has pixels.
    #[must_use]
    pub fn from_parts(name: &str, pixels: Option<Pixels>) -> Option<Self> {
        match (name, pixels) {
            ("done", Some(pixels)) => Some(Self::Done(pixels)),
            ("queued", None) => Some(Self::Queued),
            ("rendering", None) => Some(Self::Rendering),
            ("refused", None) => Some(Self::Failed(Failure::Refused)),
            ("operator", None) => Some(Self::Failed(Failure::Operator)),
            ("broken", None) => Some(Self::Failed(Failure::Broken)),
            ("exhausted", None) => Some(Self::Failed(Failure::Exhausted)),
            ("unknown", None) => Some(Self::Unknown),
            ("cancelled", None) => Some(Self::Cancelled),
            _ => None,
        }
    }

    /// Returns whether the render ended without a picture, so that another render may take the
    /// position.
    #[must_use]
    pub const fn is_dead(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Cancelled)
    }

    /// Returns whether the render is queued or rendering: its end is still to come.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        matches!(self, Self::Queued | Self::Rendering)
    }

    /// Begins a paid call.
    ///
    /// # Errors
    /// [`IllegalMove`] unless it is queued.
    pub fn begin(self) -> Result<Self, IllegalMove> {
        self.only_from(&Self::Queued, Self::Rendering)
    }

    /// Returns the render to the queue, after a failure that may pass.
    ///
    /// # Errors
    /// [`IllegalMove`] unless it is rendering.
    pub fn requeue(self) -> Result<Self, IllegalMove> {
        self.only_from(&Self::Rendering, Self::Queued)
    }

    /// Keeps the call under way.
    ///
    /// # Errors
    /// [`IllegalMove`] unless it is rendering.
    pub fn keep_waiting(self) -> Result<Self, IllegalMove> {
        self.only_from(&Self::Rendering, Self::Rendering)
    }

    /// Finishes a render whose picture is stored. A late answer finds the render unknown, which is
    /// as good.
    ///
    /// # Errors
    /// [`IllegalMove`] unless it is rendering or unknown.
    pub fn finish(self, pixels: Pixels) -> Result<Self, IllegalMove> {
        match self {
            Self::Rendering | Self::Unknown => Ok(Self::Done(pixels)),
            Self::Queued | Self::Done(_) | Self::Failed(_) | Self::Cancelled => Err(self.refuse("done")),
        }
    }

    /// Fails a render that will have no picture.
    ///
    /// # Errors
    /// [`IllegalMove`] unless it is rendering.
    pub fn fail(self, why: Failure) -> Result<Self, IllegalMove> {
        self.only_from(&Self::Rendering, Self::Failed(why))
    }

    /// Parks a render of which nobody knows how the call ended.
    ///
    /// # Errors
    /// [`IllegalMove`] unless it is rendering.
    pub fn park(self) -> Result<Self, IllegalMove> {
        self.only_from(&Self::Rendering, Self::Unknown)
    }

    /// Parks a render of a copy that was put back. The copy does not know what became of it since, so
    /// its call may have been made and paid.
    ///
    /// # Errors
    /// [`IllegalMove`] unless its end was still to come.
    pub fn doubt(self) -> Result<Self, IllegalMove> {
        if self.is_pending() {
            Ok(Self::Unknown)
        } else {
            Err(self.refuse("unknown"))
        }
    }

    /// Writes off an unknown render: a person has decided that nobody waits for the picture any
    /// more.
    ///
    /// # Errors
    /// [`IllegalMove`] unless it is unknown.
    pub fn write_off(self) -> Result<Self, IllegalMove> {
        self.only_from(&Self::Unknown, Self::Failed(Failure::Broken))
    }

    /// Completes a render whose picture came after it was written off.
    ///
    /// # Errors
    /// [`IllegalMove`] unless [`State::write_off`] made the state.
    pub fn complete_late(self, pixels: Pixels) -> Result<Self, IllegalMove> {
        self.only_from(&Self::Failed(Failure::Broken), Self::Done(pixels))
    }

    /// Cancels a queued render.
    ///
    /// # Errors
    /// [`IllegalMove`] unless it is queued.
    pub fn cancel(self) -> Result<Self, IllegalMove> {
        self.only_from(&Self::Queued, Self::Cancelled)
    }

    /// Cancels a render whose call was taken back before the service began it.
    ///
    /// # Errors
    /// [`IllegalMove`] unless it is rendering.
    pub fn call_off(self) -> Result<Self, IllegalMove> {
        self.only_from(&Self::Rendering, Self::Cancelled)
    }

    fn only_from(self, from: &Self, to: Self) -> Result<Self, IllegalMove> {
        if self == *from {
            Ok(to)
        } else {
            Err(self.refuse(to.name()))
        }
    }

    const fn refuse(&self, to: &'static str) -> IllegalMove {
        IllegalMove {
            from: self.name(),
            to,
        }
    }
}

/// What follows an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Settles the credits: the picture is stored.
    Settle(Pixels),
    /// Tries again after this many milliseconds. The credits stay held.
    Retry(i64),
    /// Releases the credits.
    Release(Failure),
    /// Asks the service again, after this many milliseconds, how the call ended. It stays under
    /// way.
    Ask(i64),
    /// Keeps the hold and asks a person.
    Park,
    /// Releases the credits of a render that somebody called off.
    CallOff,
}

/// Decides what follows the attempt with this number, the first being 1.
#[must_use]
pub fn after_attempt(outcome: &Outcome, attempt: u32) -> Next {
    match outcome {
        Outcome::Drawn(pixels) => Next::Settle(*pixels),
        Outcome::Transient(_) if attempt >= limits::RENDER_ATTEMPTS => Next::Release(Failure::Exhausted),
        // A service that asks for no wait is not asked again sooner than one that is silent.
        Outcome::Transient(wait) => {
            let own = limits::RENDER_RETRY_MS << (2 * (attempt.max(1) - 1));
            Next::Retry(wait.unwrap_or(0).clamp(own, limits::RETRY_AFTER_MAX_MS))
        }
        Outcome::Later if attempt < limits::RENDER_ASKS => Next::Ask(limits::RENDER_ASK_MS),
        Outcome::Later | Outcome::Unknown => Next::Park,
        Outcome::Refused | Outcome::RefusedPicture(_) => Next::Release(Failure::Refused),
        Outcome::CalledOff => Next::CallOff,
        Outcome::Operator => Next::Release(Failure::Operator),
        Outcome::Broken => Next::Release(Failure::Broken),
    }
}

/// A render: the paid call for one image at one stage, and its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Render {
    /// The id of the render, chosen before its row was written.
    pub id: RenderId,
    /// The draft that the image belongs to.
    pub draft: DraftId,
    /// The guild whose pool pays.
    pub guild: GuildId,
    /// The render of the approved image that this one is made of. `None` at the first stage.
    pub parent: Option<RenderId>,
    /// The image that this one is another version of, drawn after it by its notes. `None` for one that
    /// the draft or an approval asked for.
    pub after: Option<RenderId>,
    /// Which image of the draft it is.
    pub number: Number,
    /// The stage at which the image is drawn.
    pub stage: Stage,
    /// The credits that were held for the render.
    pub price: Credits,
    /// The size of the picture that the engine is asked for.
    pub want: Pixels,
    /// The state of the render, with the state's own data.
    pub state: State,
    /// How many attempts at the paid call were begun so far.
    pub attempts: u32,
    /// When the credits were held, in milliseconds since 1970.
    pub queued_ms: i64,
    /// The message in the thread that shows the picture, or says why there is none. `None` until
    /// the message is posted.
    pub message: Option<MessageId>,
    /// Says so if that message carries a smaller form of the picture, because the original is too
    /// large to be posted.
    pub reduced: Option<Reduced>,
    /// The message that shows the picture in the guild's gallery. `None` if no gallery shows the
    /// picture.
    pub shown: Option<Shown>,
    /// Who was asked to draw the picture. `None` until the first paid call, and for renders that
    /// were asked for before this was kept.
    pub asked: Option<Asked>,
    /// Where the service said that it can be asked about the call: addresses with a space between
    /// them. `None` if it said nothing.
    pub request_url: Option<String>,
    /// Which picture that was sent along the service refused. `None` unless it was that.
    pub refused_picture: Option<RefusedPicture>,
    /// The engine's bill: what the paid call cost, and the engine's name for the call.
    pub bill: Bill,
    /// How alike the picture is to the approved one that it was made of. `None` where that was not
    /// measured.
    pub likeness: Option<Likeness>,
    /// What the engine is told to change, as the notes on the approved image stood when the render
    /// was paid.
    pub changes: Changes,
    /// When the original was taken out of the store because it was kept long enough, in milliseconds
    /// since 1970. `None`: it was not.
    pub original_removed_ms: Option<i64>,
}

/// A message in a gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The gallery's channel.
    pub channel: ChannelId,
    /// The message that shows the picture.
    pub message: MessageId,
}

impl Render {
    /// Makes a render that is to be queued.
    #[must_use]
    pub const fn queued(
        id: RenderId,
        of: Origin,
        stage: Stage,
        price: Credits,
        want: Pixels,
        now_ms: i64,
    ) -> Self {
        Self {
            id,
            draft: of.draft,
            guild: of.guild,
            parent: of.parent,
            after: of.after,
            number: of.number,
            stage,
            price,
            want,
            state: State::Queued,
            attempts: 0,
            queued_ms: now_ms,
            message: None,
            reduced: None,
            shown: None,
            asked: None,
            request_url: None,
            refused_picture: None,
            bill: Bill {
                usd: None,
                request: None,
            },
            likeness: None,
            changes: Changes::none(),
            original_removed_ms: None,
        }
    }

    /// Returns whether the draft itself asked for the image: it is of the first stage, and no version.
    #[must_use]
    pub fn is_idea(&self) -> bool {
        self.stage == Stage::Explore && self.number.is_first()
    }

    /// Returns what another try has in common with this render.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        Origin {
            draft: self.draft,
            guild: self.guild,
            parent: self.parent,
            after: self.after,
            number: self.number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::image::reference::PictureFlaw;

    const SIZE: Pixels = Pixels {
        width: 1280,
        height: 720,
    };

    fn all() -> Vec<State> {
        let failures = [
            Failure::Refused,
            Failure::Operator,
            Failure::Broken,
            Failure::Exhausted,
        ];
        let mut states = vec![
            State::Queued,
            State::Rendering,
            State::Done(SIZE),
            State::Unknown,
            State::Cancelled,
        ];
        states.extend(failures.map(State::Failed));
        states
    }

    #[test]
    fn every_state_reads_back_and_owns_only_its_data() {
        for state in all() {
            let pixels = matches!(state, State::Done(_)).then_some(SIZE);
            assert_eq!(State::from_parts(state.name(), pixels), Some(state.clone()));
            let wrong = if pixels.is_some() { None } else { Some(SIZE) };
            assert_eq!(
                State::from_parts(state.name(), wrong),
                None,
                "{} with the wrong data",
                state.name()
            );
        }
        assert_eq!(State::from_parts("lost", None), None);
    }

    #[test]
    fn only_the_legal_moves_are_possible() {
        type Move = fn(State) -> Result<State, IllegalMove>;
        let moves: [(&str, Move, &[&str]); 11] = [
            ("begin", State::begin, &["queued"]),
            ("go on", State::keep_waiting, &["rendering"]),
            ("requeue", State::requeue, &["rendering"]),
            ("finish", |s| s.finish(SIZE), &["rendering", "unknown"]),
            ("fail", |s| s.fail(Failure::Broken), &["rendering"]),
            ("park", State::park, &["rendering"]),
            ("doubt", State::doubt, &["queued", "rendering"]),
            ("give up", State::write_off, &["unknown"]),
            ("turn up", |s| s.complete_late(SIZE), &["broken"]),
            ("cancel", State::cancel, &["queued"]),
            ("call off", State::call_off, &["rendering"]),
        ];
        for (name, make, from) in moves {
            for state in all() {
                let allowed = from.contains(&state.name());
                assert_eq!(
                    make(state.clone()).is_ok(),
                    allowed,
                    "{name} from {}",
                    state.name()
                );
            }
        }
    }

    #[test]
    fn the_outcome_table_of_the_design() {
        let last = limits::RENDER_ATTEMPTS;
        let table = [
            (Outcome::Drawn(SIZE), 1, Next::Settle(SIZE)),
            (Outcome::Drawn(SIZE), last, Next::Settle(SIZE)),
            (Outcome::Transient(None), 1, Next::Retry(2_000)),
            (Outcome::Transient(None), 2, Next::Retry(8_000)),
            (Outcome::Transient(None), 3, Next::Retry(32_000)),
            (Outcome::Transient(Some(7_000)), 1, Next::Retry(7_000)),
            (Outcome::Transient(Some(0)), 1, Next::Retry(2_000)),
            (Outcome::Transient(Some(0)), 3, Next::Retry(32_000)),
            (Outcome::Transient(Some(40_000)), 3, Next::Retry(40_000)),
            (
                Outcome::Transient(Some(i64::MAX)),
                1,
                Next::Retry(limits::RETRY_AFTER_MAX_MS),
            ),
            (
                Outcome::Transient(Some(-5)),
                1,
                Next::Retry(limits::RENDER_RETRY_MS),
            ),
            (Outcome::Transient(None), last, Next::Release(Failure::Exhausted)),
            (
                Outcome::Transient(Some(1)),
                last,
                Next::Release(Failure::Exhausted),
            ),
            (Outcome::Unknown, 1, Next::Park),
            (Outcome::Later, 1, Next::Ask(limits::RENDER_ASK_MS)),
            (Outcome::Later, limits::RENDER_ASKS, Next::Park),
            (Outcome::Refused, 1, Next::Release(Failure::Refused)),
            (
                Outcome::RefusedPicture(RefusedPicture {
                    which: Some(2),
                    why: PictureFlaw::TooSmall,
                }),
                1,
                Next::Release(Failure::Refused),
            ),
            (Outcome::CalledOff, 1, Next::CallOff),
            (Outcome::Operator, 1, Next::Release(Failure::Operator)),
            (Outcome::Broken, 1, Next::Release(Failure::Broken)),
        ];
        for (outcome, attempt, next) in table {
            assert_eq!(
                after_attempt(&outcome, attempt),
                next,
                "{outcome:?} at attempt {attempt}"
            );
        }
    }
}
