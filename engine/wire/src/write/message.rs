//! Walks over a message and its commands, in the order of the SyncML DTDs. Not here: the parts of
//! commands, and what the encodings look like.

use super::Sink;
use super::parts::{
    DataForm, data, items, location, optional_chal, optional_cred, optional_location, optional_meta, uri,
};
use crate::message::{
    Alert, Change, Command, Exec, GetPut, Group, Header, Map, Results, Search, Status, Sync,
};
use crate::tag::{Tag, syncml};
use crate::version::Version;

/// Everything before the first command.
pub(crate) fn write_start<S: Sink>(sink: &mut S, header: &Header, version: Version) {
    sink.open(syncml::SYNC_ML);
    sink.open(syncml::SYNC_HDR);
    sink.leaf(syncml::VER_DTD, &header.ver_dtd);
    sink.leaf(syncml::VER_PROTO, &header.ver_proto);
    sink.leaf(syncml::SESSION_ID, &header.session_id);
    sink.leaf(syncml::MSG_ID, &header.msg_id);
    location(sink, syncml::TARGET, &header.target, version);
    location(sink, syncml::SOURCE, &header.source, version);
    sink.optional_leaf(syncml::RESP_URI, header.resp_uri.as_deref());
    sink.flag(syncml::NO_RESP, header.no_resp);
    optional_cred(sink, header.cred.as_ref(), version);
    optional_meta(sink, &header.meta);
    sink.close(syncml::SYNC_HDR);
    sink.open(syncml::SYNC_BODY);
}

/// Everything after the last command.
pub(crate) fn write_end<S: Sink>(sink: &mut S, is_final: bool) {
    sink.settle();
    sink.flag(syncml::FINAL, is_final);
    sink.close(syncml::SYNC_BODY);
    sink.close(syncml::SYNC_ML);
}

/// One command with those inside it. An unknown command has nothing to write.
pub(crate) fn write_command<S: Sink>(sink: &mut S, command: &Command, version: Version) {
    match command {
        Command::Alert(c) => alert(sink, c, version),
        Command::Status(c) => status(sink, c, version),
        Command::Results(c) => results(sink, c, version),
        Command::Sync(c) => sync(sink, c, version),
        Command::Map(c) => map(sink, c, version),
        Command::Get(c) => get_put(sink, syncml::GET, c, version),
        Command::Put(c) => get_put(sink, syncml::PUT, c, version),
        Command::Add(c) => change(sink, syncml::ADD, c, version),
        Command::Replace(c) => change(sink, syncml::REPLACE, c, version),
        Command::Delete(c) => change(sink, syncml::DELETE, c, version),
        Command::Copy(c) => change(sink, syncml::COPY, c, version),
        Command::Move(c) => change(sink, syncml::MOVE, c, version),
        Command::Exec(c) => exec(sink, c, version),
        Command::Search(c) => search(sink, c, version),
        Command::Atomic(c) => group(sink, syncml::ATOMIC, c, version),
        Command::Sequence(c) => group(sink, syncml::SEQUENCE, c, version),
        Command::Unknown(_) => {}
    }
}

fn alert<S: Sink>(sink: &mut S, alert: &Alert, version: Version) {
    sink.open(syncml::ALERT);
    sink.leaf(syncml::CMD_ID, &alert.cmd_id);
    sink.flag(syncml::NO_RESP, alert.no_resp);
    optional_cred(sink, alert.cred.as_ref(), version);
    code(sink, alert.code);
    sink.optional_leaf(syncml::CORRELATOR, alert.correlator.as_deref());
    items(sink, &alert.items, DataForm::Text, version);
    sink.close(syncml::ALERT);
}

fn status<S: Sink>(sink: &mut S, status: &Status, version: Version) {
    sink.open(syncml::STATUS);
    sink.leaf(syncml::CMD_ID, &status.cmd_id);
    sink.leaf(syncml::MSG_REF, &status.msg_ref);
    sink.leaf(syncml::CMD_REF, &status.cmd_ref);
    sink.leaf(syncml::CMD, &status.cmd);
    for target_ref in &status.target_refs {
        sink.leaf(syncml::TARGET_REF, target_ref);
    }
    for source_ref in &status.source_refs {
        sink.leaf(syncml::SOURCE_REF, source_ref);
    }
    optional_cred(sink, status.cred.as_ref(), version);
    optional_chal(sink, status.chal.as_ref());
    code(sink, status.code);
    items(sink, &status.items, DataForm::Text, version);
    sink.close(syncml::STATUS);
}

/// A code. The DTD wants the element even when there is none to tell.
fn code<S: Sink>(sink: &mut S, code: Option<u16>) {
    sink.leaf(syncml::DATA, &code.map(|code| code.to_string()).unwrap_or_default());
}

