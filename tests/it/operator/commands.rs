//! Holds `docs/commands.md` to the commands that the bot registers with Discord, of which it is
//! made. `UPDATE_DOCS=1` writes it anew.

use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::harness::run_test;
use crate::repo::here;

const PAGE: &str = "docs/commands.md";
const HEAD: &str = "# Commands

This page is made of the commands that the bot registers with Discord. A server sees what its members
may use; [admins.md](admins.md) says who may what.
";
/// Discord's numbers of a subcommand and of a group of them.
const NESTED: [u64; 2] = [1, 2];
/// Discord's number of a command that is typed.
const TYPED: u64 = 1;

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn options(command: &Value) -> impl Iterator<Item = &Value> {
    command["options"].as_array().into_iter().flatten()
}

/// Writes a command, or the commands in it.
fn write(page: &mut String, path: &str, command: &Value) {
    let nested = |option: &&Value| option["type"].as_u64().is_some_and(|kind| NESTED.contains(&kind));
    let within: Vec<&Value> = options(command).filter(nested).collect();
    if !within.is_empty() {
        for one in within {
            write(page, &format!("{path} {}", text(one, "name")), one);
        }
        return;
    }
    write!(page, "\n## /{path}\n\n{}\n", text(command, "description")).expect("a text");
    let mut all = options(command).peekable();
    if all.peek().is_some() {
        page.push_str("\n| option | what |\n|---|---|\n");
    }
    for option in all {
        let needed = if option["required"] == true {
            " (needed)"
        } else {
            ""
        };
        let choices: Vec<&str> = option["choices"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|choice| text(choice, "name"))
            .collect();
        let choices = if choices.is_empty() {
            String::new()
        } else {
            format!(": {}", choices.join(", "))
        };
        let what = format!("{}{choices}", text(option, "description")).replace('|', "\\|");
        writeln!(page, "| `{}`{needed} | {what} |", text(option, "name")).expect("a text");
    }
}

fn page(registered: &[Value]) -> String {
    let mut page = HEAD.to_owned();
    let typed = |command: &&Value| command["type"].as_u64().unwrap_or(TYPED) == TYPED;
    let (typed, menus): (Vec<&Value>, Vec<&Value>) = registered.iter().partition(typed);
    for command in typed {
        write(&mut page, text(command, "name"), command);
    }
    page.push_str("\n## In the menu of a message\n\n");
    for menu in menus {
        writeln!(page, "- Apps → {}", text(menu, "name")).expect("a text");
    }
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_commands_is_that_of_what_is_registered() {
    run_test(async |w| {
        w.discord().until(|discord| !discord.commands().is_empty()).await;
        let mut registered = w.discord().commands();
        registered.sort_by_key(|command| text(command, "name").to_owned());
        let made = page(&registered);
        if std::env::var("UPDATE_DOCS").is_ok_and(|update| update == "1") {
            fs::write(here(PAGE), &made).expect("the page");
        }
        let there = fs::read_to_string(here(PAGE)).unwrap_or_default();
        assert!(
            there == made,
            "{PAGE} is not made of the commands as they are: run this test with UPDATE_DOCS=1"
        );
        assert!(made.contains("\n## /draft\n") && made.contains("\n## /settings approvals\n"));
    })
    .await;
}
