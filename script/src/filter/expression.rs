//! A filter as it is written: terms, their connectives, their places in the text. Names are still names here.
//!
//! Not its job: what a term means for an item; that is known once the names are resolved.

use std::fmt;
use std::ops::Range;

/// A filter expression. It is nested no deeper than [`super::MAX_DEPTH`] parentheses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// True if one of them is; two or more.
    Any(Vec<Expression>),
    /// True if all of them are; two or more.
    All(Vec<Expression>),
    /// In parentheses.
    Group(Box<Expression>),
    /// A comparison.
    Term(WrittenTerm),
}

/// An identifier, an operator with its prefixes, and a constant (manual 7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenTerm {
    /// The identifier as written.
    pub identifier: String,
    /// The `:` prefix: assign the constant where that is needed to pass.
    pub assign: bool,
    /// The `*` prefix: the constant is a letter with a meaning.
    pub special: bool,
    /// The `^` prefix: without regard to case.
    pub fold: bool,
    /// The operator.
    pub operator: Operator,
    /// The constant, with percent escapes decoded.
    pub constant: String,
    /// Where the whole term stands in the text, in bytes.
    pub span: Range<usize>,
    /// Where its identifier stands.
    pub identifier_span: Range<usize>,
    /// Where its constant stands.
    pub constant_span: Range<usize>,
}

/// The comparison operators (manual 7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `%`
    Contains,
    /// `$`
    ContainsNot,
}

impl Operator {
    /// All operators with their signs and the names of their CGI entities.
    pub const NAMES: &'static [(Operator, &'static str, &'static str)] = &[
        (Operator::Equal, "=", "EQ"),
        (Operator::NotEqual, "<>", "NE"),
        (Operator::Less, "<", "LT"),
        (Operator::LessOrEqual, "<=", "LE"),
        (Operator::Greater, ">", "GT"),
        (Operator::GreaterOrEqual, ">=", "GE"),
        (Operator::Contains, "%", "CON"),
        (Operator::ContainsNot, "$", "NCON"),
    ];

    /// The sign.
    pub fn sign(self) -> &'static str {
        Operator::NAMES.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }
}

impl fmt::Display for Expression {
    /// The basic syntax. A constant that came from CGI with `&`, `|` or `)` in it cannot be written there; it is
    /// shown as it is, so that such text is for people alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, parts) = match self {
            Expression::Any(parts) => ("|", parts),
            Expression::All(parts) => ("&", parts),
            Expression::Group(inner) => return write!(f, "({inner})"),
            Expression::Term(term) => return term.fmt(f),
        };
        for (number, part) in parts.iter().enumerate() {
            f.write_str(if number > 0 { sign } else { "" })?;
            part.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for WrittenTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.identifier)?;
        for (set, sign) in [(self.assign, ":"), (self.special, "*"), (self.fold, "^")] {
            f.write_str(if set { sign } else { "" })?;
        }
        write!(f, "{}{}", self.operator.sign(), self.constant)
    }
}
