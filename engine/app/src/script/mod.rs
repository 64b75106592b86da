//! `syncloom script`: runs a script or one expression, and shows its result and variables with their types; at a
//! terminal, line by line.
//!
//! Not its job: sessions. Functions that need one say that there is none.

mod machine;
mod prompt;
mod show;

use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use syncloom_config::Config;
use syncloom_script::functions::Contexts;
use syncloom_script::lang::{
    Context, ContextBuilder, Env, ItemSlot, Library, ScriptError, ScriptId, TypedValue, Variables,
};
use syncloom_script::time::Zones;
use syncloom_script::{FieldList, Item};

use crate::ConfigArgs;
pub(crate) use machine::Machine;
use show::{Trace, described, mistake};

/// What is run, and from where.
#[derive(Args)]
pub(crate) struct ScriptArgs {
    /// The file with the script; `-` is standard input, and so is none, unless that is a terminal, which gets a prompt
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Run this instead: an expression, or statements
    #[arg(short, long, value_name = "SCRIPT", conflicts_with = "file")]
    expression: Option<String>,
    /// Show each line that is run, and the values that it changes
    #[arg(long)]
    trace: bool,
    /// Run with the macros, functions and time zones of this config
    #[arg(long, value_name = "CONFIG")]
    config: Option<PathBuf>,
    /// Set a config variable
    #[arg(short = 'D', value_name = "NAME=VALUE", value_parser = crate::name_and_value, requires = "config")]
    define: Vec<(String, String)>,
    /// Run with an empty item of this field list of the config, and show it
    #[arg(long, value_name = "NAME", requires = "config", conflicts_with = "datatype")]
    fieldlist: Option<String>,
    /// The same with the field list of this datatype
    #[arg(long, value_name = "NAME", requires = "config")]
    datatype: Option<String>,
}

/// A text, what it is called in messages, and how many bytes were put before it to make a script of it.
struct Text {
    name: String,
    text: String,
    added: usize,
}

pub(crate) fn run(args: &ScriptArgs) -> ExitCode {
    let bench = match Bench::new(args) {
        Ok(bench) => bench,
        Err(message) => {
            if !message.is_empty() {
                eprintln!("syncloom: {message}");
            }
            return ExitCode::from(2);
        }
    };
    if args.file.is_none() && args.expression.is_none() && std::io::stdin().is_terminal() {
        return prompt::run(bench);
    }
    match source(args) {
        Ok(source) => bench.run_once(source),
        Err(message) => {
            eprintln!("syncloom: {message}");
            ExitCode::from(2)
        }
    }
}

/// Where a script comes from.
enum Source {
    /// A file, which holds statements.
    Script(Text),
    /// The command line, where an expression may stand alone.
    Line(String),
}

fn source(args: &ScriptArgs) -> Result<Source, String> {
    let script = |name: String, text: String| Source::Script(Text { name, text, added: 0 });
    if let Some(text) = &args.expression {
        return Ok(Source::Line(text.clone()));
    }
    match args.file.as_ref().filter(|path| path.as_os_str() != "-") {
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
            Ok(script(name, text))
        }
        None => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map_err(|error| format!("standard input: {error}"))?;
            Ok(script("standard input".into(), text))
        }
    }
}

/// What scripts run on and with.
struct Bench {
    library: Arc<Library>,
    item: Option<Item>,
    zones: Zones,
    machine: Machine,
    trace: bool,
    /// What earlier lines of a prompt have declared, and the values of that.
    earlier: Option<(Context, Variables)>,
}

/// A text that was compiled.
struct Compiled {
    text: Text,
    context: Context,
    script: ScriptId,
    errors: Vec<ScriptError>,
}

impl Bench {
    /// An error without words has been told already.
    fn new(args: &ScriptArgs) -> Result<Bench, String> {
        let (mut library, mut item, mut zones) = (Arc::new(Library::empty()), None, Zones::default());
        if let Some(path) = &args.config {
            let args_of_config = ConfigArgs { path: path.clone(), define: args.define.clone() };
            let config = crate::config::load_in_passing(&args_of_config).ok_or_else(String::new)?;
            item = fields(&config, args)?.map(Item::new);
            library = Arc::clone(&config.library);
            zones = config.zones.clone();
        }
        Ok(Bench { library, item, zones, machine: Machine::new(), trace: args.trace, earlier: None })
    }

    /// Runs a script and shows its variables and its result.
    fn run_once(mut self, source: Source) -> ExitCode {
        let compiled = match source {
            Source::Script(text) => self.compile(text),
            Source::Line(line) => self.understood(&line),
        };
        let Some((ended, context, variables)) = self.execute(compiled) else { return ExitCode::FAILURE };
        for (variable, value) in context.values(&variables) {
            println!("{variable}: {}", described(&value));
        }
        if let Some(item) = &self.item {
            for (id, field) in item.list().iter().filter(|(id, _)| item.get(*id).is_assigned()) {
                let value = TypedValue { kind: field.kind.into(), value: item.get(id).clone() };
                println!("TARGET.{}: {}", field.name, described(&value));
            }
        }
        match ended {
            Ok(Some(result)) => println!("result: {}", described(&result)),
            Ok(None) => println!("no result"),
            Err(message) => {
                eprintln!("{message}");
                return ExitCode::FAILURE;
            }
        }
        ExitCode::SUCCESS
    }

