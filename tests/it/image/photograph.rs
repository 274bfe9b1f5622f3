//! Makes pictures like photographs, for tests and for the bench of what is fitted.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};

/// A picture like a photograph: light that falls off, a subject, and grain.
#[derive(Clone, Copy)]
pub struct Photograph {
    pub width: u32,
    pub height: u32,
    /// How much the grain changes a colour at most, of 255.
    pub grain: u32,
}

impl Photograph {
    /// Returns it as a PNG.
    pub fn png(self) -> Vec<u8> {
        let Self { width, height, grain } = self;
        let mut state = 1_u32;
        let mut bytes = Vec::with_capacity(width as usize * height as usize * 3);
        for y in 0..height {
            let light = 200 * (height - y) / height;
            for x in 0..width {
                let subject = u32::from(x.abs_diff(width / 3) + y.abs_diff(height / 2) < height / 5) * 60;
                for colour in 0..3 {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let noise = (state >> 24) * grain / 255;
                    let value = (light * (3 - colour) / 3 + subject) * (255 - grain) / 255 + noise;
                    bytes.push(u8::try_from(value.min(255)).expect("a colour"));
                }
            }
        }
        let picture = RgbImage::from_raw(width, height, bytes).expect("as many colours");
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, ImageFormat::Png).expect("a picture");
        file.into_inner()
    }
}
