//! The plugin interface of the Synthesis SDK in safe Rust terms: what a store offers, and in which order it is asked.
//!
//! The traits follow the C functions one by one (SDK manual; API version 1.9.1), so that a store that is built in and
//! one that is loaded from a shared library look the same to the host. What C says with contexts, out parameters and
//! memory that is given back, Rust says with trait objects, return values and ownership; dropping an object is its
//! `DeleteContext`. What stays is the order of the calls:
//!
//! 1. [`Plugin::module`], then [`Module::plugin_params`], once for every use in the config;
//! 2. [`Module::session`], then [`Session::check_device`], [`Session::login`], and at the end [`Session::save_nonce`];
//! 3. [`Module::datastore`] for the items, and a second one, whose name ends in [`ADMIN`], for what is remembered:
//!    [`Datastore::load_admin`], [`Datastore::next_map`] until there is none;
//! 4. [`Datastore::start_data_read`], [`Datastore::next_item`] until there is none, [`Datastore::end_data_read`];
//! 5. [`Datastore::start_data_write`], the writing calls, [`Datastore::end_data_write`];
//! 6. the calls for maps, then [`Datastore::save_admin`].
//!
//! Not its job: loading shared libraries, and keeping data.

mod error;
mod fields;
mod text;
mod traits;
mod types;

pub use error::{Code, Error, Result};
pub use fields::{Field, Malformed, Parameter, parse_fields, parse_some_fields, write_fields};
pub use text::{escape, unescape};
pub use traits::{ADMIN, Datastore, Module, Plugin, Session};
pub use types::{
    BlobBlock, Change, DeviceRecord, ItemId, ListedItem, Login, MapEntry, MapKind, NewItem, NewItemKind,
    PasswordMode, Version,
};
