//! `<textprofile>`: lines, headers and mail bodies (manual 10.4).

use std::sync::Arc;

use syncloom_script::{FieldId, FieldList};

use super::names::{attr_field, field};
use super::objects;
use super::values::{attr_character, attr_integer, attr_text, boolean, choice, integer, some_text};
use crate::model::{LineKind, LineList, LineMap, MailParts, TextProfile};
use crate::node::Node;
use crate::source::Report;

/// Builds a text profile of a `<textprofile>`, or of a datatype that has its lines itself. A line whose field is
/// not known has been told of, and is left out.
pub(super) fn build(node: &Node, name: &str, fields: Arc<FieldList>, report: &mut Report<'_>) -> TextProfile {
    let lines = node.all("linemap").filter_map(|line| line_map(line, &fields, report)).collect();
    let parts = mail_parts(node, &fields, report);
    let mail = boolean(node, "mimemail").then_some(parts);
    let tags = objects::tag_maps(node, &fields, report);
    TextProfile { name: name.to_owned(), lines, mail, tags, fields }
}

fn line_map(node: &Node, fields: &FieldList, report: &mut Report<'_>) -> Option<LineMap> {
    let field = attr_field(fields, node, "field", report)?;
    Some(LineMap {
        field,
        num_lines: integer(node, "numlines"),
        in_header: boolean(node, "inheader"),
        allow_empty: boolean(node, "allowempty"),
        tag: some_text(node, "headertag"),
        filter_keyword: some_text(node, "filterkeyword"),
        kind: choice(node, "valuetype", LineKind::NAMES).unwrap_or(LineKind::Text),
        list: node.child("list").map(line_list),
    })
}

fn line_list(node: &Node) -> LineList {
    let repeat = attr_text(node, "repeat").unwrap_or("array");
    LineList {
        separator: attr_character(node, "separator").unwrap_or(','),
        repeat: if repeat.eq_ignore_ascii_case("array") { None } else { repeat.parse().ok() },
        increment: attr_integer(node, "increment", 1),
    }
}

fn mail_parts(node: &Node, fields: &FieldList, report: &mut Report<'_>) -> MailParts {
    let mut named = |name: &'static str| -> Option<FieldId> {
        let child = node.child(name).filter(|child| !child.value().is_empty())?;
        field(fields, child.value(), child.value_span(), report)
    };
    MailParts {
        max_attachments: integer(node, "maxattachments"),
        attachment_count: named("attachmentcountfield"),
        attachment_types: named("attachmentmimetypesfield"),
        attachments: named("attachmentsfield"),
        attachment_sizes: named("attachmentsizesfield"),
        attachment_names: named("attachmentnamesfield"),
        size_limit: named("sizelimitfield"),
        body_types: named("bodymimetypesfield"),
        body_count: named("bodycountfield"),
    }
}
