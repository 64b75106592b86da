//! Our device information, made of the config (OMA-SyncML-DevInf).

use std::sync::Arc;

use syncloom_config::{Datastore, TypeUse};
use syncloom_formats::{Capabilities, Codec, PropertyCap, Style};
use syncloom_wire::{
    Command, ContentType, CtCap, CtParam, CtProperty, Data, DevInf, DevInfStore, Encoding, FilterCap, GetPut,
    Item, Location, Meta, Results, Version,
};

use crate::server::Server;
use crate::sync::GRAMMAR;

/// The sync types that are offered: all of them (OMA-SyncML-DevInf, SyncType).
const SYNC_TYPES: [&str; 7] = ["1", "2", "3", "4", "5", "6", "7"];

/// What of us a peer is shown.
pub(crate) struct Shown<'a> {
    pub(crate) version: Version,
    /// The address that the peer knows us by.
    pub(crate) own_uri: &'a str,
    /// Whether it is said what is in the types. Without that it is the short form, for a peer that takes small messages
    /// only.
    pub(crate) properties: bool,
    /// Whether sizes are told to a peer of SyncML 1.0 too (manual 11.26).
    pub(crate) sizes_in_1_0: bool,
    /// How default parameters are told; `None` goes by the version (manual 11.27).
    pub(crate) enum_parameters: Option<bool>,
    /// What a datastore of this name is called, if the peer calls it otherwise (manual 11.36.10).
    pub(crate) address: &'a dyn Fn(&str) -> Option<String>,
    /// Whether a rule of one of these names is for the peer.
    pub(crate) has_rule: &'a dyn Fn(&[String]) -> bool,
}

/// What the server is, and what its datastores can do.
pub(crate) fn describe(server: &Server, shown: &Shown<'_>) -> DevInf {
    let config = server.config();
    let version = shown.version;
    let datastores = server.settings().map(|settings| settings.datastores.as_slice()).unwrap_or_default();
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut ctcaps: Vec<CtCap> = Vec::new();
    let mut stores = Vec::new();
    for datastore in datastores {
        // What is made for a rule is for those alone whom it is for.
        let offered = |used: &&TypeUse| used.rule_match.is_empty() || (shown.has_rule)(&used.rule_match);
        let types: Vec<&TypeUse> = datastore.types.iter().filter(offered).collect();
        let own: Vec<CtCap> = types
            .iter()
            .filter(|_| shown.properties)
            .filter_map(|used| {
                let codec = server.codec(&used.datatype)?;
                Some(ctcap(&codec, datastore, used.variant.as_deref(), shown))
            })
            .collect();
        let mut store = describe_store(datastore, &types);
        if let Some(address) = (shown.address)(&datastore.name) {
            store.source_ref = address;
        }
        if version == Version::V1_2 && shown.properties && datastore.filters.ds12 {
            store.filter_rx = vec![ContentType { type_: GRAMMAR.to_owned(), version: "1.0".to_owned() }];
            store.filter_caps = filter_cap(server, datastore, store.tx_pref.as_ref()).into_iter().collect();
        }
        if version == Version::V1_2 {
            store.ctcaps = own;
        } else {
            for cap in own {
                match ctcaps.iter_mut().find(|known| known.type_ == cap.type_) {
                    Some(known) => add_properties(known, cap),
                    None => ctcaps.push(cap),
                }
            }
        }
        stores.push(store);
    }
    DevInf {
        ver_dtd: version.ver_dtd().to_owned(),
        man: text(&config.manufacturer),
        mod_: text(&config.model),
        swv: Some(env!("CARGO_PKG_VERSION").to_owned()),
        dev_id: shown.own_uri.to_owned(),
        dev_typ: "server".to_owned(),
        utc: version > Version::V1_0,
        support_large_objs: version > Version::V1_0,
        support_number_of_changes: version > Version::V1_0,
        datastores: stores,
        ctcaps,
        ..DevInf::default()
    }
}

fn describe_store(datastore: &Arc<Datastore>, types: &[&TypeUse]) -> DevInfStore {
    let of = |wanted: fn(&TypeUse) -> bool| {
        let uses: Vec<&TypeUse> = types.iter().copied().filter(|used| wanted(used)).collect();
        let best = uses.iter().position(|used| used.preferred).unwrap_or(0);
        let content = |used: &&TypeUse| ContentType {
            type_: used.datatype.mime_type.clone(),
            version: used.datatype.version.clone(),
        };
        let preferred = uses.get(best).map(content);
        let others =
            uses.iter().enumerate().filter(|(place, _)| *place != best).map(|(_, used)| content(used));
        (preferred, others.collect())
    };
    let (rx_pref, rx) = of(|used| used.receive);
    let (tx_pref, tx) = of(|used| used.send);
    DevInfStore {
        source_ref: format!("./{}", datastore.name),
        display_name: datastore.display_name.clone(),
        rx_pref,
        rx,
        tx_pref,
        tx,
        sync_types: SYNC_TYPES.map(str::to_owned).to_vec(),
        ..DevInfStore::default()
    }
}

