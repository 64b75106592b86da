//! Config variables and the conditions that ask for them (manual 4).
//!
//! Not its job: in which tags variables are replaced (`check`).

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::diagnostic::{Code, did_you_mean};
use crate::source::Report;
use crate::xml::Text;

/// The longest that a value can become by variables: a megabyte is longer than any path or script.
const MAX_LENGTH: usize = 1 << 20;
/// How many variables one value can take in: variables that double each other would go on for ever.
const MAX_STEPS: usize = 10_000;

/// The engine version that configs test against (`if="version>=3.2"`). It names the language, not Syncloom.
pub(crate) const LANGUAGE_VERSION: &str = "3.4.0.0";
/// The same as a number with a byte for each part.
pub(crate) const LANGUAGE_VERSION_HEX: &str = "03040000";

/// How far variables are replaced (attribute `expand`, manual 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expand {
    No,
    /// Once; what comes out stays as it is.
    Single,
    /// Also those in the values of variables.
    Yes,
}

impl Expand {
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "no" => Some(Expand::No),
            "single" => Some(Expand::Single),
            "yes" => Some(Expand::Yes),
            _ => None,
        }
    }
}

/// The variables that are defined so far. Names are the same in any case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables {
    values: BTreeMap<String, String>,
}

impl Variables {
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.insert(name.trim().to_ascii_lowercase(), value.into());
    }

    pub fn find(&self, name: &str) -> Option<&str> {
        self.values.get(&name.trim().to_ascii_lowercase()).map(String::as_str)
    }

    /// Their values, by names in small letters.
    pub fn into_values(self) -> BTreeMap<String, String> {
        self.values
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// The text with its variables replaced; each value leads back to the `$(name)` that it came from.
    pub fn expand(&self, text: Text, mode: Expand, report: &mut Report<'_>) -> Text {
        if mode == Expand::No || !text.as_str().contains("$(") {
            return text;
        }
        let whole = text.as_str();
        let mut out = Text::at(text.span(0..0).start);
        let mut run = Run { steps: 0, open: Vec::new() };
        let mut at = 0;
        while let Some(begin) = whole[at..].find("$(").map(|found| at + found) {
            out.push_part(&text, at..begin);
            let Some(end) = whole[begin..].find(')').map(|found| begin + found) else {
                report
                    .add(Code::UnknownVariable, text.span(begin..whole.len()), "$( is not closed")
                    .hint("write $(name), or expand=\"no\" if no variable is meant");
                return out;
            };
            let span = text.span(begin..end + 1);
            match self.value(&whole[begin + 2..end], mode, &mut run) {
                Ok(value) => out.push_made(&value, span.clone()),
                Err(fault) => fault.tell(self, span.clone(), report),
            }
            at = end + 1;
            if out.as_str().len() > MAX_LENGTH {
                Fault::Long.tell(self, span, report);
                return out;
            }
        }
        out.push_part(&text, at..whole.len());
        out
    }

    fn value(&self, name: &str, mode: Expand, run: &mut Run) -> Result<String, Fault> {
        let value = self.find(name).ok_or_else(|| Fault::Unknown(name.to_owned()))?;
        let key = name.trim().to_ascii_lowercase();
        if run.open.contains(&key) {
            return Err(Fault::Endless(name.to_owned()));
        }
        run.steps += 1;
        if run.steps > MAX_STEPS {
            return Err(Fault::Long);
        }
        if mode != Expand::Yes {
            return Ok(value.to_owned());
        }
        run.open.push(key);
        let mut out = String::new();
        let mut rest = value;
        while let Some(begin) = rest.find("$(") {
            let Some(length) = rest[begin..].find(')') else { break };
            out.push_str(&rest[..begin]);
            out.push_str(&self.value(&rest[begin + 2..begin + length], mode, run)?);
            if out.len() > MAX_LENGTH {
                return Err(Fault::Long);
            }
            rest = &rest[begin + length + 1..];
        }
        out.push_str(rest);
        run.open.pop();
        Ok(out)
    }
}

struct Run {
    steps: usize,
    open: Vec<String>,
}

enum Fault {
    Unknown(String),
    Endless(String),
    Long,
}

impl Fault {
    fn tell(self, variables: &Variables, span: Range<usize>, report: &mut Report<'_>) {
        match self {
            Fault::Unknown(name) => {
                let hint = did_you_mean(&name, variables.names()).unwrap_or_else(|| {
                    "define it before this place with <configvar>, or on the command line with -D name=value"
                        .to_owned()
                });
                report
                    .add(Code::UnknownVariable, span, format!("the variable '{name}' is not defined"))
                    .hint(hint);
            }
            Fault::Endless(name) => {
                let message = format!("the value of the variable '{name}' contains the variable itself");
                report
                    .add(Code::EndlessVariable, span, message)
                    .hint("use expand=\"single\", or another name");
            }
            Fault::Long => {
                report.add(Code::LongValue, span, "with its variables the value becomes too long");
            }
        }
    }
}

