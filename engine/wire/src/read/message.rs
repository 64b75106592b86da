//! Builds a message and its commands out of events. Elements may come in any order and any of them
//! may be missing; what is not known is skipped. Not here: items and meta information (`parts`),
//! device information (`devinf`).

use super::Events;
use super::cursor::Cursor;
use crate::error::{DecodeError, Fault, FaultKind};
use crate::limits::Limits;
use crate::message::{
    Alert, Change, Command, Exec, GetPut, Group, Header, Map, MapItem, Message, Results, Search, Status,
    Sync, Unknown,
};
use crate::tag::{Space, Tag, syncml};

/// Reads a message. What was complete before a fault stays; a fault before the end of the header,
/// and a limit that was met anywhere, is an error.
pub(crate) fn build<'i, E: Events<'i>>(
    events: E,
    limits: &Limits,
) -> Result<(Message, Option<Fault>), DecodeError> {
    let mut cursor = Cursor::new(events, *limits, limits.max_elements);
    let mut header = None;
    let mut message = Message::default();
    let fault = cursor.message(&mut header, &mut message).err();
    match (header, fault) {
        (_, Some(fault)) if fault.kind.is_limit() => Err(fault.into()),
        (Some(header), fault) => {
            message.header = header;
            Ok((message, fault))
        }
        (None, Some(fault)) => Err(fault.into()),
        (None, None) => Err(cursor.fault(FaultKind::MissingElement("SyncHdr")).into()),
    }
}

