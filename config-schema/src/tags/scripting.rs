//! Declarations: `<scripting>`, functions and macros for scripts.
//!
//! Not its job: the script language.

use super::{Attribute, Kind, Tag};

pub(super) const TAGS: &[Tag] = &[
    Tag::new("looptimeout", &["scripting"], Kind::UINT32)
        .default("5")
        .section("8.10.3")
        .about("seconds after which a loop in a script is ended; 0 is no limit")
        .sample("5"),
    Tag::new("function", &["scripting"], Kind::Function)
        .section("8.10.1")
        .repeats()
        .about("a function that all scripts can call")
        .sample("integer TWICE(integer n) { RETURN n*2; }"),
    Tag::new("macro", &["scripting"], Kind::Raw)
        .attributes(&[Attribute::new("name", Kind::Text).about("the name of the macro").required()])
        .section("8.10.2")
        .repeats()
        .about("a piece of script that other scripts take in by its name")
        .sample(r#"<macro name="GREET">DEBUGMESSAGE("hello");</macro>"#),
];
