//! `<mimeprofile>`: profiles, properties, parameters and positions, their names resolved (manual 10.3).
//!
//! Not its job: how a profile is used on a text.

use std::ops::Range;
use std::sync::Arc;

use syncloom_script::time::IsoStyle;
use syncloom_script::time::zones::{TzidMode, VtimezoneMode};
use syncloom_script::{FieldId, FieldList, FieldType};

use super::names::attr_field;
use super::values::{attr_boolean, attr_character, attr_integer, attr_text, boolean, choice, look_up};
use crate::diagnostic::{Code, did_you_mean};
use crate::model::{
    Combine, Conversion, EnumMode, EnumRule, Member, MimeMode, MimeProfile, Parameter, Position, Profile,
    Property, Repeat, Selector, ValueCount, ValueMap, ZoneOptions,
};
use crate::node::{Attr, Node};
use crate::source::Report;

/// The words for what of a zone is written.
const ZONE_RULES: &[(&str, VtimezoneMode)] = &[
    ("current", VtimezoneMode::Current),
    ("start", VtimezoneMode::Start),
    ("end", VtimezoneMode::End),
    ("range", VtimezoneMode::Range),
    ("openend", VtimezoneMode::OpenEnd),
];

/// The words for the names of zones.
const ZONE_NAMES: &[(&str, TzidMode)] = &[("default", TzidMode::Name), ("olson", TzidMode::Olson)];

/// Builds a profile over this field list. `None` has been told of.
pub(super) fn build(
    node: &Node,
    name: &str,
    fields: Arc<FieldList>,
    report: &mut Report<'_>,
) -> Option<MimeProfile> {
    let Some(root) = node.child("profile") else {
        report.add(Code::MissingTag, node.span.clone(), "<mimeprofile> has no <profile>");
        return None;
    };
    let mut builder = Builder { fields: &fields, report, known: Vec::new() };
    let root = Arc::new(builder.profile(root));
    let unknowns = node.child("unknowns").and_then(|unknowns| builder.unknowns(unknowns));
    let zones = ZoneOptions {
        rules: choice(node, "vtimezonegenmode", ZONE_RULES).unwrap_or(VtimezoneMode::Current),
        tzid: choice(node, "tzidgenmode", ZONE_NAMES).unwrap_or_default(),
        unfloat: boolean(node, "unfloattimestamps"),
    };
    Some(MimeProfile { name: name.to_owned(), fields, root, zones, unknowns })
}

/// How times are written where a conversion has no options.
const PLAIN: IsoStyle = IsoStyle::BASIC;

struct Builder<'b, 'r, 'n> {
    fields: &'b FieldList,
    report: &'b mut Report<'r>,
    /// The profiles so far, for `useproperties`.
    known: Vec<(&'n str, &'n Node)>,
}

impl<'n> Builder<'_, '_, 'n> {
    fn profile(&mut self, node: &'n Node) -> Profile {
        let name = attr_text(node, "name").unwrap_or("");
        let mut members = self.borrowed(node, self.known.len());
        for child in &node.children {
            match child.tag.name {
                "property" => members.push(Member::Property(Arc::new(self.property(child)))),
                "subprofile" => members.push(Member::Profile(Arc::new(self.profile(child)))),
                _ => {}
            }
        }
        self.known.push((name, node));
        let time_zones = attr_text(node, "mode").is_some_and(|mode| mode.eq_ignore_ascii_case("vtimezones"));
        if let Some(property) = node.child("property").filter(|_| time_zones) {
            let message = "a subprofile of time zones makes its properties itself";
            self.report.add(Code::BadPosition, property.span.clone(), message).hint("remove its properties");
        }
        Profile {
            name: name.to_owned(),
            num_mandatory: attr_integer(node, "nummandatory", 0),
            only_for: self.only_for(node),
            selector: attr_field(self.fields, node, "field", self.report)
                .map(|field| Selector { field, value: attr_text(node, "value").unwrap_or("").to_owned() }),
            show_if_selected_only: attr_boolean(node, "showifselectedonly", false),
            time_zones,
            members,
        }
    }

