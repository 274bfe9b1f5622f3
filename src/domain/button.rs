//! Names the buttons and forms that the bot makes: the action, and its target.

mod offer;
mod unknown;

use std::fmt;
use std::str::FromStr;

use super::credits::Credits;
use super::geometry::{Focus, Pixels};
use super::ids::{DraftId, RenderId};
use super::prefixed::prefixed;
use crate::domain::pick::Pick;
use crate::domain::queue_page::QueuePage;
use crate::domain::report_page::ReportPage;

use self::offer::price_of;
pub use self::offer::{Offer, Repeat};
pub use self::unknown::UnknownButton;

prefixed! {
    /// A button or a form. Written, it is the id that comes back from Discord when it is pressed or
    /// sent, at most 100 characters. Messages of years ago hold these ids, so none may change.
    Button, else UnknownButton {
        /// Approves an image, or takes the approval back.
        "approve:" => Approve(RenderId),
        /// Approves an image and says what to change.
        "noted:" => ApproveNoted(RenderId),
        /// Says what to change about an image.
        "note:" => AddNote(RenderId),
        /// Shows the notes on an image.
        "notes:" => Notes(RenderId),
        /// Strikes a note.
        "strike:" => Strike(Mark),
        /// Shows the words that an image was drawn from.
        "prompt:" => Prompt(RenderId),
        /// Draws another version of an image by its notes.
        "version:" => Version(NextVersion),
        /// Takes the approval of an image back that waits.
        "takeback:" => TakeBack(RenderId),
        /// Records why a vote was stopped.
        "reason:" => Reason(RenderId),
        /// Lets a stopped vote go on.
        "lift:" => Lift(RenderId),
        /// Reopens a vote whose window has passed.
        "reopen:" => Reopen(RenderId),
        /// Retries a failed render.
        "retry:" => Retry(RenderId),
        /// Hands out the original file.
        "original:" => Original(RenderId),
        /// Shows how an image would be cut to the sizes of channels.
        "crops:" => Crops(Frames),
        /// Cuts an image.
        "crop:" => Crop(Cut),
        /// Shows where an image comes from.
        "lineage:" => Lineage(RenderId),
        /// Shows an image beside the one that it was made of.
        "compare:" => Compare(RenderId),
        /// Drafts the same again.
        "again:" => Again(Offer),
        /// Drafts what was drawn before.
        "repeat:" => Repeat(Repeat),
        /// Drafts with other words.
        "words:" => Words(Offer),
        /// Drafts with the image as a reference.
        "after:" => After(Offer),
        /// Cancels a draft.
        "cancel:" => Cancel(DraftId),
        /// Keeps these sums as the budget of a project.
        "keep:" => Keep(StageSums),
        /// Shows another page of the votes that are not over.
        "queue:" => Queue(QueuePage),
        /// Hands out the table of a report.
        "report:" => Report(ReportPage),
        /// Picks from a list in the panel of settings.
        "panel:" => Panel(Pick),
    }
}

/// What a button or a form is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// An image.
    Image(RenderId),
    /// A draft.
    Draft(DraftId),
    /// Nothing that the bot keeps.
    Nothing,
}

impl Button {
    /// Returns what a button or a form is about.
    #[must_use]
    pub const fn target(self) -> Target {
        match self {
            Self::Approve(image)
            | Self::ApproveNoted(image)
            | Self::AddNote(image)
            | Self::Notes(image)
            | Self::Strike(Mark { image, .. })
            | Self::Prompt(image)
            | Self::Version(NextVersion { image, .. })
            | Self::TakeBack(image)
            | Self::Reason(image)
            | Self::Lift(image)
            | Self::Reopen(image)
            | Self::Retry(image)
            | Self::Original(image)
            | Self::Crops(Frames { image, .. })
            | Self::Crop(Cut { image, .. })
            | Self::Lineage(image)
            | Self::Compare(image)
            | Self::Again(Offer { image, .. })
            | Self::Repeat(Repeat { image, .. })
            | Self::Words(Offer { image, .. })
            | Self::After(Offer { image, .. }) => Target::Image(image),
            Self::Cancel(draft) => Target::Draft(draft),
            Self::Keep(_) | Self::Queue(_) | Self::Report(_) | Self::Panel(_) => Target::Nothing,
        }
    }

