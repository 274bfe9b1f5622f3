//! Draws three phones beside each other, each with a screen of one program.

use super::parts::{Ui, bar, card, columns, donut, line_chart, round, scene};
use crate::paint::canvas::{Paint, Point};
use crate::paint::letters::{self, Align};
use crate::plan::Cx;

/// Draws the three phones.
pub fn phones(cx: &mut Cx<'_>, ui: Ui) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let tall = (h * 0.80).min(w * 0.52);
    let wide = tall * 0.49;
    let gap = wide * 0.22;
    for i in 0..3 {
        let x = w * 0.5 + (f64::from(i) - 1.5) * (wide + gap) + gap * 0.5;
        let y = (h - tall) * 0.5 + if i == 1 { -s * 0.02 } else { s * 0.03 };
        let near = cx.pal.near;
        cx.c.fill(
            &round((x, y + s * 0.03), wide, tall, wide * 0.13),
            Paint::Flat(near, 0.28),
        );
        cx.c.fill(&round((x, y), wide, tall, wide * 0.13), near);
        let edge = wide * 0.035;
        let (left, top) = (x + edge, y + edge);
        let (room, deep) = (wide - edge * 2.0, tall - edge * 2.0);
        cx.c.fill(&round((left, top), room, deep, wide * 0.10), ui.page);
        bar(
            cx,
            (x + wide * 0.36, top + tall * 0.014),
            wide * 0.28,
            tall * 0.02,
            near,
        );
        screen(
            cx,
            ui,
            (left + room * 0.08, top + deep * 0.08),
            (room * 0.84, deep * 0.88),
            i,
        );
    }
}

fn screen(cx: &mut Cx<'_>, ui: Ui, (x, y): Point, (wide, tall): Point, index: i32) {
    bar(cx, (x, y), wide * 0.5, tall * 0.026, ui.ink);
    cx.c.disc((x + wide - tall * 0.025, y + tall * 0.014), tall * 0.025, ui.main);
    match index {
        0 => account(cx, ui, (x, y), (wide, tall)),
        1 => story(cx, ui, (x, y), (wide, tall)),
        _ => figures(cx, ui, (x, y), (wide, tall)),
    }
}

/// Draws a card with a sum, and a list below.
fn account(cx: &mut Cx<'_>, ui: Ui, (x, y): Point, (wide, tall): Point) {
    card(cx, (x, y + tall * 0.08), wide, tall * 0.24, ui.main);
    bar(
        cx,
        (x + wide * 0.08, y + tall * 0.12),
        wide * 0.35,
        tall * 0.016,
        Paint::Flat(ui.card, 0.7),
    );
    let sum = letters::spell("2480", 6);
    letters::write(
        &mut cx.c,
        &[sum],
        (x + wide * 0.09, y + tall * 0.17),
        (tall * 0.055, 0.16),
        Align::Left,
        ui.card.into(),
    );
    bar(
        cx,
        (x + wide * 0.08, y + tall * 0.27),
        wide * 0.55,
        tall * 0.016,
        Paint::Flat(ui.card, 0.5),
    );
    for i in 0..5 {
        let top = y + tall * (0.38 + 0.105 * f64::from(i));
        cx.c.disc(
            (x + wide * 0.08, top + tall * 0.025),
            wide * 0.07,
            [ui.second, ui.line][i as usize % 2],
        );
        bar(
            cx,
            (x + wide * 0.22, top + tall * 0.008),
            wide * 0.4,
            tall * 0.015,
            ui.ink,
        );
        bar(
            cx,
            (x + wide * 0.22, top + tall * 0.034),
            wide * 0.28,
            tall * 0.012,
            ui.line,
        );
        bar(
            cx,
            (x + wide * 0.80, top + tall * 0.018),
            wide * 0.18,
            tall * 0.015,
            ui.main,
        );
    }
}

/// Draws a picture with text and a button.
fn story(cx: &mut Cx<'_>, ui: Ui, (x, y): Point, (wide, tall): Point) {
    scene(cx, (x, y + tall * 0.08), (wide, tall * 0.42), wide * 0.08, 1);
    for (i, share) in [0.85, 0.6].into_iter().enumerate() {
        bar(
            cx,
            (x, y + tall * (0.55 + 0.05 * i as f64)),
            wide * share,
            tall * 0.028,
            ui.ink,
        );
    }
    for (i, share) in [0.95, 0.9, 0.5].into_iter().enumerate() {
        bar(
            cx,
            (x, y + tall * (0.68 + 0.034 * i as f64)),
            wide * share,
            tall * 0.013,
            ui.line,
        );
    }
    bar(cx, (x, y + tall * 0.86), wide, tall * 0.075, ui.main);
    bar(
        cx,
        (x + wide * 0.32, y + tall * 0.888),
        wide * 0.36,
        tall * 0.018,
        ui.card,
    );
}

/// Draws charts.
fn figures(cx: &mut Cx<'_>, ui: Ui, (x, y): Point, (wide, tall): Point) {
    card(cx, (x, y + tall * 0.08), wide, tall * 0.34, ui.card);
    line_chart(
        cx,
        ui,
        (x + wide * 0.08, y + tall * 0.14),
        (wide * 0.84, tall * 0.24),
    );
    let half = wide * 0.47;
    card(cx, (x, y + tall * 0.46), half, tall * 0.22, ui.card);
    donut(cx, ui, (x + half * 0.5, y + tall * 0.57), half * 0.26);
    card(cx, (x + wide - half, y + tall * 0.46), half, tall * 0.22, ui.card);
    columns(
        cx,
        ui,
        (x + wide - half * 0.9, y + tall * 0.49),
        (half * 0.8, tall * 0.16),
    );
    for i in 0..3 {
        let top = y + tall * (0.74 + 0.07 * f64::from(i));
        bar(cx, (x, top), wide * 0.62, tall * 0.016, ui.ink);
        bar(cx, (x + wide * 0.78, top), wide * 0.2, tall * 0.016, ui.second);
    }
}
