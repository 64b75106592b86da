//! Declarations: `<scripting>`, functions and macros for scripts.
//!
//! Not its job: the script language.

use super::waiting::SCRIPTS;
use super::{Attribute, Kind, Tag};

pub(super) const TAGS: &[Tag] = &[
    Tag::new("looptimeout", &["scripting"], Kind::UINT32).default("5").section("8.10.3").later(SCRIPTS),
    Tag::new("function", &["scripting"], Kind::Function).section("8.10.1").repeats().later(SCRIPTS),
    Tag::new("macro", &["scripting"], Kind::Raw)
        .attributes(&[Attribute::new("name", Kind::Text).required()])
        .section("8.10.2")
        .repeats()
        .later(SCRIPTS),
];
