//! Tests that no two files import each other, directly or through others.

use super::code::Crate;
use super::{crates, here};

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut wrong = Vec::new();
    for folder in crates() {
        let circles = Crate::read(&here(&folder)).circles();
        wrong.extend(circles.into_iter().map(|circle| format!("{folder}: {circle}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
