//! The profile described for the CTCap of device information (DevInf 1.2, section 5.2; manual 10.3.3).
//!
//! Not its job: DevInf documents, and the flat form that versions before 1.2 have.

use syncloom_config::{Conversion, DataType, EnumMode, Parameter, Property, Repeat, ValueCount};

use crate::mime::MimeCodec;
use crate::plan::{View, exists};

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
    /// The longest value in bytes that is held; `None` where nothing limits it.
    pub max_size: Option<u64>,
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
/// first, as CTCap knows no components. Time zone components are left out: they are not written.
pub(crate) fn describe(codec: &MimeCodec) -> Capabilities {
    let datatype: &DataType = &codec.datatype;
    let view = View::new(&codec.profile, datatype.mode);
    let components: Vec<String> = view
        .profiles
        .iter()
        .filter(|profile| !profile.time_zones)
        .map(|profile| profile.name.clone())
        .collect();
    let frame =
        |name: &str| PropertyCap { name: name.into(), values: components.clone(), ..PropertyCap::default() };
    let mut properties = vec![frame("BEGIN"), frame("END")];
    for property in view.properties.iter().filter(|property| property.show_in_devinf) {
        match properties.iter_mut().find(|known| known.name.eq_ignore_ascii_case(&property.name)) {
            Some(known) => add_parameters(known, property, datatype),
            None => properties.push(cap(property, datatype)),
        }
    }
    Capabilities { properties }
}

fn cap(property: &Property, datatype: &DataType) -> PropertyCap {
    let is_version = property.values.iter().any(|map| map.conversion == Conversion::Version);
    let mut cap = PropertyCap {
        name: property.name.clone(),
        values: if is_version { vec![datatype.version.clone()] } else { Vec::new() },
        max_occur: (!repeats(property)).then_some(1),
        max_size: None,
        parameters: Vec::new(),
    };
    add_parameters(&mut cap, property, datatype);
    cap
}

fn add_parameters(cap: &mut PropertyCap, property: &Property, datatype: &DataType) {
    for parameter in &property.parameters {
        let known = cap.parameters.iter().any(|known| known.name.eq_ignore_ascii_case(&parameter.name));
        if parameter.show_in_devinf && exists(parameter.only_for, datatype.mode) && !known {
            cap.parameters.push(ParameterCap { name: parameter.name.clone(), values: names(parameter) });
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
