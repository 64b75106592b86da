//! The config language as an XML schema, so that an editor can complete tags and show what they are for.
//!
//! A schema cannot say that upper and lower case are the same, so tags and attributes have the spelling of the
//! reference: lower case. Words of values are taken in any case. Tags stand in any order and any number; `syncloom
//! check` says more.
//!
//! Not its job: what there is to say of a tag (`facts`).

use std::fmt::Write;

use syncloom_config::tags::{self, GLOBAL_ATTRIBUTES};
use syncloom_config::{Attribute, Kind, Tag};

use crate::facts;

/// The whole schema.
pub(super) fn schema() -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!-- The config language of Syncloom, made by `syncloom schema`; do not edit.\n     \
         Syncloom reads names in any case; a schema cannot say so, and knows them in lower case. -->\n\
         <xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">\n",
    );
    for tag in tags::inside("") {
        element(&mut out, tag, tag.name, "  ");
    }
    tags::tags().for_each(|tag| complex_type(&mut out, tag));
    out.push_str("  <xs:attributeGroup name=\"everywhere\">\n");
    GLOBAL_ATTRIBUTES.iter().for_each(|known| attribute(&mut out, known, "    "));
    out.push_str("  </xs:attributeGroup>\n");
    out.push_str(
        "  <xs:simpleType name=\"variables\">\n    <xs:restriction base=\"xs:string\">\n      \
         <xs:pattern value=\"[\\s\\S]*[$]\\([\\s\\S]*\"/>\n    </xs:restriction>\n  </xs:simpleType>\n",
    );
    out.push_str("</xs:schema>\n");
    out
}

fn element(out: &mut String, tag: &Tag, name: &str, indent: &str) {
    let _ = writeln!(out, "{indent}<xs:element name=\"{name}\" type=\"{}\">", type_name(tag));
    let mut text = tag.summary.to_owned();
    for (label, fact) in facts::of_tag(tag).iter().filter(|(label, _)| !matches!(*label, "in" | "contains")) {
        let _ = write!(text, "\n{label}: {fact}");
    }
    if name != tag.name {
        let _ = write!(text, "\nold spelling of {}", tag.name);
    }
    let _ = write!(text, "\nexample: {}", tag.example().trim());
    documentation(out, &text, &format!("{indent}  "));
    let _ = writeln!(out, "{indent}</xs:element>");
}

fn documentation(out: &mut String, text: &str, indent: &str) {
    let _ = writeln!(
        out,
        "{indent}<xs:annotation><xs:documentation>{}</xs:documentation></xs:annotation>",
        escaped(text)
    );
}

/// One declaration has one type, whatever it stands in.
fn type_name(tag: &Tag) -> String {
    match tags::named(tag.name).len() {
        1 => tag.name.to_owned(),
        _ => format!("{}.{}", tag.name, tag.parents.first().copied().unwrap_or_default()),
    }
}

fn complex_type(out: &mut String, tag: &Tag) {
    let _ = writeln!(out, "  <xs:complexType name=\"{}\"{}>", type_name(tag), mixed(tag.kind));
    match tag.kind {
        Kind::Container => {
            out.push_str("    <xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">\n");
            for inner in tags::inside(tag.name) {
                element(out, inner, inner.name, "      ");
                inner.aliases.iter().for_each(|alias| element(out, inner, alias, "      "));
            }
            out.push_str("    </xs:choice>\n");
            attributes(out, tag, "    ");
        }
        Kind::Free => {
            out.push_str(
                "    <xs:sequence>\n      \
                 <xs:any minOccurs=\"0\" maxOccurs=\"unbounded\" processContents=\"skip\"/>\n    </xs:sequence>\n",
            );
            attributes(out, tag, "    ");
        }
        Kind::Empty => attributes(out, tag, "    "),
        kind => {
            out.push_str("    <xs:simpleContent>\n      <xs:extension base=\"");
            // A type of its own: an extension names its base.
            let named = simple(kind).map(|_| format!("{}.value", type_name(tag)));
            let _ = writeln!(out, "{}\">", named.as_deref().unwrap_or("xs:string"));
            attributes(out, tag, "        ");
            out.push_str("      </xs:extension>\n    </xs:simpleContent>\n");
        }
    }
    out.push_str("  </xs:complexType>\n");
    if let Some(values) = simple(tag.kind).filter(|_| !tag.kind.has_tags() && tag.kind != Kind::Empty) {
        let _ = writeln!(out, "  <xs:simpleType name=\"{}.value\">{values}</xs:simpleType>", type_name(tag));
    }
}

fn mixed(kind: Kind) -> &'static str {
    if kind == Kind::Free { " mixed=\"true\"" } else { "" }
}

