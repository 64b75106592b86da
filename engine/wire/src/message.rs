//! A SyncML message and its commands (OMA-SyncML-RepPro 6.3 to 6.5). Not here: what a session does
//! with them. Elements that a peer left out are `None`, `false` or the empty string, so that a
//! command with a flaw can still be answered.

use crate::parts::{Chal, Cred, Data, Item, Location, Meta};
use crate::version::Version;

/// `SyncML`: one message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// `SyncHdr`.
    pub header: Header,
    /// The commands of `SyncBody`, in order.
    pub body: Vec<Command>,
    /// `Final`: the package ends with this message.
    pub is_final: bool,
}

/// `SyncHdr`: who speaks to whom, in which session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// `VerDTD`, such as `1.2`; as sent, which may be a version that we do not know.
    pub ver_dtd: String,
    /// `VerProto`, such as `SyncML/1.2`.
    pub ver_proto: String,
    /// `SessionID`.
    pub session_id: String,
    /// `MsgID`.
    pub msg_id: String,
    /// `Target`.
    pub target: Location,
    /// `Source`.
    pub source: Location,
    /// `RespURI`: where the answer is to be sent.
    pub resp_uri: Option<String>,
    /// `NoResp`: no command of the message wants a status.
    pub no_resp: bool,
    /// `Cred`.
    pub cred: Option<Cred>,
    /// `Meta`.
    pub meta: Meta,
}

impl Header {
    /// The version of SyncML that `VerDTD` announces.
    pub fn version(&self) -> Option<Version> {
        Version::from_ver_dtd(&self.ver_dtd)
    }
}

/// One command of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `Alert`.
    Alert(Alert),
    /// `Status`.
    Status(Status),
    /// `Results`.
    Results(Results),
    /// `Sync`.
    Sync(Sync),
    /// `Map`.
    Map(Map),
    /// `Get`.
    Get(GetPut),
    /// `Put`.
    Put(GetPut),
    /// `Add`.
    Add(Change),
    /// `Replace`.
    Replace(Change),
    /// `Delete`.
    Delete(Change),
    /// `Copy`.
    Copy(Change),
    /// `Move` (1.2).
    Move(Change),
    /// `Exec`.
    Exec(Exec),
    /// `Search`.
    Search(Search),
    /// `Atomic`.
    Atomic(Group),
    /// `Sequence`.
    Sequence(Group),
    /// An element that is no command of ours.
    Unknown(Unknown),
}

impl Message {
    /// Shows every command, in order; what a command contains comes behind it.
    pub fn for_each(&self, see: &mut impl FnMut(&Command)) {
        for_each(&self.body, see);
    }
}

fn for_each(commands: &[Command], see: &mut impl FnMut(&Command)) {
    for command in commands {
        see(command);
        match command {
            Command::Sync(sync) => for_each(&sync.commands, see),
            Command::Atomic(group) | Command::Sequence(group) => for_each(&group.commands, see),
            _ => {}
        }
    }
}

impl Command {
    /// The name of the command's element, as it goes into `Status/Cmd`.
    pub fn name(&self) -> &str {
        match self {
            Command::Alert(_) => "Alert",
            Command::Status(_) => "Status",
            Command::Results(_) => "Results",
            Command::Sync(_) => "Sync",
            Command::Map(_) => "Map",
            Command::Get(_) => "Get",
            Command::Put(_) => "Put",
            Command::Add(_) => "Add",
            Command::Replace(_) => "Replace",
            Command::Delete(_) => "Delete",
            Command::Copy(_) => "Copy",
            Command::Move(_) => "Move",
            Command::Exec(_) => "Exec",
            Command::Search(_) => "Search",
            Command::Atomic(_) => "Atomic",
            Command::Sequence(_) => "Sequence",
            Command::Unknown(unknown) => &unknown.name,
        }
    }

