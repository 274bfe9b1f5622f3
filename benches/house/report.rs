//! Prints what was measured.

use std::fmt::Write;

use serde::Serialize;

use crate::memory::Memory;
use crate::pasts::Pasts;
use crate::rounds::Figures;

/// Everything that was measured in one run.
#[derive(Default, Serialize)]
pub struct Report {
    pub bots: Vec<Figures>,
    pub memory: Option<Memory>,
    pub pasts: Vec<Pasts>,
}

impl Report {
    /// Formats the tables in Markdown.
    pub fn tables(&self) -> String {
        let mut text = String::new();
        if !self.bots.is_empty() {
            self.bots(&mut text);
            self.routes(&mut text);
        }
        self.memory(&mut text);
        self.pasts(&mut text);
        text
    }

    fn pasts(&self, text: &mut String) {
        if self.pasts.is_empty() {
            return;
        }
        text.push_str(
            "| CPU, a draft of four, ms | with 1,000 entries | with 1,000,000 | times |\n|---|---|---|---|\n",
        );
        for past in &self.pasts {
            for (what, [young, old]) in [("the bot", past.bot_ms), ("the server", past.server_ms)] {
                if young > 0.0 {
                    let times = old / young;
                    let _ = writeln!(
                        text,
                        "| {}, {what} | {young:.1} | {old:.1} | {times:.2} |",
                        past.database
                    );
                }
            }
        }
    }

    fn bots(&self, text: &mut String) {
        self.head(text, "what");
        let mut row = |what: &str, figure: fn(&Figures) -> f64| {
            let figures = self.bots.iter().map(|bot| format!(" {:.1} |", figure(bot)));
            let _ = writeln!(text, "| {what} |{}", figures.collect::<String>());
        };
        row("CPU, a draft of four, ms", |bot| bot.draft.cpu_ms);
        row("CPU, an approval, ms", |bot| bot.approval.cpu_ms);
        row("CPU, a vote with its edit, ms", |bot| bot.vote.cpu_ms);
        row("context switches, a draft of four", |bot| bot.draft.switches);
        row("context switches, an approval", |bot| bot.approval.switches);
        row("context switches, a vote", |bot| bot.vote.switches);
        row("fsyncs, a draft of four", |bot| bot.syncs.unwrap_or(f64::NAN));
        row("requests with the token, a draft of four", |bot| {
            bot.draft.requests
        });
        row("requests with the token, an approval", |bot| {
            bot.approval.requests
        });
        row("requests with the token, a vote", |bot| bot.vote.requests);
        row("approvals a second, 32 at once", |bot| bot.approvals_a_second);
        row("RSS idle, MiB", |bot| bot.idle_mib);
        row("RSS afterwards, MiB", |bot| bot.after_mib);
    }

    fn routes(&self, text: &mut String) {
        text.push('\n');
        self.head(text, "requests of a draft of four, by route");
        let mut routes: Vec<&String> = self.bots.iter().flat_map(|bot| bot.draft.routes.keys()).collect();
        routes.sort();
        routes.dedup();
        for route in routes {
            let _ = write!(text, "| `{route}` |");
            for bot in &self.bots {
                let times = bot.draft.routes.get(route).copied().unwrap_or_default();
                let _ = write!(text, " {times:.1} |");
            }
            text.push('\n');
        }
    }

    fn head(&self, text: &mut String, what: &str) {
        let names = self.bots.iter().map(|bot| format!(" {} |", bot.name));
        let _ = writeln!(text, "| {what} |{}", names.collect::<String>());
        let _ = writeln!(text, "|---|{}", "---|".repeat(self.bots.len()));
    }

    fn memory(&self, text: &mut String) {
        let Some(memory) = &self.memory else { return };
        let _ = writeln!(text, "\n| memory, SQLite | MiB |\n|---|---|");
        for (what, mib) in [
            ("RSS idle, 1 server", memory.one_guild),
            ("RSS idle, 2,501 servers", memory.many_guilds),
            ("the most while they were announced", memory.many_guilds_peak),
            ("16 4K pictures, their bytes", memory.pictures),
            ("the most more while they came at once", memory.pictures_growth),
            ("more ten seconds later", memory.pictures_later),
        ] {
            let _ = writeln!(text, "| {what} | {mib:.1} |");
        }
        let cpu = memory.many_guilds_cpu_ms;
        let _ = writeln!(text, "\nStarting in 2,501 servers took {cpu} ms of CPU.");
    }
}
