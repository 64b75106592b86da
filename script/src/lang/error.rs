//! What can be wrong with a script: when it is loaded, and when it runs.
//!
//! Not its job: places in the XML file. A span here counts bytes from the start of the script's text; whoever
//! knows where that text stands in a file adds that.

use std::fmt;
use std::ops::Range;

/// Something wrong with a script that is found while it is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// Bytes of the script, function or declaration; for text from a macro, those of the macro's use.
    pub span: Range<usize>,
    /// One line that says what is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where in a macro it is, from the outermost macro inwards; empty for the script's own text.
    pub inside: Vec<MacroPlace>,
}

/// A place in the text of a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacroPlace {
    /// The macro's name.
    pub name: String,
    /// Bytes of the macro's text as it was defined.
    pub span: Range<usize>,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for place in &self.inside {
            write!(f, " (in macro {})", place.name)?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "; {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ScriptError {}

/// Why a script ended while it ran, as an operation or a function says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Division or modulus by zero.
    DivisionByZero,
    /// An index below zero or beyond [`MAX_ARRAY_INDEX`](crate::item::MAX_ARRAY_INDEX).
    ArrayIndex(i64),
    /// `[+n]` leaves the field list or the variables.
    FieldOffset(i64),
    /// A loop, or what it calls, took longer than `<looptimeout>`.
    LoopTimeout,
    /// User functions called each other deeper than [`MAX_CALL_DEPTH`](super::MAX_CALL_DEPTH).
    CallDepth,
    /// A text longer than [`MAX_TEXT`](super::MAX_TEXT).
    TextLength,
    /// All variables together larger than [`MAX_MEMORY`](super::MAX_MEMORY).
    Memory,
    /// The script was run without the item that it reads or writes.
    NoItem,
    /// The item may be read, not written.
    ReadOnlyItem,
    /// The upper room that serves this context gave no access.
    NoHost(&'static str),
    /// What a function says of itself.
    Function(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::DivisionByZero => f.write_str("division by zero"),
            Fault::ArrayIndex(index) => write!(f, "array index {index} is out of bounds"),
            Fault::FieldOffset(offset) => write!(f, "offset {offset} leaves the fields or variables"),
            Fault::LoopTimeout => f.write_str("loop took longer than <looptimeout> (endless loop?)"),
            Fault::CallDepth => f.write_str("functions call each other too deeply (endless recursion?)"),
            Fault::TextLength => f.write_str("text is too long"),
            Fault::Memory => f.write_str("variables are too large"),
            Fault::NoItem => f.write_str("field of an item that is not there"),
            Fault::ReadOnlyItem => f.write_str("this item cannot be changed here"),
            Fault::NoHost(what) => write!(f, "no {what} to work on"),
            Fault::Function(text) => f.write_str(text),
        }
    }
}

/// Why a script ended while it ran, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunError {
    /// What happened.
    pub fault: Fault,
    /// The line of the script or function, counted from 1; for text from a macro, that of the macro's use.
    pub line: u32,
    /// The user function it happened in, if it was in one.
    pub function: Option<String>,
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at line {}", self.fault, self.line)?;
        match &self.function {
            Some(name) => write!(f, " of function {name}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for RunError {}
