//! `<remoterule>` and `<subrule>` (manual 11.36), with the subrules that they include.
//!
//! Not its job: what is wrong with their scripts (`contexts`).

use std::sync::Arc;

use super::contexts;
use super::names::Names;
use super::scripting::Scripting;
use super::values::{attr_text, boolean, choice, some_text};
use crate::diagnostic::Code;
use crate::model::{Charset, PeerPattern, RemoteRule, RuleSettings, Scripts, SessionScript};
use crate::node::Node;
use crate::source::Report;
use crate::values;

/// Builds the rules of a server or client; subrules are in them where they are included. Their scripts come behind
/// those of the session.
pub(super) fn build(
    node: &Node,
    session: &Scripts<SessionScript>,
    scripting: &Scripting<'_>,
    report: &mut Report<'_>,
) -> Vec<Arc<RemoteRule>> {
    let is_rule = |child: &&Node| ["remoterule", "subrule"].contains(&child.tag.name);
    let nodes: Vec<&Node> = node.children.iter().filter(is_rule).collect();
    let all = nodes.iter().filter_map(|node| node.attr("name"));
    let all = all.map(|name| (name.value.trim().to_owned(), name.span.clone())).collect::<Vec<_>>();
    let mut known: Names<Arc<RemoteRule>> = Names::new("remote rule", all.into_iter());
    let mut rules = Vec::new();
    for node in &nodes {
        let rule = Arc::new(RemoteRule {
            name: attr_text(node, "name").unwrap_or("").to_owned(),
            peers: peers(node),
            is_final: boolean(node, "finalrule"),
            parts: parts(node, &known, report),
            settings: settings(node),
            script: contexts::rule(node, session, scripting, report),
        });
        let subrule = node.tag.name == "subrule";
        // Rules for several kinds of peers may share a name; a subrule is found by it.
        let named = node.attr("name").filter(|name| !name.value.trim().is_empty());
        if let Some(name) = named.filter(|name| subrule || !known.has(&name.value)) {
            known.add(name, Some(Arc::clone(&rule)), report);
        }
        if !subrule {
            rules.push(rule);
        }
    }
    check_reach(&nodes, report);
    rules
}

fn parts(node: &Node, known: &Names<Arc<RemoteRule>>, report: &mut Report<'_>) -> Vec<Arc<RemoteRule>> {
    let named = node.all("include").filter_map(|include| include.attr("rule"));
    named.filter_map(|rule| known.find(&rule.value, rule.span.clone(), report)).collect()
}

const PEER: &[&str] =
    &["manufacturer", "model", "oem", "firmware", "software", "hardware", "deviceid", "devicetype"];

fn peers(node: &Node) -> PeerPattern {
    PeerPattern {
        manufacturer: some_text(node, "manufacturer"),
        model: some_text(node, "model"),
        oem: some_text(node, "oem"),
        firmware: some_text(node, "firmware"),
        software: some_text(node, "software"),
        hardware: some_text(node, "hardware"),
        device_id: some_text(node, "deviceid"),
        device_type: some_text(node, "devicetype"),
    }
}

/// A rule for every peer that is final keeps all rules behind it from ever being looked at (manual 11.36.2).
fn check_reach(nodes: &[&Node], report: &mut Report<'_>) {
    let rules: Vec<&&Node> = nodes.iter().filter(|node| node.tag.name == "remoterule").collect();
    let everybody = |node: &Node| PEER.iter().all(|name| some_text(node, name).is_none());
    let Some(at) = rules.iter().position(|node| everybody(node) && boolean(node, "finalrule")) else {
        return;
    };
    if let (Some(first), Some(next)) = (rules.get(at), rules.get(at + 1)) {
        let next = report.locate(next.span.clone());
        report
            .add(
                Code::Unreachable,
                first.span.clone(),
                "this rule is for every peer, so no rule behind it counts",
            )
            .note(next, "the first of those that do not count")
            .hint("move it to the end, or write <finalrule>no</finalrule>");
    }
}

fn settings(node: &Node) -> RuleSettings {
    let text = |name| node.child(name).filter(|child| child.valid).map(Node::value);
    let flag = |name| text(name).and_then(values::boolean);
    let number = |name| text(name).and_then(values::integer);
    RuleSettings {
        descriptive_name: some_text(node, "descriptivename"),
        reject_status: number("rejectstatus").and_then(|number| u16::try_from(number).ok()),
        legacy_mode: flag("legacymode"),
        lenient_mode: flag("lenientmode"),
        limited_field_lengths: flag("limitedfieldlengths"),
        no_empty_properties: flag("noemptyproperties"),
        quote_8bit: flag("quote8bitcontent"),
        no_folding: flag("nocontentfolding"),
        no_replace_in_slow_sync: flag("noreplaceinslowsync"),
        treat_as_local_time: flag("treataslocaltime"),
        treat_as_utc: flag("treatasutc"),
        force_local_time: flag("forcelocaltime"),
        force_utc: flag("forceutc"),
        auto_end_date_inclusive: flag("autoenddateinclusive"),
        ignore_devinf_max_size: flag("ignoredevinfmaxsize"),
        ignore_ctcap: flag("ignorectcap"),
        path_in_devinf: flag("dspathindevinf"),
        cgi_in_devinf: flag("dscgiindevinf"),
        update_client_in_slow_sync: flag("updateclientinslowsync"),
        update_server_in_slow_sync: flag("updateserverinslowsync"),
        allow_message_retries: flag("allowmessageretries"),
        strict_exec_ordering: flag("strictexecordering"),
        treat_copy_as_add: flag("treatcopyasadd"),
        complete_from_client_only: flag("completefromclientonly"),
        // A negative number is what the original stores for "not said".
        request_max_time: number("requestmaxtime").and_then(|number| u32::try_from(number).ok()),
        output_charset: choice(node, "outputcharset", Charset::NAMES),
        input_charset: choice(node, "inputcharset", Charset::NAMES),
        override_devinf: node
            .child("overridedevinf")
            .and_then(|child| child.free.as_ref())
            .map(|free| free.xml.trim().to_owned())
            .filter(|xml| !xml.is_empty()),
    }
}
