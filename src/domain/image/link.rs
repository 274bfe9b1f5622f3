//! Links that hand out a file of an image over HTTP until they expire. Whoever has a link may use it;
//! nobody can make one without the bot's key.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::ids::{GuildId, RenderId};

/// What the key is made for. Another purpose of the same token would need other words.
const PURPOSE: &[u8] = b"greenlight: links to files, 1";
/// Longest name of a file in a link, in characters.
const NAME_CHARS: usize = 120;

/// What a link hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handout {
    /// The file as the engine made it.
    Original,
    /// Everything about the image, in one file.
    Pack,
}

impl Handout {
    const ALL: [Self; 2] = [Self::Original, Self::Pack];

    const fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Pack => "pack",
        }
    }
}

/// What a link says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What is handed out.
    pub what: Handout,
    /// The guild of the image.
    pub guild: GuildId,
    /// The image.
    pub render: RenderId,
    /// From when on it is worth nothing, in seconds since 1970.
    pub expires_s: i64,
    /// What the file is called where it is kept: ASCII letters, digits, hyphens and dots.
    pub name: String,
}

/// Why a path is no link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoLink {
    /// It has not the form of a link.
    Form,
    /// It was not made with the bot's key, or was changed.
    Forged,
    /// Its time is over.
    Expired,
}

/// The key of the links. Debug output does not show it.
#[derive(Clone)]
pub struct LinkKey([u8; 32]);

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey(…)")
    }
}

impl LinkKey {
    /// Makes the key of the bot's token, so that all processes of a bot have the same and no secret
    /// more is to be kept. Another token makes another key, and ends every link.
    #[must_use]
    pub fn of_token(token: &str) -> Self {
        Self(mac(token.as_bytes(), PURPOSE).finalize().into_bytes().into())
    }

    fn signed(&self, text: &str) -> Hmac<Sha256> {
        mac(&self.0, text.as_bytes())
    }
}

fn mac(key: &[u8], text: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length is good");
    mac.update(text);
    mac
}

/// Makes and reads the links of a bot whose server members reach.
#[derive(Clone, Debug)]
pub struct Links {
    key: LinkKey,
    public_url: String,
}

impl Links {
    /// Makes links below `public_url`, which has no slash at the end.
    #[must_use]
    pub const fn new(key: LinkKey, public_url: String) -> Self {
        Self { key, public_url }
    }

    /// Returns a link as an address.
    #[must_use]
    pub fn url(&self, link: &Link) -> String {
        let Link {
            what,
            guild,
            render,
            expires_s,
            name,
        } = link;
        let told = format!("{}/{guild}/{render}/{expires_s}", what.name());
        let signature = self.key.signed(&format!("{told}/{name}")).finalize();
        let signature = hexadecimal(&signature.into_bytes());
        format!("{}/{told}/{signature}/{name}", self.public_url)
    }

    /// Reads the path of an address, as it came over the wire. The signature covers every letter of
    /// it, so that no other spelling of a path means the same.
    ///
    /// # Errors
    /// [`NoLink`].
    pub fn read(&self, path: &str, now_ms: i64) -> Result<Link, NoLink> {
        let (link, told, signature) = parts(path).ok_or(NoLink::Form)?;
        let text = format!("{told}/{}", link.name);
        // The comparison takes the same time wherever the two differ.
        let signed = self.key.signed(&text).verify_slice(&signature);
        signed.map_err(|_| NoLink::Forged)?;
        if link.expires_s.saturating_mul(1_000) <= now_ms {
            return Err(NoLink::Expired);
        }
        Ok(link)
    }
}

/// Returns what a path says, the text before its signature, and the signature.
fn parts(path: &str) -> Option<(Link, String, Vec<u8>)> {
    let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let [what, guild, render, expires_s, signature, name] = parts[..] else {
        return None;
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if name.is_empty() || name.starts_with('.') || name.len() > NAME_CHARS || !name.chars().all(is_name) {
        return None;
    }
    let link = Link {
        what: Handout::ALL.into_iter().find(|all| all.name() == what)?,
        guild: guild.parse().ok()?,
        render: render.parse().ok()?,
        expires_s: expires_s.parse().ok()?,
        name: name.to_owned(),
    };
    let told = [what, guild, render, expires_s].join("/");
    Some((link, told, from_hexadecimal(signature)?))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

fn from_hexadecimal(digits: &str) -> Option<Vec<u8>> {
    // One spelling for one signature.
    let plain = digits
        .bytes()
        .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    if !digits.len().is_multiple_of(2) || !plain {
        return None;
    }
    let pairs = (0..digits.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BASE: &str = "https://pictures.example.com";

    fn links(token: &str) -> Links {
        Links::new(LinkKey::of_token(token), BASE.to_owned())
    }

    fn link() -> Link {
        Link {
            what: Handout::Original,
            guild: GuildId::new(11),
            render: RenderId::new(255),
            expires_s: 1_000,
            name: "a-fox-2-4K-000000ff.png".to_owned(),
        }
    }

    fn path(links: &Links, link: &Link) -> String {
        links.url(link)[BASE.len()..].to_owned()
    }

    #[test]
    fn a_link_is_read_until_it_expires_and_only_with_its_key() {
        let path = path(&links("token"), &link());
        assert!(path.starts_with("/original/11/00000000000000ff/1000/"), "{path}");
        assert_eq!(links("token").read(&path, 999_999), Ok(link()));
        assert_eq!(links("token").read(&path, 1_000_000), Err(NoLink::Expired));
        assert_eq!(links("tokem").read(&path, 0), Err(NoLink::Forged));
        assert!(!format!("{:?}", links("token")).contains(&hexadecimal(&LinkKey::of_token("token").0)));
    }

    #[test]
    fn what_has_not_the_form_of_a_link_is_none() {
        let good = path(&links("token"), &link());
        for bad in [
            String::new(),
            "/".to_owned(),
            format!("/{good}"),
            format!("{good}/"),
            good.replace("/original/", "/secrets/"),
            good.replace("/11/", "/../"),
            good.replace("a-fox", "..%2fa-fox"),
            good.replace("a-fox-2", "..").replace("-4K-000000ff.png", ""),
            good.replace("a-fox", "ä-fox"),
            good.replace("a-fox", &"x".repeat(NAME_CHARS)),
        ] {
            assert_eq!(links("token").read(&bad, 0), Err(NoLink::Form), "{bad}");
        }
    }

    proptest! {
        /// Wherever a letter of a link is changed, and into whatever, it is no link any more.
        #[test]
        fn a_link_that_was_changed_anywhere_is_refused(at in 0_usize..150, into in "[ -~]") {
            let good = path(&links("token"), &link());
            let at = at % good.len();
            let mut changed = good.clone();
            changed.replace_range(at..=at, &into);
            prop_assume!(changed != good);
            prop_assert!(links("token").read(&changed, 0).is_err(), "{changed}");
        }
    }
}
