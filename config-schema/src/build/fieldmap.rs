//! `<fieldmap>`: which column holds which field, and detail records (manual 11.34.41, 12.20.19 to 12.20.24).
//!
//! Not its job: the statements that use the columns.

use std::sync::Arc;

use syncloom_script::{CompareMode, Field, FieldId, FieldList, FieldType, MergeMode};

use super::filters::FilterNames;
use super::names::{attr_field, field};
use super::statements::Statements;
use super::values::{attr_boolean, attr_integer, attr_text, boolean, integer, look_up};
use crate::diagnostic::Code;
use crate::model::{ArrayMap, DatabaseScript, DbType, FieldMap, Map, Scripts};
use crate::node::Node;
use crate::source::Report;

/// What a field map can refer to.
pub(super) struct Known<'k> {
    pub list: &'k Arc<FieldList>,
    /// The fields, and behind them the variables of the scripts around the database: see [`rows`].
    pub rows: &'k Arc<FieldList>,
    /// Whether all variables are known: not if one of the scripts has a mistake.
    pub all: bool,
    pub filters: &'k FilterNames<'k>,
}

/// The fields of a list, and behind them the variables of the scripts around the database. A variable that is called
/// like a field cannot be mapped to: the field is meant.
pub(super) fn rows(list: &Arc<FieldList>, scripts: &Scripts<DatabaseScript>) -> Arc<FieldList> {
    if scripts.context().names().next().is_none() {
        return Arc::clone(list);
    }
    let mut rows = FieldList::clone(list);
    for (name, kind, array) in scripts.context().kinds() {
        let Some(kind) = kind.field_type() else { continue };
        let name = name.to_owned();
        let (compare, merge) = (CompareMode::Never, MergeMode::No);
        let _ = rows.push(Field { name, kind, array, compare, age: false, merge });
    }
    Arc::new(rows)
}

/// Builds the field map over this list.
pub(super) fn build(
    node: &Node,
    known: &Known<'_>,
    statements: &mut Statements<'_>,
    report: &mut Report<'_>,
) -> FieldMap {
    let mut builder = Builder { list: known.list, rows: known.rows, known, report };
    let maps = builder.maps(node);
    let mut arrays = Vec::new();
    for array in node.all("array") {
        if let Some(array) = builder.array(array, statements) {
            arrays.push(array);
        }
    }
    FieldMap { list: Arc::clone(known.list), rows: Arc::clone(known.rows), maps, arrays }
}

struct Builder<'b, 'r> {
    list: &'b FieldList,
    rows: &'b FieldList,
    known: &'b Known<'b>,
    report: &'b mut Report<'r>,
}

impl Builder<'_, '_> {
    fn maps(&mut self, node: &Node) -> Vec<Map> {
        let mut maps: Vec<Map> = Vec::new();
        for child in &node.children {
            match child.tag.name {
                "automap" => maps.extend(self.automap(child)),
                "map" => {
                    if let Some(map) = self.map(child) {
                        self.check_column(child, &map, &maps);
                        maps.push(map);
                    }
                }
                "mapredefine" => self.redefine(child, &mut maps),
                _ => {}
            }
        }
        maps
    }

    fn map(&mut self, node: &Node) -> Option<Map> {
        let references = node.attr("references")?;
        let field = match self.rows.find(references.value.trim()) {
            Some(found) => found,
            // What the scripts declare is not known while one of them has a mistake.
            None if !self.known.all => return None,
            None => field(self.list, &references.value, references.span.clone(), self.report)?,
        };
        let size: u32 = attr_integer(node, "size", 0);
        let mut map = Map {
            column: attr_text(node, "name")?.to_owned(),
            field,
            variable: field.index() >= self.list.len(),
            kind: attr_text(node, "type")
                .and_then(|word| look_up(word, DbType::NAMES))
                .unwrap_or(DbType::String),
            read: false,
            insert: false,
            update: false,
            floating: false,
            keep: false,
            size: (size > 0).then_some(size),
            truncate: attr_boolean(node, "truncate", true),
            set_no: attr_integer(node, "set_no", 0),
        };
        for flag in attr_text(node, "mode").unwrap_or("rw").chars() {
            match flag.to_ascii_lowercase() {
                'r' => map.read = true,
                'i' => map.insert = true,
                'u' => map.update = true,
                'w' => (map.insert, map.update) = (true, true),
                'f' => map.floating = true,
                'x' => map.keep = true,
                // Values are bound anyway.
                'p' => {}
                other => {
                    let span = node.attr_span("mode");
                    self.report
                        .add(Code::BadEnum, span, format!("'{other}' is no mode of a map"))
                        .hint("r, w, i, u, p, f and x are");
                }
            }
        }
        Some(map)
    }

