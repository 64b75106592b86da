//! Get, Put, Results and Alert that scripts of the config send and answer (manual 11.15 to 11.17).
//!
//! Not its job: what those scripts may ask (`scripting/custom.rs`), and device information.

use syncloom_config::SessionScript;
use syncloom_wire::{Command, Data, GetPut, Item, Meta, Results};

use super::Session;
use crate::scripting::{Beyond, CustomItem, Issued, is_true};

/// Stands for the number of a command that waits to be sent, if the session ends should the peer refuse it.
pub(super) const MUST_SUCCEED: &str = "!";

impl Session {
    /// Sends what a script has for the peer.
    pub(super) fn issue_custom(&mut self, kind: SessionScript) {
        let mut item = CustomItem::default();
        self.run_custom(kind, &mut item);
    }

    /// Sends what the config wants sent once, in the first answer.
    pub(super) fn begin_custom(&mut self) {
        if !std::mem::replace(&mut self.custom_begun, true) {
            self.issue_custom(SessionScript::CustomGetPut);
        }
    }

    /// Lets a script answer a Get: the status, and what the peer gets. `None` if it leaves that to others.
    pub(super) fn custom_get(&mut self, get: &GetPut, item: &Item) -> Option<(u16, Option<Command>)> {
        let mut asked = asked(item, &get.meta);
        if !self.run_custom(SessionScript::CustomGetHandler, &mut asked) {
            return None;
        }
        let status = asked.status.unwrap_or(200);
        let results = (status < 300).then(|| {
            Command::Results(Results {
                msg_ref: Some(self.header.msg_id.clone()),
                cmd_ref: get.cmd_id.clone(),
                meta: asked.meta(),
                items: vec![asked.as_item()],
                ..Results::default()
            })
        });
        Some((status, results))
    }

    /// Lets a script take an item of a Put or of Results: its status. `None` if it leaves it to others.
    pub(super) fn custom_put(&mut self, meta: &Meta, item: &Item, is_put: bool) -> Option<u16> {
        let mut given = CustomItem { is_put, ..asked(item, meta) };
        let taken = self.run_custom(SessionScript::CustomPutResultHandler, &mut given);
        taken.then(|| given.status.unwrap_or(200))
    }

    /// Runs a script, and sends what it has issued. Whether it says that it has dealt with the item.
    fn run_custom(&mut self, kind: SessionScript, item: &mut CustomItem) -> bool {
        let hosts = Beyond { custom: Some(item), ..Beyond::default() };
        let value = self.desk.run_session(&self.server, kind, hosts);
        for Issued { command, may_fail } in std::mem::take(&mut item.issued) {
            self.outbox.push_back(if may_fail { command } else { marked(command) });
        }
        is_true(value) == Some(true)
    }

    /// Takes note that a command of a script's has been sent under this number.
    pub(super) fn note_custom(&mut self, mark: bool, cmd_id: &str) {
        if let Some(number) = cmd_id.parse().ok().filter(|_| mark) {
            self.must_succeed.insert((self.sent_messages, number));
        }
    }

    /// The peer's status of a command: the session ends if it was one of a script's that must not fail.
    pub(super) fn judge_custom(&mut self, command: (u32, u32), name: &str, status: u16) {
        if self.must_succeed.remove(&command) && status >= 400 {
            self.abort(status, &format!("the peer refuses the {name} of a script"));
        }
    }
}

/// What a script is asked about an item.
fn asked(item: &Item, meta: &Meta) -> CustomItem {
    let address = item.target.as_ref().or(item.source.as_ref());
    CustomItem {
        uri: address.map(|address| address.uri.clone()).unwrap_or_default(),
        data: item.data.as_ref().and_then(Data::as_text).unwrap_or_default().to_owned(),
        meta_type: item.meta.type_.clone().or_else(|| meta.type_.clone()).unwrap_or_default(),
        ..CustomItem::default()
    }
}

fn marked(mut command: Command) -> Command {
    match &mut command {
        Command::Alert(c) => MUST_SUCCEED.clone_into(&mut c.cmd_id),
        Command::Get(c) | Command::Put(c) if !c.no_resp => MUST_SUCCEED.clone_into(&mut c.cmd_id),
        _ => {}
    }
    command
}
