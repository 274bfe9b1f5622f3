//! Tests the reader of sources on made-up sources.

use super::{Crate, Target};

/// Returns the circles among files with these paths and texts.
fn circles(files: &[(&str, &str)]) -> Vec<String> {
    Crate::of(files).circles()
}

const NONE: [&str; 0] = [];

#[test]
fn two_files_that_import_each_other_are_a_circle() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        (
            "a.rs",
            "use crate::b::{B, g}; pub struct A; pub fn f(_: B) { g() }",
        ),
        ("b.rs", "use super::a::A; pub struct B(A); pub fn g() {}"),
    ];
    assert_eq!(circles(&files), ["a.rs -> b.rs (B, g) -> a.rs (A)"]);
}

#[test]
fn a_circle_goes_through_any_number_of_files() {
    let files = [
        ("a.rs", "use crate::b::B;"),
        ("b.rs", "use crate::c::C; pub struct B;"),
        ("c.rs", "use crate::a; pub struct C; fn f() { a::run() }"),
    ];
    assert_eq!(circles(&files), ["a.rs -> b.rs (B) -> c.rs (C) -> a.rs (run)"]);
}

#[test]
fn a_parent_that_uses_its_child_and_is_used_by_it_is_in_a_circle() {
    let files = [
        ("a/mod.rs", "mod inner; pub struct A; pub fn f() { inner::g() }"),
        ("a/inner.rs", "use super::A; pub fn g() -> A { A }"),
    ];
    assert_eq!(circles(&files), ["a/mod.rs -> a/inner.rs (g) -> a/mod.rs (A)"]);
    // Mentions it by a name that it re-exports too.
    let files = [
        (
            "a.rs",
            "mod inner; pub use self::inner::Inner; pub struct A(Inner);",
        ),
        (
            "a/inner.rs",
            "pub struct Inner; impl Inner { fn f() -> super::A { todo!() } }",
        ),
    ];
    assert_eq!(circles(&files), ["a.rs -> a/inner.rs (Inner) -> a.rs (A)"]);
}

#[test]
fn a_parent_that_only_declares_and_hands_on_is_in_no_circle() {
    let files = [
        (
            "a/mod.rs",
            "mod x; mod y; pub use self::x::X; pub use y::*; pub struct A;",
        ),
        ("a/x.rs", "use super::{A, Y}; pub struct X(A, Y);"),
        ("a/y.rs", "use crate::a::A; pub struct Y(A);"),
    ];
    assert_eq!(circles(&files), NONE);
}

#[test]
fn what_a_parent_hands_on_is_its_childs() {
    let files = [
        (
            "a/mod.rs",
            "mod x; mod y; pub use x::{X as Z, self as ex}; pub use self::y::Y;",
        ),
        ("a/x.rs", "use super::Y; pub struct X(Y); pub fn f() {}"),
        ("a/y.rs", "use super::Z; pub struct Y(Z);"),
    ];
    assert_eq!(circles(&files), ["a/x.rs -> a/y.rs (Y) -> a/x.rs (X)"]);
    let files = [
        files[0],
        files[1],
        ("a/y.rs", "pub struct Y; fn g() { super::ex::f() }"),
    ];
    assert_eq!(circles(&files), ["a/x.rs -> a/y.rs (Y) -> a/x.rs (f)"]);
}

#[test]
fn imports_are_found_in_macros_functions_and_modules_within_a_file() {
    for text in [
        "fn f() { assert!(crate::b::g()) }",
        "fn f() { use crate::b::g; g() }",
        "mod inner { use super::super::b::g; }",
        "mod inner { fn f() { super::super::b::g() } }",
        "use crate::b::*; fn f() { g() }",
        "use crate::{b as c}; fn f() { c::g() }",
        "macro_rules! m { () => { $crate::b::g() } }",
    ] {
        let files = [("a.rs", text), ("b.rs", "pub fn g() { crate::a::h() }")];
        assert_eq!(circles(&files), ["a.rs -> b.rs (g) -> a.rs (h)"], "{text}");
    }
}

#[test]
fn what_is_no_import_is_none() {
    for text in [
        "#[cfg(test)] mod tests { use crate::b::g; }",
        "#[cfg(test)] use crate::b::g;",
        "#[cfg(test)] fn f() { crate::b::g() }",
        "// crate::b::g",
        "/// crate::b::g\nfn f() {}",
        "fn f(b: u8) { \"crate::b::g\"; b.g() }",
        "use crate::b; fn f(g: u8) -> u8 { g }",
    ] {
        let files = [("a.rs", text), ("b.rs", "pub fn g() { crate::a::h() }")];
        assert_eq!(circles(&files), NONE, "{text}");
    }
    // A file of tests.
    let files = [
        (
            "a.rs",
            "#[cfg(test)] mod tests; pub struct A; fn f() { crate::b::g() }",
        ),
        ("a/tests.rs", "use super::A; use crate::b::g;"),
        ("b.rs", "pub fn g() {}"),
    ];
    assert_eq!(circles(&files), NONE);
}

#[test]
fn paths_stand_for_what_rust_says() {
    let code = Crate::of(&[
        ("lib.rs", "mod a; mod b; pub use a::fit;"),
        (
            "a/mod.rs",
            "mod fit; pub use fit::{Fitted, fit}; pub use serde::Serialize as Ser;",
        ),
        ("a/fit.rs", "pub struct Fitted; pub fn fit() {}"),
        ("b.rs", "use crate::fit; use super::a::{self as other, Ser};"),
    ]);
    let resolved = |path: &str| {
        let path: Vec<String> = path.split("::").map(str::to_owned).collect();
        match code.resolve(&["b".to_owned()], &path) {
            Target::Item(module, name) => format!("item {} {name}", module.join("::")),
            Target::Module(module) => format!("module {}", module.join("::")),
            Target::Outside(path) => format!("outside {}", path.join("::")),
        }
    };
    for (path, stands_for) in [
        ("fit", "item a::fit fit"),
        ("other::Fitted", "item a::fit Fitted"),
        ("other::fit::Fitted", "item a::fit Fitted"),
        ("other", "module a"),
        ("crate::a::fit", "item a::fit fit"),
        ("self::other::Fitted::new", "item a::fit Fitted"),
        ("Ser", "outside serde::Serialize"),
        ("sqlx::query", "outside sqlx::query"),
        ("::serde::Serialize", "outside ::serde::Serialize"),
        ("other::made_by_a_macro", "item a made_by_a_macro"),
    ] {
        assert_eq!(resolved(path), stands_for, "{path}");
    }
}