    /// `CmdID`, empty if the peer sent none.
    pub fn cmd_id(&self) -> &str {
        match self {
            Command::Alert(c) => &c.cmd_id,
            Command::Status(c) => &c.cmd_id,
            Command::Results(c) => &c.cmd_id,
            Command::Sync(c) => &c.cmd_id,
            Command::Map(c) => &c.cmd_id,
            Command::Get(c) | Command::Put(c) => &c.cmd_id,
            Command::Add(c)
            | Command::Replace(c)
            | Command::Delete(c)
            | Command::Copy(c)
            | Command::Move(c) => &c.cmd_id,
            Command::Exec(c) => &c.cmd_id,
            Command::Search(c) => &c.cmd_id,
            Command::Atomic(c) | Command::Sequence(c) => &c.cmd_id,
            Command::Unknown(c) => &c.cmd_id,
        }
    }

    /// `CmdID`, to number commands that are made.
    pub fn cmd_id_mut(&mut self) -> &mut String {
        match self {
            Command::Alert(c) => &mut c.cmd_id,
            Command::Status(c) => &mut c.cmd_id,
            Command::Results(c) => &mut c.cmd_id,
            Command::Sync(c) => &mut c.cmd_id,
            Command::Map(c) => &mut c.cmd_id,
            Command::Get(c) | Command::Put(c) => &mut c.cmd_id,
            Command::Add(c)
            | Command::Replace(c)
            | Command::Delete(c)
            | Command::Copy(c)
            | Command::Move(c) => &mut c.cmd_id,
            Command::Exec(c) => &mut c.cmd_id,
            Command::Search(c) => &mut c.cmd_id,
            Command::Atomic(c) | Command::Sequence(c) => &mut c.cmd_id,
            Command::Unknown(c) => &mut c.cmd_id,
        }
    }

    /// `NoResp`: the command wants no status.
    pub fn no_resp(&self) -> bool {
        match self {
            Command::Alert(c) => c.no_resp,
            Command::Sync(c) => c.no_resp,
            Command::Get(c) | Command::Put(c) => c.no_resp,
            Command::Add(c)
            | Command::Replace(c)
            | Command::Delete(c)
            | Command::Copy(c)
            | Command::Move(c) => c.no_resp,
            Command::Exec(c) => c.no_resp,
            Command::Search(c) => c.no_resp,
            Command::Atomic(c) | Command::Sequence(c) => c.no_resp,
            Command::Unknown(c) => c.no_resp,
            Command::Status(_) | Command::Results(_) | Command::Map(_) => false,
        }
    }
}

/// `Alert`: asks for a sync, or tells about the session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alert {
    /// `CmdID`.
    pub cmd_id: String,
    /// `NoResp`.
    pub no_resp: bool,
    /// `Cred`.
    pub cred: Option<Cred>,
    /// `Data`: the alert code; `None` if missing or no number.
    pub code: Option<u16>,
    /// `Correlator` (1.2).
    pub correlator: Option<String>,
    /// `Item`s.
    pub items: Vec<Item>,
}

/// `Status`: the answer to one command, or to the header (command reference `0`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// `CmdID`.
    pub cmd_id: String,
    /// `MsgRef`: the message that held the command.
    pub msg_ref: String,
    /// `CmdRef`: the command's id in it.
    pub cmd_ref: String,
    /// `Cmd`: the command's name.
    pub cmd: String,
    /// `TargetRef`s.
    pub target_refs: Vec<String>,
    /// `SourceRef`s.
    pub source_refs: Vec<String>,
    /// `Cred`.
    pub cred: Option<Cred>,
    /// `Chal`.
    pub chal: Option<Chal>,
    /// `Data`: the status code; `None` if missing or no number.
    pub code: Option<u16>,
    /// `Item`s.
    pub items: Vec<Item>,
}

/// `Results`: what a `Get` or `Search` asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Results {
    /// `CmdID`.
    pub cmd_id: String,
    /// `MsgRef`; absent means the first message.
    pub msg_ref: Option<String>,
    /// `CmdRef`.
    pub cmd_ref: String,
    /// `Meta`.
    pub meta: Meta,
    /// `TargetRef`.
    pub target_ref: Option<String>,
    /// `SourceRef`.
    pub source_ref: Option<String>,
    /// `Item`s.
    pub items: Vec<Item>,
}

