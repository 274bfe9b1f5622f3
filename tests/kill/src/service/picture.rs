//! Pictures, each of which names the call that it came of.

use png::{BitDepth, ColorType, Encoder};

/// The chunk that holds the number of the call.
const CALL: &str = "Call";

/// Draws a picture of a size for a call.
pub(super) fn draw(call: u64, (width, height): (u32, u32)) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    let tint = call.to_le_bytes();
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            let [x, y] = [x, y].map(|side| side.to_le_bytes()[0]);
            [x ^ tint[0], y ^ tint[1], tint[2].wrapping_add(x / 2)]
        })
        .collect();
    let written = encoder
        .add_text_chunk(CALL.to_owned(), call.to_string())
        .and_then(|()| encoder.write_header())
        .and_then(|mut writer| writer.write_image_data(&pixels));
    // Memory takes any picture of a size above zero.
    debug_assert!(written.is_ok(), "{written:?}");
    file
}

/// Reads the number of the call that a picture came of.
pub fn call_of(file: &[u8]) -> Option<u64> {
    let reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().ok()?;
    let chunks = &reader.info().uncompressed_latin1_text;
    let chunk = chunks.iter().find(|chunk| chunk.keyword == CALL)?;
    chunk.text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_names_its_call() {
        assert_eq!(call_of(&draw(1_234, (80, 45))), Some(1_234));
    }
}
