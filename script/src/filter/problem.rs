//! What is wrong with a filter, and where.
//!
//! Not its job: saying it to a person. Whoever owns the text around the filter adds its own place.

use std::fmt;
use std::ops::Range;

/// One thing that is wrong with a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of thing.
    pub kind: ProblemKind,
    /// The bytes of the filter's text that it is about.
    pub span: Range<usize>,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// What to do about it, where that is known.
    pub hint: Option<String>,
}

impl Problem {
    pub(super) fn new(kind: ProblemKind, span: Range<usize>, message: impl Into<String>) -> Self {
        Problem { kind, span, message: message.into(), hint: None }
    }

    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.message, self.span.start)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// The kinds of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// The text is longer than [`super::MAX_LENGTH`].
    TooLong,
    /// Parentheses nest deeper than [`super::MAX_DEPTH`].
    TooDeep,
    /// What stands where a term belongs has no comparison operator.
    MissingOperator,
    /// A logical operator or a parenthesis has no term on one of its sides.
    MissingTerm,
    /// A parenthesis without its partner.
    Parenthesis,
    /// Text behind a complete term.
    Trailing,
    /// The `*` prefix with another operator than `=` and `<>`, or another constant than `E` and `N`.
    BadSpecial,
    /// Percent escapes that spell no UTF-8.
    BadEscape,
    /// An option of a database path that does not exist.
    UnknownOption,
    /// An option or pseudo-identifier with a value that it does not take, or in a place where it means nothing.
    BadOption,
    /// No field, property or predefined identifier has this name.
    UnknownIdentifier,
    /// An identifier that only CGI filters know (manual 7.3).
    CgiOnly,
    /// The constant is no number or time, though the field is.
    BadConstant,
    /// The operator says nothing about fields of this type.
    OperatorType,
    /// The `:` prefix on what cannot be assigned.
    NotAssignable,
}

impl ProblemKind {
    /// Whether the text still is a filter: the term is false, the other terms count. A config is refused
    /// nevertheless; a filter that a peer sent need not be.
    pub fn leaves_a_filter(self) -> bool {
        matches!(
            self,
            ProblemKind::UnknownIdentifier
                | ProblemKind::CgiOnly
                | ProblemKind::BadConstant
                | ProblemKind::OperatorType
                | ProblemKind::NotAssignable
        )
    }
}
