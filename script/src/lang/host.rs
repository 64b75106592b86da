//! What a running script needs from outside: the clock, files, and the session, datastore or item that it works
//! on. This crate opens nothing itself.

use super::context::Context;
use super::error::Fault;
use super::val::Side;
use crate::functions::calls::{
    CustomCall, DatabaseCall, DatastoreCall, ItemCall, LoginCall, SessionCall, SqlCall, StatusCall,
};
use crate::item::Item;
use crate::time::{Timestamp, Zones};
use crate::value::Value;

/// The machine that scripts run on. What is not said of one is not there: no files, no shell, no log.
pub trait System {
    /// The time, in UTC.
    fn now(&mut self) -> Timestamp;
    /// Milliseconds since some fixed moment, on a clock that is never set back.
    fn elapsed_ms(&mut self) -> u64;
    /// Any number, as random as RANDOM needs it; a seed begins a sequence anew.
    fn random(&mut self, seed: Option<i64>) -> u64;
    /// Waits.
    fn sleep_ms(&mut self, _milliseconds: u64) {}
    /// The content of a file; the error is why it can't be read.
    fn read_file(&mut self, _path: &str) -> Result<Vec<u8>, String> {
        Err("there are no files here".to_owned())
    }
    /// Runs a command with its parameters in the shell: its exit code, 0 at once for one in the background, or
    /// `None` where it can't be started.
    fn shell(&mut self, _command: &str, _parameters: &str, _background: bool) -> Option<i64> {
        None
    }
    /// Takes a line for the log.
    fn log(&mut self, _text: &str) {}
}

/// What serves the functions of one context. `C` lists the functions; the arguments are those of the call, in the
/// types that the function's declaration has, without the optional ones that were left out.
pub trait Host<C> {
    /// Does what the function says and gives its result; of one without a result nothing is looked at. The error is
    /// one line that ends the script.
    fn call(&mut self, function: C, arguments: &[Value], items: &mut ItemPair<'_>) -> Result<Value, String>;
}

/// An item that a script may see.
#[derive(Debug, Default)]
pub enum ItemSlot<'a> {
    /// There is none.
    #[default]
    None,
    /// It may be read.
    Read(&'a Item),
    /// It may be changed.
    Write(&'a mut Item),
}

impl ItemSlot<'_> {
    /// The item, to read.
    #[inline]
    pub fn get(&self) -> Option<&Item> {
        match self {
            ItemSlot::None => None,
            ItemSlot::Read(item) => Some(item),
            ItemSlot::Write(item) => Some(item),
        }
    }

    /// The item, to change.
    pub fn get_mut(&mut self) -> Result<&mut Item, Fault> {
        match self {
            ItemSlot::None => Err(Fault::NoItem),
            ItemSlot::Read(_) => Err(Fault::ReadOnlyItem),
            ItemSlot::Write(item) => Ok(item),
        }
    }
}

/// The items of a run (manual 6.9.3).
#[derive(Debug, Default)]
pub struct ItemPair<'a> {
    /// TARGET, NEW, WINNING.
    pub target: ItemSlot<'a>,
    /// REFERENCE, OLD, LOOSING.
    pub reference: ItemSlot<'a>,
}

/// What a run is given. A function whose host isn't there ends the script with an error.
pub struct Env<'a> {
    /// The machine.
    pub system: &'a mut dyn System,
    /// The items.
    pub items: ItemPair<'a>,
    /// The zones that scripts can name. What a run makes the user's zone, or defines, is here when it has ended.
    pub zones: Zones,
    /// The session.
    pub session: Option<&'a mut dyn Host<SessionCall>>,
    /// The session's context, where the script's variables are, from the first one on, the session's.
    pub session_context: Option<&'a Context>,
    /// The login.
    pub login: Option<&'a mut dyn Host<LoginCall>>,
    /// The datastore.
    pub datastore: Option<&'a mut dyn Host<DatastoreCall>>,
    /// The database behind the datastore.
    pub database: Option<&'a mut dyn Host<DatabaseCall>>,
    /// SQL statements.
    pub sql: Option<&'a mut dyn Host<SqlCall>>,
    /// The item in its sync.
    pub item: Option<&'a mut dyn Host<ItemCall>>,
    /// The status of an item.
    pub status: Option<&'a mut dyn Host<StatusCall>>,
    /// A Get or Put.
    pub custom: Option<&'a mut dyn Host<CustomCall>>,
}

impl ItemPair<'_> {
    /// One of them, to read, if it is there.
    #[inline]
    pub(crate) fn get(&self, side: Side) -> Option<&Item> {
        match side {
            Side::Target => self.target.get(),
            Side::Reference => self.reference.get(),
        }
    }

    /// One of them, to change.
    pub(crate) fn get_mut(&mut self, side: Side) -> Result<&mut Item, Fault> {
        match side {
            Side::Target => self.target.get_mut(),
            Side::Reference => self.reference.get_mut(),
        }
    }
}

impl<'a> Env<'a> {
    /// The machine alone, in a place where it is UTC.
    pub fn new(system: &'a mut dyn System) -> Env<'a> {
        Env {
            system,
            items: ItemPair::default(),
            zones: Zones::default(),
            session: None,
            session_context: None,
            login: None,
            datastore: None,
            database: None,
            sql: None,
            item: None,
            status: None,
            custom: None,
        }
    }
}
