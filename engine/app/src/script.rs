//! `syncloom script`: runs a script or one expression, and shows its result and variables with their types.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::Args;
use syncloom_script::functions::Contexts;
use syncloom_script::lang::{
    ContextBuilder, DEFAULT_LOOP_TIMEOUT_MS, Env, Library, Macros, ScriptError, System, TypedValue,
};
use syncloom_script::{Timestamp, Value};

/// What is run, and from where.
#[derive(Args)]
pub(crate) struct ScriptArgs {
    /// The file with the script; `-`, or none, is standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Run this instead: an expression, or statements
    #[arg(short, long, value_name = "SCRIPT", conflicts_with = "file")]
    expression: Option<String>,
}

pub(crate) fn run(args: &ScriptArgs) -> ExitCode {
    let (name, text) = match source(args) {
        Ok(source) => source,
        Err(message) => {
            eprintln!("syncloom: {message}");
            return ExitCode::from(2);
        }
    };
    let (library, _) = Library::new(Macros::default(), &[], DEFAULT_LOOP_TIMEOUT_MS);
    let mut builder = ContextBuilder::new(&Arc::new(library), Contexts::GLOBAL);
    let script = builder.script(&text);
    let (context, errors) = builder.build();
    for (_, error) in &errors {
        show(&name, &text, error);
    }
    if !errors.is_empty() {
        return ExitCode::FAILURE;
    }
    let mut variables = context.variables();
    let mut machine = Machine { started: Instant::now(), random: None };
    let outcome = context.run(script, &mut variables, &mut Env::new(&mut machine));
    for (variable, value) in context.values(&variables) {
        println!("{variable}: {}", described(&value));
    }
    match outcome {
        Ok(Some(result)) => println!("result: {}", described(&result)),
        Ok(None) => println!("no result"),
        Err(error) => {
            eprintln!("{name}:{}: {}", error.line, error.fault);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// What the script is called in messages, and its text.
fn source(args: &ScriptArgs) -> Result<(String, String), String> {
    if let Some(text) = &args.expression {
        let is_script = text.contains(';');
        return Ok(("script".into(), if is_script { text.clone() } else { format!("RETURN {text};") }));
    }
    match args.file.as_ref().filter(|path| path.as_os_str() != "-") {
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
            Ok((name, text))
        }
        None => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map_err(|error| format!("standard input: {error}"))?;
            Ok(("standard input".into(), text))
        }
    }
}

/// A value with its type; texts in quotes, so that blanks and line ends show.
fn described(value: &TypedValue) -> String {
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
fn show(name: &str, text: &str, error: &ScriptError) {
    let at = error.span.start.min(text.len());
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let number = text[..start].matches('\n').count() + 1;
    let column = text[start..at].chars().count() + 1;
    let end = error.span.end.clamp(at, start + line.len().max(at - start));
    let marks = "^".repeat(text[at..end].chars().count().max(1));
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

/// This machine, as scripts see it.
struct Machine {
    started: Instant,
    /// The state of the sequence that a seed has begun.
    random: Option<u64>,
}

impl System for Machine {
    fn now(&mut self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_unix_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn elapsed_ms(&mut self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn random(&mut self, seed: Option<i64>) -> u64 {
        if let Some(seed) = seed {
            self.random = Some(seed.cast_unsigned() | 1);
        }
        match &mut self.random {
            // Splitmix64: a seed always gives the same numbers.
            Some(state) => {
                *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                mixed ^ (mixed >> 31)
            }
            None => getrandom::u64().unwrap_or_default(),
        }
    }

    fn sleep_ms(&mut self, milliseconds: u64) {
        std::thread::sleep(Duration::from_millis(milliseconds));
    }

    fn read_file(&mut self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(path).map_err(|error| error.to_string())
    }

    fn shell(&mut self, command: &str, parameters: &str, background: bool) -> Option<i64> {
        let mut process = Command::new("sh");
        process.arg("-c").arg(format!("{command} {parameters}")).stdin(Stdio::null());
        if background {
            return process.spawn().ok().map(|_| 0);
        }
        process.status().ok().map(|status| status.code().map_or(-1, i64::from))
    }

    fn log(&mut self, text: &str) {
        eprintln!("{text}");
    }
}
