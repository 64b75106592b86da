//! Says what of a config is known and not acted on yet, or has no effect: once for each name, with how often it
//! stands there.
//!
//! Not its job: saying which datastores are not served; who leaves them out says why (`build`).

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diagnostic::Code;
use crate::node::Node;
use crate::source::Report;
use crate::tags::Acts;

/// Where peers reach other servers than this one; tags of those say nothing here.
const OTHER_TRANSPORTS: &[&str] = &["isapi", "pipe"];
const OTHER_TRANSPORT: Acts = Acts::NoEffect("it is for another server; Syncloom answers HTTP by itself");

/// What has been found of one name.
struct Found {
    span: Range<usize>,
    count: usize,
    acts: Acts,
}

/// Adds the advice. What stands in a tag that does not act, or that is left out, is not told of again.
pub(crate) fn advise(root: &Node, left_out: &[Range<usize>], report: &mut Report<'_>) {
    let mut found = BTreeMap::new();
    look_into(root, left_out, &mut found);
    for (name, Found { span, count, acts }) in found {
        let times = match count {
            1 => String::new(),
            2 => " (here and once more)".to_owned(),
            _ => format!(" (here and {} more times)", count - 1),
        };
        match acts {
            Acts::Later(why) => {
                report.add(Code::Later, span, format!("{name} is not acted on: {why}{times}"));
            }
            Acts::NoEffect(why) => {
                report.add(Code::NoEffect, span, format!("{name} has no effect: {why}{times}"));
            }
            Acts::Now => {}
        }
    }
}

fn look_into(node: &Node, left_out: &[Range<usize>], found: &mut BTreeMap<String, Found>) {
    for attr in node.attributes.iter().filter(|attr| attr.decl.acts != Acts::Now) {
        note(format!("{} of <{}>", attr.decl.name, node.tag.name), &attr.span, attr.decl.acts, found);
    }
    for child in &node.children {
        // That a tag is outdated says what to do about it (`check`).
        let outdated = !child.tag.deprecated.is_empty();
        let kind = child.attr("type").map(|kind| kind.value.trim().to_ascii_lowercase()).unwrap_or_default();
        match child.tag.acts {
            _ if child.tag.name == "transport" && OTHER_TRANSPORTS.contains(&kind.as_str()) => {
                note(format!("<transport type=\"{kind}\">"), &child.span, OTHER_TRANSPORT, found);
            }
            acts if says_something(child) && acts != Acts::Now && !outdated => {
                note(format!("<{}>", child.tag.name), &child.span, acts, found);
            }
            Acts::Now if !left_out.contains(&child.span) => look_into(child, left_out, found),
            _ => {}
        }
    }
}

/// Whether a tag that does not act yet says something that is not so anyway.
pub(crate) fn waits(node: &Node) -> bool {
    matches!(node.tag.acts, Acts::Later(_)) && says_something(node)
}

fn says_something(node: &Node) -> bool {
    let empty = node.children.is_empty() && node.attributes.is_empty() && node.value().is_empty();
    !empty && !node.tag.is_settled_by(node.value())
}

fn note(name: String, span: &Range<usize>, acts: Acts, found: &mut BTreeMap<String, Found>) {
    found.entry(name).or_insert_with(|| Found { span: span.clone(), count: 0, acts }).count += 1;
}
