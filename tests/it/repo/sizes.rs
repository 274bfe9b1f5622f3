//! Tests how many files a folder has, how many lines a file, and how many a function.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Signature};

use super::code::{self, Crate, File};
use super::{crates, here};

/// The folders of the tests of all crates.
const TESTS: [&str; 4] = ["tests/it", "tests/kill/tests", "sandbox/tests/it", "benches"];

/// Most source files in one folder, without those in the folders within it.
const FILES: usize = 20;
/// Most lines of a file, without its tests.
const FILE_LINES: usize = 400;
/// Most lines of a function between its braces.
const FUNCTION_LINES: usize = 70;

/// Counts the lines of a file without what is compiled for tests alone.
fn lines(file: &File) -> usize {
    let items = file.parsed.items.iter();
    let tests = items
        .filter(|item| code::is_for_tests(item))
        .map(|item| rows(item.span()));
    file.text.lines().count() - tests.map(Iterator::count).sum::<usize>()
}

fn rows(span: Span) -> RangeInclusive<usize> {
    span.start().line..=span.end().line
}

/// Functions, with how many lines each has between its braces.
#[derive(Default)]
struct Functions(Vec<(String, usize)>);

impl Functions {
    fn note(&mut self, signature: &Signature, block: &Block) {
        let braces = block.brace_token.span;
        let between = braces.close().start().line - braces.open().start().line;
        self.0
            .push((signature.ident.to_string(), between.saturating_sub(1)));
    }
}

impl Visit<'_> for Functions {
    fn visit_item_fn(&mut self, function: &syn::ItemFn) {
        self.note(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &syn::ImplItemFn) {
        self.note(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.note(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

/// Lists the functions that are too long.
fn long_functions(code: &Crate) -> Vec<String> {
    let mut long = Vec::new();
    for file in &code.files {
        let mut functions = Functions::default();
        functions.visit_file(&file.parsed);
        let over = functions
            .0
            .into_iter()
            .filter(|(_, lines)| *lines > FUNCTION_LINES);
        long.extend(over.map(|(name, lines)| format!("{}: {name} has {lines} lines", file.path)));
    }
    long
}

/// Lists the files that are too long without their tests.
fn long_files(code: &Crate) -> Vec<String> {
    let own = code.files.iter().filter(|file| !file.test);
    let long = own.filter(|file| lines(file) > FILE_LINES);
    long.map(|file| format!("{}: {} lines", file.path, lines(file)))
        .collect()
}

/// Lists the folders with too many files.
fn full_folders(files: &[PathBuf]) -> Vec<String> {
    let mut folders: BTreeMap<_, usize> = BTreeMap::new();
    for file in files {
        *folders.entry(file.parent()).or_default() += 1;
    }
    let full = folders.into_iter().filter(|(_, count)| *count > FILES);
    let shown = |folder: &Path| {
        folder
            .strip_prefix(here(""))
            .unwrap_or(folder)
            .display()
            .to_string()
    };
    full.map(|(folder, count)| format!("{}: {count} files", folder.map(shown).unwrap_or_default()))
        .collect()
}

/// Lists the folders of all crates' sources and tests.
fn with_tests() -> Vec<String> {
    crates().into_iter().chain(TESTS.map(str::to_owned)).collect()
}

/// Lists what is wrong in each of some crates.
fn wrong_in(folders: &[String], what: fn(&Crate) -> Vec<String>) -> Vec<String> {
    let mut all = Vec::new();
    for folder in folders {
        let wrong = what(&Crate::read(&here(folder)));
        all.extend(wrong.into_iter().map(|wrong| format!("{folder}/{wrong}")));
    }
    all
}

#[test]
fn no_folder_has_more_than_twenty_source_files() {
    let folders = with_tests();
    let files: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| code::files_below(&here(folder)))
        .collect();
    let wrong = full_folders(&files);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_file_has_more_than_four_hundred_lines_without_its_tests() {
    let wrong = wrong_in(&crates(), long_files);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_function_has_more_than_seventy_lines() {
    let wrong = wrong_in(&with_tests(), long_functions);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn sizes_are_counted_at_the_limit_and_one_past_it() {
    let function = |lines: usize| {
        format!(
            "impl S {{\n    fn f() {{\n{}    }}\n}}\n",
            "        g();\n".repeat(lines)
        )
    };
    let files = |lines: usize| Crate::of(&[("a.rs".to_owned(), function(lines))]);
    assert_eq!(long_functions(&files(70)), [""; 0]);
    assert_eq!(long_functions(&files(71)), ["a.rs: f has 71 lines"]);

    let tests = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn t() {}\n}\n";
    let file = |lines: usize| "const A: u8 = 1;\n".repeat(lines) + tests;
    let files = |lines: usize| Crate::of(&[("a.rs".to_owned(), file(lines))]);
    assert_eq!(long_files(&files(400)), [""; 0]);
    assert_eq!(long_files(&files(401)), ["a.rs: 401 lines"]);

    let files = |count: usize| -> Vec<PathBuf> { (0..count).map(|n| format!("a/{n}.rs").into()).collect() };
    assert_eq!(full_folders(&files(20)), [""; 0]);
    assert_eq!(full_folders(&files(21)), ["a: 21 files"]);
}
