//! Which part of a file a request wants, by RFC 9110, section 14.

use axum::http::{HeaderMap, header};

/// A part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// From one byte to before another.
    Piece(u64, u64),
    /// None that there is.
    Nothing,
}

/// Returns the part of a file of so many bytes that a request wants. Several parts at once, and what
/// cannot be read, are answered with the whole, as the RFC allows. So is a part of a file that is not
/// the one that the request knows.
pub(super) fn part(headers: &HeaderMap, tag: &str, bytes: u64) -> Part {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let knows_another = text(header::IF_RANGE).is_some_and(|known| known != tag);
    let Some(range) = text(header::RANGE).filter(|_| !knows_another) else {
        return Part::Whole;
    };
    let Ok(ranges) = http_range_header::parse_range_header(range) else {
        return Part::Whole;
    };
    if ranges.len() != 1 {
        return Part::Whole;
    }
    match ranges.validate(bytes) {
        Ok(ranges) => ranges
            .first()
            .map_or(Part::Whole, |range| Part::Piece(*range.start(), range.end() + 1)),
        Err(_) => Part::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_part_is_what_the_rfc_says() {
        let wanted = |range: &'static str, known: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static(range));
            if let Some(known) = known {
                headers.insert(header::IF_RANGE, HeaderValue::from_static(known));
            }
            part(&headers, "\"a\"", 100)
        };
        for (range, known, part) in [
            ("bytes=0-9", None, Part::Piece(0, 10)),
            ("bytes=90-", None, Part::Piece(90, 100)),
            ("bytes=-1", None, Part::Piece(99, 100)),
            ("bytes=0-99", Some("\"a\""), Part::Piece(0, 100)),
            ("bytes=0-9", Some("\"b\""), Part::Whole),
            ("bytes=0-9", Some("W/\"a\""), Part::Whole),
            ("bytes=90-1000", None, Part::Piece(90, 100)),
            ("bytes=100-", None, Part::Nothing),
            ("bytes=-0", None, Part::Nothing),
            ("bytes=-1000", None, Part::Piece(0, 100)),
            ("bytes=0-1, 5-6", None, Part::Whole),
            ("bytes=9-0", None, Part::Whole),
            ("lines=0-1", None, Part::Whole),
            ("bytes=", None, Part::Whole),
            ("bytes=a-b", None, Part::Whole),
        ] {
            assert_eq!(wanted(range, known), part, "{range} {known:?}");
        }
        assert_eq!(super::part(&HeaderMap::new(), "\"a\"", 100), Part::Whole);
    }
}