    /// A column that is written twice by one statement is an error of every database.
    fn check_column(&mut self, node: &Node, map: &Map, maps: &[Map]) {
        let twice = maps.iter().any(|other| {
            other.column.eq_ignore_ascii_case(&map.column)
                && other.set_no == map.set_no
                && (other.insert && map.insert || other.update && map.update)
        });
        if twice {
            let span = node.attr_span("name");
            let message = format!("the column '{}' is written by another <map> already", map.column);
            self.report.add(Code::Duplicate, span, message).hint("use <mapredefine> to change a map");
        }
    }

    fn redefine(&mut self, node: &Node, maps: &mut [Map]) {
        let Some(map) = self.map(node) else { return };
        let same_column = maps.iter().position(|other| other.column.eq_ignore_ascii_case(&map.column));
        let at = same_column.or_else(|| maps.iter().position(|other| other.field == map.field));
        match at.and_then(|at| maps.get_mut(at)) {
            Some(old) => *old = map,
            None => {
                let message = format!("neither '{}' nor its field is mapped before", map.column);
                self.report.add(Code::UnknownName, node.span.clone(), message).hint("use <map> instead");
            }
        }
    }

    /// A map for every field, named like it or by its number (manual 11.34.41.2).
    fn automap(&mut self, node: &Node) -> Vec<Map> {
        let numbered = attr_boolean(node, "indexasname", false);
        if let Some(attr) =
            node.attr("fieldlist").filter(|a| !a.value.trim().eq_ignore_ascii_case(self.list.name()))
        {
            let message = format!("the field map is one of '{}'", self.list.name());
            self.report.add(Code::WrongFieldList, attr.span.clone(), message);
        }
        let map = |(id, field): (FieldId, &Field)| Map {
            column: if numbered { id.index().to_string() } else { field.name.clone() },
            field: id,
            variable: false,
            kind: match field.kind {
                FieldType::Timestamp => DbType::Timestamp,
                // Bytes that are no text would not come back as they went.
                FieldType::Blob => DbType::Blob,
                _ => DbType::String,
            },
            read: true,
            insert: true,
            update: true,
            floating: false,
            keep: false,
            size: None,
            truncate: true,
            set_no: 0,
        };
        self.list.iter().map(map).collect()
    }

    fn array(&mut self, node: &Node, statements: &mut Statements<'_>) -> Option<ArrayMap> {
        let maps = self.maps(node);
        let size_from = match node.attr("sizefrom") {
            Some(attr) if self.rows.find(attr.value.trim()).is_none() && !self.known.all => None,
            _ => attr_field(self.rows, node, "sizefrom", self.report),
        };
        let max_repeat: u32 = integer(node, "maxrepeat");
        let select = statements.required(node, "selectarraysql", self.report);
        let delete = statements.optional(node, "deletearraysql", self.report);
        let insert = statements.optional(node, "insertelementsql", self.report);
        Some(ArrayMap {
            maps,
            size_from,
            max_repeat: (max_repeat > 0).then_some(max_repeat),
            repeat_inc: integer(node, "repeatinc"),
            store_empty: boolean(node, "storeempty"),
            always_clean: boolean(node, "alwaysclean"),
            select: select?,
            delete,
            insert,
            no_items: self.known.filters.compile(node, "noitemsfilter", self.report),
        })
    }
}
