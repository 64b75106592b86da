//! The SyncML protocol and the sync logic, server side, as a pure state machine: a message goes in, a message
//! comes out. Time, randomness and stores are given to it, and what it has to say it returns, so that the same
//! input always gives the same output.
//!
//! Not its job: sockets, files, the clock, printing, and the bytes of a message.

mod auth;
mod devinf;
mod draft;
mod guard;
mod report;
mod rules;
mod scripting;
mod server;
mod session;
mod sync;

pub use report::{Counts, DatastoreReport, Outcome, Report};
pub use server::{Server, SetupError};
pub use session::{Input, Interim, Place, Reply, Session, Watch, busy};
