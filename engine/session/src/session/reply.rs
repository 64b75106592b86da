//! Writing the answer: the header's status, what is waiting, and then our changes, as much as fits.

use syncloom_wire::{Chal, Command, Encoding, Header, Location, Message, Meta, Status, Version};

use super::custom::MUST_SUCCEED;
use super::{Phase, Reply, Session};
use crate::draft::Draft;
use crate::server::Server;
use crate::sync::{Abilities, Filled};

/// Come again later.
const BUSY: u16 = 101;

impl Session {
    /// The answer to the message that has just been worked off. With `asks_for_more` the peer is in the middle of a
    /// package: it is asked for the next message if there is nothing else to say.
    pub(super) fn reply(&mut self, status: u16, chal: Option<Chal>, asks_for_more: bool) -> Reply {
        let limit = self.message_limit();
        let (logged_in, number) = (self.login.is_some(), self.sent_messages);
        let header = own_header(&self.server, self.version, &self.id, &self.header, logged_in, number);
        let mut draft = Draft::new(header, self.version, self.encoding, limit);
        let about_header = header_status(draft.next_cmd_id(), &self.header, status, chal);
        draft.push(about_header);
        while let Some(command) = self.outbox.pop_front() {
            let mark = command.cmd_id() == MUST_SUCCEED;
            let cmd_id = draft.next_cmd_id();
            let command = with_cmd_id(command, cmd_id.clone());
            if draft.is_empty() && is_devinf(&command) && draft.len_of(&command) > draft.room() {
                let size = draft.len_of(&command);
                self.notes
                    .push(format!("{size} bytes about this server are more than the peer takes: not told"));
                draft.take_back_cmd_id();
                continue;
            }
            if !draft.fits(&command) {
                draft.take_back_cmd_id();
                let mark = if mark { MUST_SUCCEED } else { "" };
                self.outbox.push_front(with_cmd_id(command, mark.to_owned()));
                break;
            }
            self.note_custom(mark, &cmd_id);
            draft.push(command);
        }
        let through = self.outbox.is_empty() && self.send_changes(&mut draft);
        if asks_for_more && draft.is_empty() {
            draft.push_next_message_request(&self.header);
        }
        let is_final = match self.phase {
            _ if self.login.is_none() || self.aborted.is_some() => true,
            // The peer is in the middle of its package: it hears Final when it is through.
            Phase::Init | Phase::Receiving | Phase::Confirming => false,
            Phase::Answering | Phase::Sending | Phase::Done => through,
        };
        match self.phase {
            Phase::Answering if is_final => self.phase = Phase::Receiving,
            Phase::Sending if is_final => self.phase = Phase::Confirming,
            _ => {}
        }
        let over = self.phase == Phase::Done && self.outbox.is_empty() && !self.awaits_end;
        if over || self.outcome.is_some() {
            self.stamp = None;
        }
        let outcome = self.outcome.is_some();
        if over || outcome {
            self.end_scripts();
        }
        self.notes.extend(self.desk.take_notes());
        Reply {
            message: draft.finish(is_final),
            ended: over || (outcome && self.phase != Phase::Done),
            notes: std::mem::take(&mut self.notes),
        }
    }

    /// Adds our changes; `true` if there is nothing left to add.
    fn send_changes(&mut self, draft: &mut Draft) -> bool {
        if self.phase != Phase::Sending {
            return true;
        }
        let devinf = self.devinf.as_ref();
        let settings = self.server.settings();
        let max_piece = settings.and_then(|settings| settings.debug_chunk_max_size);
        let watch = &self.watch;
        let abilities = Abilities {
            late: &|| watch.is_late(),
            max_piece: max_piece.map(|most| most as usize),
            early_maps: settings.is_none_or(|settings| settings.rely_on_early_maps),
            number_of_changes: devinf.is_some_and(|devinf| devinf.support_number_of_changes),
            large_objects: self.max_obj_size.is_some()
                || devinf.is_some_and(|devinf| devinf.support_large_objs),
        };
        let message = self.sent_messages;
        for sync in &mut self.datastores {
            let filled = sync.send(self.backend.as_mut(), draft, message, &abilities, &mut self.notes);
            if filled == Filled::More {
                return false;
            }
        }
        true
    }

    /// How large a message may be: what the peer takes, or else what we would.
    pub(super) fn message_limit(&self) -> usize {
        let own = u64::from(self.server.config().max_msg_size);
        usize::try_from(self.peer_limit.unwrap_or(own)).unwrap_or(usize::MAX)
    }

    /// The address that the peer knows us by.
    pub(super) fn own_uri(&self) -> &str {
        own_uri(&self.server, &self.header)
    }
}

