//! Prints a config as it was understood: conditions decided, variables replaced, defaults put in, secrets hidden.
//!
//! Not its job: understanding it (`check`).

use std::fmt::Write;

use crate::node::Node;
use crate::tags::{self, Acts, Kind, Tag};

/// What stands in the place of a secret.
const HIDDEN: &str = "******";

/// The config as XML. Defaults are marked as such, and are those of tags that act.
pub(crate) fn show(root: &Node) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    write_node(&mut out, root, 0);
    out
}

fn write_node(out: &mut String, node: &Node, depth: usize) {
    let (tag, indent) = (node.tag, "  ".repeat(depth));
    let _ = write!(out, "{indent}<{}", tag.name);
    for attr in &node.attributes {
        let _ = write!(out, " {}=\"{}\"", attr.decl.name, escaped(&attr.value).replace('"', "&quot;"));
    }
    let defaults: Vec<&Tag> = if tag.kind == Kind::Container { absent(node).collect() } else { Vec::new() };
    if !node.children.is_empty() || !defaults.is_empty() {
        out.push_str(">\n");
        for child in &node.children {
            write_node(out, child, depth + 1);
        }
        for tag in defaults {
            let value = escaped(tag.default.unwrap_or_default());
            let _ = writeln!(out, "{indent}  <{0}>{value}</{0}> <!-- default -->", tag.name);
        }
        let _ = writeln!(out, "{indent}</{}>", tag.name);
    } else if tag.kind == Kind::Free {
        let _ = writeln!(out, "><!-- as it is written --></{}>", tag.name);
    } else if node.value().is_empty() {
        out.push_str("/>\n");
    } else {
        let value = if tag.secret { HIDDEN.to_owned() } else { text(node.value()) };
        let _ = writeln!(out, ">{value}</{}>", tag.name);
    }
}

/// The tags that are not there, act, and have a default.
fn absent(node: &Node) -> impl Iterator<Item = &'static Tag> + '_ {
    tags::inside(node.tag.name).filter(|tag| {
        tag.default.is_some_and(|value| !value.is_empty())
            && tag.acts == Acts::Now
            && !tag.repeats
            && !tag.secret
            && node.child(tag.name).is_none()
    })
}

/// Scripts and SQL stay readable.
fn text(value: &str) -> String {
    if value.contains(['<', '&']) && !value.contains("]]>") {
        format!("<![CDATA[{value}]]>")
    } else {
        escaped(value)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