/// Puts what a datastore holds of a type to what others hold of it: up to SyncML 1.1 the device has one list for all.
fn add_properties(known: &mut CtCap, other: CtCap) {
    for property in other.properties {
        match known.properties.iter_mut().find(|known| known.name == property.name) {
            Some(known) => {
                // A size that holds in one datastore alone must not cut what goes to the others.
                known.max_size = known.max_size.filter(|size| Some(*size) == property.max_size);
                known.no_truncate &= property.no_truncate;
                for value in property.values {
                    if !known.values.contains(&value) {
                        known.values.push(value);
                    }
                }
            }
            None => known.properties.push(property),
        }
    }
}

/// What filters of a peer may name in the type that it is sent (manual 11.34.13, 11.34.14).
fn filter_cap(server: &Server, datastore: &Datastore, sent: Option<&ContentType>) -> Option<FilterCap> {
    let sent = sent?;
    let is_it = |used: &&TypeUse| {
        used.datatype.mime_type == sent.type_ && used.datatype.version == sent.version && used.send
    };
    let codec = server.codec(&datastore.types.iter().find(is_it)?.datatype)?;
    let keywords: &[&str] = if datastore.filters.date_range { &["BEFORE", "SINCE"] } else { &[] };
    Some(FilterCap {
        content_type: sent.clone(),
        keywords: keywords.iter().map(|keyword| (*keyword).to_owned()).collect(),
        properties: codec.capabilities().properties.iter().map(|property| property.name.clone()).collect(),
    })
}

fn ctcap(codec: &Codec, datastore: &Datastore, variant: Option<&str>, shown: &Shown<'_>) -> CtCap {
    let datatype = codec.datatype();
    let version = shown.version;
    let style = match shown.enum_parameters.unwrap_or(version < Version::V1_2) {
        true => Style::Enumerated,
        false => Style::Named,
    };
    let Capabilities { properties, .. } = codec.capabilities_in(style, variant);
    let tells_sizes = version > Version::V1_0 || shown.sizes_in_1_0;
    let column = |property: &PropertyCap| {
        let column = datastore.field_map()?.maps.iter().find(|map| Some(map.field) == property.field)?;
        Some((u64::from(column.size.filter(|_| tells_sizes)?), !column.truncate))
    };
    let property = |property: &PropertyCap| CtProperty {
        name: property.name.clone(),
        values: property.values.clone(),
        max_occur: property.max_occur.map(u64::from),
        // As much as the column takes.
        max_size: column(property).map(|(size, _)| size),
        no_truncate: version == Version::V1_2 && column(property).is_some_and(|(_, whole)| whole),
        params: property
            .parameters
            .iter()
            .map(|param| CtParam {
                name: param.name.clone(),
                values: param.values.clone(),
                ..CtParam::default()
            })
            .collect(),
        ..CtProperty::default()
    };
    CtCap {
        type_: datatype.mime_type.clone(),
        version: (version == Version::V1_2).then(|| datatype.version.clone()),
        properties: properties.iter().map(property).collect(),
        ..CtCap::default()
    }
}

/// The item that device information stands in.
fn item(devinf: DevInf, version: Version) -> Item {
    Item {
        source: Some(Location::new(version.devinf_uri())),
        data: Some(Data::DevInf(Box::new(devinf))),
        ..Item::default()
    }
}

fn meta(encoding: Encoding) -> Meta {
    Meta { type_: Some(encoding.devinf_type().to_owned()), ..Meta::default() }
}

/// The answer to a Get of our device information, without its number.
pub(crate) fn results(
    devinf: DevInf,
    version: Version,
    encoding: Encoding,
    msg_ref: &str,
    cmd_ref: &str,
) -> Command {
    Command::Results(Results {
        msg_ref: Some(msg_ref.to_owned()),
        cmd_ref: cmd_ref.to_owned(),
        meta: meta(encoding),
        items: vec![item(devinf, version)],
        ..Results::default()
    })
}

/// Our device information for a peer that has not asked, without its number.
pub(crate) fn put(devinf: DevInf, version: Version, encoding: Encoding) -> Command {
    Command::Put(GetPut { meta: meta(encoding), items: vec![item(devinf, version)], ..GetPut::default() })
}

/// A request for the peer's device information, without its number.
pub(crate) fn get(version: Version, encoding: Encoding) -> Command {
    let target = Some(Location::new(version.devinf_uri()));
    let items = vec![Item { target, ..Item::default() }];
    Command::Get(GetPut { meta: meta(encoding), items, ..GetPut::default() })
}

/// Whether an address is that of device information, of any version.
pub(crate) fn is_devinf(uri: &str) -> bool {
    uri.trim_start_matches("./").to_ascii_lowercase().starts_with("devinf1")
}