fn results<S: Sink>(sink: &mut S, results: &Results, version: Version) {
    sink.open(syncml::RESULTS);
    sink.leaf(syncml::CMD_ID, &results.cmd_id);
    sink.optional_leaf(syncml::MSG_REF, results.msg_ref.as_deref());
    sink.leaf(syncml::CMD_REF, &results.cmd_ref);
    optional_meta(sink, &results.meta);
    sink.optional_leaf(syncml::TARGET_REF, results.target_ref.as_deref());
    sink.optional_leaf(syncml::SOURCE_REF, results.source_ref.as_deref());
    items(sink, &results.items, DataForm::Text, version);
    sink.close(syncml::RESULTS);
}

fn sync<S: Sink>(sink: &mut S, sync: &Sync, version: Version) {
    sink.open(syncml::SYNC);
    sink.leaf(syncml::CMD_ID, &sync.cmd_id);
    sink.flag(syncml::NO_RESP, sync.no_resp);
    optional_cred(sink, sync.cred.as_ref(), version);
    optional_location(sink, syncml::TARGET, sync.target.as_ref(), version);
    optional_location(sink, syncml::SOURCE, sync.source.as_ref(), version);
    optional_meta(sink, &sync.meta);
    sink.optional_number(syncml::NUMBER_OF_CHANGES, sync.number_of_changes);
    for command in &sync.commands {
        write_command(sink, command, version);
    }
    sink.close(syncml::SYNC);
}

fn map<S: Sink>(sink: &mut S, map: &Map, version: Version) {
    sink.open(syncml::MAP);
    sink.leaf(syncml::CMD_ID, &map.cmd_id);
    location(sink, syncml::TARGET, &map.target, version);
    location(sink, syncml::SOURCE, &map.source, version);
    optional_cred(sink, map.cred.as_ref(), version);
    optional_meta(sink, &map.meta);
    for item in &map.items {
        sink.open(syncml::MAP_ITEM);
        uri(sink, syncml::TARGET, &item.target);
        uri(sink, syncml::SOURCE, &item.source);
        sink.close(syncml::MAP_ITEM);
    }
    sink.close(syncml::MAP);
}

fn get_put<S: Sink>(sink: &mut S, tag: Tag, command: &GetPut, version: Version) {
    sink.open(tag);
    sink.leaf(syncml::CMD_ID, &command.cmd_id);
    sink.flag(syncml::NO_RESP, command.no_resp);
    sink.optional_leaf(syncml::LANG, command.lang.as_deref());
    optional_cred(sink, command.cred.as_ref(), version);
    optional_meta(sink, &command.meta);
    items(sink, &command.items, DataForm::Text, version);
    sink.close(tag);
}

fn change<S: Sink>(sink: &mut S, tag: Tag, change: &Change, version: Version) {
    sink.open(tag);
    sink.leaf(syncml::CMD_ID, &change.cmd_id);
    sink.flag(syncml::NO_RESP, change.no_resp);
    sink.flag(syncml::ARCHIVE, change.archive);
    sink.flag(syncml::SFT_DEL, change.soft_delete);
    optional_cred(sink, change.cred.as_ref(), version);
    optional_meta(sink, &change.meta);
    items(sink, &change.items, DataForm::Item, version);
    sink.close(tag);
}

fn exec<S: Sink>(sink: &mut S, exec: &Exec, version: Version) {
    sink.open(syncml::EXEC);
    sink.leaf(syncml::CMD_ID, &exec.cmd_id);
    sink.flag(syncml::NO_RESP, exec.no_resp);
    optional_cred(sink, exec.cred.as_ref(), version);
    sink.optional_leaf(syncml::CORRELATOR, exec.correlator.as_deref());
    items(sink, &exec.items, DataForm::Text, version);
    sink.close(syncml::EXEC);
}

fn search<S: Sink>(sink: &mut S, search: &Search, version: Version) {
    sink.open(syncml::SEARCH);
    sink.leaf(syncml::CMD_ID, &search.cmd_id);
    sink.flag(syncml::NO_RESP, search.no_resp);
    sink.flag(syncml::NO_RESULTS, search.no_results);
    optional_cred(sink, search.cred.as_ref(), version);
    optional_location(sink, syncml::TARGET, search.target.as_ref(), version);
    for source in &search.sources {
        location(sink, syncml::SOURCE, source, version);
    }
    sink.optional_leaf(syncml::LANG, search.lang.as_deref());
    optional_meta(sink, &search.meta);
    if let Some(query) = &search.data {
        data(sink, syncml::DATA, query, DataForm::Text, version);
    }
    sink.close(syncml::SEARCH);
}

fn group<S: Sink>(sink: &mut S, tag: Tag, group: &Group, version: Version) {
    sink.open(tag);
    sink.leaf(syncml::CMD_ID, &group.cmd_id);
    sink.flag(syncml::NO_RESP, group.no_resp);
    optional_meta(sink, &group.meta);
    for command in &group.commands {
        write_command(sink, command, version);
    }
    sink.close(tag);
}
