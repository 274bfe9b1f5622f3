//! References: pictures that a draft is based on.

use crate::domain::credits::Credits;
use crate::domain::engine::catalog::Model;
use crate::domain::geometry::Pixels;
use crate::domain::limits;

/// A file that a member gives as a reference, as Discord describes it before it is fetched.
#[derive(Clone, PartialEq, Eq)]
pub struct OfferedReference {
    /// The name of the file.
    pub name: String,
    /// The signed URL at Discord from which the bot fetches the file. No log may show the URL.
    pub url: String,
    /// The size of the file in bytes.
    pub bytes: u64,
}

impl std::fmt::Debug for OfferedReference {
    /// Leaves out the URL, because it is signed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OfferedReference")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// Why a draft cannot be based on the references that were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadReference {
    /// The engine that draws first images takes no references.
    NotTaken {
        /// The engine's name.
        engine: String,
    },
    /// There are more references than the engine takes.
    TooMany {
        /// How many references were given.
        given: usize,
        /// How many references the engine takes.
        max: usize,
    },
    /// A file cannot be used.
    File {
        /// The name of the file.
        name: String,
        /// Why it cannot be used.
        why: BadFile,
    },
}

/// What is wrong with a picture that was sent to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFlaw {
    /// It cannot be read.
    Unreadable,
    /// It is in a form that the service does not take.
    Format,
    /// It has too few pixels.
    TooSmall,
    /// It has too many pixels or bytes.
    TooLarge,
}

impl PictureFlaw {
    /// All flaws.
    const ALL: [Self; 4] = [Self::Unreadable, Self::Format, Self::TooSmall, Self::TooLarge];

    /// Returns the name in the database.
    const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Format => "format",
            Self::TooSmall => "too_small",
            Self::TooLarge => "too_large",
        }
    }
}

/// A picture that was sent along, and that the service refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusedPicture {
    /// Which of the pictures that were sent, from 1. `None` if the service does not say.
    pub which: Option<u32>,
    /// What is wrong with it.
    pub why: PictureFlaw,
}

/// Writes it as it is stored, such as `2:too_small`.
impl std::fmt::Display for RefusedPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.which.unwrap_or(0), self.why.name())
    }
}

/// A text that is no [`RefusedPicture`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no refused picture is written like that")]
pub struct NoRefusedPicture;

impl std::str::FromStr for RefusedPicture {
    type Err = NoRefusedPicture;

    fn from_str(text: &str) -> Result<Self, NoRefusedPicture> {
        let (which, why) = text.split_once(':').ok_or(NoRefusedPicture)?;
        let which: u32 = which.parse().map_err(|_| NoRefusedPicture)?;
        let flaw = PictureFlaw::ALL.into_iter().find(|flaw| flaw.name() == why);
        Ok(Self {
            which: (which > 0).then_some(which),
            why: flaw.ok_or(NoRefusedPicture)?,
        })
    }
}

/// Why a file cannot be a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadFile {
    /// It has too many bytes.
    TooLarge,
    /// It could not be fetched from Discord.
    Gone,
    /// It is no picture that can be read.
    NotAPicture,
    /// It is of a format that is not read. Holds the format's name.
    Format(&'static str),
    /// It ends before its picture does.
    Cut,
    /// It has more pixels than are decoded. Holds its size.
    TooManyPixels(Pixels),
    /// It carries more beside its pixels than is read: a colour profile, or very many parts.
    Overloaded,
    /// It has too few pixels. Holds its size.
    TooSmall(Pixels),
}

/// Checks references before they are fetched. What a file is, its bytes say: its name and its type
/// are only claims.
///
/// # Errors
/// The first [`BadReference`].
pub fn check(offered: &[OfferedReference], engine: &str, model: Option<&Model>) -> Result<(), BadReference> {
    count(offered.len(), engine, model)?;
    for file in offered {
        if file.bytes > limits::REFERENCE_BYTES as u64 {
            return Err(BadReference::File {
                name: file.name.clone(),
                why: BadFile::TooLarge,
            });
        }
    }
    Ok(())
}

