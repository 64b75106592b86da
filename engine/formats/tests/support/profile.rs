//! Builds field lists, profiles and datatypes in code, as short as the config would say them.

use std::sync::Arc;

use syncloom_config::{
    BaseType, Coding, Combine, Conversion, DataType, EnumMode, EnumRule, Member, MimeMode, MimeProfile,
    Parameter, Position, Profile, ProfileUse, Property, Repeat, Scripts, ValueCount, ValueMap, ZoneOptions,
};
use syncloom_script::time::IsoStyle;
use syncloom_script::{CompareMode, Field, FieldId, FieldList, FieldType, MergeMode};

/// A field.
pub fn field(name: &str, kind: FieldType, array: bool) -> Field {
    Field { name: name.into(), kind, array, compare: CompareMode::Conflict, age: false, merge: MergeMode::No }
}

/// A field list out of names; `name:type`, with `[]` behind it for an array.
pub fn fields(name: &str, specs: &[&str]) -> FieldList {
    let mut list = FieldList::new(name);
    for spec in specs {
        let single = spec.trim_end_matches("[]");
        let (name, kind_name) = single.split_once(':').unwrap_or((single, "string"));
        let kind = FieldType::NAMES.iter().find(|(name, _)| *name == kind_name);
        let kind = kind.unwrap_or_else(|| panic!("{spec}: no such type")).1;
        list.push(field(name, kind, spec.ends_with("[]"))).unwrap();
    }
    list
}

/// Builds a profile over a field list.
pub struct Builder {
    list: FieldList,
    name: String,
    members: Vec<Member>,
}

impl Builder {
    pub fn new(list: FieldList, name: &str) -> Self {
        Builder { list, name: name.into(), members: Vec::new() }
    }

    pub fn id(&self, name: &str) -> FieldId {
        self.list.find(name).unwrap_or_else(|| panic!("no field {name}"))
    }

    /// A property with one value for each field; `-` is a value without a field.
    pub fn property(
        mut self,
        name: &str,
        fields: &[&str],
        change: impl FnOnce(&Self, &mut Property),
    ) -> Self {
        let mut property = property(name);
        property.count = ValueCount::Fixed(u16::try_from(fields.len().max(1)).unwrap());
        for (index, field) in fields.iter().enumerate().filter(|(_, field)| **field != "-") {
            let mut map = value(Some(self.id(field)));
            map.index = u16::try_from(index).unwrap();
            property.values.push(map);
        }
        change(&self, &mut property);
        self.members.push(Member::Property(Arc::new(property)));
        self
    }

    /// A property with one converted value.
    pub fn converted(self, name: &str, field: Option<&str>, conversion: Conversion) -> Self {
        let id = field.map(|field| self.id(field));
        self.property(name, &[], |_, property| {
            let mut map = value(id);
            map.conversion = conversion;
            property.values.push(map);
        })
    }

    /// A component with the properties of another builder.
    pub fn component(
        mut self,
        name: &str,
        change: impl FnOnce(Builder) -> Builder,
        finish: impl FnOnce(&Self, &mut Profile),
    ) -> Self {
        let inner =
            change(Builder { list: std::mem::take(&mut self.list), name: name.into(), members: Vec::new() });
        self.list = inner.list;
        let mut inner = profile(name, inner.members);
        finish(&self, &mut inner);
        self.members.push(Member::Profile(Arc::new(inner)));
        self
    }

    pub fn build(self, base: BaseType, version: &str, mode: MimeMode) -> Arc<DataType> {
        let profile = profile(&self.name, self.members);
        Arc::new(DataType {
            name: format!("{base:?}{version}"),
            base,
            mime_type: "text/x-test".into(),
            version: version.into(),
            mode,
            profile: ProfileUse::Mime(Arc::new(MimeProfile {
                unknowns: self.list.find("UNKNOWNS"),
                name: self.name,
                fields: Arc::new(self.list),
                root: Arc::new(profile),
                zones: ZoneOptions::default(),
            })),
            coding: Coding::default(),
            scripts: Scripts::default(),
        })
    }
}

fn profile(name: &str, members: Vec<Member>) -> Profile {
    Profile {
        name: name.into(),
        num_mandatory: 0,
        only_for: None,
        selector: None,
        show_if_selected_only: false,
        time_zones: false,
        members,
    }
}

pub fn property(name: &str) -> Property {
    Property {
        name: name.into(),
        only_for: None,
        rule: None,
        suppress_empty: false,
        delayed_parsing: 0,
        count: ValueCount::Fixed(1),
        separator: ';',
        alt_separator: None,
        mandatory: false,
        show_in_devinf: true,
        filterable: true,
        group_field: None,
        values: Vec::new(),
        parameters: Vec::new(),
        positions: Vec::new(),
    }
}

pub fn value(field: Option<FieldId>) -> ValueMap {
    ValueMap {
        index: 0,
        field,
        conversion: Conversion::None,
        style: IsoStyle::BASIC,
        combine: Combine::No,
        enums: Vec::new(),
    }
}

/// A parameter whose names are given as `NAME=value`; `~NAME=value` is a prefix, `!=value` is left out.
pub fn parameter(name: &str, field: Option<FieldId>, names: &[&str]) -> Parameter {
    let mut map = value(field);
    map.enums = names.iter().map(|spec| rule(spec)).collect();
    Parameter {
        name: name.into(),
        only_for: None,
        rule: None,
        default: false,
        positional: false,
        show_non_empty: false,
        show_in_devinf: true,
        shared_field: false,
        value: Some(map),
    }
}

fn rule(spec: &str) -> EnumRule {
    let (mode, spec) = match spec.as_bytes().first() {
        Some(b'~') => (EnumMode::Prefix, &spec[1..]),
        Some(b'!') => (EnumMode::Ignore, &spec[1..]),
        _ => (EnumMode::Translate, spec),
    };
    let (name, value) = spec.split_once('=').unwrap_or((spec, spec));
    EnumRule { name: name.into(), value: value.into(), mode, positional: true }
}

/// A flags parameter as most profiles have it.
pub fn flags(name: &str, field: FieldId, names: &[&str]) -> Parameter {
    let mut parameter = parameter(name, Some(field), names);
    parameter.default = true;
    if let Some(map) = &mut parameter.value {
        map.conversion = Conversion::MultiMix;
        map.combine = Combine::With(',');
    }
    parameter
}

pub fn position(offset: i32, repeat: Repeat) -> Position {
    Position {
        has: Vec::new(),
        has_not: Vec::new(),
        shows: Vec::new(),
        offset,
        repeat,
        increment: 1,
        min_show: None,
        read_only: false,
        overwrite_empty: true,
        share_previous_count: false,
    }
}

/// A position in an array, of which so many are shown when empty.
pub fn array(min_show: u16) -> Position {
    Position { min_show: Some(min_show), ..position(0, Repeat::Array) }
}
