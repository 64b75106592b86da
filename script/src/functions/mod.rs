//! The built-in functions (manual 6.14 and those of the contexts), each declared once: the compiler, the
//! reference pages and `explain` read the same row, and the example of a row is its test.
//!
//! Not its job: what session, datastore, database and item do when they are asked; their functions are calls to
//! [`Host`](crate::lang::Host)s.

mod arrays;
mod call;
pub mod calls;
mod debug;
mod email;
mod fields;
mod numbers;
mod outside;
mod recurrences;
mod regular;
pub(crate) mod table;
mod texts;
mod times;
mod urls;
mod zones;

use std::ops::BitOr;

pub(crate) use call::Call;
pub use table::all;

use crate::lang::{Fault, Kind};

/// A built-in function.
pub struct Function {
    /// Its name, in capitals.
    pub name: &'static str,
    /// Its parameters, in order.
    pub parameters: &'static [Parameter],
    /// What it gives.
    pub result: Gives,
    /// The contexts that offer it.
    pub contexts: Contexts,
    /// What it does, in a line.
    pub summary: &'static str,
    /// A script, or an expression, and the text of its result.
    pub example: Option<(&'static str, &'static str)>,
    /// The section of the manual; empty for what the manual doesn't have.
    pub section: &'static str,
    run: Implementation,
}

#[derive(Clone, Copy)]
pub(crate) enum Implementation {
    /// Done here.
    Here(fn(&mut Call<'_, '_, '_>) -> Result<(), Fault>),
    /// Done by the host of a context.
    There(calls::AnyCall),
}

/// A parameter of a built-in function.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its type; `None` for any.
    pub kind: Option<Kind>,
    /// What the caller gives.
    pub takes: Takes,
    /// Whether it can be left out.
    pub optional: bool,
}

/// What a caller gives for a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any expression.
    Value,
    /// A variable, field or element, which the function may change.
    Variable,
    /// An array variable or field.
    Array,
    /// Either of the last two.
    Any,
}

/// What a function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Nothing: it stands as a statement of its own.
    Nothing,
    /// A value of a type, which may be unassigned.
    Kind(Kind),
    /// A value of a type that is known only then.
    Any,
}

/// The contexts that offer a function (manual 6.8), as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contexts(u16);

impl Contexts {
    /// Everywhere.
    pub const GLOBAL: Contexts = Contexts(1);
    /// The login scripts.
    pub const LOGIN: Contexts = Contexts(1 << 1);
    /// The scripts of a datastore.
    pub const DATASTORE: Contexts = Contexts(1 << 2);
    /// The scripts around reading and writing items; they have those of the datastore too.
    pub const DATABASE: Contexts = Contexts(1 << 3);
    /// The scripts of a datatype; they have those of the datastore too.
    pub const DATATYPE: Contexts = Contexts(1 << 4);
    /// The item status scripts.
    pub const ITEMSTATUS: Contexts = Contexts(1 << 5);
    /// The custom Get and Put scripts.
    pub const CUSTOM: Contexts = Contexts(1 << 6);
    /// Logins and databases that speak SQL.
    pub const SQL: Contexts = Contexts(1 << 7);
    /// A client's datastore before its Alert.
    pub const CLIENT: Contexts = Contexts(1 << 8);
    /// All.
    pub const ALL: Contexts = Contexts(u16::MAX);

    /// The sets with their names.
    pub const NAMES: &'static [(&'static str, Contexts)] = &[
        ("global", Contexts::GLOBAL),
        ("login", Contexts::LOGIN),
        ("datastore", Contexts::DATASTORE),
        ("database", Contexts::DATABASE),
        ("datatype", Contexts::DATATYPE),
        ("item status", Contexts::ITEMSTATUS),
        ("custom Get/Put", Contexts::CUSTOM),
        ("SQL", Contexts::SQL),
        ("client", Contexts::CLIENT),
    ];

    /// Whether two sets have one in common.
    pub fn meet(self, other: Contexts) -> bool {
        self.0 & other.0 != 0
    }

    /// The names of those in the set.
    pub fn names(self) -> Vec<&'static str> {
        Contexts::NAMES.iter().filter(|(_, one)| self.meet(*one)).map(|(name, _)| *name).collect()
    }

    const fn or(self, other: Contexts) -> Contexts {
        Contexts(self.0 | other.0)
    }
}

impl BitOr for Contexts {
    type Output = Contexts;

    fn bitor(self, other: Contexts) -> Contexts {
        self.or(other)
    }
}

impl Function {
    /// Whether it may change variables or items, so that what was read before a call must be kept.
    pub(crate) fn writes(&self) -> bool {
        let by_reference = self.parameters.iter().any(|parameter| parameter.takes != Takes::Value);
        by_reference || matches!(self.run, Implementation::There(_))
    }

    pub(crate) fn run(&self, call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
        match self.run {
            Implementation::Here(run) => run(call),
            Implementation::There(host) => host.run(call),
        }
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// A parameter of a type, given as a value.
const fn value(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind: Some(kind), takes: Takes::Value, optional: false }
}

const fn text(name: &'static str) -> Parameter {
    value(name, Kind::String)
}

const fn integer(name: &'static str) -> Parameter {
    value(name, Kind::Integer)
}

const fn time(name: &'static str) -> Parameter {
    value(name, Kind::Timestamp)
}

const fn any(name: &'static str) -> Parameter {
    Parameter { name, kind: None, takes: Takes::Value, optional: false }
}

/// A variable of a type, or of any.
const fn variable(name: &'static str, kind: Option<Kind>) -> Parameter {
    Parameter { name, kind, takes: Takes::Variable, optional: false }
}

const fn whole(name: &'static str) -> Parameter {
    Parameter { name, kind: None, takes: Takes::Any, optional: false }
}

const fn array(name: &'static str) -> Parameter {
    Parameter { name, kind: None, takes: Takes::Array, optional: false }
}

const fn optional(parameter: Parameter) -> Parameter {
    Parameter { name: parameter.name, kind: parameter.kind, takes: parameter.takes, optional: true }
}

const INTEGER: Gives = Gives::Kind(Kind::Integer);
const STRING: Gives = Gives::Kind(Kind::String);
const TIMESTAMP: Gives = Gives::Kind(Kind::Timestamp);

/// A row of the table: a global function that is done here.
const fn global(
    name: &'static str,
    parameters: &'static [Parameter],
    result: Gives,
    section: &'static str,
    summary: &'static str,
    example: (&'static str, &'static str),
    run: fn(&mut Call<'_, '_, '_>) -> Result<(), Fault>,
) -> Function {
    let run = Implementation::Here(run);
    Function {
        name,
        parameters,
        result,
        contexts: Contexts::GLOBAL,
        summary,
        example: Some(example),
        section,
        run,
    }
}

#[cfg(test)]
mod tests;