    /// The properties of the profile that `useproperties` names, read again. It is one of the first `end` known
    /// ones, so that no profile can lend to itself.
    fn borrowed(&mut self, node: &Node, end: usize) -> Vec<Member> {
        let Some(attr) = node.attr("useproperties") else { return Vec::new() };
        let name = attr.value.trim();
        let before = self.known.get(..end).unwrap_or(&[]);
        let Some(at) = before.iter().rposition(|(known, _)| known.eq_ignore_ascii_case(name)) else {
            let hint = did_you_mean(name, self.known.iter().map(|(known, _)| *known));
            let message = format!("no profile '{name}' has been defined before this one");
            self.report.add(Code::UnknownName, attr.span.clone(), message).maybe_hint(hint);
            return Vec::new();
        };
        // What is wrong with the lender has been told when it was read itself.
        let muted = std::mem::replace(&mut self.report.muted, true);
        let lender = self.known[at].1;
        let mut members = self.borrowed(lender, at);
        members.extend(
            lender.all("property").map(|property| Member::Property(Arc::new(self.property(property)))),
        );
        self.report.muted = muted;
        members
    }

    /// The field of `<unknowns>`, which must hold text.
    fn unknowns(&mut self, node: &Node) -> Option<FieldId> {
        let field = attr_field(self.fields, node, "field", self.report)?;
        let is_text = self
            .fields
            .get(field)
            .is_some_and(|field| matches!(field.kind, FieldType::String | FieldType::Multiline));
        if !is_text {
            let span = node.attr("field").map_or(node.span.clone(), |attr| attr.span.clone());
            let message = "what is unknown is kept as text";
            self.report.add(Code::BadPosition, span, message).hint("take a field of type multiline");
        }
        is_text.then_some(field)
    }

    fn only_for(&self, node: &Node) -> Option<MimeMode> {
        attr_text(node, "onlyformode").and_then(|word| look_up(word, MimeMode::NAMES))
    }

    fn property(&mut self, node: &Node) -> Property {
        let count = match attr_text(node, "values").map(str::to_ascii_lowercase).as_deref() {
            Some("list") => ValueCount::List,
            Some("expandedlist") => ValueCount::ExpandedList,
            _ => ValueCount::Fixed(attr_integer(node, "values", 1)),
        };
        let values = self.values(node, count);
        let parameters: Vec<Parameter> =
            node.all("parameter").map(|parameter| self.parameter(parameter)).collect();
        let positions = self.positions(node, &parameters, &values);
        Property {
            name: attr_text(node, "name").unwrap_or("").to_owned(),
            only_for: self.only_for(node),
            rule: attr_text(node, "rule").map(str::to_owned),
            suppress_empty: attr_boolean(node, "suppressempty", false),
            delayed_parsing: attr_integer(node, "delayedparsing", 0),
            count,
            separator: attr_character(node, "valueseparator").unwrap_or(';'),
            alt_separator: attr_character(node, "altvalueseparator"),
            mandatory: attr_boolean(node, "mandatory", false),
            show_in_devinf: attr_boolean(node, "showindevinf", true),
            filterable: attr_boolean(node, "filter", true),
            group_field: attr_field(self.fields, node, "groupfield", self.report),
            values,
            parameters,
            positions,
        }
    }

    fn values(&mut self, node: &Node, count: ValueCount) -> Vec<ValueMap> {
        let most = match count {
            ValueCount::Fixed(most) => most,
            ValueCount::List | ValueCount::ExpandedList => 1,
        };
        let mut values: Vec<ValueMap> = Vec::new();
        for child in node.all("value") {
            let value = self.value(child);
            let span = child.attr_span("index");
            if value.index >= most {
                let message = format!("there is no value {} of {most}; they are counted from 0", value.index);
                self.report
                    .add(Code::BadIndex, span, message)
                    .hint("write values=\"…\" at the property to say how many values it has");
            } else if values.iter().any(|other| other.index == value.index) {
                let message = format!("the property has a <value> for index {} already", value.index);
                self.report.add(Code::Duplicate, span, message);
            }
            values.push(value);
        }
        values
    }

