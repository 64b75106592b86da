//! The statements of a server or datastore: each is cut, and what keeps it from being used is remembered.
//!
//! Not its job: cutting (`crate::sql`).

use std::sync::Arc;

use syncloom_script::FieldList;

use crate::diagnostic::{Code, Severity};
use crate::model::Sql;
use crate::node::Node;
use crate::source::Report;
use crate::sql;
use crate::tags::Kind;

/// Cuts the statements of one tag after another.
pub(super) struct Statements<'s> {
    /// The field list that `%d(…)` takes fields from.
    pub fields: Option<&'s Arc<FieldList>>,
    /// What they stand in is not served: only errors are told of.
    pub left_out: bool,
    /// The tags with placeholders that are not acted on yet.
    pub later: Vec<&'static str>,
}

impl Statements<'_> {
    /// The statement of this tag. `None`: there is none, or it cannot be used.
    pub fn optional(&mut self, node: &Node, name: &str, report: &mut Report<'_>) -> Option<Sql> {
        let child = node.child(name)?;
        let Kind::Sql(kind) = child.tag.kind else { return None };
        let before = report.diagnostics.len();
        let cut = sql::cut(child.tag.name, kind, &child.text, self.fields, report);
        if !cut.later.is_empty() {
            self.later.push(child.tag.name);
        }
        if self.left_out {
            let told = report.diagnostics.split_off(before.min(report.diagnostics.len()));
            report.diagnostics.extend(told.into_iter().filter(|told| told.severity == Severity::Error));
        }
        cut.sql
    }

    /// The statement of this tag, which what is served cannot do without.
    pub fn required(&mut self, node: &Node, name: &'static str, report: &mut Report<'_>) -> Option<Sql> {
        let waiting = self.later.len();
        let before = report.diagnostics.len();
        let found = self.optional(node, name, report);
        if found.is_none()
            && !self.left_out
            && self.later.len() == waiting
            && report.diagnostics.len() == before
        {
            report.add(Code::MissingTag, node.span.clone(), format!("<{}> needs <{name}>", node.tag.name));
        }
        found
    }
}