    /// Returns the draft that a press or a form asks for, if it asks for one.
    #[must_use]
    pub const fn offer(self) -> Option<Offer> {
        match self {
            Self::Again(offer) | Self::Words(offer) | Self::After(offer) => Some(offer),
            Self::Repeat(Repeat { image, price, .. }) => Some(Offer { image, price }),
            Self::Approve(_)
            | Self::ApproveNoted(_)
            | Self::AddNote(_)
            | Self::Notes(_)
            | Self::Strike(_)
            | Self::Prompt(_)
            | Self::Version(_)
            | Self::TakeBack(_)
            | Self::Reason(_)
            | Self::Lift(_)
            | Self::Reopen(_)
            | Self::Retry(_)
            | Self::Original(_)
            | Self::Crops(_)
            | Self::Crop(_)
            | Self::Lineage(_)
            | Self::Compare(_)
            | Self::Cancel(_)
            | Self::Keep(_)
            | Self::Queue(_)
            | Self::Report(_)
            | Self::Panel(_) => None,
        }
    }

    /// Returns the same button with another price of the draft that it asks for. A button that asks
    /// for no draft stays as it is.
    #[must_use]
    pub const fn priced(self, price: Option<Credits>) -> Self {
        match self {
            Self::Again(Offer { image, .. }) => Self::Again(Offer { image, price }),
            Self::Repeat(repeat) => Self::Repeat(Repeat { price, ..repeat }),
            Self::Words(Offer { image, .. }) => Self::Words(Offer { image, price }),
            Self::After(Offer { image, .. }) => Self::After(Offer { image, price }),
            Self::Approve(_)
            | Self::ApproveNoted(_)
            | Self::AddNote(_)
            | Self::Notes(_)
            | Self::Strike(_)
            | Self::Prompt(_)
            | Self::Version(_)
            | Self::TakeBack(_)
            | Self::Reason(_)
            | Self::Lift(_)
            | Self::Reopen(_)
            | Self::Retry(_)
            | Self::Original(_)
            | Self::Crops(_)
            | Self::Crop(_)
            | Self::Lineage(_)
            | Self::Compare(_)
            | Self::Cancel(_)
            | Self::Keep(_)
            | Self::Queue(_)
            | Self::Report(_)
            | Self::Panel(_) => self,
        }
    }
}

/// An image, and what the frames of its crops stand around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frames {
    /// The image that would be cut.
    pub image: RenderId,
    /// What the frames stand around.
    pub around: Around,
}

/// What the frames of crops stand around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    /// The subject, on a sheet that is shown for the first time.
    Subject,
    /// The subject again, on the sheet with the button.
    SubjectAgain,
    /// A place that was chosen, on the sheet with the button.
    Place(Focus),
}

impl fmt::Display for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.around {
            Around::Subject => write!(f, "{}", self.image),
            Around::SubjectAgain => write!(f, "{}:subject", self.image),
            Around::Place(focus) => write!(f, "{}:{focus}", self.image),
        }
    }
}

impl FromStr for Frames {
    type Err = UnknownButton;

    fn from_str(text: &str) -> Result<Self, UnknownButton> {
        let (image, around) = match text.split_once(':') {
            None => (text, Around::Subject),
            Some((image, "subject")) => (image, Around::SubjectAgain),
            Some((image, focus)) => (image, Around::Place(focus.parse().map_err(|_| UnknownButton)?)),
        };
        Ok(Self {
            image: image.parse().map_err(|_| UnknownButton)?,
            around,
        })
    }
}

/// An image and the sizes to which it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The image that is cut.
    pub image: RenderId,
    /// To what it is cut.
    pub sizes: Sizes,
    /// The place that the crops stand around, if one was chosen.
    pub focus: Option<Focus>,
}

/// The sizes to which an image is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sizes {
    /// All that are offered.
    All,
    /// Those that are picked from the list.
    Picked,
    /// One.
    One(Pixels),
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sizes {
            Sizes::All => write!(f, "{}:all", self.image),
            Sizes::Picked => write!(f, "{}:some", self.image),
            Sizes::One(Pixels { width, height }) => write!(f, "{}:{width}x{height}", self.image),
        }?;
        self.focus.map_or(Ok(()), |focus| write!(f, ":{focus}"))
    }
}

impl FromStr for Cut {
    type Err = UnknownButton;

    fn from_str(text: &str) -> Result<Self, UnknownButton> {
        let (image, rest) = text.split_once(':').ok_or(UnknownButton)?;
        let (sizes, focus) = match rest.split_once(':') {
            None => (rest, None),
            Some((sizes, focus)) => (sizes, Some(focus)),
        };
        Ok(Self {
            image: image.parse().map_err(|_| UnknownButton)?,
            sizes: match sizes {
                "all" => Sizes::All,
                "some" => Sizes::Picked,
                size => Sizes::One(size.parse().map_err(|_| UnknownButton)?),
            },
            focus: focus
                .map(|focus| focus.parse().map_err(|_| UnknownButton))
                .transpose()?,
        })
    }
}

/// A note on an image, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The image that the note is about.
    pub image: RenderId,
    /// The number of the note.
    pub number: u32,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.image, self.number)
    }
}

impl FromStr for Mark {
    type Err = UnknownButton;

