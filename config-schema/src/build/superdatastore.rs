//! `<superdatastore>`: datastores under one name (manual 11.35), and finding the ones that it contains.
//!
//! Not its job: what it has in common with every datastore (`datastore`).

use syncloom_script::filter::Role;

use super::datastore::{self, Built};
use super::names::Names;
use super::typesupport::Used;
use super::values::some_text;
use crate::diagnostic::Code;
use crate::model::Contained;
use crate::node::Node;
use crate::source::Report;

/// The datastores so far, by their names and aliases.
pub(super) type Datastores = Names<Built>;

/// What a superdatastore contains. `None`: some of it is not served, which is among the reasons, or wrong.
pub(super) fn build(
    node: &Node,
    known: &Datastores,
    used: &Used,
    role: Role,
    reasons: &mut Vec<String>,
    report: &mut Report<'_>,
) -> Option<Vec<Contained>> {
    let mut parts = Vec::new();
    let mut whole = true;
    let mut unserved = false;
    let nodes: Vec<&Node> = node.all("contains").collect();
    if nodes.is_empty() {
        report
            .add(Code::MissingTag, node.span.clone(), "<superdatastore> needs <contains>")
            .hint("add <contains datastore=\"…\"> for each datastore that it is made of");
        return None;
    }
    check_prefixes(&nodes, report);
    let mut names: Vec<&str> = Vec::new();
    for contains in nodes {
        let Some(name) = contains.attr("datastore") else { continue };
        if names.iter().any(|known| known.eq_ignore_ascii_case(name.value.trim())) {
            let message = format!("'{}' is contained already", name.value.trim());
            report.add(Code::Duplicate, name.span.clone(), message);
        }
        names.push(name.value.trim());
        let Some(found) = known.find(&name.value, name.span.clone(), report) else {
            whole = false;
            continue;
        };
        if found.is_super {
            reasons.push(format!("'{}' is a superdatastore itself", name.value.trim()));
        }
        let dispatch = found.fields.as_ref().and_then(|list| {
            datastore::filter_names(list, used, role).compile(contains, "dispatchfilter", report)
        });
        check_fields(contains, &found, used, report);
        unserved |= found.served.is_none();
        if found.served.as_ref().is_some_and(|part| !part.scripts.is_empty()) {
            let name = name.value.trim();
            reasons.push(format!("the scripts of '{name}' are run only when it is synced by itself"));
        }
        parts.extend(found.served.map(|datastore| Contained {
            datastore,
            dispatch,
            guid_prefix: some_text(contains, "guidprefix").unwrap_or_default(),
        }));
    }
    if unserved {
        reasons.push("it contains datastores that are not served".to_owned());
    }
    (whole && !unserved).then_some(parts)
}

/// Each part needs a prefix of its own, of which no other one is the beginning: ids are told apart by them.
fn check_prefixes(nodes: &[&Node], report: &mut Report<'_>) {
    let mut known: Vec<(&Node, String)> = Vec::new();
    for contains in nodes {
        let Some(prefix) = some_text(contains, "guidprefix") else {
            if nodes.len() > 1 {
                report
                    .add(Code::MissingTag, contains.span.clone(), "<contains> needs <guidprefix>")
                    .hint("write a letter that no other <contains> here has: <guidprefix>e</guidprefix>");
            }
            continue;
        };
        let span = contains.child("guidprefix").map_or(contains.span.clone(), Node::value_span);
        let clash = |other: &str| prefix.starts_with(other) || other.starts_with(prefix.as_str());
        if let Some((first, other)) = known.iter().find(|(_, other)| clash(other)) {
            let place = first.child("guidprefix").map_or(first.span.clone(), Node::value_span);
            let place = report.locate(place);
            let message = match *other == prefix {
                true => format!("the prefix '{prefix}' is taken by another <contains>"),
                false => {
                    format!("of the prefixes '{prefix}' and '{other}' one is the beginning of the other")
                }
            };
            report
                .add(Code::Duplicate, span, message)
                .note(place, "the other one")
                .hint("ids of the parts are told apart by their prefixes alone");
        }
        known.push((*contains, prefix));
    }
    if nodes.len() > 1 {
        for contains in nodes.iter().filter(|node| some_text(node, "dispatchfilter").is_none()) {
            report
                .add(Code::MissingTag, contains.span.clone(), "<contains> needs <dispatchfilter>")
                .hint("it says which incoming items are for this datastore");
        }
    }
}

/// What a superdatastore exchanges has to be what its parts keep.
fn check_fields(contains: &Node, found: &Built, used: &Used, report: &mut Report<'_>) {
    let Some(list) = &found.fields else { return };
    let differs = |datatype: &crate::model::DataType| !std::sync::Arc::ptr_eq(datatype.fields(), list);
    if let Some(other) = used.types.iter().find(|used| differs(&used.datatype)) {
        let message = format!(
            "the datastore has the fields of '{}', the datatype '{}' those of '{}'",
            list.name(),
            other.datatype.name,
            other.datatype.fields().name()
        );
        report.add(Code::WrongFieldList, contains.attr_span("datastore"), message);
    }
}
