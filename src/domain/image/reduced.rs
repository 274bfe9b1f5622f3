//! Smaller forms of pictures, which are posted where an original does not fit.

use std::fmt;
use std::str::FromStr;

/// What a file is, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileForm {
    /// The extension of its format, without a dot.
    pub extension: String,
    /// How many bytes it has.
    pub bytes: u64,
}

/// A smaller form of a picture, and the picture that it was made of. Written, it is
/// `jpg 9751234 png 32505856`, with `credentials` behind it if those are lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forms {
    /// What is posted.
    pub posted: FileForm,
    /// What is stored.
    pub original: FileForm,
    /// Whether the original has content credentials, which the smaller form cannot carry.
    pub lost_credentials: bool,
}

/// Says that a message carries a smaller form of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduced {
    /// What was made of what. `None` of a message that was posted before this was kept.
    pub forms: Option<Forms>,
}

/// A text that names no [`Forms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not two forms of a picture")]
pub struct NoForms;

/// What stands behind two forms of which the smaller has lost content credentials.
const CREDENTIALS: &str = " credentials";

impl fmt::Display for Forms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { posted, original, .. } = self;
        let (a, b) = (&posted.extension, &original.extension);
        write!(f, "{a} {} {b} {}", posted.bytes, original.bytes)?;
        f.write_str(if self.lost_credentials { CREDENTIALS } else { "" })
    }
}

impl FromStr for Forms {
    type Err = NoForms;

    fn from_str(text: &str) -> Result<Self, NoForms> {
        let (text, lost_credentials) = match text.strip_suffix(CREDENTIALS) {
            Some(text) => (text, true),
            None => (text, false),
        };
        let parts: Vec<&str> = text.split(' ').collect();
        let [posted, posted_bytes, original, original_bytes] = parts[..] else {
            return Err(NoForms);
        };
        let form = |extension: &str, bytes: &str| {
            Ok(FileForm {
                extension: extension.to_owned(),
                bytes: bytes.parse().map_err(|_| NoForms)?,
            })
        };
        Ok(Self {
            posted: form(posted, posted_bytes)?,
            original: form(original, original_bytes)?,
            lost_credentials,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_forms_read_back() {
        let text = "jpg 9751234 png 32505856";
        let forms: Forms = text.parse().unwrap();
        assert_eq!(
            (forms.posted.extension.as_str(), forms.original.bytes),
            ("jpg", 32_505_856)
        );
        assert_eq!(
            (forms.to_string().as_str(), forms.lost_credentials),
            (text, false)
        );
        let lost = format!("{text} credentials");
        let forms: Forms = lost.parse().unwrap();
        assert_eq!((forms.to_string(), forms.lost_credentials), (lost, true));
        for bad in [
            "",
            "jpg",
            "jpg 1 png",
            "jpg 1 png x",
            "jpg -1 png 2",
            "jpg 1 png 2 gif",
        ] {
            assert_eq!(bad.parse::<Forms>(), Err(NoForms), "{bad}");
        }
    }
}
