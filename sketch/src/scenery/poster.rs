//! Letters the words of a poster over the scene that is drawn already.

use crate::paint::canvas::{Paint, Point};
use crate::paint::colour::{Rgb, WHITE};
use crate::paint::letters::{self, Align};
use crate::plan::Cx;

/// Makes a poster of the picture: a panel of paper with the words, or the words over the sky.
pub fn over(cx: &mut Cx<'_>) {
    // Where the picture is not wide, a panel would hide the hero.
    let wide = cx.w > cx.h * 1.15;
    if wide && cx.plan.lane % 2 == 1 && !cx.read.title.is_empty() {
        beside(cx);
    } else {
        over_sky(cx);
    }
    frame(cx);
}

fn over_sky(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let near = cx.pal.near;
    let shade = cx.c.linear(
        (0.0, 0.0),
        (0.0, h * 0.62),
        &[(0.0, near, 0.78), (0.6, near, 0.42), (1.0, near, 0.0)],
    );
    if cx.read.title.is_empty() {
        return;
    }
    cx.c.rect((0.0, 0.0), w, h * 0.62, shade);
    let (lines, size) = letters::fit(&cx.read.title, w * 0.78, h * 0.34);
    let size = size.min(s * 0.24);
    let pale = WHITE.mix(cx.pal.glow, 0.22);
    let top = h * 0.13;
    letters::write(
        &mut cx.c,
        &lines,
        (w * 0.5, top),
        (size, 0.19),
        Align::Middle,
        pale.into(),
    );
    let low = top + size * (lines.len() as f64 * 1.5 - 0.5) + s * 0.05;
    cx.c.rect((w * 0.5 - s * 0.09, low), s * 0.18, s * 0.009, cx.pal.accent);
}

/// Puts a panel of paper beside the hero.
fn beside(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let left = if cx.plan.hero > w * 0.5 { 0.0 } else { w * 0.58 };
    let (paper, ink) = paper(cx);
    cx.c.rect((left, 0.0), w * 0.42, h, paper);
    let x = left + s * 0.12;
    words(cx, (x, h * 0.16), (w * 0.42 - s * 0.24, h * 0.46), ink);
    small(cx, (x, h * 0.80), w * 0.42 - s * 0.24, ink);
}

fn paper(cx: &Cx<'_>) -> (Rgb, Rgb) {
    let pal = &cx.pal;
    if pal.is_dark() {
        (pal.near.mix(pal.mid, 0.2), WHITE.mix(pal.glow, 0.25))
    } else {
        (WHITE.mix(pal.sky[3], 0.22), pal.near)
    }
}

fn words(cx: &mut Cx<'_>, at: Point, (wide, tall): Point, ink: Rgb) {
    let (lines, size) = letters::fit(&cx.read.title, wide, tall);
    let size = size.min(cx.s * 0.20);
    cx.c.rect(
        (at.0, at.1 - cx.s * 0.05),
        cx.s * 0.12,
        cx.s * 0.010,
        cx.pal.accent,
    );
    letters::write(&mut cx.c, &lines, at, (size, 0.18), Align::Left, ink.into());
}

/// Draws bars where a poster has its small print.
fn small(cx: &mut Cx<'_>, (x, y): Point, wide: f64, ink: Rgb) {
    for (row, share) in [0.62, 0.48, 0.55].into_iter().enumerate() {
        let y = y + row as f64 * cx.s * 0.032;
        cx.c.rect((x, y), wide * share, cx.s * 0.010, Paint::Flat(ink, 0.45));
    }
}

fn frame(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let (paper, _) = paper(cx);
    let edge = s * 0.028;
    cx.c.fill_holes(
        &format!(
            "M0 0H{w:.2}V{h:.2}H0ZM{edge:.2} {edge:.2}V{:.2}H{:.2}V{edge:.2}Z",
            h - edge,
            w - edge
        ),
        paper,
    );
}
