//! Draws a dashboard: numbers, a chart of lines, a ring and columns.

use super::parts::{Ui, bar, card, columns, donut, line_chart, round, window};
use crate::paint::canvas::{Paint, Point};
use crate::paint::letters::{self, Align};
use crate::plan::Cx;

/// Draws the window with all that is in it.
pub fn dashboard(cx: &mut Cx<'_>, ui: Ui) {
    let ((x, y), (wide, tall)) = window(cx, ui);
    let s = cx.s;
    let side = wide * 0.15;
    menu(cx, ui, (x, y), side);
    let (left, gap) = (x + side + s * 0.02, s * 0.03);
    let room = x + wide - left - gap;
    let high = tall * 0.20;
    numbers(cx, ui, (left, y + gap * 0.6), (room, high));
    let top = y + gap * 0.6 + high + gap;
    charts(cx, ui, (left, top), (room, tall - high - gap * 2.4));
}

/// Draws the list of what else there is.
fn menu(cx: &mut Cx<'_>, ui: Ui, (x, y): Point, side: f64) {
    let s = cx.s;
    for i in 0..6 {
        let top = y + s * 0.05 + f64::from(i) * s * 0.062;
        let on = i == 1;
        if on {
            cx.c.fill(
                &round(
                    (x + s * 0.015, top - s * 0.018),
                    side - s * 0.02,
                    s * 0.05,
                    s * 0.012,
                ),
                Paint::Flat(ui.main, 0.22),
            );
        }
        cx.c.disc(
            (x + s * 0.042, top + s * 0.007),
            s * 0.011,
            if on { ui.main } else { ui.line },
        );
        bar(
            cx,
            (x + s * 0.065, top),
            side - s * 0.11,
            s * 0.013,
            if on { ui.main } else { ui.line },
        );
    }
}

/// Draws four cards, each with a number.
fn numbers(cx: &mut Cx<'_>, ui: Ui, (left, top): Point, (room, high): Point) {
    let (s, gap) = (cx.s, cx.s * 0.03);
    let mut rng = cx.rng("numbers");
    let small = (room - gap * 3.0) / 4.0;
    for i in 0..4 {
        let at = (left + f64::from(i) * (small + gap), top);
        card(cx, at, small, high, ui.card);
        bar(
            cx,
            (at.0 + s * 0.022, at.1 + s * 0.024),
            small * 0.4,
            s * 0.011,
            ui.line,
        );
        let number = letters::spell(&format!("{}", 12 + rng.pick(87)), 3);
        letters::write(
            &mut cx.c,
            &[number],
            (at.0 + s * 0.026, at.1 + s * 0.056),
            ((high * 0.30).min(small * 0.32), 0.16),
            Align::Left,
            ui.ink.into(),
        );
        let up = rng.range(0.3, 0.9);
        bar(
            cx,
            (at.0 + s * 0.022, at.1 + high - s * 0.024),
            (small - s * 0.044) * up,
            s * 0.009,
            if i % 2 == 0 { ui.main } else { ui.second },
        );
    }
}

/// Draws a chart of lines, and beside it a ring and columns.
fn charts(cx: &mut Cx<'_>, ui: Ui, (left, row): Point, (room, deep): Point) {
    let (s, gap) = (cx.s, cx.s * 0.03);
    let chart = room * 0.62;
    card(cx, (left, row), chart, deep, ui.card);
    line_chart(
        cx,
        ui,
        (left + s * 0.03, row + s * 0.06),
        (chart - s * 0.06, deep - s * 0.10),
    );
    bar(
        cx,
        (left + s * 0.03, row + s * 0.026),
        chart * 0.24,
        s * 0.014,
        ui.ink,
    );
    let (right, narrow) = (left + chart + gap, room - chart - gap);
    let half = (deep - gap) / 2.0;
    card(cx, (right, row), narrow, half, ui.card);
    donut(
        cx,
        ui,
        (right + narrow * 0.32, row + half * 0.5),
        half.min(narrow) * 0.30,
    );
    for i in 0..3 {
        let top = row + half * (0.32 + 0.18 * f64::from(i));
        cx.c.disc(
            (right + narrow * 0.62, top),
            s * 0.008,
            [ui.main, ui.second, ui.line][i as usize],
        );
        bar(
            cx,
            (right + narrow * 0.67, top - s * 0.005),
            narrow * 0.22,
            s * 0.010,
            ui.line,
        );
    }
    card(cx, (right, row + half + gap), narrow, half, ui.card);
    columns(
        cx,
        ui,
        (right + s * 0.025, row + half + gap + s * 0.03),
        (narrow - s * 0.05, half - s * 0.06),
    );
}