/// `Sync`: the changes of one datastore.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sync {
    /// `CmdID`.
    pub cmd_id: String,
    /// `NoResp`.
    pub no_resp: bool,
    /// `Cred`.
    pub cred: Option<Cred>,
    /// `Target`: the receiver's datastore.
    pub target: Option<Location>,
    /// `Source`: the sender's datastore.
    pub source: Option<Location>,
    /// `Meta`.
    pub meta: Meta,
    /// `NumberOfChanges` (since 1.1).
    pub number_of_changes: Option<u64>,
    /// The changes, in order.
    pub commands: Vec<Command>,
}

/// `Map`: the ids that a client gave to the items that the server added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map {
    /// `CmdID`.
    pub cmd_id: String,
    /// `Target`: the server's datastore.
    pub target: Location,
    /// `Source`: the client's datastore.
    pub source: Location,
    /// `Cred`.
    pub cred: Option<Cred>,
    /// `Meta`.
    pub meta: Meta,
    /// `MapItem`s.
    pub items: Vec<MapItem>,
}

/// `MapItem`: one pair of ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MapItem {
    /// `Target/LocURI`: the server's id (GUID).
    pub target: String,
    /// `Source/LocURI`: the client's id (LUID).
    pub source: String,
}

/// `Get` and `Put`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GetPut {
    /// `CmdID`.
    pub cmd_id: String,
    /// `NoResp`.
    pub no_resp: bool,
    /// `Lang`.
    pub lang: Option<String>,
    /// `Cred`.
    pub cred: Option<Cred>,
    /// `Meta`.
    pub meta: Meta,
    /// `Item`s.
    pub items: Vec<Item>,
}

/// `Add`, `Replace`, `Delete`, `Copy` and `Move`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// `CmdID`.
    pub cmd_id: String,
    /// `NoResp`.
    pub no_resp: bool,
    /// `Archive`, of `Delete`: keep a copy.
    pub archive: bool,
    /// `SftDel`, of `Delete`: free the memory, the item still exists.
    pub soft_delete: bool,
    /// `Cred`.
    pub cred: Option<Cred>,
    /// `Meta`: holds for all items that do not say otherwise.
    pub meta: Meta,
    /// `Item`s.
    pub items: Vec<Item>,
}

/// `Exec`: run a process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exec {
    /// `CmdID`.
    pub cmd_id: String,
    /// `NoResp`.
    pub no_resp: bool,
    /// `Cred`.
    pub cred: Option<Cred>,
    /// `Correlator` (1.2).
    pub correlator: Option<String>,
    /// `Item`s.
    pub items: Vec<Item>,
}

/// `Search`: a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// `CmdID`.
    pub cmd_id: String,
    /// `NoResp`.
    pub no_resp: bool,
    /// `NoResults`: keep the results, do not send them.
    pub no_results: bool,
    /// `Cred`.
    pub cred: Option<Cred>,
    /// `Target`.
    pub target: Option<Location>,
    /// `Source`s: what is searched.
    pub sources: Vec<Location>,
    /// `Lang`.
    pub lang: Option<String>,
    /// `Meta`: the grammar of the query.
    pub meta: Meta,
    /// `Data`: the query.
    pub data: Option<Data>,
}

/// `Atomic` and `Sequence`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// `CmdID`.
    pub cmd_id: String,
    /// `NoResp`.
    pub no_resp: bool,
    /// `Meta`.
    pub meta: Meta,
    /// The commands, in order.
    pub commands: Vec<Command>,
}

/// An element at the place of a command that is none of ours; its content is gone. It is never
/// written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unknown {
    /// The element's name, or `page P token 0xTT` for a WBXML tag without one.
    pub name: String,
    /// `CmdID`, if it holds one.
    pub cmd_id: String,
    /// `NoResp`.
    pub no_resp: bool,
}
