//! Chance that never changes: a written-down hash and a small generator, so that a picture is the
//! same on every run and platform. Neither is fit for secrets.

/// Hashes bytes by FNV-1a with 64 bits: <https://datatracker.ietf.org/doc/draft-eastlake-fnv/>.
pub fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Spreads every bit of its input over the output; it is the finisher of `SplitMix64`.
pub fn scatter(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A `SplitMix64` stream. Each thing that is drawn has its own, so that more of one never moves
/// another.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// Returns the stream of this name under this key.
    pub fn named(key: u64, name: &str) -> Self {
        Self(scatter(key ^ fnv1a(name.as_bytes())))
    }

    /// Draws the next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scatter(self.0)
    }

    /// Draws a number from 0 up to, but without, 1.
    pub fn unit(&mut self) -> f64 {
        fraction(self.next())
    }

    /// Draws a number from `low` up to `high`.
    pub fn range(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Draws one of `0..count`; 0 if there is nothing to pick from.
    pub fn pick(&mut self, count: usize) -> usize {
        ((self.unit() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// Draws true with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Draws either -1 or 1.
    pub fn sign(&mut self) -> f64 {
        if self.chance(0.5) { -1.0 } else { 1.0 }
    }
}

fn fraction(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// Value noise over a line: smooth, between -1 and 1, and at any place without the places before
/// it.
#[derive(Clone, Copy, Debug)]
pub struct Noise(u64);

impl Noise {
    /// Returns the noise of this name under this key.
    pub fn named(key: u64, name: &str) -> Self {
        Self(scatter(key ^ fnv1a(name.as_bytes())))
    }

    fn knot(self, place: f64) -> f64 {
        let place = (place as i64).cast_unsigned();
        fraction(scatter(self.0 ^ place.wrapping_mul(0x9e37_79b9_7f4a_7c15))) * 2.0 - 1.0
    }

    /// Returns one octave at a place.
    pub fn at(self, x: f64) -> f64 {
        let cell = x.floor();
        let t = x - cell;
        let t = t * t * (3.0 - 2.0 * t);
        self.knot(cell) * (1.0 - t) + self.knot(cell + 1.0) * t
    }

    /// Sums octaves, each twice as fine and `gain` as strong as the one before. More of them add
    /// detail and move nothing.
    pub fn octaves(self, x: f64, octaves: u32, gain: f64) -> f64 {
        let (mut sum, mut strength, mut scale) = (0.0, 1.0, 1.0);
        for octave in 0..octaves {
            sum += strength * self.at(x * scale + f64::from(octave) * 71.7);
            strength *= gain;
            scale *= 2.03;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn streams_are_pinned_apart_and_in_range() {
        let mut a = Rng::named(7, "stars");
        let mut b = Rng::named(7, "trees");
        assert_ne!(a.next(), b.next());
        for _ in 0..1000 {
            let unit = a.unit();
            assert!((0.0..1.0).contains(&unit));
            assert!(b.pick(3) < 3);
        }
        assert_eq!(Rng::named(1, "x").pick(0), 0);
    }

    #[test]
    fn finer_noise_stays_near_the_coarse() {
        let noise = Noise::named(3, "ridge");
        for step in 0..200 {
            let x = f64::from(step) * 0.13;
            assert!((noise.octaves(x, 4, 0.5) - noise.octaves(x, 7, 0.5)).abs() < 0.13);
        }
    }
}
