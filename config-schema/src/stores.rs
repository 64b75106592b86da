//! Tags that are for another kind of store than the one they stand in: those of SQL in a plugin, and the other way round.
//!
//! Not its job: tags in places where no store has them (`check`).

use crate::diagnostic::Code;
use crate::node::Node;
use crate::placeholders::Statement::{Map, MapSelect, Target};
use crate::source::Report;
use crate::tags::{Kind, Tag};
use crate::values;

/// Tells of tags that are for another kind of store than the one they stand in: once for each store, where its type
/// is said. `outer` is the type of the server.
pub(crate) fn check(node: &Node, outer: &str, report: &mut Report<'_>) {
    let own = node.attr("type");
    let kind = own.map_or(outer.to_owned(), |attr| attr.value.trim().to_ascii_lowercase());
    let is_store = ["server", "client", "datastore"].contains(&node.tag.name);
    let mut strangers = Vec::new();
    if is_store && !kind.is_empty() {
        let left = (kind == "plugin").then(|| Left::by(node));
        find_strangers(node, &kind, left.as_ref(), &mut strangers);
    }
    if let Some(first) = strangers.first() {
        let mut names: Vec<String> = strangers.iter().map(|child| format!("<{}>", child.tag.name)).collect();
        names.dedup();
        let span = own.map_or(first.span.clone(), |attr| attr.span.clone());
        let place = report.locate(first.span.clone());
        report
            .add(Code::MisplacedTag, span, format!("type=\"{kind}\" has no use for {}", names.join(", ")))
            .note(place, "the first of them")
            .hint(format!("write {} if that is what keeps the items, or remove them", first.tag.only_for));
    }
    let outer = if is_store { kind.as_str() } else { "" };
    node.children.iter().for_each(|child| check(child, outer, report));
}

/// The tags of this store that are for another kind of store.
fn find_strangers<'n>(node: &'n Node, kind: &str, left: Option<&Left>, found: &mut Vec<&'n Node>) {
    for child in node.children.iter().filter(|child| child.tag.name != "datastore") {
        if !child.tag.is_for(kind) && left.is_none_or(|left| !left.has_use_for(child.tag)) {
            found.push(child);
        }
        find_strangers(child, kind, left, found);
    }
}

/// What plugins leave to SQL: what no module keeps, SQL does (manual 14.1.2, 14.1.3, 14.2.5).
struct Left {
    /// Users and devices, or items.
    first: bool,
    /// Targets and maps.
    targets: bool,
}

impl Left {
    fn by(node: &Node) -> Self {
        let has = |name| node.child(name).is_some();
        let says = |name| node.child(name).is_some_and(|tag| values::boolean(tag.value()) == Some(true));
        let items = has("plugin_module");
        match node.tag.name {
            "datastore" => {
                let targets = if says("plugin_datastoreadmin") { items } else { has("plugin_module_admin") };
                Left { first: !items, targets: !targets }
            }
            _ => Left { first: !(says("plugin_sessionauth") && says("plugin_deviceadmin")), targets: false },
        }
    }

    /// Whether a tag of SQL has a use in what is left.
    fn has_use_for(&self, tag: &Tag) -> bool {
        tag.is_for("sql")
            && match tag.kind {
                Kind::Sql(Target | Map | MapSelect) => self.targets,
                Kind::Sql(_) => self.first,
                _ => self.first || self.targets,
            }
    }
}
