//! The places in which pictures play.

pub mod abstracts;
pub mod city;
pub mod clouds;
mod coast;
pub mod desert;
pub mod forest;
pub mod interior;
pub mod land;
mod peaks;
mod sky;
pub mod space;
pub mod studio;
pub mod undersea;
pub mod water;
