//! `%d([opts]field[#index][,dbfieldtype])`: a field of the item within a statement (manual 12.1.3).
//!
//! Not its job: finding it in a statement.

use std::ops::Range;

use syncloom_script::FieldList;

use crate::diagnostic::{Code, did_you_mean};
use crate::model::{DbType, FieldPlaceholder};

/// What is wrong, and where within the brackets.
pub(super) struct Fault {
    pub code: Code,
    pub span: Range<usize>,
    pub message: String,
    pub hint: Option<String>,
}

/// Reads what stands in the brackets.
pub(super) fn parse(text: &str, fields: &FieldList) -> Result<FieldPlaceholder, Fault> {
    let bad =
        |span: Range<usize>, message: String| Fault { code: Code::BadPlaceholder, span, message, hint: None };
    let (options, rest) = match text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        Some((options, rest)) => (options, rest),
        None => ("", text),
    };
    if let Some((at, c)) = options.char_indices().find(|(_, c)| !matches!(c, 'l' | 'u' | 'a')) {
        let message = format!("'{c}' is no option; l, u and a are");
        return Err(bad(at + 1..at + 1 + c.len_utf8(), message));
    }
    let begin = text.len() - rest.len();
    let (name, kind) = match rest.split_once(',') {
        None => (rest, DbType::Numeric),
        Some((name, kind)) => {
            let known = DbType::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(kind.trim()));
            let Some((_, kind)) = known else {
                let at = begin + name.len() + 1;
                let mut fault = bad(at..at + kind.len(), format!("'{kind}' is no type of a column"));
                fault.hint = did_you_mean(kind, DbType::NAMES.iter().map(|(name, _)| *name));
                return Err(fault);
            };
            (name, *kind)
        }
    };
    let (name, index) = match name.split_once('#') {
        None => (name, None),
        Some((name, index)) => {
            // Elements are counted from 1 here.
            let number = index.trim().parse::<u32>().ok().and_then(|index| index.checked_sub(1));
            let at = begin + name.len() + 1;
            let Some(number) = number else {
                let message = format!("'{index}' is no element; the first is 1");
                return Err(bad(at..at + index.len(), message));
            };
            (name, Some(number))
        }
    };
    let Some(field) = fields.find(name.trim()) else {
        return Err(Fault {
            code: Code::UnknownField,
            span: begin..begin + name.len(),
            message: format!("the field list '{}' has no field '{}'", fields.name(), name.trim()),
            hint: did_you_mean(name, fields.fields().iter().map(|field| field.name.as_str())),
        });
    };
    let has = |option| options.contains(option);
    Ok(FieldPlaceholder { field, index, lower: has('l'), upper: has('u'), ascii: has('a'), kind })
}
