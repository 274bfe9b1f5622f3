//! Arithmetic that gives the same bits on every platform: only `+ - * /` and `sqrt`, which IEEE 754
//! defines exactly. The sine and the cube root of the standard library differ in the last place
//! between systems.

/// Goes from `a` to `b` as `t` goes from 0 to 1.
pub fn lerp(a: f64, b: f64, t: f64) -> f64 {
    a + (b - a) * t
}

/// Returns 0 before `a`, 1 after `b`, and a curve with soft ends between.
pub fn smooth(a: f64, b: f64, x: f64) -> f64 {
    let t = ((x - a) / (b - a)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Returns the sine of an angle in whole turns: `wave(0.25)` is 1.
pub fn wave(turns: f64) -> f64 {
    let t = turns - turns.floor();
    // Fold to a quarter turn, where seven terms of the series are more than enough.
    let (t, sign) = if t >= 0.5 { (t - 0.5, -1.0) } else { (t, 1.0) };
    let t = if t > 0.25 { 0.5 - t } else { t };
    let x = t * std::f64::consts::TAU;
    let xx = x * x;
    let series =
        1.0 - xx / 6.0 * (1.0 - xx / 20.0 * (1.0 - xx / 42.0 * (1.0 - xx / 72.0 * (1.0 - xx / 110.0))));
    sign * x * series
}

/// Returns the cosine of an angle in whole turns.
pub fn cowave(turns: f64) -> f64 {
    wave(turns + 0.25)
}

/// Returns the cube root of a number that is not negative.
pub fn cube_root(x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let mut guess = if x > 1.0 { x } else { 1.0 };
    // Newton's steps from above fall to the root; the count is fixed so that the work is.
    for _ in 0..40 {
        guess = (2.0 * guess + x / (guess * guess)) / 3.0;
    }
    guess
}

/// Returns `x` to the power of 5/12 by exact roots: 1/2.4 is the exponent of the sRGB curve.
pub fn srgb_root(x: f64) -> f64 {
    let twelfth = cube_root(x).sqrt().sqrt();
    let square = twelfth * twelfth;
    square * square * twelfth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_and_roots_agree_with_the_library() {
        for step in -40..40 {
            let turns = f64::from(step) / 13.0;
            assert!((wave(turns) - (turns * std::f64::consts::TAU).sin()).abs() < 1e-6);
            assert!((cowave(turns) - (turns * std::f64::consts::TAU).cos()).abs() < 1e-6);
        }
        for step in 1..50 {
            let x = f64::from(step) / 17.0;
            assert!((cube_root(x) - x.cbrt()).abs() < 1e-9);
            assert!((srgb_root(x) - x.powf(1.0 / 2.4)).abs() < 1e-9);
        }
    }
}
