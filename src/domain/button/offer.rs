//! What the buttons and forms that ask for a draft carry: the image that it is like, and the price.

use std::fmt;
use std::str::FromStr;

use super::unknown::UnknownButton;
use crate::domain::credits::Credits;
use crate::domain::ids::{ProjectId, RenderId};

/// An image, and what a draft like it costs, as it was shown to whoever presses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The image that the draft is like.
    pub image: RenderId,
    /// The price of the draft. `None` on a button that shows none.
    pub price: Option<Credits>,
}

impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.image)?;
        write_price(f, self.price)
    }
}

impl FromStr for Offer {
    type Err = UnknownButton;

    fn from_str(text: &str) -> Result<Self, UnknownButton> {
        let (image, price) = match text.split_once(':') {
            None => (text, None),
            Some((image, price)) => (image, Some(price_of(price)?)),
        };
        Ok(Self {
            image: image.parse().map_err(|_| UnknownButton)?,
            price,
        })
    }
}

/// A draft that was asked for by a command though the same was drawn before: an image of the one that was
/// drawn, and what the command says besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// An image of the draft that was drawn.
    pub image: RenderId,
    /// How many images are asked for now.
    pub images: u32,
    /// The project that pays now.
    pub project: Option<ProjectId>,
    /// The price that was shown. `None`: it does not matter.
    pub price: Option<Credits>,
}

impl fmt::Display for Repeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let project = self.project.map_or(0, ProjectId::get);
        write!(f, "{}:{}:{project}", self.image, self.images)?;
        write_price(f, self.price)
    }
}

impl FromStr for Repeat {
    type Err = UnknownButton;

    fn from_str(text: &str) -> Result<Self, UnknownButton> {
        let parts: Vec<&str> = text.split(':').collect();
        let (image, images, project, price) = match parts.as_slice() {
            [image, images, project] => (image, images, project, None),
            [image, images, project, price] => (image, images, project, Some(price_of(price)?)),
            _ => return Err(UnknownButton),
        };
        let project: u64 = project.parse().map_err(|_| UnknownButton)?;
        Ok(Self {
            image: image.parse().map_err(|_| UnknownButton)?,
            images: images.parse().map_err(|_| UnknownButton)?,
            project: (project != 0).then(|| ProjectId::new(project)),
            price,
        })
    }
}

/// Writes a price behind what it is the price of. Writes nothing if there is none.
fn write_price(f: &mut fmt::Formatter<'_>, price: Option<Credits>) -> fmt::Result {
    price.map_or(Ok(()), |price| write!(f, ":{}", price.get()))
}

/// Reads a sum of credits.
pub(super) fn price_of(text: &str) -> Result<Credits, UnknownButton> {
    let price = text.parse().ok().and_then(|price| Credits::new(price).ok());
    price.ok_or(UnknownButton)
}
