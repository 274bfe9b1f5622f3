//! Tests that both databases have the same migrations.

use std::fs;

use super::here;

#[test]
fn migrations_of_both_databases_are_file_by_file_in_parallel() {
    let names = |kind: &str| {
        let mut names: Vec<_> = fs::read_dir(here("migrations").join(kind))
            .expect("migrations")
            .map(|e| e.expect("a file").file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
}
