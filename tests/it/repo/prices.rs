//! Tests that credits are compared with a price in one place, beside the ledger's own laws.

use syn::visit::{self, Visit};
use syn::{BinOp, ExprBinary};

use super::code::{self, Crate};
use super::greenlight;

/// Who may compare: the one rule, and the ledger, which keeps its law again.
const MAY: [&str; 2] = ["domain/credits.rs", "store/ledger.rs"];

/// What sums of credits are called where somebody asks whether they pay for something.
const SUMS: [&str; 5] = ["price", "cost", "need", "needed", "available"];

/// The comparisons of a file by order in which a sum of credits is named.
#[derive(Default)]
struct Comparisons(Vec<String>);

impl Visit<'_> for Comparisons {
    fn visit_expr_binary(&mut self, binary: &ExprBinary) {
        let by_order = matches!(
            binary.op,
            BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_)
        );
        let mut names = Names::default();
        names.visit_expr_binary(binary);
        if by_order && names.0.iter().any(|name| SUMS.contains(&name.as_str())) {
            self.0.push(names.0.join(" "));
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_item(&mut self, item: &syn::Item) {
        if !code::is_for_tests(item) {
            visit::visit_item(self, item);
        }
    }
}

/// The names in an expression.
#[derive(Default)]
struct Names(Vec<String>);

impl Visit<'_> for Names {
    fn visit_ident(&mut self, name: &proc_macro2::Ident) {
        self.0.push(name.to_string());
    }
}

fn compared(read: &Crate) -> Vec<String> {
    let mut found = Vec::new();
    for file in read.files.iter().filter(|file| !file.test) {
        let mut comparisons = Comparisons::default();
        comparisons.visit_file(&file.parsed);
        let here = comparisons
            .0
            .into_iter()
            .map(|names| format!("{}: {names}", file.path));
        if !MAY.contains(&file.path.as_str()) {
            found.extend(here);
        }
    }
    found
}

#[test]
fn credits_are_compared_with_a_price_by_one_function_outside_the_ledger() {
    let wrong = compared(&greenlight());
    assert!(
        wrong.is_empty(),
        "ask `Credits::covers` through `authorize`: {wrong:#?}"
    );
}

#[test]
fn a_comparison_of_credits_is_found() {
    let found = |text: &str| {
        let read = Crate::of(&[("flow.rs", text)]);
        compared(&read)
    };
    assert_eq!(
        found("fn f() { if price > pool.available { } }"),
        ["flow.rs: price pool available"]
    );
    assert!(found("fn f() { if votes > quorum { } }").is_empty());
    assert!(found("#[cfg(test)] mod tests { fn f() { assert!(cost < left); } }").is_empty());
}
