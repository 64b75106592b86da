//! Walks over device information. The order is that of the DTDs but for `ValEnum`, which stands
//! before `MaxOccur`, and `SupportNumberOfChanges`, which stands before `SupportLargeObjs`: so the
//! implementation has it that the devices of this field were tested with.

use super::Sink;
use crate::devinf::{ContentType, CtCap, CtParam, CtProperty, DevInf, DevInfStore, DsMem, Ext, FilterCap};
use crate::tag::{Tag, devinf};
use crate::version::Version;

/// The `DevInf` element. The form of the content capabilities is that of its own `VerDTD`.
pub(super) fn write_devinf<S: Sink>(sink: &mut S, info: &DevInf) {
    let nested = Version::from_ver_dtd(&info.ver_dtd).is_none_or(|version| version >= Version::V1_2);
    sink.open(devinf::DEV_INF);
    sink.leaf(devinf::VER_DTD, &info.ver_dtd);
    sink.optional_leaf(devinf::MAN, info.man.as_deref());
    sink.optional_leaf(devinf::MOD, info.mod_.as_deref());
    sink.optional_leaf(devinf::OEM, info.oem.as_deref());
    sink.optional_leaf(devinf::FW_V, info.fwv.as_deref());
    sink.optional_leaf(devinf::SW_V, info.swv.as_deref());
    sink.optional_leaf(devinf::HW_V, info.hwv.as_deref());
    sink.leaf(devinf::DEV_ID, &info.dev_id);
    sink.leaf(devinf::DEV_TYP, &info.dev_typ);
    sink.flag(devinf::UTC, info.utc);
    sink.flag(devinf::SUPPORT_NUMBER_OF_CHANGES, info.support_number_of_changes);
    sink.flag(devinf::SUPPORT_LARGE_OBJS, info.support_large_objs);
    for store in &info.datastores {
        datastore(sink, store, nested);
    }
    ct_caps(sink, &info.ctcaps, nested);
    for ext in &info.exts {
        extension(sink, ext);
    }
    sink.close(devinf::DEV_INF);
}

fn datastore<S: Sink>(sink: &mut S, store: &DevInfStore, nested: bool) {
    sink.open(devinf::DATA_STORE);
    sink.leaf(devinf::SOURCE_REF, &store.source_ref);
    sink.optional_leaf(devinf::DISPLAY_NAME, store.display_name.as_deref());
    sink.optional_number(devinf::MAX_GUID_SIZE, store.max_guid_size);
    content_types(sink, devinf::RX_PREF, &store.rx_pref);
    content_types(sink, devinf::RX, &store.rx);
    content_types(sink, devinf::TX_PREF, &store.tx_pref);
    content_types(sink, devinf::TX, &store.tx);
    ct_caps(sink, &store.ctcaps, nested);
    if let Some(mem) = &store.ds_mem {
        ds_mem(sink, mem);
    }
    sink.flag(devinf::SUPPORT_HIERARCHICAL_SYNC, store.support_hierarchical_sync);
    if !store.sync_types.is_empty() {
        sink.open(devinf::SYNC_CAP);
        leaves(sink, devinf::SYNC_TYPE, &store.sync_types);
        sink.close(devinf::SYNC_CAP);
    }
    content_types(sink, devinf::FILTER_RX, &store.filter_rx);
    for cap in &store.filter_caps {
        filter_cap(sink, cap);
    }
    sink.close(devinf::DATA_STORE);
}

fn content_types<'a, S: Sink>(sink: &mut S, tag: Tag, types: impl IntoIterator<Item = &'a ContentType>) {
    for content_type in types {
        sink.open(tag);
        sink.leaf(devinf::CT_TYPE, &content_type.type_);
        sink.leaf(devinf::VER_CT, &content_type.version);
        sink.close(tag);
    }
}

