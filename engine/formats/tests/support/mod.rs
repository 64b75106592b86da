//! The contacts profile that the golden cases ran with, and a source of repeatable random numbers.

#![allow(dead_code, reason = "every test file uses its own part of this")]

pub mod config;
pub mod profile;
pub mod texts;

use std::sync::Arc;

use profile::{Builder, array, fields, flags, parameter};
use syncloom_config::{BaseType, Conversion, DataType, MimeMode, ValueCount};

/// The vCard datatype of the reference configuration, version 2.1 or 3.0.
pub fn contacts(version: &str) -> Arc<DataType> {
    let mode = if version == "2.1" { MimeMode::Old } else { MimeMode::Standard };
    let list = fields(
        "contacts",
        &[
            "SYNCLVL:integer",
            "REV:timestamp",
            "N_LAST",
            "N_FIRST",
            "N_MIDDLE",
            "N_PREFIX",
            "N_SUFFIX",
            "NICKNAME",
            "TITLE",
            "FN",
            "CATEGORIES[]",
            "ORG_NAME",
            "ORG_DIVISION",
            "BDAY:date",
            "TEL:telephone[]",
            "TEL_FLAGS:integer[]",
            "TEL_LABEL[]",
            "TEL_ID:integer[]",
            "EMAIL:multiline[]",
            "EMAIL_FLAGS:integer[]",
            "EMAIL_LABEL[]",
            "EMAIL_ID:integer[]",
            "WEB:url[]",
            "WEB_FLAGS:integer[]",
            "WEB_LABEL[]",
            "WEB_ID:integer[]",
            "ADR_STREET:multiline[]",
            "ADR_ADDTL:multiline[]",
            "ADR_STREET_FLAGS:integer[]",
            "ADR_STREET_LABEL[]",
            "ADR_STREET_ID:integer[]",
            "ADR_POBOX:multiline[]",
            "ADR_CITY:multiline[]",
            "ADR_REG:multiline[]",
            "ADR_ZIP:multiline[]",
            "ADR_COUNTRY:multiline[]",
            "NOTE:multiline",
            "PHOTO:blob",
            "PHOTO_TYPE:integer",
        ],
    );
    let typed = |flags_field: &'static str, names: &'static [&'static str]| {
        move |builder: &Builder, property: &mut syncloom_config::Property| {
            property.positions.push(array(1));
            let mut names = names.to_vec();
            names.extend(["~X-CustomLabel-=1.L", "~X-Synthesis-Ref=2.L"]);
            property.parameters.push(flags("TYPE", builder.id(flags_field), &names));
        }
    };
    let none = |_: &Builder, _: &mut syncloom_config::Property| {};
    let address = ["ADR_POBOX", "ADR_ADDTL", "ADR_STREET", "ADR_CITY", "ADR_REG", "ADR_ZIP", "ADR_COUNTRY"];
    let numbers = ["HOME=B0", "WORK=B1", "!=B2", "VOICE=B3", "CELL=B4", "FAX=B5", "PAGER=B6", "PREF=B7"];
    let tel = move |builder: &Builder, property: &mut syncloom_config::Property| {
        property.positions.push(array(1));
        let mut names = numbers.to_vec();
        names.extend(["~X-CustomLabel-=1.L", "~X-Synthesis-Ref=2.L"]);
        property.parameters.push(flags("TYPE", builder.id("TEL_FLAGS"), &names));
    };
    Builder::new(list, "VCARD")
        .converted("VERSION", None, Conversion::Version)
        .property("PRODID", &[], |_, property| {
            property.only_for = Some(MimeMode::Standard);
            let mut map = profile::value(None);
            map.conversion = Conversion::ProdId;
            property.values.push(map);
        })
        .property("REV", &["REV"], none)
        .property("N", &["N_LAST", "N_FIRST", "N_MIDDLE", "N_PREFIX", "N_SUFFIX"], |_, property| {
            property.mandatory = true;
        })
        .property("FN", &["FN"], none)
        .property("NICKNAME", &["NICKNAME"], |_, property| property.only_for = Some(MimeMode::Standard))
        .property("TITLE", &["TITLE"], none)
        .property("CATEGORIES", &["CATEGORIES"], |_, property| {
            property.count = ValueCount::List;
            property.separator = ',';
            property.alt_separator = Some(';');
            property.positions.push(array(0));
        })
        .property("ORG", &["ORG_NAME", "ORG_DIVISION"], none)
        .property("TEL", &["TEL"], tel)
        .property("EMAIL", &["EMAIL"], typed("EMAIL_FLAGS", &["HOME=B0", "WORK=B1", "!=B2", "INTERNET=B3"]))
        .property("URL", &["WEB"], typed("WEB_FLAGS", &["HOME=B0", "WORK=B1", "!=B2", "PREF=B3"]))
        .property("ADR", &address, typed("ADR_STREET_FLAGS", &["HOME=B0", "WORK=B1", "!=B2"]))
        .property("BDAY", &["BDAY"], none)
        .property("NOTE", &["NOTE"], none)
        .property("PHOTO", &["PHOTO"], |builder, property| {
            property.values[0].conversion = Conversion::BlobBase64;
            property.parameters.push(parameter("TYPE", Some(builder.id("PHOTO_TYPE")), &["JPEG=0"]));
        })
        .build(BaseType::VCard, version, mode)
}

/// Repeatable random numbers (xorshift64*).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % bound.max(1)
    }

    /// One of several.
    pub fn pick<'t, T: ?Sized>(&mut self, from: &[&'t T]) -> &'t T {
        from[self.below(from.len())]
    }
}
