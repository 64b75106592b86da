//! The profile described for the CTCap of device information (DevInf 1.2, section 5.2; manual 10.3.3).
//!
//! Not its job: DevInf documents, and the flat form that versions before 1.2 have.

use syncloom_config::{
    Conversion, DataType, EnumMode, Member, MimeMode, Parameter, Profile, Property, Repeat, ValueCount,
};

use syncloom_script::FieldId;

use crate::mime::MimeCodec;
use crate::plan::{exists, has_conversion};

/// The components and properties that a component of time zones is made of (RFC 5545 section 3.6.5).
const ZONE_COMPONENTS: [&str; 2] = ["STANDARD", "DAYLIGHT"];
const ZONE_PROPERTIES: [&str; 6] = ["TZID", "DTSTART", "RRULE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"];

/// How default parameters are shown (manual 11.27, `enumdefaultpropparams`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// By their names, with their values: what DevInf 1.2 has.
    #[default]
    Named,
    /// Each value as a parameter of its own, in the old dialect, which writes them like that: what devices of
    /// SyncML 1.0 and 1.1 look for.
    Enumerated,
}

/// What a datatype can express.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// The properties in the order of the profile, each name once. The first two are `BEGIN` and `END` with
    /// the names of all components.
    pub properties: Vec<PropertyCap>,
}

/// One property.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PropertyCap {
    /// Its name.
    pub name: String,
    /// The only values that it has; none means any.
    pub values: Vec<String>,
    /// How often it can occur; `None` is any number of times.
    pub max_occur: Option<u32>,
    /// The field of its only value, if it has but one.
    pub field: Option<FieldId>,
    /// The longest value in bytes that is held; `None` where nothing limits it. The profile itself limits nothing.
    pub max_size: Option<u64>,
    /// Whether a longer value is refused rather than cut.
    pub no_truncate: bool,
    /// The parameters that are shown.
    pub parameters: Vec<ParameterCap>,
}

/// One parameter of a property.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterCap {
    /// Its name.
    pub name: String,
    /// The values that it can have; none means any.
    pub values: Vec<String>,
}

/// Describes the profile of a datatype. A name that occurs in several components is described where it comes
/// first, as CTCap knows no components.
pub(crate) fn describe(codec: &MimeCodec, style: Style, variant: Option<&str>) -> Capabilities {
    let datatype: &DataType = &codec.datatype;
    let mut shown = Shown { mode: datatype.mode, variant, components: Vec::new(), properties: Vec::new() };
    shown.add(&codec.profile.root);
    let frame = |name: &str| PropertyCap {
        name: name.into(),
        values: shown.components.clone(),
        ..PropertyCap::default()
    };
    let mut properties = vec![frame("BEGIN"), frame("END")];
    for entry in &shown.properties {
        let name = match entry {
            Entry::Property(property) => property.name.as_str(),
            Entry::OfZones(name) => name,
        };
        let place = properties.iter().position(|known| known.name.eq_ignore_ascii_case(name));
        match (entry, place) {
            (Entry::Property(property), Some(place)) => {
                add_parameters(&mut properties[place], property, datatype, style);
            }
            (Entry::Property(property), None) => properties.push(cap(property, datatype, style)),
            (Entry::OfZones(_), Some(_)) => {}
            (Entry::OfZones(name), None) => {
                properties.push(PropertyCap { name: (*name).to_owned(), ..PropertyCap::default() });
            }
        }
    }
    Capabilities { properties }
}

/// What of a profile is shown.
struct Shown<'a> {
    mode: MimeMode,
    variant: Option<&'a str>,
    components: Vec<String>,
    properties: Vec<Entry<'a>>,
}

