//! What is printed of scripts: values, mistakes with their place, and traces.

use syncloom_script::Value;
use syncloom_script::lang::{Event, ScriptError, Tracer, TypedValue};

use super::Text;

/// A value with its type; texts in quotes, so that blanks and line ends show.
pub(super) fn described(value: &TypedValue) -> String {
    let kind = value.kind.name();
    match &value.value {
        Value::Unassigned => format!("{kind} unassigned"),
        Value::Empty => format!("{kind} empty"),
        Value::Text(text) => format!("{kind} {text:?}"),
        Value::Blob(bytes) => format!("{kind} of {} bytes", bytes.len()),
        Value::Integer(_) | Value::Timestamp(_) => format!("{kind} {}", value.value.to_text()),
        Value::Array(elements) => {
            let one = |element: &Value| described(&TypedValue { kind: value.kind, value: element.clone() });
            format!("[{}]", elements.iter().map(one).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A mistake with its line, and the place marked under it.
pub(super) fn mistake(text: &Text, error: &ScriptError) {
    let Text { name, text: all, added } = text;
    // What was put around the text to make a script of it is not shown.
    let all = all.get(*added..).unwrap_or_default();
    let at = error.span.start.saturating_sub(*added).min(all.len());
    let start = all[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = all[start..].lines().next().unwrap_or_default();
    let number = all[..start].matches('\n').count() + 1;
    let column = all[start..at].chars().count() + 1;
    let end = error.span.end.saturating_sub(*added).clamp(at, start + line.len().max(at - start));
    let marks = "^".repeat(all[at..end].chars().count().max(1));
    eprintln!("error: {}", error.message);
    eprintln!("  --> {name}:{number}:{column}");
    eprintln!("   | {line}\n   | {}{marks}", " ".repeat(column - 1));
    for place in &error.inside {
        eprintln!("  note: in macro {}", place.name);
    }
    if let Some(hint) = &error.hint {
        eprintln!("  hint: {hint}");
    }
}

/// Prints what a script does: each line that it comes to, and under it what that line changes.
pub(super) struct Trace<'a>(pub(super) &'a Text);

impl Tracer for Trace<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Line { line, function: Some(function), depth } => {
                eprintln!("{}{function}:{line}", "  ".repeat(depth));
            }
            Event::Line { line, function: None, .. } => {
                let written = self.0.text.get(self.0.added..).unwrap_or_default();
                let source = written.lines().nth(line.saturating_sub(1) as usize).unwrap_or_default();
                eprintln!("{}:{line}: {}", self.0.name, source.trim());
            }
            Event::Set { name, value } => eprintln!("    {name} = {}", described(&value)),
            Event::Gave { function, value } => eprintln!("    {function}() gives {}", described(&value)),
        }
    }
}
