//! Draws a board of screens: a dashboard, a page, phones, or frames of a storyboard.

mod dashboard;
mod parts;
mod phones;

use self::parts::{Ui, bar, card, scene, window};
use crate::paint::canvas::{Paint, Point};
use crate::paint::colour::WHITE;
use crate::paint::letters::{self, Align};
use crate::plan::Cx;
use crate::prompt::vocabulary::{Board, Hour, Mood};

/// Draws the whole board.
pub fn draw(cx: &mut Cx<'_>) {
    let (w, h) = (cx.w, cx.h);
    let pal = cx.pal;
    let paint = cx.c.linear(
        (0.0, 0.0),
        (w, h),
        &[(0.0, pal.sky[0], 1.0), (1.0, pal.sky[2].mix(pal.mid, 0.25), 1.0)],
    );
    cx.c.rect((0.0, 0.0), w, h, paint);
    let ui = ui(cx);
    match cx.read.board.unwrap_or(Board::Page) {
        Board::Dashboard => dashboard::dashboard(cx, ui),
        Board::Page => page(cx, ui),
        Board::Phones => phones::phones(cx, ui),
        Board::Frames => frames(cx, ui),
    }
}

fn ui(cx: &Cx<'_>) -> Ui {
    let pal = &cx.pal;
    let dark =
        cx.read.feels(Mood::Dark) || cx.read.hour == Some(Hour::Night) || pal.is_dark() || cx.plan.lane == 2;
    if dark {
        let page = pal.near.mix(pal.mid, 0.10);
        Ui {
            page,
            card: page.mix(WHITE, 0.07),
            line: page.mix(WHITE, 0.18),
            ink: WHITE.mix(page, 0.08),
            main: pal.accent,
            second: pal.glow,
        }
    } else {
        Ui {
            page: WHITE.mix(pal.sky[1], 0.14),
            card: WHITE,
            line: pal.sky[2].mix(pal.mid, 0.3).mix(WHITE, 0.35),
            ink: pal.near,
            main: pal.accent,
            second: pal.mid.mix(pal.glow, 0.35),
        }
    }
}

fn page(cx: &mut Cx<'_>, ui: Ui) {
    let ((x, y), (wide, tall)) = window(cx, ui);
    let s = cx.s;
    let pad = s * 0.06;
    cx.c.disc((x + pad, y + s * 0.035), s * 0.015, ui.main);
    for i in 0..4 {
        bar(
            cx,
            (x + wide * (0.58 + 0.075 * f64::from(i)), y + s * 0.029),
            wide * 0.05,
            s * 0.011,
            ui.line,
        );
    }
    bar(
        cx,
        (x + wide - pad - wide * 0.09, y + s * 0.019),
        wide * 0.09,
        s * 0.032,
        ui.main,
    );
    headline(cx, ui, (x + pad, y + tall * 0.18), wide);
    scene(
        cx,
        (x + wide * 0.52, y + tall * 0.13),
        (wide * 0.48 - pad, tall * 0.52),
        s * 0.024,
        0,
    );
    cards(
        cx,
        ui,
        (x + pad, y + tall * 0.74),
        (wide - pad * 2.0, tall * 0.20),
    );
}

/// Draws a headline, a text and two buttons.
fn headline(cx: &mut Cx<'_>, ui: Ui, (x, top): Point, wide: f64) {
    let s = cx.s;
    let text = wide * 0.40;
    if cx.read.title.is_empty() {
        for (i, share) in [0.92, 0.78, 0.55].into_iter().enumerate() {
            bar(
                cx,
                (x, top + i as f64 * s * 0.062),
                text * share,
                s * 0.036,
                ui.ink,
            );
        }
    } else {
        let (lines, size) = letters::fit(&cx.read.title, text, s * 0.17);
        let size = size.min(s * 0.09);
        letters::write(
            &mut cx.c,
            &lines,
            (x, top),
            (size, 0.18),
            Align::Left,
            ui.ink.into(),
        );
    }
    for (i, share) in [0.9, 0.82, 0.6].into_iter().enumerate() {
        bar(
            cx,
            (x, top + s * 0.21 + i as f64 * s * 0.028),
            text * share,
            s * 0.012,
            ui.line,
        );
    }
    bar(cx, (x, top + s * 0.32), wide * 0.14, s * 0.052, ui.main);
    bar(
        cx,
        (x + s * 0.03, top + s * 0.341),
        wide * 0.14 - s * 0.06,
        s * 0.011,
        ui.card,
    );
    bar(
        cx,
        (x + wide * 0.155, top + s * 0.32),
        wide * 0.11,
        s * 0.052,
        Paint::Flat(ui.line, 0.6),
    );
}

/// Draws three cards beside each other.
fn cards(cx: &mut Cx<'_>, ui: Ui, (x, y): Point, (wide, tall): Point) {
    let s = cx.s;
    let each = (wide - s * 0.06) / 3.0;
    for i in 0..3 {
        let at = (x + f64::from(i) * (each + s * 0.03), y);
        card(cx, at, each, tall, ui.card);
        cx.c.disc(
            (at.0 + s * 0.045, at.1 + s * 0.05),
            s * 0.022,
            [ui.main, ui.second, ui.line][i as usize],
        );
        bar(
            cx,
            (at.0 + s * 0.085, at.1 + s * 0.035),
            each * 0.45,
            s * 0.013,
            ui.ink,
        );
        bar(
            cx,
            (at.0 + s * 0.085, at.1 + s * 0.062),
            each * 0.6,
            s * 0.010,
            ui.line,
        );
        bar(
            cx,
            (at.0 + s * 0.025, at.1 + s * 0.098),
            each * 0.75,
            s * 0.010,
            ui.line,
        );
    }
}

fn frames(cx: &mut Cx<'_>, ui: Ui) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let (columns, rows) = if w > h { (3, 2) } else { (2, 3) };
    let gap = s * 0.045;
    let wide = (w - gap * (f64::from(columns) + 1.0)) / f64::from(columns);
    let tall = (h - gap * (f64::from(rows) + 1.0)) / f64::from(rows);
    for row in 0..rows {
        for column in 0..columns {
            let index = (row * columns + column) as usize;
            let at = (
                gap + f64::from(column) * (wide + gap),
                gap + f64::from(row) * (tall + gap),
            );
            card(cx, at, wide, tall, ui.card);
            let inner = s * 0.016;
            scene(
                cx,
                (at.0 + inner, at.1 + inner),
                (wide - inner * 2.0, tall * 0.70),
                s * 0.010,
                index,
            );
            let number = letters::spell(&format!("{}", index + 1), 2);
            letters::write(
                &mut cx.c,
                &[number],
                (at.0 + inner * 2.0, at.1 + tall * 0.81),
                (tall * 0.075, 0.18),
                Align::Left,
                ui.main.into(),
            );
            bar(
                cx,
                (at.0 + wide * 0.16, at.1 + tall * 0.81),
                wide * 0.6,
                s * 0.013,
                ui.ink,
            );
            bar(
                cx,
                (at.0 + wide * 0.16, at.1 + tall * 0.88),
                wide * 0.42,
                s * 0.011,
                ui.line,
            );
        }
    }
}
