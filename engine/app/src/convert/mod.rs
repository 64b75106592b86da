//! `syncloom convert`: items of files from one datatype of a config to another one, or to JSON, with the scripts that
//! the datatypes have. Whatever is lost on the way is named.
//!
//! Not its job: sessions and databases. Scripts that ask for one are told that there is none.

mod input;
mod progress;
mod show;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use syncloom_config::{Config, DataType, LoadOptions, Severity};
use syncloom_formats::{Codec, Hosts, Note, Peer, Pipeline, Profiles, split};
use syncloom_script::lang::System;
use syncloom_script::{FieldId, Item};

use crate::ConfigArgs;
use crate::console::clean;
use crate::script::Machine;
use input::Source;
use progress::Progress;

/// What is converted, and into what.
#[derive(Args)]
pub(crate) struct ConvertArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// The datatype of the config that the items are of
    #[arg(long, value_name = "TYPE")]
    from: String,
    /// The datatype to write them in, or `json`: one object a line
    #[arg(long, value_name = "TYPE", required_unless_present = "fields")]
    to: Option<String>,
    /// Show the fields of each item as they are read, instead
    #[arg(long, conflicts_with = "to")]
    fields: bool,
    /// Leave out the scripts of the datatypes
    #[arg(long)]
    no_scripts: bool,
    /// Write here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Files with one item or many, or folders of them; `-` or none is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// What comes of an item.
enum Target {
    Type(Box<Codec>),
    Json,
    Fields,
}

/// What there is to say at the end.
#[derive(Default)]
struct Count {
    items: usize,
    refused: usize,
    unreadable: usize,
    losses: usize,
}

pub(crate) fn run(args: &ConvertArgs) -> ExitCode {
    match convert(args) {
        Ok(count) => {
            let failed = count.refused + count.unreadable > 0;
            if failed || count.losses > 0 {
                eprintln!("{}", summary(&count));
            }
            if failed { ExitCode::from(1) } else { ExitCode::SUCCESS }
        }
        Err(message) => {
            if !message.is_empty() {
                eprintln!("syncloom: {message}");
            }
            ExitCode::from(2)
        }
    }
}

fn summary(count: &Count) -> String {
    let many = |number: usize, one: &str, more: &str| match number {
        1 => format!("1 {one}"),
        number => format!("{number} {more}"),
    };
    let mut parts = vec![many(count.items, "item converted", "items converted")];
    if count.refused > 0 {
        parts.push(many(count.refused, "item refused", "items refused"));
    }
    if count.unreadable > 0 {
        parts.push(many(count.unreadable, "file not read", "files not read"));
    }
    if count.losses > 0 {
        parts.push(many(count.losses, "thing lost or doubtful", "things lost or doubtful"));
    }
    parts.join(", ")
}

/// An error without words has been told already.
fn convert(args: &ConvertArgs) -> Result<Count, String> {
    let config = load(&args.config)?;
    let from = Codec::new(datatype(&config, &args.from)?);
    let target = match args.to.as_deref() {
        None => Target::Fields,
        Some(word) if word.eq_ignore_ascii_case("json") => Target::Json,
        Some(name) => {
            let to = datatype(&config, name)?;
            if !Arc::ptr_eq(to.fields(), from.datatype().fields()) {
                let (theirs, ours) = (to.fields().name(), from.datatype().fields().name());
                return Err(format!(
                    "{} has the fields of '{ours}' and {name} those of '{theirs}', so neither can hold the other",
                    args.from
                ));
            }
            Target::Type(Box::new(Codec::new(to)))
        }
    };
    let sources = input::sources(&args.files)?;
    let out: Box<dyn Write> = match &args.output {
        None => Box::new(io::stdout().lock()),
        Some(path) => {
            // It may be the only copy.
            if sources.iter().any(|source| source.is(path)) {
                return Err(format!("{} is read: write to another file", path.display()));
            }
            Box::new(File::create(path).map_err(|error| format!("{}: {error}", path.display()))?)
        }
    };
    let progress = Progress::new(sources.iter().map(|source| source.size).sum());
    let mut converter = Converter::new(&config, from, target, args, BufWriter::new(out), progress);
    for source in sources {
        if !converter.source(&source).map_err(|error| format!("the output cannot be written: {error}"))? {
            break;
        }
    }
    converter.finish()
}

/// Loads the config and tells of its errors. What else there is to say of it is the business of `check`.
fn load(args: &ConfigArgs) -> Result<Config, String> {
    let options = LoadOptions { variables: args.define.clone(), ..LoadOptions::default() };
    let loaded = syncloom_config::load(&args.path, &options);
    for told in loaded.diagnostics.iter().filter(|told| told.severity == Severity::Error) {
        eprint!("{}", syncloom_config::diagnostic::render::human(told, &loaded.sources, false));
    }
    loaded.config.ok_or_else(String::new)
}

fn datatype(config: &Config, name: &str) -> Result<Arc<DataType>, String> {
    let found = config.datatypes.iter().find(|datatype| datatype.name.eq_ignore_ascii_case(name));
    found.cloned().ok_or_else(|| {
        let known: Vec<&str> = config.datatypes.iter().map(|datatype| datatype.name.as_str()).collect();
        format!("the config has no datatype '{name}'; it has {}", known.join(", "))
    })
}

