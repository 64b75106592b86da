//! Walks over the parts that commands are made of, in the order of the DTDs. Not here: the commands,
//! and device information.

use super::Sink;
use crate::parts::{Anchor, Chal, Cred, Data, Filter, Item, Location, Mem, Meta};
use crate::tag::{Tag, metinf, syncml};
use crate::version::Version;

/// How the text of an item's `Data` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DataForm {
    /// As the content of an item: CDATA section or opaque.
    Item,
    /// As any other text.
    Text,
}

pub(super) fn location<S: Sink>(sink: &mut S, tag: Tag, location: &Location, version: Version) {
    sink.open(tag);
    sink.leaf(syncml::LOC_URI, &location.uri);
    sink.optional_leaf(syncml::LOC_NAME, location.name.as_deref());
    if let Some(wanted) = &location.filter {
        filter(sink, wanted, version);
    }
    sink.close(tag);
}

pub(super) fn optional_location<S: Sink>(sink: &mut S, tag: Tag, place: Option<&Location>, version: Version) {
    if let Some(place) = place {
        location(sink, tag, place, version);
    }
}

/// An element that holds nothing but a `LocURI`.
pub(super) fn uri<S: Sink>(sink: &mut S, tag: Tag, uri: &str) {
    sink.open(tag);
    sink.leaf(syncml::LOC_URI, uri);
    sink.close(tag);
}

fn filter<S: Sink>(sink: &mut S, filter: &Filter, version: Version) {
    sink.open(syncml::FILTER);
    optional_meta(sink, &filter.meta);
    for (tag, wrapped) in [(syncml::FIELD, &filter.field), (syncml::RECORD, &filter.record)] {
        if let Some(wrapped) = wrapped {
            sink.open(tag);
            item(sink, wrapped, DataForm::Text, version);
            sink.close(tag);
        }
    }
    sink.optional_leaf(syncml::FILTER_TYPE, filter.filter_type.as_deref());
    sink.close(syncml::FILTER);
}

pub(super) fn items<S: Sink>(sink: &mut S, items: &[Item], form: DataForm, version: Version) {
    for one in items {
        item(sink, one, form, version);
    }
}

fn item<S: Sink>(sink: &mut S, item: &Item, form: DataForm, version: Version) {
    sink.open(syncml::ITEM);
    optional_location(sink, syncml::TARGET, item.target.as_ref(), version);
    optional_location(sink, syncml::SOURCE, item.source.as_ref(), version);
    for (tag, parent) in
        [(syncml::SOURCE_PARENT, &item.source_parent), (syncml::TARGET_PARENT, &item.target_parent)]
    {
        if let Some(parent) = parent {
            uri(sink, tag, parent);
        }
    }
    optional_meta(sink, &item.meta);
    if let Some(content) = &item.data {
        data(sink, syncml::DATA, content, form, version);
    }
    sink.flag(syncml::MORE_DATA, item.more_data);
    sink.close(syncml::ITEM);
}

pub(super) fn data<S: Sink>(sink: &mut S, tag: Tag, data: &Data, form: DataForm, version: Version) {
    sink.open(tag);
    match (data, form) {
        (Data::Text(text), DataForm::Item) => sink.item_text(text),
        (Data::Text(text), DataForm::Text) => sink.text(text),
        (Data::Bytes(bytes), _) => sink.octets(bytes),
        (Data::DevInf(devinf), _) => sink.devinf(devinf, version),
        (Data::Anchor(content), _) => anchor(sink, content),
    }
    sink.close(tag);
}

pub(super) fn optional_cred<S: Sink>(sink: &mut S, cred: Option<&Cred>, version: Version) {
    if let Some(cred) = cred {
        sink.open(syncml::CRED);
        optional_meta(sink, &cred.meta);
        data(sink, syncml::DATA, &cred.data, DataForm::Text, version);
        sink.close(syncml::CRED);
    }
}

pub(super) fn optional_chal<S: Sink>(sink: &mut S, chal: Option<&Chal>) {
    if let Some(chal) = chal {
        sink.open(syncml::CHAL);
        meta(sink, &chal.meta);
        sink.close(syncml::CHAL);
    }
}

pub(super) fn optional_meta<S: Sink>(sink: &mut S, content: &Meta) {
    if !content.is_empty() {
        meta(sink, content);
    }
}

fn meta<S: Sink>(sink: &mut S, meta: &Meta) {
    sink.open(syncml::META);
    sink.flag(metinf::FIELD_LEVEL, meta.field_level);
    sink.optional_leaf(metinf::FORMAT, meta.format.as_deref());
    sink.optional_leaf(metinf::TYPE, meta.type_.as_deref());
    sink.optional_leaf(metinf::MARK, meta.mark.as_deref());
    sink.optional_number(metinf::SIZE, meta.size);
    if let Some(content) = &meta.anchor {
        anchor(sink, content);
    }
    sink.optional_leaf(metinf::VERSION, meta.version.as_deref());
    if let Some(nonce) = &meta.next_nonce {
        sink.open(metinf::NEXT_NONCE);
        match nonce {
            Data::Text(text) => sink.text(text),
            Data::Bytes(bytes) => sink.octets(bytes),
            Data::DevInf(_) | Data::Anchor(_) => {}
        }
        sink.close(metinf::NEXT_NONCE);
    }
    sink.optional_number(metinf::MAX_MSG_SIZE, meta.max_msg_size);
    sink.optional_number(metinf::MAX_OBJ_SIZE, meta.max_obj_size);
    for emi in &meta.emi {
        sink.leaf(metinf::EMI, emi);
    }
    if let Some(content) = &meta.mem {
        mem(sink, content);
    }
    sink.close(syncml::META);
}

fn anchor<S: Sink>(sink: &mut S, anchor: &Anchor) {
    sink.open(metinf::ANCHOR);
    sink.optional_leaf(metinf::LAST, anchor.last.as_deref());
    sink.leaf(metinf::NEXT, &anchor.next);
    sink.close(metinf::ANCHOR);
}

fn mem<S: Sink>(sink: &mut S, mem: &Mem) {
    sink.open(metinf::MEM);
    sink.flag(metinf::SHARED_MEM, mem.shared);
    sink.optional_number(metinf::FREE_MEM, mem.free_mem);
    sink.optional_number(metinf::FREE_ID, mem.free_id);
    sink.close(metinf::MEM);
}