impl<'i, E: Events<'i>> Cursor<'i, E> {
    fn message(&mut self, header: &mut Option<Header>, message: &mut Message) -> Result<(), Fault> {
        match self.child(Space::SyncMl)? {
            Some(syncml::SYNC_ML) => {}
            Some(Tag::UNKNOWN) => {
                let found = std::mem::take(&mut self.unknown_name);
                return Err(self.fault(FaultKind::NotSyncMl { found }));
            }
            found => {
                let found = found.map_or("", Tag::name).to_owned();
                return Err(self.fault(FaultKind::NotSyncMl { found }));
            }
        }
        let mut has_body = false;
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::SYNC_HDR => *header = Some(self.header()?),
                syncml::SYNC_BODY => {
                    has_body = true;
                    self.body(message)?;
                }
                _ => self.skip()?,
            }
        }
        if has_body { Ok(()) } else { Err(self.fault(FaultKind::MissingElement("SyncBody"))) }
    }

    fn header(&mut self) -> Result<Header, Fault> {
        let mut header = Header::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::VER_DTD => header.ver_dtd = self.text()?,
                syncml::VER_PROTO => header.ver_proto = self.text()?,
                syncml::SESSION_ID => header.session_id = self.text()?,
                syncml::MSG_ID => header.msg_id = self.text()?,
                syncml::TARGET => header.target = self.location()?,
                syncml::SOURCE => header.source = self.location()?,
                syncml::RESP_URI => header.resp_uri = Some(self.text()?),
                syncml::NO_RESP => header.no_resp = self.flag()?,
                syncml::CRED => header.cred = Some(self.cred()?),
                syncml::META => header.meta = self.meta()?,
                _ => self.skip()?,
            }
        }
        Ok(header)
    }

    fn body(&mut self, message: &mut Message) -> Result<(), Fault> {
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::FINAL => message.is_final = self.flag()?,
                _ => self.command(tag, &mut message.body)?,
            }
        }
        Ok(())
    }

    /// Reads a command and puts it to the others. If it breaks off it is left out, since half a
    /// command must not be carried out; a `Sync` stays with the commands that were complete.
    fn command(&mut self, tag: Tag, commands: &mut Vec<Command>) -> Result<(), Fault> {
        commands.push(match tag {
            syncml::ALERT => Command::Alert(self.alert()?),
            syncml::STATUS => Command::Status(self.status()?),
            syncml::RESULTS => Command::Results(self.results()?),
            syncml::SYNC => {
                let mut sync = Sync::default();
                let outcome = self.sync(&mut sync);
                if outcome.is_ok() || !sync.cmd_id.is_empty() {
                    commands.push(Command::Sync(sync));
                }
                return outcome;
            }
            syncml::MAP => Command::Map(self.map()?),
            syncml::GET => Command::Get(self.get_put()?),
            syncml::PUT => Command::Put(self.get_put()?),
            syncml::ADD => Command::Add(self.change()?),
            syncml::REPLACE => Command::Replace(self.change()?),
            syncml::DELETE => Command::Delete(self.change()?),
            syncml::COPY => Command::Copy(self.change()?),
            syncml::MOVE => Command::Move(self.change()?),
            syncml::EXEC => Command::Exec(self.exec()?),
            syncml::SEARCH => Command::Search(self.search()?),
            syncml::ATOMIC => Command::Atomic(self.group()?),
            syncml::SEQUENCE => Command::Sequence(self.group()?),
            _ => Command::Unknown(self.unknown(tag)?),
        });
        Ok(())
    }

    fn alert(&mut self) -> Result<Alert, Fault> {
        let mut alert = Alert::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::CMD_ID => alert.cmd_id = self.text()?,
                syncml::NO_RESP => alert.no_resp = self.flag()?,
                syncml::CRED => alert.cred = Some(self.cred()?),
                syncml::DATA => alert.code = self.number()?,
                syncml::CORRELATOR => alert.correlator = Some(self.text()?),
                syncml::ITEM => alert.items.push(self.item(false)?),
                _ => self.skip()?,
            }
        }
        Ok(alert)
    }

    fn status(&mut self) -> Result<Status, Fault> {
        let mut status = Status::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::CMD_ID => status.cmd_id = self.text()?,
                syncml::MSG_REF => status.msg_ref = self.text()?,
                syncml::CMD_REF => status.cmd_ref = self.text()?,
                syncml::CMD => status.cmd = self.text()?,
                syncml::TARGET_REF => status.target_refs.push(self.text()?),
                syncml::SOURCE_REF => status.source_refs.push(self.text()?),
                syncml::CRED => status.cred = Some(self.cred()?),
                syncml::CHAL => status.chal = Some(self.chal()?),
                syncml::DATA => status.code = self.number()?,
                syncml::ITEM => status.items.push(self.item(false)?),
                _ => self.skip()?,
            }
        }
        Ok(status)
    }

    fn results(&mut self) -> Result<Results, Fault> {
        let mut results = Results::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::CMD_ID => results.cmd_id = self.text()?,
                syncml::MSG_REF => results.msg_ref = Some(self.text()?),
                syncml::CMD_REF => results.cmd_ref = self.text()?,
                syncml::META => results.meta = self.meta()?,
                syncml::TARGET_REF => results.target_ref = Some(self.text()?),
                syncml::SOURCE_REF => results.source_ref = Some(self.text()?),
                syncml::ITEM => results.items.push(self.item(true)?),
                _ => self.skip()?,
            }
        }
        Ok(results)
    }

    fn sync(&mut self, sync: &mut Sync) -> Result<(), Fault> {
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::CMD_ID => sync.cmd_id = self.text()?,
                syncml::NO_RESP => sync.no_resp = self.flag()?,
                syncml::CRED => sync.cred = Some(self.cred()?),
                syncml::TARGET => sync.target = Some(self.location()?),
                syncml::SOURCE => sync.source = Some(self.location()?),
                syncml::META => sync.meta = self.meta()?,
                syncml::NUMBER_OF_CHANGES => sync.number_of_changes = self.number()?,
                _ => self.command(tag, &mut sync.commands)?,
            }
        }
        Ok(())
    }

    fn map(&mut self) -> Result<Map, Fault> {
        let mut map = Map::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::CMD_ID => map.cmd_id = self.text()?,
                syncml::TARGET => map.target = self.location()?,
                syncml::SOURCE => map.source = self.location()?,
                syncml::CRED => map.cred = Some(self.cred()?),
                syncml::META => map.meta = self.meta()?,
                syncml::MAP_ITEM => map.items.push(self.map_item()?),
                _ => self.skip()?,
            }
        }
        Ok(map)
    }

    fn map_item(&mut self) -> Result<MapItem, Fault> {
        let mut item = MapItem::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::TARGET => item.target = self.location()?.uri,
                syncml::SOURCE => item.source = self.location()?.uri,
                _ => self.skip()?,
            }
        }
        Ok(item)
    }

    fn get_put(&mut self) -> Result<GetPut, Fault> {
        let mut command = GetPut::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::CMD_ID => command.cmd_id = self.text()?,
                syncml::NO_RESP => command.no_resp = self.flag()?,
                syncml::LANG => command.lang = Some(self.text()?),
                syncml::CRED => command.cred = Some(self.cred()?),
                syncml::META => command.meta = self.meta()?,
                syncml::ITEM => command.items.push(self.item(true)?),
                _ => self.skip()?,
            }
        }
        Ok(command)
    }

    fn change(&mut self) -> Result<Change, Fault> {
        let mut change = Change::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::CMD_ID => change.cmd_id = self.text()?,
                syncml::NO_RESP => change.no_resp = self.flag()?,
                syncml::ARCHIVE => change.archive = self.flag()?,
                syncml::SFT_DEL => change.soft_delete = self.flag()?,
                syncml::CRED => change.cred = Some(self.cred()?),
                syncml::META => change.meta = self.meta()?,
                syncml::ITEM => change.items.push(self.item(false)?),
                _ => self.skip()?,
            }
        }
        Ok(change)
    }

    fn exec(&mut self) -> Result<Exec, Fault> {
        let mut exec = Exec::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::CMD_ID => exec.cmd_id = self.text()?,
                syncml::NO_RESP => exec.no_resp = self.flag()?,
                syncml::CRED => exec.cred = Some(self.cred()?),
                syncml::CORRELATOR => exec.correlator = Some(self.text()?),
                syncml::ITEM => exec.items.push(self.item(false)?),
                _ => self.skip()?,
            }
        }
        Ok(exec)
    }

    fn search(&mut self) -> Result<Search, Fault> {
        let mut search = Search::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::CMD_ID => search.cmd_id = self.text()?,
                syncml::NO_RESP => search.no_resp = self.flag()?,
                syncml::NO_RESULTS => search.no_results = self.flag()?,
                syncml::CRED => search.cred = Some(self.cred()?),
                syncml::TARGET => search.target = Some(self.location()?),
                syncml::SOURCE => search.sources.push(self.location()?),
                syncml::LANG => search.lang = Some(self.text()?),
                syncml::META => search.meta = self.meta()?,
                syncml::DATA => search.data = Some(self.data(false)?),
                _ => self.skip()?,
            }
        }
        Ok(search)
    }

    fn group(&mut self) -> Result<Group, Fault> {
        let mut group = Group::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::CMD_ID => group.cmd_id = self.text()?,
                syncml::NO_RESP => group.no_resp = self.flag()?,
                syncml::META => group.meta = self.meta()?,
                _ => self.command(tag, &mut group.commands)?,
            }
        }
        Ok(group)
    }

    fn unknown(&mut self, tag: Tag) -> Result<Unknown, Fault> {
        let name = match tag {
            Tag::UNKNOWN => std::mem::take(&mut self.unknown_name),
            known => known.name().to_owned(),
        };
        let mut unknown = Unknown { name, ..Unknown::default() };
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::CMD_ID => unknown.cmd_id = self.text()?,
                syncml::NO_RESP => unknown.no_resp = self.flag()?,
                _ => self.skip()?,
            }
        }
        Ok(unknown)
    }
}
