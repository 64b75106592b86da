//! What the config's scripts make of the statuses of items: those that the peer gives ours, and those that we give the
//! peer's (manual 11.34.27, 11.34.28).

use syncloom_config::{DatastoreScript, SessionScript};
use syncloom_wire::Change as ChangeCommand;

use super::receive::Op;
use super::{Change, DatastoreSync, Sent, home};
use crate::scripting::{Beyond, ItemStatus, is_true};

/// What has become of the peer's status of an item of ours.
pub(super) struct Verdict {
    pub(super) status: u16,
    /// What failed is sent again next time.
    pub(super) resend: bool,
    /// The scripts have done all that there is to do.
    pub(super) is_settled: bool,
}

impl DatastoreSync {
    /// Lets scripts look at the peer's status of an item of ours, first those of the datastore.
    pub(super) fn judge_sent(&mut self, sent: &Sent, status: u16) -> Verdict {
        let operation = match sent.change {
            Change::Added => "add",
            Change::Modified => "replace",
            Change::Deleted => "delete",
        };
        let resend = home::of_item(&self.datastore, &sent.local_id).resend_failing;
        let mut state = ItemStatus { status, operation, resend, ..ItemStatus::default() };
        let own = self.ask_datastore(DatastoreScript::SentItemStatus, &mut state);
        let is_settled =
            own == Some(true) || self.ask_session(SessionScript::SentItemStatus, &mut state) == Some(true);
        self.obey_status(&state);
        Verdict { status: state.status, resend: state.resend, is_settled }
    }

    /// Lets scripts look at the status of an item of the peer's: the status that it gets, and whether all is well.
    pub(super) fn judge_received(
        &mut self,
        op: Op,
        command: &ChangeCommand,
        status: u16,
        is_well: bool,
    ) -> (u16, bool) {
        let operation = match op {
            Op::Add => "add",
            Op::Replace => "replace",
            Op::Delete if command.archive => "archive+delete",
            Op::Delete if command.soft_delete => "soft-delete",
            Op::Delete => "delete",
        };
        let resend = self.datastore.resend_failing;
        let mut state = ItemStatus { status, operation, resend, ..ItemStatus::default() };
        let own = self.ask_datastore(DatastoreScript::ReceivedItemStatus, &mut state);
        let of_session = self.ask_session(SessionScript::ReceivedItemStatus, &mut state);
        self.obey_status(&state);
        (state.status, of_session.or(own).unwrap_or(is_well))
    }

    fn ask_datastore(&mut self, kind: DatastoreScript, state: &mut ItemStatus) -> Option<bool> {
        let (desk, of_datastore) = (&self.desk, &self.script_state);
        is_true(self.own_scripts.run(desk, &self.datastore, of_datastore, Some(state), kind))
    }

    fn ask_session(&mut self, kind: SessionScript, state: &mut ItemStatus) -> Option<bool> {
        let hosts = Beyond { status: Some(state), ..Beyond::default() };
        is_true(self.desk.run_session(&self.server, kind, hosts))
    }

    fn obey_status(&mut self, state: &ItemStatus) {
        if let Some(status) = state.abort {
            self.script_state.look().abort = Some(status);
        }
        if state.stop_adding {
            self.stop_adding();
        }
        self.obey();
    }
}