enum Entry<'a> {
    Property(&'a Property),
    OfZones(&'static str),
}

impl<'a> Shown<'a> {
    fn add(&mut self, profile: &'a Profile) {
        self.components.push(profile.name.clone());
        if profile.time_zones {
            self.components.extend(ZONE_COMPONENTS.map(str::to_owned));
            self.properties.extend(ZONE_PROPERTIES.map(Entry::OfZones));
        }
        for member in &profile.members {
            match member {
                Member::Property(property)
                    if exists(property.only_for, self.mode) && property.show_in_devinf =>
                {
                    self.properties.push(Entry::Property(property));
                }
                Member::Profile(inner) if exists(inner.only_for, self.mode) && self.is_chosen(inner) => {
                    self.add(inner);
                }
                _ => {}
            }
        }
    }

    /// Whether a component is shown: another one that was chosen hides it (manual 10.3.2,
    /// `showifselectedonly`).
    fn is_chosen(&self, profile: &Profile) -> bool {
        !profile.show_if_selected_only
            || self.variant.is_none_or(|variant| variant.eq_ignore_ascii_case(&profile.name))
    }
}

fn cap(property: &Property, datatype: &DataType, style: Style) -> PropertyCap {
    let is_version = has_conversion(property, Conversion::Version);
    let mut cap = PropertyCap {
        name: property.name.clone(),
        values: if is_version { vec![datatype.version.clone()] } else { Vec::new() },
        field: match property.values.as_slice() {
            [only] => only.field,
            _ => None,
        },
        max_occur: (!repeats(property)).then_some(1),
        ..PropertyCap::default()
    };
    add_parameters(&mut cap, property, datatype, style);
    cap
}

fn add_parameters(cap: &mut PropertyCap, property: &Property, datatype: &DataType, style: Style) {
    let shown =
        |parameter: &&Parameter| parameter.show_in_devinf && exists(parameter.only_for, datatype.mode);
    for parameter in property.parameters.iter().filter(shown) {
        let mut add = |name: &str, values: Vec<String>| {
            if !cap.parameters.iter().any(|known| known.name.eq_ignore_ascii_case(name)) {
                cap.parameters.push(ParameterCap { name: name.to_owned(), values });
            }
        };
        let names = names(parameter);
        if style == Style::Enumerated && parameter.default && datatype.mode == MimeMode::Old {
            names.iter().for_each(|name| add(name, Vec::new()));
        } else {
            add(&parameter.name, names);
        }
    }
}

fn names(parameter: &Parameter) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for rule in parameter.value.iter().flat_map(|map| &map.enums) {
        if rule.mode == EnumMode::Translate && !rule.name.is_empty() && !names.contains(&rule.name) {
            names.push(rule.name.clone());
        }
    }
    names
}

fn repeats(property: &Property) -> bool {
    let places = property.positions.iter().map(|position| match position.repeat {
        Repeat::Array => u32::MAX,
        Repeat::Rewrite => 1,
        Repeat::Times(times) => u32::from(times),
    });
    !matches!(property.count, ValueCount::Fixed(_)) || places.fold(0u32, u32::saturating_add) > 1
}

#[cfg(test)]
mod tests {
    use syncloom_config::MimeMode;

    use super::*;
    use crate::Codec;
    use crate::testing;

    fn described(mode: MimeMode) -> Vec<String> {
        let datatype = testing::contacts(mode);
        let line = |cap: &PropertyCap| {
            let parameters: Vec<String> = cap
                .parameters
                .iter()
                .map(|parameter| format!(" {}={}", parameter.name, parameter.values.join(",")))
                .collect();
            let occur = if cap.max_occur == Some(1) { "" } else { "*" };
            format!("{}{occur} [{}]{}", cap.name, cap.values.join(","), parameters.concat())
        };
        Codec::new(datatype).capabilities().properties.iter().map(line).collect()
    }

    #[test]
    fn the_profile_in_its_order_with_values_and_parameters() {
        assert_eq!(
            described(MimeMode::Standard),
            [
                "BEGIN* [VCARD]",
                "END* [VCARD]",
                "VERSION [3.0]",
                "PRODID []",
                "N []",
                "NOTE []",
                "TEL* [] TYPE=HOME,WORK,CELL",
                "CATEGORIES* []",
                "ADR* [] TYPE=HOME,WORK",
                "PHOTO [] TYPE=JPEG",
            ]
        );
    }

    #[test]
    fn what_the_old_dialect_lacks_is_not_described() {
        let old = described(MimeMode::Old);
        assert!(old.contains(&"VERSION [2.1]".to_owned()));
        assert!(!old.iter().any(|line| line.starts_with("PRODID")));
    }
}
