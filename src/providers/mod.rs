//! The only place that knows image engines.

pub mod fal;
pub mod gemini;
pub mod http;
pub mod local;
pub mod openai;
pub mod sketch;

mod models;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::draft::prompt::Prompt;
use crate::domain::engine::availability::OfferedModel;
use crate::domain::engine::cost::Usd;
use crate::domain::geometry::{Pixels, Ratio, Tier};
use crate::domain::ids::RenderId;
use crate::domain::image::reference::RefusedPicture;
use crate::domain::stage::{Mode, Quality};
use crate::store::ledger::Held;

/// What an engine is asked to draw.
#[derive(Clone, Debug)]
pub struct ImageRequest {
    /// The prompt of the draft.
    pub prompt: Prompt,
    /// The text for the engine: the stage's template, with the prompt and the details to keep
    /// filled in.
    pub words: Words,
    /// The picture that this one is made of: the approved one of a later stage, or that which a
    /// version is drawn after. `None` for a draft's own images, and if the picture is no longer
    /// stored. A remaster always has one.
    pub parent: Option<InputPicture>,
    /// The references that a first image is based on. Empty for later stages.
    pub references: Vec<InputPicture>,
    /// What the notes asked for by which the versions of this image were drawn, the oldest first: for
    /// an engine that draws each picture from words.
    pub changes: Vec<String>,
    /// Who asks, by a hash that only this database can make.
    pub member: String,
    /// The engine's model.
    pub model: String,
    /// The quality of the model. `None` if the model has only one.
    pub quality: Option<Quality>,
    /// The way in which the picture is made of the approved one.
    pub mode: Mode,
    /// The ratio of the picture, as people write a ratio.
    pub ratio: Ratio,
    /// The size of the picture in pixels.
    pub pixels: Pixels,
    /// The tier of the stage.
    pub tier: Tier,
    /// The seed for the engine: the same for every stage of one image, another for each image of a
    /// draft.
    pub seed: u64,
}

impl ImageRequest {
    /// Returns the pictures that are sent along: the approved one for a later stage, the references
    /// for an idea.
    pub fn sent(&self) -> impl Iterator<Item = &InputPicture> {
        let references = match self.mode {
            Mode::Draw => self.references.as_slice(),
            Mode::Exact | Mode::Remaster => &[],
        };
        self.parent.iter().chain(references)
    }
}

/// The text for an engine. `Debug` does not print the text, because what `Debug` prints ends in
/// logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Words(pub String);

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Words({} characters)", self.0.chars().count())
    }
}

/// The file of a picture that is sent along.
#[derive(Clone, PartialEq, Eq)]
pub struct InputPicture {
    /// The file.
    pub bytes: Arc<[u8]>,
    /// The type of the file: `image/png`, `image/jpeg` or `image/webp`.
    pub mime: &'static str,
}

impl std::fmt::Debug for InputPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({}, {} bytes)", self.mime, self.bytes.len())
    }
}

/// A picture whose price is held. A [`Provider`] draws nothing else, so that nothing is drawn
/// unpaid.
#[derive(Clone, Debug)]
pub struct PaidRender {
    render: RenderId,
    picture: ImageRequest,
}

impl PaidRender {
    /// Pairs a request for a picture with the proof that the price is held.
    #[must_use]
    pub fn new(held: &Held, picture: ImageRequest) -> Self {
        Self {
            render: held.render(),
            picture,
        }
    }

    /// Returns the id of the render that is paid for.
    #[must_use]
    pub const fn render(&self) -> RenderId {
        self.render
    }

    /// What an engine is asked to draw.
    #[must_use]
    pub const fn picture(&self) -> &ImageRequest {
        &self.picture
    }
}

/// How a paid call ended, before the picture is looked at. One class for each row of the outcome
/// table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A file that claims to be the picture.
    File(Vec<u8>),
    /// The call was not sent, or was turned away unpaid because the service is busy. Holds the wait
    /// that the service asks for, in milliseconds.
    Transient(Option<i64>),
    /// The call was sent and then cut: nobody knows whether it was paid.
    Unknown,
    /// The service took the call under a name, and cannot be asked now how the call ended.
    Later,
    /// The service's policy refused the prompt.
    Refused,
    /// The service refused a picture that was sent along.
    Picture(RefusedPicture),
    /// The call was taken back before the service began it: nothing was paid.
    CalledOff,
    /// Something failed that only the operator can mend: a key, a quota, a model. Holds what the
    /// operator should read.
    Operator(String),
    /// The answer has no picture. Holds what was wrong.
    Broken(String),
}

impl Answer {
    /// Fits a refused picture to what was sent: one alone needs no number, a number beyond them is
    /// none, and where none was sent the request itself is at fault.
    #[must_use]
    pub fn for_sent(self, picture: &ImageRequest) -> Self {
        let Self::Picture(refused) = self else {
            return self;
        };
        let sent = u32::try_from(picture.sent().count()).unwrap_or(u32::MAX);
        if sent == 0 {
            return Self::Operator("the service refused a picture, and none was sent".to_owned());
        }
        let which = refused.which.filter(|which| *which <= sent);
        Self::Picture(RefusedPicture {
            which: which.or((sent == 1).then_some(1)),
            ..refused
        })
    }
}

