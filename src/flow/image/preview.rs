//! Shows previews of a picture while it is drawn, in the starter of its draft. A preview is stored
//! nowhere and settles nothing. The next update of the starter takes it away.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::Instrument;

use crate::discord::File;
use crate::domain::draft::entity::{Draft, Place};
use crate::domain::ids::{ChannelId, DraftId, MessageId};
use crate::domain::image::mark::Contents;
use crate::domain::image::render::Render;
use crate::domain::text::AltText;
use crate::flow::services::Services;
use crate::flow::services::previews::{Previews, Turn};
use crate::media;
use crate::wording;

/// How often a waiting preview checks whether its turn has come.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How long a preview may take to be shown. After that the picture is likely done.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the end of a call waits for a preview that is just being shown.
const GRACE: Duration = Duration::from_secs(2);

#[derive(Clone)]
struct Preview {
    number: u64,
    bytes: Arc<Vec<u8>>,
}

/// The previews of one call. It ends with the call.
pub(in crate::flow) struct Showing(Option<Open>);

struct Open {
    previews: Previews,
    newest: watch::Sender<Option<Preview>>,
    task: JoinHandle<()>,
}

impl Showing {
    /// Begins to show the previews of a call, where there is a place for them. A later stage has no
    /// message before its picture, a version is not the starter's, and files of its own are not replaced.
    pub(in crate::flow) fn begin(services: &Services, draft: &Draft, render: &Render) -> Self {
        let Place::Open { starter, .. } = draft.place else {
            return Self(None);
        };
        if !render.is_idea() || crate::flow::draft::starter::has_files(draft) {
            return Self(None);
        }
        let (newest, comes) = watch::channel(None);
        let wall = Wall {
            services: services.clone(),
            draft: draft.id,
            alt: wording::alt_of_preview(draft),
            channel: draft.channel,
            starter,
            max_bytes: services.discord.upload_limit(draft.guild),
        };
        Self(Some(Open {
            previews: services.previews.clone(),
            newest,
            task: tokio::spawn(wall.show(comes).in_current_span()),
        }))
    }

    /// Returns whether previews are shown.
    pub(in crate::flow) const fn shows(&self) -> bool {
        self.0.is_some()
    }

    /// Takes the newest preview. One that was not shown yet is dropped.
    pub(in crate::flow) fn put(&self, picture: Vec<u8>) {
        if let Some(open) = &self.0 {
            let (number, bytes) = (open.previews.number(), Arc::new(picture));
            open.newest.send_replace(Some(Preview { number, bytes }));
        }
    }

    /// Ends the previews. A waiting one is dropped, and one that is just being shown is waited for
    /// briefly.
    pub(in crate::flow) async fn end(self) {
        let Some(Open { newest, mut task, .. }) = self.0 else {
            return;
        };
        newest.send_replace(None);
        drop(newest);
        if timeout(GRACE, &mut task).await.is_err() {
            task.abort();
        }
    }
}

/// The place where a draft's previews are shown.
struct Wall {
    services: Services,
    draft: DraftId,
    alt: AltText,
    channel: ChannelId,
    starter: MessageId,
    max_bytes: usize,
}

impl Wall {
    /// Shows the newest preview, again and again, until no more can come.
    async fn show(self, mut comes: watch::Receiver<Option<Preview>>) {
        while comes.changed().await.is_ok() {
            while let Some(preview) = newest(&mut comes) {
                let now_ms = self.services.clock.now_ms();
                match self.services.previews.turn(self.draft, preview.number, now_ms) {
                    Turn::Now => {
                        self.attach(&preview.bytes).await;
                        break;
                    }
                    Turn::Past => break,
                    Turn::In(ms) => {
                        let wait = Duration::from_millis(ms.unsigned_abs()).min(LOOK_EVERY);
                        // A newer preview takes the place of this one.
                        if let Ok(Err(_)) = timeout(wait, comes.changed()).await {
                            return;
                        }
                    }
                }
            }
        }
    }

    /// Shows one preview, or drops it: nothing depends on it.
    async fn attach(&self, picture: &[u8]) {
        let Some(mime) = media::mime(picture).filter(|_| picture.len() <= self.max_bytes) else {
            return;
        };
        // This is not the name of a finished picture: by those names, messages are found again.
        let name = mime.replace("image/", "preview.");
        let (contents, alt) = (Contents::Original(picture.to_vec()), self.alt.clone());
        let file = File { name, contents, alt };
        let shown = self.services.discord.attach(self.channel, self.starter, file);
        let why = match timeout(PATIENCE, shown).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "Discord took too long".to_owned(),
        };
        tracing::warn!(draft.id = %self.draft, "a preview of an image was not shown: {why}");
    }
}

/// Returns the newest preview and marks it as seen.
fn newest(comes: &mut watch::Receiver<Option<Preview>>) -> Option<Preview> {
    comes.borrow_and_update().clone()
}
