//! Marks: what a picture that leaves the bot tells of itself, so that nobody takes it for a photograph
//! and its server finds where it came from.
//!
//! A picture that the bot writes anew carries an XMP packet with IPTC's `DigitalSourceType` and the ids of
//! its lineage. What an engine made leaves the bot byte for byte, with the marks that the engine gave it.

use std::fmt::Write as _;

use super::number::Number;
use crate::domain::ids::{DraftId, RenderId};
use crate::domain::stage::Stage;

/// The namespace of the ids of a lineage.
const OURS: &str = "urn:greenlight:xmp:1.0/";
/// The vocabulary of IPTC: <https://cv.iptc.org/newscodes/digitalsourcetype/>.
const SOURCES: &str = "http://cv.iptc.org/newscodes/digitalsourcetype/";

/// What a picture is, in the words of IPTC's vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A trained model made it.
    Trained,
    /// A program without a trained model made it: the engine `sketch`.
    Algorithmic,
    /// It is put together of pictures of which a trained model made some.
    CompositeWithTrained,
    /// It is put together of pictures that programs without a trained model made.
    Composite,
}

impl Source {
    /// Returns what a single picture is.
    #[must_use]
    pub const fn of_picture(trained: bool) -> Self {
        if trained { Self::Trained } else { Self::Algorithmic }
    }

    /// Returns what is put together of pictures.
    #[must_use]
    pub const fn of_composite(trained: bool) -> Self {
        if trained {
            Self::CompositeWithTrained
        } else {
            Self::Composite
        }
    }

    /// Returns the address of the term.
    #[must_use]
    pub fn address(self) -> String {
        let term = match self {
            Self::Trained => "trainedAlgorithmicMedia",
            Self::Algorithmic => "algorithmicMedia",
            Self::CompositeWithTrained => "compositeWithTrainedAlgorithmicMedia",
            Self::Composite => "compositeSynthetic",
        };
        format!("{SOURCES}{term}")
    }
}

/// Which image a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Which image of its draft it is.
    pub number: Number,
    /// The stage of the image.
    pub stage: Stage,
    /// The paid render behind it.
    pub render: RenderId,
}

/// What a picture tells of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What it is.
    pub source: Source,
    /// The draft that it comes of. `None` if it shows several.
    pub draft: Option<DraftId>,
    /// The image that it shows. `None` if it shows several.
    pub image: Option<Trace>,
    /// The prompt, where the server wishes that files tell it.
    pub prompt: Option<String>,
}

impl Mark {
    /// Returns the mark of what is put together of pictures of several drafts.
    #[must_use]
    pub const fn composite(trained: bool) -> Self {
        Self {
            source: Source::of_composite(trained),
            draft: None,
            image: None,
            prompt: None,
        }
    }

    /// Writes the mark as an XMP packet. Whatever the prompt has in it, it stays a text.
    #[must_use]
    pub fn packet(&self) -> String {
        let mut told = String::new();
        let mut tell = |name: &str, value: &str| {
            // Writing to a String cannot fail.
            let _ = write!(told, "<{name}>{}</{name}>", escaped(value));
        };
        tell("Iptc4xmpExt:DigitalSourceType", &self.source.address());
        if let Some(draft) = self.draft {
            tell("greenlight:Draft", &draft.to_string());
        }
        if let Some(image) = self.image {
            tell("greenlight:Image", &image.number.short());
            tell("greenlight:Stage", image.stage.name());
            tell("greenlight:Render", &image.render.to_string());
        }
        if let Some(prompt) = &self.prompt {
            let _ = write!(
                told,
                "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt></dc:description>",
                escaped(prompt)
            );
        }
        format!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
             <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
             <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
             <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
             xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\" xmlns:greenlight=\"{OURS}\">\
             {told}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>"
        )
    }
}

/// Writes a text as the contents of an element. Characters that XML 1.0 cannot have are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// The bytes of a picture that carry a mark. Only what embeds one makes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked(Vec<u8>);

impl Marked {
    /// Takes the bytes of a file into which the packet of a mark was put. Returns `None` if they do not
    /// have it.
    #[must_use]
    pub fn new(file: Vec<u8>, packet: &str) -> Option<Self> {
        let packet = packet.as_bytes();
        let has = !packet.is_empty() && file.windows(packet.len()).any(|part| part == packet);
        has.then_some(Self(file))
    }

    /// Returns the bytes.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Returns how many bytes the file has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether the file is empty, which it never is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a file that leaves the bot contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// A picture, byte for byte as its engine made it.
    Original(Vec<u8>),
    /// A picture that the bot wrote, with its mark.
    Marked(Marked),
    /// What no engine drew: a text, a table, a chart, or a picture that a member attached.
    Other(Vec<u8>),
}

impl Contents {
    /// Returns the bytes.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Original(bytes) | Self::Other(bytes) => bytes,
            Self::Marked(marked) => marked.into_bytes(),
        }
    }

    /// Looks at the bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Original(bytes) | Self::Other(bytes) | Self::Marked(Marked(bytes)) => bytes,
        }
    }

    /// Returns how many bytes there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Original(bytes) | Self::Other(bytes) => bytes.len(),
            Self::Marked(marked) => marked.len(),
        }
    }

    /// Returns whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mark(prompt: Option<&str>) -> Mark {
        Mark {
            source: Source::Trained,
            draft: Some(DraftId::new(42)),
            image: Some(Trace {
                number: Number::first(2),
                stage: Stage::Final,
                render: RenderId::new(0xabc),
            }),
            prompt: prompt.map(str::to_owned),
        }
    }

    #[test]
    fn a_packet_tells_what_the_picture_is_and_where_it_comes_from() {
        let packet = mark(Some("a fox & a <hare>")).packet();
        for part in [
            "<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia</",
            "<greenlight:Draft>42</",
            "<greenlight:Image>2</",
            "<greenlight:Stage>final</",
            "<greenlight:Render>0000000000000abc</",
            "a fox &amp; a &lt;hare&gt;</rdf:li>",
        ] {
            assert!(packet.contains(part), "{part} is not in {packet}");
        }
        let several = Mark::composite(false).packet();
        assert!(
            several.contains("compositeSynthetic") && !several.contains("<greenlight:"),
            "{several}"
        );
        assert!(!mark(None).packet().contains("dc:description>"));
    }

    #[test]
    fn bytes_without_the_packet_are_not_marked() {
        let packet = mark(None).packet();
        assert_eq!(Marked::new(b"a picture".to_vec(), &packet), None);
        assert_eq!(Marked::new(b"a picture".to_vec(), ""), None);
        let file = format!("before{packet}behind").into_bytes();
        assert_eq!(
            Marked::new(file.clone(), &packet).map(Marked::into_bytes),
            Some(file)
        );
    }

    proptest! {
        #[test]
        fn a_prompt_forges_no_element_and_leaves_every_packet_whole(prompt in "(\\PC|[<>&\"'\u{0}-\u{1f}\u{ffff}]|]]>|</?rdf:li>|<\\?xpacket){0,40}") {
            let (plain, told) = (mark(Some("")).packet(), mark(Some(&prompt)).packet());
            let tags = |packet: &str| (packet.matches('<').count(), packet.matches('>').count());
            prop_assert_eq!(tags(&plain), tags(&told));
            let legal = |c: char| matches!(c, '\t' | '\n' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
            prop_assert!(told.chars().all(legal));
        }
    }
}
