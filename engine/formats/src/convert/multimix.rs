//! `conversion="multimix"`: flags and literals of one parameter, spread over several fields (manual 10.3.4).
//!
//! On the inner side of its `<enum>` rules a value reads `Bx` or `n.Bx` for bit `x` of a number, and `Ltext`
//! or `n.Ltext` for the text itself; `n` says how many fields further on it is stored.

use std::borrow::Cow;

use syncloom_config::{EnumMode, EnumRule, ValueMap};
use syncloom_script::{FieldId, Item, Value};

use super::bits;
use crate::enums::{self, Translated};
use crate::plan::ValuePlan;

/// The inner form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mix {
    /// How far the field is from that of the `<value>`.
    pub offset: i32,
    pub part: Part,
}

/// What is stored in the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A bit of a number. A prefix rule leaves the number of the bit to the name.
    Bit(Option<u32>),
    /// A text: that from this byte of the inner form on.
    Literal(usize),
}

impl Mix {
    /// Reads the inner form.
    pub fn parse(value: &str) -> Option<Mix> {
        let (offset, rest) = match value.as_bytes().first()? {
            b'0'..=b'9' => {
                let (offset, rest) = value.split_once('.')?;
                (i32::from(offset.parse::<u16>().ok()?), rest)
            }
            _ => (0, value),
        };
        let part = match rest.as_bytes() {
            [b'B' | b'b'] => Part::Bit(None),
            [b'B' | b'b', b'0'..=b'9', ..] => Part::Bit(Some(number(&rest.as_bytes()[1..])?)),
            [b'L' | b'l', ..] => Part::Literal(value.len() - rest.len() + 1),
            _ => return None,
        };
        Some(Mix { offset, part })
    }
}

/// The inner forms of rules about one field that stand together.
#[derive(Debug)]
pub(crate) struct MixGroup {
    /// How far the field is from that of the `<value>`.
    offset: i32,
    /// What is stored in it, and by which rule.
    parts: Vec<(Part, usize)>,
}

impl MixGroup {
    /// Those of the inner forms of rules.
    pub fn all(mixes: &[Option<Mix>]) -> Vec<MixGroup> {
        let mut groups: Vec<MixGroup> = Vec::new();
        for (rule, mix) in mixes.iter().enumerate() {
            let Some(Mix { offset, part }) = *mix else { continue };
            match groups.last_mut().filter(|group| group.offset == offset) {
                Some(group) => group.parts.push((part, rule)),
                None => groups.push(MixGroup { offset, parts: vec![(part, rule)] }),
            }
        }
        groups
    }
}

/// A number that is all digits.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// Stores one name of a parameter, which this rule translates. `false` says that there is no use for it. `place` is where
/// the position of the property moves its fields: a distance in the list, and an index into arrays.
///
/// A name that no rule knows counts only as the number of a bit: read as a literal, any name with an L at
/// its beginning would end up in the number that holds the flags.
pub(crate) fn store(
    map: &ValuePlan,
    rule: Option<usize>,
    name: &str,
    place: (i32, usize),
    item: &mut Item,
) -> bool {
    let translated;
    let (value, mix) = match rule.map(|place| (&map.enums[place], map.mixes[place])) {
        Some((rule, _)) if rule.mode == EnumMode::Ignore => return true,
        Some((rule, _)) if rule.mode == EnumMode::Prefix => {
            let Translated::To(value) = enums::to_value(rule, name) else { return false };
            translated = value;
            (translated.as_ref(), Mix::parse(&translated))
        }
        Some((rule, mix)) => (rule.value.as_str(), mix),
        None => (name, Mix::parse(name)),
    };
    let by_rule = rule.is_some() || map.enums.is_empty();
    let Some(mix) = mix else { return false };
    let Some(field) = target(map, mix.offset, place.0).filter(|id| id.index() < item.list().len()) else {
        return false;
    };
    match mix.part {
        Part::Bit(Some(bit)) => bits::set(item, field, place.1, bit),
        Part::Literal(start) if by_rule => {
            let Some(kind) = item.list().get(field).map(|field| field.kind) else { return false };
            let value = Value::from_text(value.get(start..).unwrap_or_default(), kind);
            !value.is_empty() && item.set_at(field, place.1, value)
        }
        _ => false,
    }
}

