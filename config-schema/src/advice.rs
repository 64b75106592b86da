//! Says what of a config is known and not acted on yet: once for each name, with how often it stands there.
//!
//! Not its job: saying which datastores are not served; who leaves them out says why (`build`).

use std::collections::BTreeMap;
use std::ops::Range;

use crate::check::Node;
use crate::diagnostic::Code;
use crate::source::Report;
use crate::tags::Acts;

/// What has been found of one name.
struct Found {
    span: Range<usize>,
    count: usize,
    why: &'static str,
}

/// Adds the advice. What stands in a tag that does not act, or that is left out, is not told of again.
pub(crate) fn advise(root: &Node, left_out: &[Range<usize>], report: &mut Report<'_>) {
    let mut found = BTreeMap::new();
    look_into(root, left_out, &mut found);
    for (name, Found { span, count, why }) in found {
        let times = match count {
            1 => String::new(),
            2 => " (here and once more)".to_owned(),
            _ => format!(" (here and {} more times)", count - 1),
        };
        report.add(Code::Later, span, format!("{name} is not acted on: {why}{times}"));
    }
}

fn look_into(node: &Node, left_out: &[Range<usize>], found: &mut BTreeMap<String, Found>) {
    for attr in &node.attributes {
        if let Acts::Later(why) = attr.decl.acts {
            note(format!("{} of <{}>", attr.decl.name, node.tag.name), &attr.span, why, found);
        }
    }
    for child in &node.children {
        match child.tag.acts {
            Acts::Later(why) if waits(child) => {
                note(format!("<{}>", child.tag.name), &child.span, why, found)
            }
            Acts::Now if !left_out.contains(&child.span) => look_into(child, left_out, found),
            _ => {}
        }
    }
}

/// Whether a tag that does not act yet says something that is not so anyway.
pub(crate) fn waits(node: &Node) -> bool {
    let empty = node.children.is_empty() && node.attributes.is_empty() && node.value().is_empty();
    matches!(node.tag.acts, Acts::Later(_)) && !empty && !node.tag.is_settled_by(node.value())
}

fn note(name: String, span: &Range<usize>, why: &'static str, found: &mut BTreeMap<String, Found>) {
    found.entry(name).or_insert_with(|| Found { span: span.clone(), count: 0, why }).count += 1;
}