/// Evaluates `if="name op value"` (manual 4.5). `None` says that it can't be read; the report says why.
pub(crate) fn condition(
    text: &str,
    span: Range<usize>,
    variables: &Variables,
    report: &mut Report<'_>,
) -> Option<bool> {
    let at = text.find(['=', '!', '<', '>']);
    let parts = at.and_then(|at| {
        let rest = &text[at..];
        let operator = ["==", "!=", "<=", ">=", "=", "<", ">"].into_iter().find(|op| rest.starts_with(op))?;
        Some((text[..at].trim(), operator, rest[operator.len()..].trim()))
    });
    let Some((name, operator, value)) = parts.filter(|(name, _, _)| !name.is_empty()) else {
        report
            .add(Code::BadCondition, span, format!("'{text}' is no condition"))
            .hint("write name=value; =, !=, <, <=, > and >= compare");
        return None;
    };
    let Some(known) = variables.find(name) else {
        // Asking for a variable that only some setups define is what conditions are for.
        if let Some(hint) = did_you_mean(name, variables.names()) {
            let message = format!("the variable '{name}' is not defined, so this condition does not hold");
            report.add(Code::UndefinedCondition, span, message).hint(hint);
        }
        return Some(operator == "!=");
    };
    let order =
        if name.eq_ignore_ascii_case("version") { compare_versions(known, value) } else { known.cmp(value) };
    Some(match operator {
        "=" | "==" => order == Ordering::Equal,
        "!=" => order != Ordering::Equal,
        "<" => order == Ordering::Less,
        "<=" => order != Ordering::Greater,
        ">" => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

/// Part by part as numbers; parts that are not there are 0.
fn compare_versions(a: &str, b: &str) -> Ordering {
    let parts =
        |text: &str| -> Vec<u64> { text.split('.').map(|part| part.trim().parse().unwrap_or(0)).collect() };
    let (a, b) = (parts(a), parts(b));
    let part = |list: &[u64], index: usize| list.get(index).copied().unwrap_or(0);
    (0..a.len().max(b.len()))
        .map(|index| part(&a, index).cmp(&part(&b, index)))
        .find(|order| *order != Ordering::Equal)
        .unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn with(variables: &[(&str, &str)], text: &str, mode: Expand) -> (String, Vec<Code>) {
        let mut set = Variables::default();
        variables.iter().for_each(|(name, value)| set.set(name, *value));
        let source = Source::new("x", text.to_owned());
        let mut report = Report::new(&source);
        let mut input = Text::at(0);
        input.push_made(text, 0..text.len());
        let out = set.expand(input, mode, &mut report);
        (out.as_str().to_owned(), report.diagnostics.iter().map(|d| d.code).collect())
    }

    #[test]
    fn variables_are_replaced_as_far_as_the_mode_says() {
        let set = [("a", "1$(B)"), ("b", "2")];
        assert_eq!(with(&set, "x$(A)y$(b)", Expand::Yes), ("x12y2".into(), vec![]));
        assert_eq!(with(&set, "x$(A)y", Expand::Single), ("x1$(B)y".into(), vec![]));
        assert_eq!(with(&set, "x$(A)y", Expand::No), ("x$(A)y".into(), vec![]));
    }

    #[test]
    fn what_cannot_be_replaced_is_told() {
        assert_eq!(with(&[("path", "/")], "$(pth)!", Expand::Yes), ("!".into(), vec![Code::UnknownVariable]));
        assert_eq!(with(&[("a", "$(b)"), ("b", "$(a)")], "$(a)", Expand::Yes).1, [Code::EndlessVariable]);
        assert_eq!(with(&[], "a$(b", Expand::Yes).1, [Code::UnknownVariable]);
    }

    #[test]
    fn doubling_variables_come_to_an_end() {
        for last in ["", "ha"] {
            let mut set: Vec<(String, String)> =
                (1..40).map(|n| (format!("v{n}"), format!("$(v{})$(v{})", n - 1, n - 1))).collect();
            set.push(("v0".into(), last.into()));
            let set: Vec<(&str, &str)> = set.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            assert_eq!(with(&set, "$(v39)", Expand::Yes).1, [Code::LongValue]);
        }
    }

    fn holds(text: &str) -> (Option<bool>, usize) {
        let mut set = Variables::default();
        set.set("version", LANGUAGE_VERSION);
        set.set("mode", "test");
        let source = Source::new("x", String::new());
        let mut report = Report::new(&source);
        (condition(text, 0..0, &set, &mut report), report.diagnostics.len())
    }

    #[test]
    fn conditions_compare_text_and_versions() {
        for text in [
            "mode=test",
            "mode == test",
            "mode!=x",
            "mode>tesa",
            "mode<=test",
            "version>=3.2.0.11",
            "version < 3.10",
            "version=3.4",
            "other!=1",
        ] {
            assert_eq!(holds(text), (Some(true), 0), "{text}");
        }
        for text in ["mode=Test", "mode<test", "version>3.4.0", "other=1", "nosuchvar==5"] {
            assert_eq!(holds(text), (Some(false), 0), "{text}");
        }
        assert_eq!(holds("mdoe=test"), (Some(false), 1));
        for text in ["", "=", "mode", "=5"] {
            assert_eq!(holds(text), (None, 1), "{text}");
        }
    }
}
