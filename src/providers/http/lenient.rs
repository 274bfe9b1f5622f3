//! Reads what services write in ways of their own: pictures in base64, words that are numbers,
//! lists that are null.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Base64 with or without its padding.
const PADDED_OR_NOT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes a file in base64: with a `data:` prefix or line ends, with the letters that are safe in
/// addresses, with padding or without. Returns nothing for anything else.
pub fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(text).ok().or_else(|| {
        let text = text.trim_start();
        let text = match text.get(..5) {
            Some(prefix) if prefix.eq_ignore_ascii_case("data:") => text.split_once(',')?.1,
            _ => text,
        };
        let usual = |byte: u8| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        };
        let clean: Vec<u8> = text
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .map(usual)
            .collect();
        PADDED_OR_NOT.decode(clean).ok()
    })
}

/// A file in base64, decoded while it is read; nothing if it is not base64. The rest of the answer
/// still counts then: what was used is paid.
#[derive(Clone, PartialEq, Eq)]
pub struct Base64(pub Option<Vec<u8>>);

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader(|text: &str| Self(decoded(text))))
    }
}

/// A word, which some services write as a number. Empty if it is neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word(pub String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader(|text: &str| Self(text.to_owned())))
    }
}

/// Reads a text, or a number as its digits, and passes it on. Passes nothing on for anything else.
struct Reader<F>(F);

impl<'de, T, F: FnOnce(&str) -> T> Visitor<'de> for Reader<F> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok((self.0)(text))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        Ok((self.0)(&number.to_string()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        Ok((self.0)(&number.to_string()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        Ok((self.0)(&number.to_string()))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<T, E> {
        Ok((self.0)(""))
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        Ok((self.0)(""))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<T, A::Error> {
        while all.next_element::<IgnoredAny>()?.is_some() {}
        Ok((self.0)(""))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<T, A::Error> {
        while all.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok((self.0)(""))
    }
}

/// Several of something: a list, one alone, or none where there is `null` or anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Several<T>(pub Vec<T>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        ListOrText::deserialize(from).map(|read| Self(read.list))
    }
}

/// Several of something, or a text in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListOrText<T> {
    /// What there is: a list, or one alone.
    pub list: Vec<T>,
    /// The text; empty beside a list.
    pub text: String,
}

impl<T> From<Vec<T>> for ListOrText<T> {
    fn from(list: Vec<T>) -> Self {
        let text = String::new();
        Self { list, text }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ListOrText<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Lister(std::marker::PhantomData))
    }
}

struct Lister<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Lister<T> {
    type Value = ListOrText<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<ListOrText<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(one) = all.next_element::<Option<T>>()? {
            list.extend(one);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, one: A) -> Result<ListOrText<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(one)).map(|one| vec![one].into())
    }

    fn visit_unit<E: de::Error>(self) -> Result<ListOrText<T>, E> {
        Ok(Vec::new().into())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<ListOrText<T>, E> {
        let (list, text) = (Vec::new(), text.to_owned());
        Ok(ListOrText { list, text })
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<ListOrText<T>, E> {
        Ok(Vec::new().into())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<ListOrText<T>, E> {
        Ok(Vec::new().into())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<ListOrText<T>, E> {
        Ok(Vec::new().into())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<ListOrText<T>, E> {
        Ok(Vec::new().into())
    }
}

/// One of something, or a text that stands in its place: the first of a list, and an empty text
/// where there is `null` or anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OneOrText<T> {
    /// It is there.
    One(T),
    /// It is not; this is.
    Text(String),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrText<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Taker(std::marker::PhantomData))
    }
}

struct Taker<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Taker<T> {
    type Value = OneOrText<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object or a text")
    }

    fn visit_map<A: MapAccess<'de>>(self, one: A) -> Result<OneOrText<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(one)).map(OneOrText::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<OneOrText<T>, A::Error> {
        let first = all.next_element::<T>()?;
        while all.next_element::<IgnoredAny>()?.is_some() {}
        Ok(first.map_or_else(|| OneOrText::Text(String::new()), OneOrText::One))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrText<T>, E> {
        Ok(OneOrText::Text(text.to_owned()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<OneOrText<T>, E> {
        Ok(OneOrText::Text(String::new()))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<OneOrText<T>, E> {
        Ok(OneOrText::Text(String::new()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<OneOrText<T>, E> {
        Ok(OneOrText::Text(number.to_string()))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<OneOrText<T>, E> {
        Ok(OneOrText::Text(number.to_string()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<OneOrText<T>, E> {
        Ok(OneOrText::Text(number.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_however_it_is_written() {
        let bytes: Vec<u8> = (0..=255).chain([251, 255]).collect();
        let plain = BASE64_STANDARD.encode(&bytes);
        let url_safe = plain.replace('+', "-").replace('/', "_");
        let lines = plain.as_bytes().chunks(76);
        let lines: Vec<&str> = lines.map(|line| std::str::from_utf8(line).unwrap()).collect();
        for text in [
            plain.clone(),
            url_safe.clone(),
            plain.trim_end_matches('=').to_owned(),
            url_safe.trim_end_matches('=').to_owned(),
            lines.join("\r\n") + "\n",
            format!("data:image/png;base64,{plain}"),
            format!(" DATA:image/png;base64,\n{}", url_safe.trim_end_matches('=')),
        ] {
            assert_eq!(decoded(&text), Some(bytes.clone()), "{text}");
            let json = serde_json::to_string(&text).unwrap();
            let read: Base64 = serde_json::from_str(&json).unwrap();
            assert_eq!(read.0, Some(bytes.clone()));
        }
        for nothing in ["no picture", "a", "data:image/png;base64", "ä==="] {
            assert_eq!(decoded(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_word_may_be_a_number_and_a_list_may_be_null_or_one() {
        for (json, word) in [
            ("\"x\"", "x"),
            ("429", "429"),
            ("-1", "-1"),
            ("null", ""),
            ("[1]", ""),
            ("{\"a\":[]}", ""),
            ("true", ""),
        ] {
            let read: Word = serde_json::from_str(json).unwrap();
            assert_eq!(read.0, word, "{json}");
        }
        for (json, list) in [
            ("[[1],[2],null]", vec![vec![1], vec![2]]),
            ("null", vec![]),
            ("\"none\"", vec![]),
            ("0", vec![]),
        ] {
            let read: Several<Vec<u32>> = serde_json::from_str(json).unwrap();
            assert_eq!(read.0, list, "{json}");
        }
    }
}