fn attributes(out: &mut String, tag: &Tag, indent: &str) {
    tag.attributes.iter().for_each(|known| attribute(out, known, indent));
    let _ = writeln!(out, "{indent}<xs:attributeGroup ref=\"everywhere\"/>");
}

fn attribute(out: &mut String, attribute: &Attribute, indent: &str) {
    let required = if attribute.required { " use=\"required\"" } else { "" };
    let values = simple(attribute.kind);
    let base = if values.is_none() { " type=\"xs:string\"" } else { "" };
    let _ = writeln!(out, "{indent}<xs:attribute name=\"{}\"{base}{required}>", attribute.name);
    documentation(out, &facts::of_attribute(attribute), &format!("{indent}  "));
    if let Some(values) = values {
        let _ = writeln!(out, "{indent}  <xs:simpleType>{values}</xs:simpleType>");
    }
    let _ = writeln!(out, "{indent}</xs:attribute>");
}

/// The values of a kind as the inside of a simple type: the words for completion, the same in any case, numbers, and
/// whatever has a variable in it. `None`: any text.
fn simple(kind: Kind) -> Option<String> {
    let numbers = |min: i64, max: i64| {
        format!(
            "<xs:simpleType><xs:restriction base=\"xs:integer\"><xs:minInclusive value=\"{min}\"/>\
             <xs:maxInclusive value=\"{max}\"/></xs:restriction></xs:simpleType>{}",
            pattern("[+\\-]?0[xX][0-9a-fA-F]+")
        )
    };
    let members = match kind {
        Kind::Boolean => words(&["yes", "no", "true", "false", "on", "off", "1", "0"]),
        Kind::Tristate => words(&["yes", "no", "unspecified", "true", "false", "on", "off", "1", "0"]),
        Kind::Enum(known) => words(known),
        Kind::Character(known) => words(known) + &pattern("[\\s\\S]"),
        Kind::Integer { min, max } => numbers(min, max),
        Kind::IntegerOr { min, max, words: known } => words(known) + &numbers(min, max),
        _ => return None,
    };
    Some(format!("<xs:union memberTypes=\"variables\">{members}</xs:union>"))
}

fn words(known: &[&str]) -> String {
    if known.is_empty() {
        return String::new();
    }
    let listed: String = known.iter().map(|word| format!("<xs:enumeration value=\"{word}\"/>")).collect();
    let any_case: Vec<String> = known.iter().map(|word| word.chars().map(either_case).collect()).collect();
    format!(
        "<xs:simpleType><xs:restriction base=\"xs:token\">{listed}</xs:restriction></xs:simpleType>{}",
        pattern(&any_case.join("|"))
    )
}

fn pattern(expression: &str) -> String {
    format!(
        "<xs:simpleType><xs:restriction base=\"xs:token\"><xs:pattern value=\"{}\"/></xs:restriction></xs:simpleType>",
        escaped(expression)
    )
}

fn either_case(c: char) -> String {
    match c {
        c if c.is_ascii_alphabetic() => format!("[{}{}]", c.to_ascii_lowercase(), c.to_ascii_uppercase()),
        c if c.is_ascii_alphanumeric() => c.to_string(),
        '-' => "\\-".to_owned(),
        c => format!("[{c}]"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
