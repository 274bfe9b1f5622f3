//! Migrations are compiled in; a new file among them is no change of a source that cargo knows of.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