struct Converter<'c> {
    from: Codec,
    target: Target,
    peer: Peer,
    machine: Machine,
    receiving: Pipeline,
    sending: Option<Pipeline>,
    scripts: bool,
    /// By field, whether the target can hold it.
    held: Vec<bool>,
    out: BufWriter<Box<dyn Write + 'c>>,
    progress: Progress,
    count: Count,
}

impl<'c> Converter<'c> {
    fn new(
        config: &Config,
        from: Codec,
        target: Target,
        args: &ConvertArgs,
        out: BufWriter<Box<dyn Write + 'c>>,
        progress: Progress,
    ) -> Self {
        let mut machine = Machine::new();
        let peer = Peer { zones: config.zones.clone(), now: Some(machine.now()), ..Peer::default() };
        let profiles = Arc::new(Profiles::new(&config.mime_profiles, &config.text_profiles));
        let pipeline =
            |codec: &Codec| Pipeline::new(Arc::clone(codec.datatype()), Arc::clone(&profiles), None);
        let (sending, held) = match &target {
            Target::Type(to) => (Some(pipeline(to)), to.available_fields(&peer)),
            Target::Json | Target::Fields => (None, Vec::new()),
        };
        Converter {
            receiving: pipeline(&from),
            sending,
            held,
            from,
            target,
            peer,
            machine,
            scripts: !args.no_scripts,
            out,
            progress,
            count: Count::default(),
        }
    }

    /// Converts the items of a file. `false`: nobody reads the output any more.
    fn source(&mut self, source: &Source) -> io::Result<bool> {
        let bytes = match source.read() {
            Ok(bytes) => bytes,
            Err(error) => {
                self.count.unreadable += 1;
                self.tell(&format!("{}: error: {error}", source.name));
                return Ok(true);
            }
        };
        let datatype = Arc::clone(self.from.datatype());
        for piece in split(&datatype, &bytes) {
            let text = piece.bytes();
            match self.item(source, &text, &|line| piece.line_in_text(line)) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(false),
                result => result?,
            }
            self.progress.went_on(text.len());
        }
        Ok(true)
    }

    fn item(&mut self, source: &Source, text: &[u8], line: &dyn Fn(usize) -> usize) -> io::Result<()> {
        let begin = line(1);
        let peer = self.peer.clone();
        let parsed = match self.from.decode(text, &peer) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.count.refused += 1;
                let at = error.line().map_or(begin, line);
                self.tell(&format!("{}:{at}: error: {}", source.name, clean(&error.reason())));
                return Ok(());
            }
        };
        self.notes(source, &parsed.notes, |note| if note.line > 0 { line(note.line) } else { begin });
        let mut item = parsed.item;
        let mut zones = parsed.zones;
        let mut limit = None;
        // What came in counts, not what the scripts put beside it for the way out.
        let homeless = self.homeless(&item);
        if self.scripts {
            let mut hosts = Hosts {
                system: &mut self.machine,
                zones: &mut zones,
                session: None,
                datastore: None,
                item: None,
            };
            self.receiving.incoming(&mut item, &mut hosts);
            if let Some(sending) = &mut self.sending {
                limit = sending.outgoing(&mut item, None, &mut hosts);
            }
        }
        let sending = self.sending.iter_mut().flat_map(Pipeline::take_faults);
        let faults: Vec<_> = self.receiving.take_faults().into_iter().chain(sending).collect();
        for fault in faults {
            self.lost(&format!("{}:{begin}: {fault}", source.name));
        }
        self.count.items += 1;
        match &self.target {
            Target::Fields => {
                show::fields(&mut self.out, &source.name, begin, &item, &zones)?;
            }
            Target::Json => show::json(&mut self.out, &source.name, begin, &item)?,
            Target::Type(to) => {
                let encoded = to.encode(&item, &Peer { zones, ..peer }, limit);
                self.out.write_all(&encoded.data)?;
                for field in homeless {
                    let name = &source.name;
                    self.lost(&format!(
                        "{name}:{begin}: the field {field} has no place in the other datatype"
                    ));
                }
                self.notes(source, &encoded.notes, |_| begin);
            }
        }
        Ok(())
    }

    /// The names of the fields that hold something and that the target has no place for.
    fn homeless(&self, item: &Item) -> Vec<String> {
        let has_no_place = |field: FieldId| self.held.get(field.index()).is_some_and(|held| !held);
        item.iter()
            .filter(|(field, value)| !value.is_empty() && has_no_place(*field))
            .filter_map(|(field, _)| item.list().get(field).map(|field| field.name.clone()))
            .collect()
    }

    fn notes(&mut self, source: &Source, notes: &[Note], line: impl Fn(&Note) -> usize) {
        for note in notes {
            let property =
                if note.property.is_empty() { String::new() } else { clean(&note.property) + ": " };
            let kind = clean(&note.kind.to_string());
            self.lost(&format!("{}:{}: {property}{kind}", source.name, line(note)));
        }
    }

    fn lost(&mut self, text: &str) {
        self.count.losses += 1;
        self.tell(text);
    }

    fn tell(&mut self, text: &str) {
        self.progress.hide();
        eprintln!("{text}");
    }

    fn finish(mut self) -> Result<Count, String> {
        self.progress.hide();
        match self.out.flush() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(format!("the output cannot be written: {error}"))
            }
            _ => Ok(self.count),
        }
    }
}
