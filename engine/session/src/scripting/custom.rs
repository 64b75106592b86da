//! What scripts ask of Get, Put, Results and Alert outside of the sync, and what they send (manual 11.15 to 11.17).
//!
//! Not its job: when they are asked, and the commands' way to the peer (`session/custom.rs`).

use syncloom_script::Value;
use syncloom_script::functions::calls::CustomCall;
use syncloom_script::lang::{Host, ItemPair};
use syncloom_wire::{Alert, Command, Data, GetPut, Item, Location, Meta};

use super::datastore::code;
use super::item::{flag, number, text};

/// Commands that one script may issue. It is run once, and a peer has no use for more.
const MAX_ISSUED: usize = 100;

/// The item that a script works on.
#[derive(Clone, Debug, Default)]
pub(crate) struct CustomItem {
    /// Its address.
    pub(crate) uri: String,
    /// Its data.
    pub(crate) data: String,
    /// The MIME type of its data; empty if none is given.
    pub(crate) meta_type: String,
    /// It comes with a Put, and not with Results.
    pub(crate) is_put: bool,
    /// SETSTATUS: the status of the peer's command.
    pub(crate) status: Option<u16>,
    /// What is to be sent.
    pub(crate) issued: Vec<Issued>,
}

/// A command that a script has issued, without its number.
#[derive(Clone, Debug)]
pub(crate) struct Issued {
    pub(crate) command: Command,
    /// The session goes on if the peer refuses it.
    pub(crate) may_fail: bool,
}

impl CustomItem {
    /// Its data with its type, as an item of a command.
    pub(crate) fn as_item(&self) -> Item {
        Item {
            source: Some(Location::new(self.uri.clone())),
            data: Some(Data::Text(self.data.clone())),
            ..Item::default()
        }
    }

    /// The type of its data.
    pub(crate) fn meta(&self) -> Meta {
        Meta { type_: (!self.meta_type.is_empty()).then(|| self.meta_type.clone()), ..Meta::default() }
    }

    fn issue(&mut self, command: Command, arguments: &[Value]) -> Result<(), String> {
        if self.issued.len() >= MAX_ISSUED {
            return Err(format!("a script may issue {MAX_ISSUED} commands"));
        }
        self.issued.push(Issued { command, may_fail: number(arguments, 0) != 0 });
        Ok(())
    }
}

impl Host<CustomCall> for CustomItem {
    fn call(
        &mut self,
        function: CustomCall,
        arguments: &[Value],
        _: &mut ItemPair<'_>,
    ) -> Result<Value, String> {
        match function {
            CustomCall::IsPut => return Ok(flag(self.is_put)),
            CustomCall::ItemUri => return Ok(Value::Text(self.uri.as_str().into())),
            CustomCall::ItemData => return Ok(Value::Text(self.data.as_str().into())),
            CustomCall::MetaType => return Ok(Value::Text(self.meta_type.as_str().into())),
            CustomCall::SetItemUri => self.uri = text(arguments, 0),
            CustomCall::SetItemData => self.data = text(arguments, 0),
            CustomCall::SetMetaType => self.meta_type = text(arguments, 0),
            CustomCall::SetStatus => self.status = Some(code(arguments, 0)?),
            CustomCall::IssuePut => {
                let put = GetPut {
                    no_resp: number(arguments, 1) != 0,
                    meta: self.meta(),
                    items: vec![self.as_item()],
                    ..GetPut::default()
                };
                self.issue(Command::Put(put), arguments)?;
            }
            CustomCall::IssueGet => {
                let target = Some(Location::new(self.uri.clone()));
                let items = vec![Item { target, ..Item::default() }];
                self.issue(
                    Command::Get(GetPut { meta: self.meta(), items, ..GetPut::default() }),
                    arguments,
                )?;
            }
            CustomCall::IssueAlert => {
                let items = vec![Item { data: Some(Data::Text(self.data.clone())), ..Item::default() }];
                let alert = Alert { code: Some(code(arguments, 1)?), items, ..Alert::default() };
                self.issue(Command::Alert(alert), arguments)?;
            }
        }
        Ok(Value::Unassigned)
    }
}