/// Content capabilities: one `CTCap` each in the nested form, one for all in the flat form.
fn ct_caps<S: Sink>(sink: &mut S, caps: &[CtCap], nested: bool) {
    if nested {
        for cap in caps {
            sink.open(devinf::CT_CAP);
            sink.leaf(devinf::CT_TYPE, &cap.type_);
            sink.optional_leaf(devinf::VER_CT, cap.version.as_deref());
            sink.flag(devinf::FIELD_LEVEL, cap.field_level);
            for property in &cap.properties {
                nested_property(sink, property);
            }
            sink.close(devinf::CT_CAP);
        }
    } else if !caps.is_empty() {
        sink.open(devinf::CT_CAP);
        for cap in caps {
            sink.leaf(devinf::CT_TYPE, &cap.type_);
            for property in &cap.properties {
                flat_property(sink, property);
            }
        }
        sink.close(devinf::CT_CAP);
    }
}

fn nested_property<S: Sink>(sink: &mut S, property: &CtProperty) {
    sink.open(devinf::PROPERTY);
    sink.leaf(devinf::PROP_NAME, &property.name);
    sink.optional_leaf(devinf::DATA_TYPE, property.data_type.as_deref());
    leaves(sink, devinf::VAL_ENUM, &property.values);
    sink.optional_number(devinf::MAX_OCCUR, property.max_occur);
    sink.optional_number(devinf::MAX_SIZE, property.max_size);
    sink.flag(devinf::NO_TRUNCATE, property.no_truncate);
    sink.optional_leaf(devinf::DISPLAY_NAME, property.display_name.as_deref());
    for each in &property.params {
        sink.open(devinf::PROP_PARAM);
        param(sink, each);
        sink.close(devinf::PROP_PARAM);
    }
    sink.close(devinf::PROPERTY);
}

fn flat_property<S: Sink>(sink: &mut S, property: &CtProperty) {
    sink.leaf(devinf::PROP_NAME, &property.name);
    sink.optional_leaf(devinf::DATA_TYPE, property.data_type.as_deref());
    sink.optional_number(devinf::SIZE, property.max_size);
    leaves(sink, devinf::VAL_ENUM, &property.values);
    sink.optional_leaf(devinf::DISPLAY_NAME, property.display_name.as_deref());
    for each in &property.params {
        param(sink, each);
    }
}

fn param<S: Sink>(sink: &mut S, param: &CtParam) {
    sink.leaf(devinf::PARAM_NAME, &param.name);
    sink.optional_leaf(devinf::DATA_TYPE, param.data_type.as_deref());
    leaves(sink, devinf::VAL_ENUM, &param.values);
    sink.optional_leaf(devinf::DISPLAY_NAME, param.display_name.as_deref());
}

fn ds_mem<S: Sink>(sink: &mut S, mem: &DsMem) {
    sink.open(devinf::DS_MEM);
    sink.flag(devinf::SHARED_MEM, mem.shared);
    sink.optional_number(devinf::MAX_MEM, mem.max_mem);
    sink.optional_number(devinf::MAX_ID, mem.max_id);
    sink.close(devinf::DS_MEM);
}

fn filter_cap<S: Sink>(sink: &mut S, cap: &FilterCap) {
    sink.open(devinf::FILTER_CAP);
    sink.leaf(devinf::CT_TYPE, &cap.content_type.type_);
    sink.leaf(devinf::VER_CT, &cap.content_type.version);
    leaves(sink, devinf::FILTER_KEYWORD, &cap.keywords);
    leaves(sink, devinf::PROP_NAME, &cap.properties);
    sink.close(devinf::FILTER_CAP);
}

fn extension<S: Sink>(sink: &mut S, ext: &Ext) {
    sink.open(devinf::EXT);
    sink.leaf(devinf::X_NAM, &ext.name);
    leaves(sink, devinf::X_VAL, &ext.values);
    sink.close(devinf::EXT);
}

fn leaves<S: Sink>(sink: &mut S, tag: Tag, texts: &[String]) {
    for text in texts {
        sink.leaf(tag, text);
    }
}
