//! The engine `local`: enlarges the approved picture itself by Lanczos, on this machine, for
//! nothing.
//!
//! It adds no detail. What was approved is what is delivered.

use async_trait::async_trait;

use super::{Answer, CallObserver, CallReport, ImageRequest, PaidRender, Provider};
use crate::media;

/// The local enlarger.
#[derive(Clone, Copy, Debug, Default)]
pub struct Local;

#[async_trait]
impl Provider for Local {
    async fn draw(&self, paid: &PaidRender, _notes: &dyn CallObserver) -> CallReport {
        enlarged(paid.picture()).await.into()
    }

    fn may_repeat(&self) -> bool {
        true
    }
}

async fn enlarged(picture: &ImageRequest) -> Answer {
    let Some(parent) = &picture.parent else {
        return Answer::Broken("there is no approved picture to enlarge".to_owned());
    };
    let (bytes, to) = (parent.bytes.clone(), picture.pixels);
    let load = media::load_of_resizing(&bytes, to);
    match media::work(load, move || media::enlarge(&bytes, to)).await {
        Ok(Ok(file)) => Answer::File(file),
        Ok(Err(error)) => Answer::Broken(error.to_string()),
        Err(panic) => Answer::Broken(panic.to_string()),
    }
}
