//! The config language: what its tags are, how a file is loaded, and what is said about its mistakes.
//!
//! [`load`] turns a file into a [`Config`] and a list of [`Diagnostic`]s. On the way the text becomes elements
//! that know where they stand (`xml`), the elements become declared tags (`check`, by the tables of [`mod@tags`]),
//! and the tags become the typed [`model`] (`build`, with `sql` for statements).
//!
//! Not its job: running what the config describes, and printing.

mod advice;
mod build;
mod check;
pub mod diagnostic;
mod encoding;
mod file;
mod fix;
mod format;
mod include;
mod load;
pub mod model;
mod node;
pub mod placeholders;
mod show;
mod source;
mod sql;
mod stores;
pub mod tags;
pub mod values;
mod variables;
mod xml;

pub use diagnostic::{Code, Diagnostic, Edit, Location, Page, Severity};
pub use fix::mend;
pub use format::{Formatted, format};
pub use load::{Environment, LoadOptions, Loaded, Platform, load, load_text};
pub use model::*;
pub use source::{Source, Sources};
pub use tags::{Acts, Attribute, Kind, Tag, tags};