/// Checks whether a model takes so many references.
///
/// # Errors
/// [`BadReference::NotTaken`] or [`BadReference::TooMany`].
pub fn count(given: usize, engine: &str, model: Option<&Model>) -> Result<(), BadReference> {
    let takes = model.map_or(0, |model| model.references);
    let max = takes.min(limits::REFERENCES);
    match given {
        0 => Ok(()),
        _ if takes == 0 => Err(BadReference::NotTaken {
            engine: engine.to_owned(),
        }),
        given if given > max => Err(BadReference::TooMany { given, max }),
        _ => Ok(()),
    }
}

/// Returns what each reference adds to the price of each image: `set` if the engine charges for
/// what it is sent, else zero.
#[must_use]
pub fn price(model: Option<&Model>, set: Credits) -> Credits {
    if model.is_some_and(super::super::engine::catalog::Model::counts_what_is_sent) {
        set
    } else {
        Credits::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::engine::catalog::tests::shipped;

    fn file(name: &str, bytes: usize) -> OfferedReference {
        OfferedReference {
            name: name.to_owned(),
            url: "https://cdn.discordapp.com/attachments/1/2/fox.png?hm=secret".to_owned(),
            bytes: bytes as u64,
        }
    }

    #[test]
    fn what_is_given_is_looked_at_before_it_is_fetched() {
        let catalog = shipped();
        let model = |engine: &str, model: &str| catalog.engine[engine].model[model].clone();
        let openai = model("openai", "gpt-image-2");
        let look = |files: &[OfferedReference]| check(files, "openai", Some(&openai));
        let good = file("fox.png", limits::REFERENCE_BYTES);
        assert_eq!(look(&[]), Ok(()));
        assert_eq!(look(&vec![good.clone(); limits::REFERENCES]), Ok(()));
        let (given, max) = (limits::REFERENCES + 1, limits::REFERENCES);
        assert_eq!(
            look(&vec![good.clone(); given]),
            Err(BadReference::TooMany { given, max })
        );
        let large = file("fox.pdf", limits::REFERENCE_BYTES + 1);
        let (name, why) = ("fox.pdf".to_owned(), BadFile::TooLarge);
        assert_eq!(look(&[large]), Err(BadReference::File { name, why }));
        let local = model("local", "lanczos");
        let engine = "local".to_owned();
        assert_eq!(
            check(&[good], "local", Some(&local)),
            Err(BadReference::NotTaken { engine })
        );
    }

    #[test]
    fn a_reference_costs_where_the_engine_counts_what_it_is_sent() {
        let catalog = shipped();
        let set = Credits::new(3).unwrap();
        for (engine, model, costs) in [
            ("openai", "gpt-image-2", set),
            ("fal", "gpt-image-2", set),
            ("gemini", "gemini-3-pro-image", set),
            ("fal", "recraft-crisp", Credits::ZERO),
            ("sketch", "sketch-1", Credits::ZERO),
        ] {
            let model = catalog.engine[engine].model.get(model);
            assert_eq!(price(model, set), costs, "{engine}");
        }
        assert_eq!(price(None, set), Credits::ZERO);
    }

    #[test]
    fn a_refused_picture_reads_back() {
        for why in PictureFlaw::ALL {
            for which in [None, Some(1), Some(16)] {
                let refused = RefusedPicture { which, why };
                assert_eq!(refused.to_string().parse(), Ok(refused));
            }
        }
        for odd in ["", "1", "x:format", "1:ugly"] {
            assert_eq!(odd.parse::<RefusedPicture>(), Err(NoRefusedPicture), "{odd}");
        }
    }

    #[test]
    fn the_address_of_a_file_is_not_printed() {
        assert!(!format!("{:?}", file("fox.png", 1)).contains("secret"));
    }
}