/// The header of a message of ours.
pub(super) fn own_header(
    server: &Server,
    version: Version,
    id: &str,
    theirs: &Header,
    logged_in: bool,
    number: u32,
) -> Header {
    let config = server.config();
    Header {
        ver_dtd: version.ver_dtd().to_owned(),
        ver_proto: version.ver_proto().to_owned(),
        session_id: theirs.session_id.clone(),
        msg_id: number.to_string(),
        target: Location { name: theirs.source.name.clone(), ..Location::new(theirs.source.uri.clone()) },
        source: Location::new(own_uri(server, theirs)),
        resp_uri: if logged_in { resp_uri(server, id, theirs) } else { None },
        meta: Meta {
            max_msg_size: Some(u64::from(config.max_msg_size)),
            max_obj_size: (version > Version::V1_0).then_some(u64::from(config.max_obj_size)),
            ..Meta::default()
        },
        ..Header::default()
    }
}

/// The address that the peer knows us by.
fn own_uri<'a>(server: &'a Server, theirs: &'a Header) -> &'a str {
    let external = server.settings().and_then(|settings| settings.external_url.as_deref());
    external.unwrap_or(&theirs.target.uri)
}

/// Where the peer is to send its next message, if it does not do so already.
fn resp_uri(server: &Server, id: &str, theirs: &Header) -> Option<String> {
    let settings = server.settings()?;
    let parameter = server.config().transport.session_parameter.as_deref()?;
    if !settings.send_resp_uri {
        return None;
    }
    let uri = with_session_id(own_uri(server, theirs), parameter, id);
    (!settings.resp_uri_only_when_different || uri != theirs.target.uri).then_some(uri)
}

/// What a peer is told that comes when there are enough sessions already (manual 8.2): to come again later.
pub fn busy(server: &Server, theirs: &Header, encoding: Encoding) -> Message {
    let version = theirs.version().unwrap_or(Version::V1_2);
    let limit = theirs.meta.max_msg_size.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let external = server.settings().and_then(|settings| settings.external_url.as_deref());
    let header = Header {
        ver_dtd: version.ver_dtd().to_owned(),
        ver_proto: version.ver_proto().to_owned(),
        session_id: theirs.session_id.clone(),
        msg_id: "1".to_owned(),
        target: Location::new(theirs.source.uri.clone()),
        source: Location::new(external.unwrap_or(&theirs.target.uri)),
        ..Header::default()
    };
    let mut draft = Draft::new(header, version, encoding, limit);
    let about_header = header_status(draft.next_cmd_id(), theirs, BUSY, None);
    draft.push(about_header);
    draft.finish(true)
}

/// The status of a message's header.
pub(super) fn header_status(cmd_id: String, theirs: &Header, status: u16, chal: Option<Chal>) -> Command {
    Command::Status(Status {
        cmd_id,
        msg_ref: theirs.msg_id.clone(),
        cmd_ref: "0".to_owned(),
        cmd: "SyncHdr".to_owned(),
        target_refs: vec![theirs.target.uri.clone()],
        source_refs: vec![theirs.source.uri.clone()],
        chal,
        code: Some(status),
        ..Status::default()
    })
}

fn with_session_id(uri: &str, parameter: &str, id: &str) -> String {
    let (base, query) = uri.split_once('?').unwrap_or((uri, ""));
    let mut parameters: Vec<&str> =
        query.split('&').filter(|p| !p.is_empty() && !p.starts_with(parameter)).collect();
    let own = format!("{parameter}{id}");
    parameters.push(&own);
    format!("{base}?{}", parameters.join("&"))
}

/// Whether a command does no more than tell the peer what we are: it can do without.
fn is_devinf(command: &Command) -> bool {
    matches!(command, Command::Results(_) | Command::Put(_))
}

pub(super) fn with_cmd_id(mut command: Command, cmd_id: String) -> Command {
    match &mut command {
        Command::Alert(c) => c.cmd_id = cmd_id,
        Command::Status(c) => c.cmd_id = cmd_id,
        Command::Results(c) => c.cmd_id = cmd_id,
        Command::Get(c) | Command::Put(c) => c.cmd_id = cmd_id,
        // Nothing else waits to be sent.
        _ => {}
    }
    command
}

#[cfg(test)]
mod tests {
    use super::with_session_id;

    #[test]
    fn the_session_is_added_to_an_address_once() {
        for (uri, with) in [
            ("http://h:1/sync", "http://h:1/sync?sessionid=7"),
            ("http://h:1/sync?sessionid=5", "http://h:1/sync?sessionid=7"),
            ("http://h/s?a=b&sessionid=5&c=d", "http://h/s?a=b&c=d&sessionid=7"),
        ] {
            assert_eq!(with_session_id(uri, "sessionid=", "7"), with);
        }
    }
}
