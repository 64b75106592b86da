//! Where items live, and what is remembered about peers: users, devices, nonces, sync targets and maps.
//!
//! [`Store`] is what a sync needs of a datastore's items, [`RowScripts`] what it lets run around them, [`Admin`] what it needs to remember between
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

pub use all::Stores;
pub use error::{ErrorKind, StoreError};
pub use scripts::{Moment, RowScripts, ScriptSql};
pub use traits::{
    Admin, Backend, Claim, Device, DeviceInfo, Listed, MapEntry, Partial, Resume, Scope, Store, Target, User,
    Written,
};
