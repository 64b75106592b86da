//! `<typesupport>`: the datatypes of a datastore (manual 11.34.11, 11.34.12).
//!
//! Not its job: the datatypes themselves (`datatypes`).

use super::datatypes::{Type, Types, has_profile};
use super::values::attr_text;
use crate::diagnostic::Code;
use crate::model::{DataType, ProfileUse, TypeUse};
use crate::node::Node;
use crate::source::Report;

/// The datatypes of a datastore that can be exchanged.
pub(super) struct Used {
    pub types: Vec<TypeUse>,
    /// Whether there are others, whose fields and properties are not known here.
    pub others: bool,
    /// Why the datastore can't be served with them, if it can't.
    pub reasons: Vec<String>,
}

pub(super) fn build(node: &Node, types: &Types, report: &mut Report<'_>) -> Used {
    let mut found = Used { types: Vec::new(), others: false, reasons: Vec::new() };
    let Some(support) = node.child("typesupport") else {
        report.add(Code::MissingTag, node.span.clone(), format!("<{}> needs <typesupport>", node.tag.name));
        return found;
    };
    let mut preferred = (false, false);
    let mut missing = false;
    for node in support.all("use") {
        let (receive, send) = directions(node, report);
        let preference = attr_text(node, "preferred").unwrap_or("no");
        missing |= node.attributes.iter().any(|attr| !attr.valid);
        let is_preferred = crate::values::boolean(preference).unwrap_or(false);
        preferred = (preferred.0 || is_preferred && receive, preferred.1 || is_preferred && send);
        let Some(name) = node.attr("datatype") else {
            missing = true;
            continue;
        };
        match types.types.find(&name.value, name.span.clone(), report) {
            Some(Type::Known(datatype, needed)) => {
                check_variant(node, &datatype, report);
                if !needed.is_empty() {
                    let tags: Vec<String> = needed.iter().map(|tag| format!("<{tag}>")).collect();
                    let name = &datatype.name;
                    found.reasons.push(format!("the datatype '{name}' depends on {}", tags.join(", ")));
                }
                found.types.push(TypeUse {
                    datatype,
                    receive,
                    send,
                    preferred: is_preferred,
                    legacy: preference.eq_ignore_ascii_case("legacy"),
                    variant: attr_text(node, "variant").filter(|name| !name.is_empty()).map(str::to_owned),
                    rule_match: rule_match(node),
                });
            }
            Some(Type::Later) => found.others = true,
            None => missing = true,
        }
    }
    if found.others && found.types.is_empty() {
        found.reasons.push("data objects are not converted yet".to_owned());
    }
    if !missing && preferred != (true, true) {
        let what = match preferred {
            (false, false) => "receiving and sending",
            (false, true) => "receiving",
            _ => "sending",
        };
        report
            .add(Code::Preferred, support.span.clone(), format!("no datatype is preferred for {what}"))
            .hint("write preferred=\"yes\" at one <use>");
    }
    found
}

/// Whether a `<use>` takes and sends items.
fn directions(node: &Node, report: &mut Report<'_>) -> (bool, bool) {
    let mode = attr_text(node, "mode").unwrap_or("rw").to_ascii_lowercase();
    let (receive, send) = (mode.contains('r'), mode.contains('w'));
    if mode.is_empty() || !mode.chars().all(|c| matches!(c, 'r' | 'w')) {
        report
            .add(Code::BadEnum, node.attr_span("mode"), format!("'{mode}' is no mode of <use>"))
            .hint("write r, w or rw");
        // Whichever was meant: what is preferred is a question of its own.
        return (true, true);
    }
    (receive, send)
}

fn check_variant(node: &Node, datatype: &DataType, report: &mut Report<'_>) {
    let has = |name: &str| match &datatype.profile {
        ProfileUse::Mime(profile) => has_profile(&profile.root, name),
        ProfileUse::Text(_) | ProfileUse::Object(_) => false,
    };
    if let Some(variant) = node.attr("variant").filter(|attr| !has(attr.value.trim())) {
        let message = format!("the profile has no subprofile '{}'", variant.value.trim());
        report.add(Code::UnknownName, variant.span.clone(), message);
    }
}

/// The names of remote rules, with `*` and `?`, that a `<use>` is for.
fn rule_match(node: &Node) -> Vec<String> {
    let list = attr_text(node, "rulematch").unwrap_or("");
    list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