    /// Runs a line of a prompt and shows its result.
    fn run_line(&mut self, line: &str) {
        let compiled = self.understood(line);
        let Some((ended, context, variables)) = self.execute(compiled) else { return };
        match ended {
            Ok(Some(result)) => println!("{}", described(&result)),
            Ok(None) => {}
            Err(message) => eprintln!("error: {message}"),
        }
        self.earlier = Some((context, variables));
    }

    /// Runs what was compiled, or shows what is wrong with it. The error of a run comes with its place.
    #[allow(clippy::type_complexity)]
    fn execute(
        &mut self,
        compiled: Compiled,
    ) -> Option<(Result<Option<TypedValue>, String>, Context, Variables)> {
        let Compiled { text, context, script, errors } = compiled;
        errors.iter().for_each(|error| mistake(&text, error));
        if !errors.is_empty() {
            return None;
        }
        let mut variables = match self.earlier.take() {
            Some((_, variables)) => context.take_over(variables),
            None => context.variables(),
        };
        let mut env = Env::new(&mut self.machine);
        env.zones = self.zones.clone();
        if let Some(item) = &mut self.item {
            env.items.target = ItemSlot::Write(item);
        }
        let ended = match self.trace {
            true => context.run_traced(script, &mut variables, &mut env, &mut Trace(&text)),
            false => context.run(script, &mut variables, &mut env),
        };
        self.zones = env.zones;
        let ended = ended.map_err(|error| match &error.function {
            Some(function) => format!("function {function}:{}: {}", error.line, error.fault),
            None => format!("{}:{}: {}", text.name, error.line, error.fault),
        });
        Some((ended, context, variables))
    }

    fn compile(&self, text: Text) -> Compiled {
        let mut builder = ContextBuilder::new(&self.library, Contexts::GLOBAL);
        if let Some(item) = &self.item {
            builder = builder.target(item.list(), true);
        }
        if let Some((context, _)) = &self.earlier {
            builder = builder.after(context);
        }
        let script = builder.script(&text.text);
        let (context, errors) = builder.build();
        let errors = errors.into_iter().map(|(_, error)| error).collect();
        Compiled { text, context, script, errors }
    }

    /// A line that may be an expression, or statements of which the last may lack its semicolon. Of what is neither,
    /// the mistakes of the reading that came further.
    fn understood(&self, line: &str) -> Compiled {
        let text = |before: &str, behind: &str| {
            let text = format!("{before}{line}{behind}");
            self.compile(Text { name: "script".into(), text, added: before.len() })
        };
        let reached = |compiled: &Compiled| {
            let starts = compiled.errors.iter().map(|error| error.span.start);
            starts.min().map_or(usize::MAX, |start| start.saturating_sub(compiled.text.added))
        };
        // In parentheses it is an expression and no more: RETURN before `f(); g();` would end them behind the first.
        let bare = line.trim_end().trim_end_matches(';');
        let in_parentheses = self.compile(Text {
            name: "script".into(),
            text: format!("RETURN ({bare}\n);"),
            added: "RETURN (".len(),
        });
        let expression = text("RETURN ", ";");
        if in_parentheses.errors.is_empty() {
            return expression;
        }
        // A declaration alone ends with its semicolon, which nobody types at a prompt.
        [text("", ";"), expression]
            .into_iter()
            .fold(text("", ""), |best, other| if reached(&other) > reached(&best) { other } else { best })
    }
}

/// The fields of the item that scripts see.
fn fields(config: &Config, args: &ScriptArgs) -> Result<Option<Arc<FieldList>>, String> {
    if let Some(name) = &args.fieldlist {
        let found = config.field_lists.iter().find(|list| list.name().eq_ignore_ascii_case(name));
        return match found {
            Some(list) => Ok(Some(Arc::clone(list))),
            None => {
                let known: Vec<&str> = config.field_lists.iter().map(|list| list.name()).collect();
                Err(format!("no field list is called {name}; there are {}", known.join(", ")))
            }
        };
    }
    let Some(name) = &args.datatype else { return Ok(None) };
    match config.datatypes.iter().find(|datatype| datatype.name.eq_ignore_ascii_case(name)) {
        Some(datatype) => Ok(Some(Arc::clone(datatype.fields()))),
        None => {
            let known: Vec<&str> = config.datatypes.iter().map(|datatype| datatype.name.as_str()).collect();
            Err(format!("no datatype is called {name}; there are {}", known.join(", ")))
        }
    }
}
