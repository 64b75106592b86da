//! Filters of a config, compiled against the fields and properties that they name (manual 7.6).
//!
//! Not its job: the language of filters (`syncloom_script::filter`).

use syncloom_script::filter::{FieldNames, Filter, ProblemKind, Role};
use syncloom_script::{FieldId, FieldList};

use crate::diagnostic::Code;
use crate::model::{Filters, Member, Profile, ProfileUse};
use crate::node::Node;
use crate::source::Report;

/// The names that the filters of a datastore can use.
pub(super) struct FilterNames<'a> {
    names: FieldNames<'a>,
    /// Whether it has datatypes whose properties are not known here.
    open: bool,
}

impl<'a> FilterNames<'a> {
    /// The names of a field list.
    pub fn new(list: &'a FieldList, role: Role) -> Self {
        FilterNames { names: FieldNames::new(list, role), open: false }
    }

    /// Adds the properties, headers and keywords of a profile; those of several profiles that share a name mean the
    /// first one's fields.
    pub fn add_profile(&mut self, profile: &ProfileUse) {
        match profile {
            ProfileUse::Mime(profile) => self.add_properties(&profile.root),
            ProfileUse::Text(profile) => {
                for line in &profile.lines {
                    let header = line.tag.as_deref().map(|tag| tag.trim_end().trim_end_matches(':'));
                    for name in [header, line.filter_keyword.as_deref()].into_iter().flatten() {
                        self.names.add_property(name, &[line.field]);
                    }
                }
            }
            ProfileUse::Object(profile) => {
                for tag in &profile.tags {
                    if let Some(name) = tag.filter_name() {
                        self.names.add_property(name, &[tag.field]);
                    }
                }
                if let Some(embedded) = &profile.embedded {
                    self.add_profile(embedded);
                }
            }
        }
    }

    /// Says that there are names that are not known here.
    pub fn leave_open(&mut self) {
        self.open = true;
    }

    fn add_properties(&mut self, profile: &Profile) {
        for member in &profile.members {
            match member {
                Member::Property(property) => {
                    let fields: Vec<FieldId> =
                        property.values.iter().filter_map(|value| value.field).collect();
                    self.names.add_property(&property.name, &fields);
                }
                Member::Profile(inner) => self.add_properties(inner),
            }
        }
    }

    /// The filter of this tag in a node, if there is one without mistakes.
    pub fn compile(&self, node: &Node, tag: &str, report: &mut Report<'_>) -> Option<Filter> {
        let node = node.child(tag)?;
        let (text, begin) = node.text.trimmed();
        if text.is_empty() {
            return None;
        }
        let (filter, problems) = match Filter::compile_lenient(text, &self.names) {
            Ok((filter, problems)) => (Some(filter), problems),
            Err(problems) => (None, problems),
        };
        let mut good = true;
        for problem in problems {
            let prefixed = text
                .get(problem.span.clone())
                .is_some_and(|name| name.len() > 2 && name[..2].eq_ignore_ascii_case("F."));
            if self.open && !prefixed && problem.kind == ProblemKind::UnknownIdentifier {
                continue;
            }
            good = false;
            let span = node.text.span(begin + problem.span.start..begin + problem.span.end);
            report.add(Code::BadFilter, span, problem.message).maybe_hint(problem.hint);
        }
        filter.filter(|_| good)
    }
}

/// The filters of a datastore (manual 11.34.15 to 11.34.20).
pub(super) fn of_datastore(node: &Node, names: &FilterNames<'_>, report: &mut Report<'_>) -> Filters {
    let mut filter = |tag| names.compile(node, tag, report);
    Filters {
        accept: filter("acceptfilter"),
        silent_discard: super::values::boolean(node, "silentdiscard"),
        local_db: filter("localdbfilter"),
        invisible: filter("invisiblefilter"),
        make_visible: filter("makevisiblefilter"),
        make_pass: filter("makepassfilter"),
        ds12: super::values::boolean(node, "ds12filters"),
        date_range: super::values::boolean(node, "daterangesupport"),
    }
}
