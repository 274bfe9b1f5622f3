//! Rebuilds the crate when a file is added to the migrations, which are compiled in: cargo would
//! not notice by itself.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