    fn from_str(text: &str) -> Result<Self, UnknownButton> {
        let (image, number) = text.split_once(':').ok_or(UnknownButton)?;
        Ok(Self {
            image: image.parse().map_err(|_| UnknownButton)?,
            number: number.parse().map_err(|_| UnknownButton)?,
        })
    }
}

/// An image and its next version, as they were shown to whoever presses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextVersion {
    /// The image that the version is drawn after.
    pub image: RenderId,
    /// Which one it is of those that are drawn after the image, from 1.
    pub nth: u32,
    /// The price of the version.
    pub price: Credits,
}

impl fmt::Display for NextVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.image, self.nth, self.price.get())
    }
}

impl FromStr for NextVersion {
    type Err = UnknownButton;

    fn from_str(text: &str) -> Result<Self, UnknownButton> {
        let parts: Vec<&str> = text.split(':').collect();
        let [image, nth, price] = parts.as_slice() else {
            return Err(UnknownButton);
        };
        Ok(Self {
            image: image.parse().map_err(|_| UnknownButton)?,
            nth: nth.parse().map_err(|_| UnknownButton)?,
            price: price_of(price)?,
        })
    }
}

/// One sum for each stage, in the order of the stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageSums(pub [Credits; 3]);

impl fmt::Display for StageSums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [explore, review, r#final] = self.0.map(Credits::get);
        write!(f, "{explore}:{review}:{final}")
    }
}

impl FromStr for StageSums {
    type Err = UnknownButton;

