//! Where items live, and what is remembered about peers: users, devices, nonces, sync targets and maps.
//!
//! [`Store`] is what a sync needs of a datastore: [`Items`], and [`Targets`], which remember what peers know of them,
//! each in a place of its own or both in one. [`RowScripts`] run around them, [`Admin`] is what it needs to remember between
//! sessions, and a [`Backend`] opens both and makes their changes durable together. All SQL is the config's.
//!
//! Not its job: deciding what to write. That is the session's.

mod all;
mod error;
mod lines;
pub mod plugin;
mod scripts;
pub mod sqlite;
mod superdatastore;
mod traits;
mod wanted;
mod whole;

pub use all::Stores;
pub use error::{ErrorKind, StoreError};
pub use scripts::{Moment, RowScripts, ScriptSql};
pub use traits::{
    Admin, Backend, Claim, Device, DeviceInfo, Items, Listed, MapEntry, Partial, Resume, Scope, Store,
    Target, Targets, User, Written,
};
