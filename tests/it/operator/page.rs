//! Holds `docs/configuration.md` to `config/default.toml`, of which it is made.
//! `UPDATE_DOCS=1` writes it anew.

use std::fmt::Write;
use std::fs;

use crate::repo::here;

const PAGE: &str = "docs/configuration.md";
const HEAD: &str = "# Configuration

This page is made of [config/default.toml](../config/default.toml): every setting, its default and its
meaning. A file that is named with `--config` overrides the defaults, and the environment overrides
both. [operators.md](operators.md#change-a-setting) says how.
";

/// Makes the page of the lines of the file. A comment belongs to what follows it.
fn page(defaults: &str) -> String {
    let (mut page, mut section) = (HEAD.to_owned(), String::new());
    let mut comment: Vec<&str> = Vec::new();
    // The comment at the top is of the file.
    let body = defaults.split_once("\n\n").map_or(defaults, |(_, body)| body);
    let mut lines = body.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(text) = line.strip_prefix('#') {
            comment.push(text.strip_prefix(' ').unwrap_or(text));
        } else if let Some(name) = line.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
            name.clone_into(&mut section);
            write!(page, "\n## {name}\n").expect("a text");
            explain(&mut page, &mut comment);
        } else if let Some((key, value)) = line.split_once(" = ") {
            let mut value = vec![value];
            while !is_whole(&value) {
                value.push(lines.next().expect("the end of a value"));
            }
            let key = [section.as_str(), key].join(".");
            let key = key.trim_start_matches('.');
            let variable = key.to_uppercase().replace('.', "__").replace('-', "_");
            write!(
                page,
                "\n### {key}\n\nVariable: `GREENLIGHT_{variable}`. Default:\n\n```toml\n"
            )
            .expect("a text");
            writeln!(page, "{}\n```", value.join("\n")).expect("a text");
            explain(&mut page, &mut comment);
        } else if !comment.is_empty() {
            // A comment that stands alone tells of what follows it all the same.
            comment.push("");
        }
    }
    page
}

/// Returns whether a list or a text that began is at its end.
fn is_whole(value: &[&str]) -> bool {
    let text = value.join("\n");
    text.matches("\"\"\"").count().is_multiple_of(2) && text.matches('[').count() == text.matches(']').count()
}

fn explain(page: &mut String, comment: &mut Vec<&str>) {
    let text = comment.join("\n");
    if !text.trim().is_empty() {
        write!(page, "\n{}\n", text.trim()).expect("a text");
    }
    comment.clear();
}

#[test]
fn the_page_of_the_settings_is_that_of_the_defaults() {
    let made = page(&fs::read_to_string(here("config/default.toml")).expect("the defaults"));
    if std::env::var("UPDATE_DOCS").is_ok_and(|update| update == "1") {
        fs::write(here(PAGE), &made).expect("the page");
    }
    let there = fs::read_to_string(here(PAGE)).unwrap_or_default();
    assert!(
        there == made,
        "{PAGE} is not made of config/default.toml as it is: run this test with UPDATE_DOCS=1"
    );
}

#[test]
fn a_setting_has_its_comment_its_default_and_its_variable() {
    let made =
        page("# Of the file.\n\n# How many.\nmany = 5\n\n# A part.\n[a.b]\n# Which.\nlist = [\n    1,\n]\n");
    let wanted = "\n### many\n\nVariable: `GREENLIGHT_MANY`. Default:\n\n```toml\n5\n```\n\nHow many.\n\
        \n## a.b\n\nA part.\n\n### a.b.list\n\nVariable: `GREENLIGHT_A__B__LIST`. Default:\n\n```toml\n[\n    1,\n]\n```\n\nWhich.\n";
    assert_eq!(made, format!("{HEAD}{wanted}"));
}