/// Hands on the names of a parameter: those of rules in the order of the rules, then bits without a name as `Bx`.
pub(crate) fn names(map: &ValuePlan, place: (i32, usize), item: &Item, mut take: impl FnMut(&str)) {
    let mut told = Told::default();
    for group in &map.mix_groups {
        let Some(field) = target(map, group.offset, place.0) else { continue };
        let value = item.get_at(field, place.1);
        if value.is_empty() {
            continue;
        }
        let flags = bits::all(value);
        for (part, rule) in &group.parts {
            match *part {
                Part::Bit(Some(bit)) if bits::has(flags, bit) => {
                    let rule = &map.enums[*rule];
                    if told.bit(group.offset, bit) && rule.mode == EnumMode::Translate {
                        take(&rule.name);
                    }
                }
                Part::Bit(None) if map.enums[*rule].mode == EnumMode::Prefix => {
                    let name = &map.enums[*rule].name;
                    for bit in bits::of(value).filter(|bit| told.bit(group.offset, *bit)) {
                        take(&format!("{name}{bit}"));
                    }
                }
                Part::Literal(start) if !told.literals.contains(&group.offset) => {
                    let rule = &map.enums[*rule];
                    let literal = rule.value.get(start..).unwrap_or_default();
                    if let Some(name) = literal_name(rule, literal, &value.to_text()) {
                        told.literals.push(group.offset);
                        name.iter().for_each(|name| take(name));
                    }
                }
                _ => {}
            }
        }
    }
    if let Some(field) = target(map, 0, place.0).filter(|_| !told.literals.contains(&0)) {
        let value = item.get_at(field, place.1);
        bits::of(value).filter(|bit| told.bit(0, *bit)).for_each(|bit| take(&format!("B{bit}")));
        if let (true, Value::Text(text)) = (map.enums.is_empty(), value) {
            take(&format!("L{text}"));
        }
    }
}

/// The name of a literal by a rule: `None` where the rule does not fit, and nothing in it where it says that
/// the literal is left out.
fn literal_name<'r>(rule: &'r EnumRule, literal: &str, text: &str) -> Option<Option<Cow<'r, str>>> {
    let name = || Some(Cow::Borrowed(rule.name.as_str()));
    match rule.mode {
        EnumMode::Prefix => {
            enums::strip_prefix(text, literal).map(|rest| Some(format!("{}{rest}", rule.name).into()))
        }
        EnumMode::Translate => literal.eq_ignore_ascii_case(text).then(name),
        EnumMode::Ignore => literal.eq_ignore_ascii_case(text).then_some(None),
        EnumMode::DefaultName | EnumMode::DefaultValue => None,
    }
}

/// A field that stands so far from that of the `<value>`.
fn target(map: &ValueMap, offset: i32, moved: i32) -> Option<FieldId> {
    map.field?.offset(offset.checked_add(moved)?)
}

/// What has been told by a rule already: a bit of two names is told by the first.
#[derive(Default)]
struct Told {
    /// The flags of the field itself.
    own: u64,
    /// The flags of other fields, by the distance of the field.
    others: Vec<(i32, u64)>,
    literals: Vec<i32>,
}

impl Told {
    fn bit(&mut self, offset: i32, bit: u32) -> bool {
        let bit = 1 << bit;
        let bits = match self.others.iter_mut().find(|(known, _)| *known == offset) {
            _ if offset == 0 => &mut self.own,
            Some((_, bits)) => bits,
            None => {
                self.others.push((offset, bit));
                return true;
            }
        };
        let new = *bits & bit == 0;
        *bits |= bit;
        new
    }
}

#[cfg(test)]
mod tests {
    use syncloom_config::MimeMode;

    use super::*;
    use crate::testing;

    #[test]
    fn inner_forms() {
        let bit = |offset, bit| Some(Mix { offset, part: Part::Bit(bit) });
        assert_eq!(Mix::parse("B17"), bit(0, Some(17)));
        assert_eq!(Mix::parse("2.B3"), bit(2, Some(3)));
        assert_eq!(Mix::parse("B"), bit(0, None));
        assert_eq!(Mix::parse("1.La.b"), Some(Mix { offset: 1, part: Part::Literal(3) }));
        for value in ["", "5", "BBS", "B+1", "B-1", "x.B1", "1.", "99999999999.B1"] {
            assert_eq!(Mix::parse(value), None, "{value}");
        }
    }

    #[test]
    fn the_example_of_the_manual_spreads_over_three_fields() {
        let datatype = testing::multimix_example(MimeMode::Standard);
        let text = "BEGIN:VCARD\r\nTEL;TYPE=CELL,X-Synthesis-Ref5,\"X-CustomLabel-my phone\":1\r\n\
                    TEL;TYPE=LABEL,home,B9,WORK:2\r\nEND:VCARD\r\n";
        let (item, notes) = testing::parsed(&datatype, text);
        assert_eq!(testing::texts(&item, "TEL_FLAGS"), ["1", "518"]);
        assert_eq!(testing::texts(&item, "TEL_IDS"), ["5"]);
        assert_eq!(testing::texts(&item, "TEL_LABELS"), ["my phone"]);
        assert_eq!(notes.len(), 1, "LABEL is neither a rule nor the number of a bit: {notes:?}");
        assert_eq!(
            testing::generated(&datatype, &item),
            "BEGIN:VCARD\r\nTEL;TYPE=CELL,X-Synthesis-Ref5,\"X-CustomLabel-my phone\":1\r\n\
             TEL;TYPE=HOME,WORK,B9:2\r\nEND:VCARD\r\n"
        );
    }
}
