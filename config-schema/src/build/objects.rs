//! Datatypes of base `dataobj`: elements of a data object, and the profile of the item within it.

use std::sync::Arc;

use syncloom_script::FieldList;

use super::names::attr_field;
use super::values::{boolean, some_text};
use crate::diagnostic::Code;
use crate::model::{ObjectProfile, ProfileUse, TagMap};
use crate::node::Node;
use crate::source::Report;

/// The field that holds the name of the outermost element, and the `<xmltag>` that stands for it.
const ROOT: &str = "DOCTYPE";

/// Builds the elements of a datatype: those of the text profile that it uses, and its own.
pub(super) fn build(
    node: &Node,
    name: &str,
    fields: &Arc<FieldList>,
    embedded: Option<ProfileUse>,
    report: &mut Report<'_>,
) -> ObjectProfile {
    let mut tags = match &embedded {
        Some(ProfileUse::Text(profile)) => profile.tags.clone(),
        _ => Vec::new(),
    };
    tags.extend(tag_maps(node, fields, report));
    let named = tags.iter().find(|map| map.element.eq_ignore_ascii_case(ROOT)).map(|map| map.field);
    let root = named.or_else(|| fields.find(ROOT));
    tags.retain(|map| Some(map.field) != root);
    if embedded.is_none() && tags.iter().any(|map| map.is_embedded) {
        report
            .add(
                Code::BadType,
                node.span.clone(),
                "the datatype uses no profile for the item within its element",
            )
            .hint("name one in <use textprofile=\"…\"/> or <use mimeprofile=\"…\"/>");
    }
    ObjectProfile { name: name.to_owned(), fields: Arc::clone(fields), root, tags, embedded }
}

/// The `<tagmap>`s of a tag. One whose field is not known has been told of, and is left out.
pub(super) fn tag_maps(node: &Node, fields: &FieldList, report: &mut Report<'_>) -> Vec<TagMap> {
    node.all("tagmap").filter_map(|map| tag_map(map, fields, report)).collect()
}

fn tag_map(node: &Node, fields: &FieldList, report: &mut Report<'_>) -> Option<TagMap> {
    let field = attr_field(fields, node, "field", report)?;
    let Some(element) = some_text(node, "xmltag") else {
        report
            .add(Code::BadType, node.span.clone(), "the <tagmap> does not say which element it is about")
            .hint("add <xmltag>…</xmltag>");
        return None;
    };
    Some(TagMap {
        field,
        element,
        attribute: some_text(node, "xmlattr"),
        parent: some_text(node, "parent"),
        is_bool: boolean(node, "booltype"),
        is_embedded: boolean(node, "embeddeditem"),
        filter_keyword: some_text(node, "filterkeyword"),
    })
}