    fn value(&mut self, node: &Node) -> ValueMap {
        let combine = match attr_text(node, "combine").map(str::to_ascii_lowercase).as_deref() {
            None | Some("no") => Combine::No,
            Some("lines") => Combine::With('\n'),
            Some(_) => attr_character(node, "combine").map_or(Combine::No, Combine::With),
        };
        let (conversion, style) =
            node.attr("conversion").map_or((Conversion::None, PLAIN), |attr| self.conversion(attr));
        let value = ValueMap {
            index: attr_integer(node, "index", 0),
            field: attr_field(self.fields, node, "field", self.report),
            conversion,
            style,
            combine,
            enums: node.all("enum").map(|rule| self.enum_rule(rule)).collect(),
        };
        if let (Conversion::RRule, Some(field)) = (value.conversion, value.field) {
            self.check_block(node, field);
        }
        value
    }

    /// A recurrence rule takes six fields, one behind the other (manual 10.6). One of another type would be overwritten
    /// with what it is not.
    fn check_block(&mut self, node: &Node, first: FieldId) {
        use FieldType::{Integer, String, Timestamp};
        let block = [String, Integer, Integer, Integer, Timestamp, Timestamp];
        for (expected, at) in block.into_iter().zip(first.index()..) {
            let field = self.fields.fields().get(at);
            let fits = field.is_some_and(|field| match expected {
                String => field.kind.is_text(),
                Timestamp => matches!(field.kind, Timestamp | FieldType::Date),
                _ => field.kind == expected,
            });
            if !fits {
                let what = match (field, expected) {
                    (None, _) => "the field list ends within the six fields of a recurrence rule".to_owned(),
                    (Some(field), String) => format!("'{}' is no text", field.name),
                    (Some(field), Integer) => format!("'{}' is no integer", field.name),
                    (Some(field), _) => format!("'{}' is no timestamp", field.name),
                };
                self.report.add(Code::BadBlock, node.attr_span("field"), what).hint(
                    "six fields stand behind each other: frequency (string), interval, mask and mask from the end \
                     (integers), end and start (timestamps)",
                );
                return;
            }
        }
    }

    fn conversion(&mut self, attr: &Attr) -> (Conversion, IsoStyle) {
        let mut parts = attr.value.trim().split('+');
        let name = parts.next().unwrap_or("").trim();
        let mut style = PLAIN;
        for option in parts.map(str::trim) {
            if option.eq_ignore_ascii_case("extfmt") {
                style.extended = true;
            } else if option.eq_ignore_ascii_case("millisec") {
                style.fraction = true;
            } else {
                let message = format!("'{option}' is no option of a conversion");
                self.report.add(Code::BadEnum, attr.span.clone(), message).hint("extfmt and millisec are");
            }
        }
        let conversion = look_up(name, Conversion::NAMES).unwrap_or_else(|| {
            let names = Conversion::NAMES.iter().map(|(name, _)| *name);
            let hint = did_you_mean(name, names.clone())
                .unwrap_or_else(|| format!("write one of {}", names.collect::<Vec<_>>().join(", ")));
            self.report
                .add(Code::BadEnum, attr.span.clone(), format!("there is no conversion '{name}'"))
                .hint(hint);
            Conversion::None
        });
        (conversion, style)
    }