/// What came of a paid call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallReport {
    /// How the paid call ended.
    pub answer: Answer,
    /// What the paid call cost the operator. `None` if the engine does not say what the call used.
    pub usd: Option<Usd>,
    /// The engine's name for the call, by which the service's support finds the call. `None` if the
    /// engine gave none.
    pub request: Option<String>,
}

impl From<Answer> for CallReport {
    fn from(answer: Answer) -> Self {
        Self {
            answer,
            usd: None,
            request: None,
        }
    }
}

/// Where an engine notes what must not be lost while it draws.
#[async_trait]
pub trait CallObserver: Send + Sync {
    /// Notes the name under which the service has taken the call. With that name the service can be
    /// asked later how the call ended, at these addresses if it named any. Returns when that is
    /// written down, or cannot be.
    async fn taken(&self, request: &str, addresses: Option<&str>);

    /// Returns whether somebody has called the render off. An engine asks while its call waits in
    /// the queue of a service and can still be taken back.
    async fn is_called_off(&self) -> bool {
        false
    }

    /// Returns whether somebody sees unfinished pictures. Each of them costs, so an engine asks for
    /// none that nobody sees.
    fn shows_partials(&self) -> bool {
        false
    }

    /// Shows an unfinished picture, which is never taken for the picture that was paid for. Returns
    /// at once.
    async fn partial(&self, _picture: Vec<u8>) {}
}

/// A call that a service has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenCall {
    /// The service's name for it.
    pub request: String,
    /// Where the service can be asked about it, as [`CallObserver::taken`] noted it.
    pub addresses: Option<String>,
}

/// Something that draws.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Makes the paid call and waits for its end. Every way that the call can end is an [`Answer`].
    async fn draw(&self, paid: &PaidRender, notes: &dyn CallObserver) -> CallReport;

    /// Asks how a call ended that was [taken](CallObserver::taken) under a name, perhaps by another
    /// process. Returns nothing if this engine cannot be asked, and most cannot.
    async fn resume(
        &self,
        _paid: &PaidRender,
        _taken: &TakenCall,
        _notes: &dyn CallObserver,
    ) -> Option<CallReport> {
        None
    }

    /// Returns whether a call may wait in a queue of the service, from which it can be taken back.
    fn can_call_off(&self) -> bool {
        false
    }

    /// Returns what the engine does not know of a prompt. Returns `None` where it knows everything
    /// or cannot tell, and most cannot.
    fn not_known(&self, _prompt: &Prompt) -> Option<NotKnown> {
        None
    }

    /// Returns whether a trained model draws. Files say so of their pictures.
    fn is_trained(&self) -> bool {
        true
    }

    /// Returns whether a call of unknown outcome may simply be made again, because it costs
    /// nothing.
    fn may_repeat(&self) -> bool;

    /// Asks the service which models it offers. The question costs nothing. Returns `None` where
    /// there is no service, or the service has no such list.
    ///
    /// # Errors
    /// [`Unasked`], with what the operator should read.
    async fn models(&self) -> Result<Option<Vec<OfferedModel>>, Unasked> {
        Ok(None)
    }

    /// Asks a service that has no such list whether it is there and takes the key. The question costs
    /// nothing. Returns `None` where there is nobody to ask.
    async fn reach(&self) -> Option<Result<(), Unasked>> {
        None
    }
}

/// What an engine does not know of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotKnown {
    /// The words, as they were typed: letters and digits only, at most three.
    pub words: Vec<String>,
    /// Whether it knows nothing else of the prompt either, and draws shapes.
    pub draws_shapes: bool,
}

/// Why a service did not say which models it offers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unasked {
    /// The service does not take the key: nothing can be drawn with it.
    #[error("{0}")]
    TurnedAway(String),
    /// The service was reached and gave no list. It may draw all the same.
    #[error("{0}")]
    Unlisted(String),
    /// The service cannot be reached.
    #[error("{0}")]
    Away(String),
}

/// The engines that this process has, by name.
#[derive(Clone, Default)]
pub struct Engines(BTreeMap<String, Arc<dyn Provider>>);

impl Engines {
    /// Adds an engine under the name that the catalog and the stages use.
    #[must_use]
    pub fn with(mut self, name: &str, engine: Arc<dyn Provider>) -> Self {
        self.0.insert(name.to_owned(), engine);
        self
    }

    /// Returns the engine of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<dyn Provider>> {
        self.0.get(name).cloned()
    }

    /// Returns whether a trained model made a picture that an engine drew, as far as can be told: an engine
    /// that is not in the settings any more counts as one, and so does one that only makes larger what
    /// another may have drawn.
    #[must_use]
    pub fn is_trained(&self, name: &str) -> bool {
        self.get(name).is_none_or(|engine| engine.is_trained())
    }

    /// Returns all engines with their names, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &dyn Provider)> {
        self.0
            .iter()
            .map(|(name, engine)| (name.as_str(), engine.as_ref()))
    }
}

impl std::fmt::Debug for Engines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}