    fn from_str(text: &str) -> Result<Self, UnknownButton> {
        let sums = text.split(':').map(price_of).collect::<Result<Vec<_>, _>>()?;
        sums.try_into().map(Self).map_err(|_| UnknownButton)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ids::ProjectId;
    use crate::domain::queue_page::Show;
    use crate::domain::report_page::Span;

    const fn repeat(image: RenderId) -> Repeat {
        Repeat {
            image,
            images: 2,
            project: Some(ProjectId::new(7)),
            price: None,
        }
    }

    #[test]
    fn an_id_says_what_is_pressed_and_on_what() {
        let render = RenderId::new(0xabc);
        let size = Pixels {
            width: 1080,
            height: 1350,
        };
        let focus = Focus::at(0, 0, size);
        let cut = Cut {
            image: render,
            sizes: Sizes::One(size),
            focus: Some(focus),
        };
        let frames = Frames {
            image: render,
            around: Around::Place(focus),
        };
        let price = Credits::new(40).ok();
        let offer = Offer { image: render, price };
        let page = QueuePage {
            show: Show::Mine,
            number: 2,
        };
        let report = ReportPage {
            span: Span::Week,
            until_ms: 1_796_047_200_000,
            project: Some(ProjectId::new(7)),
            member: None,
        };
        let sums = StageSums([200, 100, 80].map(|sum| Credits::new(sum).expect("credits")));
        Button::walk(&[
            (Button::Approve(render), "approve:0000000000000abc"),
            (Button::ApproveNoted(render), "noted:0000000000000abc"),
            (Button::AddNote(render), "note:0000000000000abc"),
            (Button::Notes(render), "notes:0000000000000abc"),
            (
                Button::Strike(Mark {
                    image: render,
                    number: 7,
                }),
                "strike:0000000000000abc:7",
            ),
            (Button::Prompt(render), "prompt:0000000000000abc"),
            (
                Button::Version(NextVersion {
                    image: render,
                    nth: 2,
                    price: Credits::new(11).expect("credits"),
                }),
                "version:0000000000000abc:2:11",
            ),
            (Button::TakeBack(render), "takeback:0000000000000abc"),
            (Button::Reason(render), "reason:0000000000000abc"),
            (Button::Lift(render), "lift:0000000000000abc"),
            (Button::Reopen(render), "reopen:0000000000000abc"),
            (Button::Retry(render), "retry:0000000000000abc"),
            (Button::Original(render), "original:0000000000000abc"),
            (Button::Crops(frames), "crops:0000000000000abc:0:0"),
            (Button::Crop(cut), "crop:0000000000000abc:1080x1350:0:0"),
            (Button::Lineage(render), "lineage:0000000000000abc"),
            (Button::Compare(render), "compare:0000000000000abc"),
            (Button::Again(offer), "again:0000000000000abc:40"),
            (Button::Repeat(repeat(render)), "repeat:0000000000000abc:2:7"),
            (Button::Words(offer), "words:0000000000000abc:40"),
            (Button::After(offer), "after:0000000000000abc:40"),
            (Button::Cancel(DraftId::new(42)), "cancel:42"),
            (Button::Keep(sums), "keep:200:100:80"),
            (Button::Queue(page), "queue:mine:2"),
            (Button::Report(report), "report:week:1796047200000:7:0"),
            (Button::Panel(Pick::Leads), "panel:leads"),
        ]);
    }

    #[test]
    fn a_button_that_shows_no_price_is_still_known() {
        let image = RenderId::new(0xabc);
        let unpriced = Button::Again(Offer { image, price: None });
        assert_eq!("again:0000000000000abc".parse(), Ok(unpriced));
        assert_eq!(unpriced.to_string(), "again:0000000000000abc");
        let priced = unpriced.priced(Credits::new(40).ok());
        assert_eq!(priced.to_string(), "again:0000000000000abc:40");
        assert_eq!(priced.priced(None), unpriced);
        let repeat = Button::Repeat(Repeat {
            image,
            images: 4,
            project: None,
            price: None,
        });
        assert_eq!("repeat:0000000000000abc:4:0".parse(), Ok(repeat));
        assert_eq!(repeat.to_string(), "repeat:0000000000000abc:4:0");
        let priced = repeat.priced(Credits::new(40).ok());
        assert_eq!("repeat:0000000000000abc:4:0:40".parse(), Ok(priced));
        assert_eq!(priced.to_string(), "repeat:0000000000000abc:4:0:40");
    }

    #[test]
    fn frames_and_cuts_are_known_in_all_their_forms() {
        let image = RenderId::new(0xabc);
        for (around, text) in [
            (Around::Subject, "crops:0000000000000abc"),
            (Around::SubjectAgain, "crops:0000000000000abc:subject"),
            (Around::Place(Focus::MIDDLE), "crops:0000000000000abc:500:500"),
        ] {
            let button = Button::Crops(Frames { image, around });
            assert_eq!((button.to_string().as_str(), text.parse()), (text, Ok(button)));
        }
        let size = Pixels { width: 9, height: 16 };
        for (sizes, focus, text) in [
            (Sizes::All, None, "crop:0000000000000abc:all"),
            (
                Sizes::Picked,
                Some(Focus::MIDDLE),
                "crop:0000000000000abc:some:500:500",
            ),
            (Sizes::One(size), None, "crop:0000000000000abc:9x16"),
        ] {
            let button = Button::Crop(Cut { image, sizes, focus });
            assert_eq!((button.to_string().as_str(), text.parse()), (text, Ok(button)));
        }
    }

    #[test]
    fn a_foreign_id_is_no_button() {
        for foreign in [
            "",
            "approve",
            "approve:",
            "approve:xyz",
            "dance:1",
            "keep:1:2",
            "keep:1:2:3:4",
            "keep:1:2:-3",
            "crop:1",
            "crop:1:0x5",
            "crop:1:none",
            "crop:1:all:5",
            "crops:1:all",
            "crops:1:2:1001",
            "again:1:",
            "again:1:-4",
            "again:1:4:4",
            "repeat:1:4",
            "repeat:1:4:0:-1",
            "repeat:1:4:0:1:1",
            "version:1:2",
            "version:1:2:-3",
            "version:1:2:3:4",
        ] {
            assert_eq!(foreign.parse::<Button>(), Err(UnknownButton), "{foreign}");
        }
    }

    #[test]
    fn the_longest_id_is_short_enough_for_discord() {
        let largest = u32::MAX;
        let size = Pixels {
            width: largest,
            height: largest,
        };
        let image = RenderId::new(u64::MAX);
        for longest in [
            Button::Crop(Cut {
                image,
                sizes: Sizes::One(size),
                focus: Some(Focus::at(largest, largest, size)),
            }),
            Button::Original(image),
            Button::Again(Offer {
                image,
                price: Some(Credits::MAX),
            }),
            Button::Keep(StageSums([Credits::MAX; 3])),
            Button::Repeat(Repeat {
                image,
                images: largest,
                project: Some(ProjectId::new(u64::MAX)),
                price: Some(Credits::MAX),
            }),
            Button::Version(NextVersion {
                image,
                nth: largest,
                price: Credits::MAX,
            }),
        ] {
            assert!(longest.to_string().len() <= 100, "{longest}");
        }
    }

    proptest! {
        /// An id that is read back means one thing: it is written in one way only, and fits.
        #[test]
        fn a_foreign_id_is_no_button_and_one_of_ours_is_written_in_one_way(
            id in "([a-z]{1,10}:)?(-?[0-9a-f]{0,20}|\\PC{0,6})(:(-?[0-9]{0,20}|[0-9]{1,5}x[0-9]{1,5}|[a-z]{1,6}|\\PC{0,4})){0,4}",
        ) {
            if let Ok(button) = id.parse::<Button>() {
                let written = button.to_string();
                prop_assert!(written.len() <= 100, "{written}");
                prop_assert_eq!(written.parse::<Button>(), Ok(button));
            }
        }
    }
}