    fn enum_rule(&mut self, node: &Node) -> EnumRule {
        let modes = [
            ("translate", EnumMode::Translate),
            ("prefix", EnumMode::Prefix),
            ("defaultname", EnumMode::DefaultName),
            ("defaultvalue", EnumMode::DefaultValue),
            ("ignore", EnumMode::Ignore),
        ];
        let mode =
            attr_text(node, "mode").and_then(|word| look_up(word, &modes)).unwrap_or(EnumMode::Translate);
        let name = node.attr("name").map(|attr| attr.value.as_str());
        if name.is_none() && matches!(mode, EnumMode::Translate | EnumMode::Prefix | EnumMode::DefaultName) {
            let message = "this <enum> needs the attribute name";
            self.report.add(Code::MissingAttribute, node.span.clone(), message);
        }
        let value = node.attr("value").map(|attr| attr.value.as_str());
        let name = name.unwrap_or("");
        // A prefix without a value is taken off alone; other names stand for themselves.
        let value = value.unwrap_or(if mode == EnumMode::Prefix { "" } else { name });
        EnumRule {
            name: name.to_owned(),
            value: value.to_owned(),
            mode,
            positional: attr_boolean(node, "positional", true),
        }
    }

    fn parameter(&mut self, node: &Node) -> Parameter {
        let positional = attr_boolean(node, "positional", false);
        let value = node.child("value").map(|value| self.value(value));
        if let Some(index) = node.child("value").and_then(|value| value.attr("index"))
            && value.as_ref().is_some_and(|value| value.index != 0)
        {
            let message = "a parameter has one value, so it has no index";
            self.report.add(Code::BadIndex, index.span.clone(), message);
        }
        if positional && value.as_ref().is_none_or(|value| value.enums.is_empty()) {
            let message = "a positional parameter needs a <value> with <enum>s to tell positions by";
            self.report.add(Code::MissingTag, node.span.clone(), message);
        }
        Parameter {
            name: attr_text(node, "name").unwrap_or("").to_owned(),
            only_for: self.only_for(node),
            rule: attr_text(node, "rule").map(str::to_owned),
            default: attr_boolean(node, "default", false),
            positional,
            show_non_empty: attr_boolean(node, "shownonempty", false),
            show_in_devinf: attr_boolean(node, "showindevinf", attr_boolean(node, "show", false)),
            shared_field: attr_boolean(node, "sharedfield", false),
            value,
        }
    }

    /// The positions of a property and its parameters, in the order of the document.
    fn positions(&mut self, node: &Node, parameters: &[Parameter], values: &[ValueMap]) -> Vec<Position> {
        let mut positions = Vec::new();
        let mut parameter = 0;
        for child in &node.children {
            match child.tag.name {
                "position" => positions.push(self.position(child, None, parameters, values)),
                "parameter" => {
                    for position in child.all("position") {
                        positions.push(self.position(position, Some(parameter), parameters, values));
                    }
                    parameter += 1;
                }
                _ => {}
            }
        }
        positions
    }

    fn position(
        &mut self,
        node: &Node,
        inside: Option<usize>,
        parameters: &[Parameter],
        values: &[ValueMap],
    ) -> Position {
        let repeat = match attr_text(node, "repeat").map(str::to_ascii_lowercase).as_deref() {
            Some("rewrite") => Repeat::Rewrite,
            Some("array") => Repeat::Array,
            _ => Repeat::Times(attr_integer(node, "repeat", 1)),
        };
        let position = Position {
            has: self.marks(node, "has", inside, parameters),
            has_not: self.marks(node, "hasnot", inside, parameters),
            shows: self.marks(node, "shows", inside, parameters),
            offset: self.offset(node, values),
            repeat,
            increment: attr_integer(node, "increment", 1),
            min_show: node
                .attr("minshow")
                .and_then(|_| u16::try_from(attr_integer(node, "minshow", -1)).ok()),
            read_only: attr_boolean(node, "readonly", false),
            overwrite_empty: attr_boolean(node, "overwriteempty", true),
            share_previous_count: attr_boolean(node, "sharepreviouscount", false),
        };
        self.check_reach(node, &position, values);
        position
    }

