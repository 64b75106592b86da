//! The config language.
pub mod model;
pub use model::*;
