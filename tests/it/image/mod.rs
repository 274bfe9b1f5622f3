//! Tests images: how a paid call ends, how a later stage is made, and where its picture is shown.

mod crops;
mod drift;
mod files;
mod gallery;
mod ladder;
mod lineage;
mod links;
mod marks;
pub mod originals;
mod outcomes;
mod packs;
mod photograph;
mod try_again;
mod uploads;
mod versions;