    /// How far the position's field is from the first field of the property.
    fn offset(&mut self, node: &Node, values: &[ValueMap]) -> i32 {
        let Some(field) = attr_field(self.fields, node, "field", self.report) else { return 0 };
        match values.iter().find_map(|value| value.field) {
            Some(first) => i32::from(field.0) - i32::from(first.0),
            None => {
                let span = node.attr_span("field");
                let message = "the property has no <value> with a field to move from";
                self.report.add(Code::BadPosition, span, message);
                0
            }
        }
    }

    /// All fields of all repetitions have to be in the list.
    fn check_reach(&mut self, node: &Node, position: &Position, values: &[ValueMap]) {
        let last = match position.repeat {
            Repeat::Times(times) => i32::from(times) - 1,
            Repeat::Rewrite | Repeat::Array => 0,
        };
        let fits = |field: FieldId, count: i32| {
            let reached = field.offset(position.offset + count * position.increment);
            reached.is_some_and(|reached| reached.index() < self.fields.len())
        };
        let moved = |value: &ValueMap| self.fields.get(value.field?.offset(position.offset)?);
        let mut moved = values.iter().filter_map(moved).peekable();
        if position.repeat == Repeat::Array && moved.peek().is_some() && !moved.any(|field| field.array) {
            let message = "repeat=\"array\" needs a field with array=\"yes\"";
            self.report.add(Code::BadPosition, node.attr_span("repeat"), message);
        }
        let outside = values.iter().filter_map(|value| value.field).find(|f| !fits(*f, 0) || !fits(*f, last));
        if let Some(field) = outside.and_then(|field| self.fields.get(field)) {
            let message = format!("moved so far, '{}' is outside of the field list", field.name);
            self.report
                .add(Code::BadPosition, node.span.clone(), message)
                .hint("repeated fields stand one after the other in the field list");
        }
    }

    /// `has`, `hasnot` and `shows`: names of enums, of this parameter or as `PARAMETER.NAME` of another.
    fn marks(
        &mut self,
        node: &Node,
        name: &str,
        inside: Option<usize>,
        parameters: &[Parameter],
    ) -> Vec<(usize, usize)> {
        let Some(attr) = node.attr(name) else { return Vec::new() };
        let words = attr.value.split(',').map(str::trim).filter(|word| !word.is_empty());
        words.filter_map(|word| self.mark(word, attr.span.clone(), inside, parameters)).collect()
    }

    fn mark(
        &mut self,
        word: &str,
        span: Range<usize>,
        inside: Option<usize>,
        parameters: &[Parameter],
    ) -> Option<(usize, usize)> {
        let enums = |index: usize| {
            parameters
                .get(index)
                .and_then(|p| p.value.as_ref())
                .map_or(&[][..], |value| value.enums.as_slice())
        };
        let find = |index: usize, name: &str| {
            enums(index).iter().position(|rule| rule.name.eq_ignore_ascii_case(name)).map(|at| (index, at))
        };
        // A bare name may have a dot in it, so the own parameter is asked first.
        let own = match inside {
            Some(index) => find(index, word),
            None => (0..parameters.len()).find_map(|index| find(index, word)),
        };
        let dotted = || {
            let (parameter, name) = word.split_once('.')?;
            let index = parameters.iter().position(|p| p.name.eq_ignore_ascii_case(parameter.trim()))?;
            find(index, name.trim())
        };
        let found = own.or_else(dotted);
        if found.is_none() {
            let mut known: Vec<String> = Vec::new();
            for (index, parameter) in parameters.iter().enumerate() {
                let prefix =
                    if inside == Some(index) { String::new() } else { format!("{}.", parameter.name) };
                known.extend(enums(index).iter().map(|rule| format!("{prefix}{}", rule.name)));
            }
            let hint = did_you_mean(word, known.iter().map(String::as_str))
                .or_else(|| (!known.is_empty()).then(|| format!("known here: {}", known.join(", "))));
            let message = format!("no parameter of this property has an <enum> '{word}'");
            self.report.add(Code::UnknownName, span, message).maybe_hint(hint);
        }
        found
    }
}
