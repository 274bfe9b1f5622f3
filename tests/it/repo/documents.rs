//! Tests that the documents lead somewhere: every link to a file, every link to a heading, and the
//! pages of the book.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::here;

/// Returns the documents: those at the root, and those below `docs/`.
fn documents() -> Vec<PathBuf> {
    let mut all = Vec::new();
    for folder in ["", "docs", "docs/adr", "sandbox"] {
        for entry in fs::read_dir(here(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "md") {
                all.push(path);
            }
        }
    }
    assert!(all.len() > 10, "only {all:?} were found");
    all
}

/// Returns the text of a document without its examples.
fn prose(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a text");
    let mut parts = text.split("```");
    let outside: Vec<&str> = std::iter::from_fn(|| {
        let part = parts.next();
        parts.next();
        part
    })
    .collect();
    outside.join("\n")
}

/// Returns where the links of a text lead, but for those to other sites.
fn links(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for part in text.split("](").skip(1) {
        let target = part.split(')').next().unwrap_or_default();
        let target = target.split_whitespace().collect::<String>();
        if !target.contains("://") && !target.is_empty() {
            all.push(target);
        }
    }
    all
}

/// Returns the names of the headings of a text, as links call them.
fn headings(text: &str) -> BTreeSet<String> {
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .map(|line| line.trim_start_matches('#').trim());
    lines
        .map(|heading| {
            let kept = heading.chars().filter_map(|c| match c {
                ' ' => Some('-'),
                '-' | '_' => Some(c),
                c if c.is_alphanumeric() => Some(c.to_ascii_lowercase()),
                _ => None,
            });
            kept.collect()
        })
        .collect()
}

/// Returns why a link leads nowhere.
fn dead(from: &Path, link: &str) -> Option<String> {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() {
        from.to_owned()
    } else {
        from.parent().expect("a folder").join(file)
    };
    let shown = from.strip_prefix(here("")).unwrap_or(from).display().to_string();
    if !target.exists() {
        return Some(format!("{shown}: {link} is not there"));
    }
    let is_document = target.extension().is_some_and(|extension| extension == "md");
    if !heading.is_empty() && is_document && !headings(&prose(&target)).contains(heading) {
        return Some(format!("{shown}: {link} has no such heading"));
    }
    None
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let mut wrong = Vec::new();
    for path in documents() {
        let links = links(&prose(&path));
        wrong.extend(links.iter().filter_map(|link| dead(&path, link)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_page_is_in_the_book() {
    let summary = here("docs/SUMMARY.md");
    let listed: BTreeSet<String> = links(&prose(&summary)).into_iter().collect();
    let folder = here("docs");
    for path in documents() {
        let Ok(page) = path.strip_prefix(&folder) else {
            continue;
        };
        let page = page.display().to_string();
        assert!(
            page == "SUMMARY.md" || listed.contains(&page),
            "{page} is not in docs/SUMMARY.md"
        );
    }
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("page.md");
    let text = "# What it *is*, and why\n[a](other.md) [b](#what-it-is-and-why) [c](#not)\n[d](https://x.y/z)\n\
                ```\n[e](nothing.md)\n```\n";
    fs::write(&page, text).expect("a page");
    let links = links(&prose(&page));
    let wrong: Vec<_> = links.iter().filter_map(|link| dead(&page, link)).collect();
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(wrong[0].contains("other.md is not there") && wrong[1].contains("#not has no such heading"));
}
