//! Holds `docs/troubleshooting.md` to the messages of the bot: each that says that something went
//! wrong has an entry there, or is listed as one that says all by itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};

use super::here;

const PAGE: &str = "docs/troubleshooting.md";
/// The messages that need no entry, a line each: the longest part of it that is always the same.
const LIST: &str = "tests/it/repo/says_all.txt";
/// What a message says that tells of something which went wrong.
const WORDS: [&str; 18] = [
    "cannot",
    "could not",
    "failed",
    "missing",
    "did not",
    "unavailable",
    "turned the bot away",
    "never came",
    "was deleted",
    "not stored",
    "too large",
    "too small",
    "too many",
    "is locked",
    "Nothing was",
    "not opened",
    "none are configured",
    "stay held",
];
/// A text that is shorter is a part of another.
const SHORT: usize = 25;

/// Adds the texts of a piece of code. Comments and attributes are none.
fn texts(code: TokenStream, all: &mut Vec<String>) {
    let mut code = code.into_iter().peekable();
    while let Some(token) = code.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                if let Some(TokenTree::Punct(_)) = code.peek() {
                    code.next();
                }
                code.next();
            }
            TokenTree::Group(group) => texts(group.stream(), all),
            TokenTree::Literal(_) => {
                if let Ok(text) = syn::parse2::<syn::LitStr>(token.into()) {
                    all.push(text.value());
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// Returns the longest part of a message that is always the same, without marks.
fn always(text: &str) -> String {
    let (mut parts, mut inside) = (vec![String::new()], false);
    for c in text.chars() {
        match c {
            '{' => inside = true,
            '}' => {
                inside = false;
                parts.push(String::new());
            }
            '\n' => parts.push(String::new()),
            c if !inside => parts.last_mut().expect("a part").push(c),
            _ => {}
        }
    }
    let parts = parts.iter().map(|part| plain(part));
    parts.max_by_key(String::len).unwrap_or_default()
}

/// Returns a text without the marks of Discord and of a page, and without its ends of lines.
fn plain(text: &str) -> String {
    let marks = |c: char| matches!(c, '*' | '`' | '“' | '”' | '#' | '<' | '>' | '[' | ']');
    let text: String = text.chars().filter(|c| !marks(*c)).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    let ends = |c: char| matches!(c, '.' | ':' | ',' | ' ' | '-' | '(' | ')' | '[' | ']' | '·');
    words.join(" ").trim_matches(ends).to_owned()
}

/// Returns whether a file has descriptions of commands, which tell of nothing that went wrong.
fn of_commands(file: &Path) -> bool {
    ["commands.rs", "commands/unresolved.rs"]
        .iter()
        .any(|end| file.ends_with(end))
}

/// Returns what always stands in each message that tells of something which went wrong.
fn messages() -> BTreeSet<String> {
    let mut all = Vec::new();
    let wording = super::code::files_below(&here("src/wording"));
    for path in wording.iter().filter(|path| !of_commands(path)) {
        let text = fs::read_to_string(path).expect("a source");
        let own = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        texts(own.parse().expect("code"), &mut all);
    }
    let wrong = |text: &String| text.chars().count() >= SHORT && WORDS.iter().any(|word| text.contains(word));
    let found: BTreeSet<String> = all
        .iter()
        .filter(|text| wrong(text))
        .map(|text| always(text))
        .collect();
    assert!(found.len() > 50, "only {} messages were found", found.len());
    found
}

#[test]
fn each_message_that_something_went_wrong_is_explained_or_says_all_by_itself() {
    let page = plain(&fs::read_to_string(here(PAGE)).expect("the page"));
    let list = fs::read_to_string(here(LIST)).expect("the list");
    let listed: BTreeSet<String> = list.lines().map(str::to_owned).collect();
    let messages = messages();
    let unknown = |message: &&String| !page.contains(message.as_str()) && !listed.contains(*message);
    let unknown: Vec<&String> = messages.iter().filter(unknown).collect();
    assert!(
        unknown.is_empty(),
        "these need an entry in {PAGE}, or a line in {LIST} if they say by themselves what to do: {unknown:#?}"
    );
    let stale: Vec<_> = listed
        .iter()
        .filter(|line| !messages.contains(*line) || page.contains(line.as_str()))
        .collect();
    assert!(
        stale.is_empty(),
        "{LIST} has lines that no message has, or that {PAGE} explains: {stale:#?}"
    );
}

#[test]
fn what_always_stands_in_a_message_is_found() {
    let mut all = Vec::new();
    let code = "/// Not this.\nfn f() { g(\"that\"); format!(\"{a} is **gone**: {b}\"); }";
    texts(code.parse().expect("code"), &mut all);
    assert_eq!(all, ["that", "{a} is **gone**: {b}"]);
    assert_eq!(always(&all[1]), "is gone");
}
