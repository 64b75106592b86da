//! The way in: a config file becomes a typed config and a list of all its problems. The only place that reads
//! files.
//!
//! Not its job: printing problems.

use std::path::{Path, PathBuf};

use crate::check::{Rules, check};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::encoding::decode;
use crate::file::{MAX_FILE_SIZE, changed, read, read_included, readable};
use crate::include::Files;
use crate::model::Config;
use crate::node::Node;
use crate::source::{Report, Source, Sources};
use crate::variables::{LANGUAGE_VERSION, LANGUAGE_VERSION_HEX, Variables};
use crate::{advice, build, show, xml};

/// What a config is loaded with.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// Variables from the command line (`-D name=value`).
    pub variables: Vec<(String, String)>,
    /// What the system says of itself, for the predefined variables.
    pub environment: Environment,
    /// Unknown tags are errors instead of warnings.
    pub strict: bool,
    /// The platform that `platform="…"` is compared with.
    pub platform: Platform,
    /// Fill [`Loaded::shown`].
    pub show: bool,
}

/// The platforms that a config can tell apart (manual 4.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// `win32`
    Windows,
    /// `linux`
    Linux,
    /// `macosx`
    Mac,
}

impl Platform {
    /// As it stands in the attribute, and as the variable `platformname` has it.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Platform::Windows => ("win32", "Windows"),
            Platform::Linux => ("linux", "Linux"),
            Platform::Mac => ("macosx", "MacOSX"),
        }
    }
}

impl Default for Platform {
    /// The platform that this runs on.
    fn default() -> Self {
        if cfg!(windows) {
            Platform::Windows
        } else if cfg!(target_os = "macos") {
            Platform::Mac
        } else {
            Platform::Linux
        }
    }
}

/// What the system says of itself (manual 4.4).
#[derive(Debug, Clone)]
pub struct Environment {
    /// `temp_path`
    pub temp_path: PathBuf,
    /// `exedir_path`: where the program is.
    pub exedir_path: PathBuf,
    /// `userdir_path`: the home of the user.
    pub userdir_path: PathBuf,
    /// `globcfg_path`: where configs of the whole system are.
    pub globcfg_path: PathBuf,
    /// `device_name`: the name of the machine.
    pub device_name: String,
    /// `user_name`
    pub user_name: String,
    /// `platformvers`: the version of the operating system.
    pub platform_version: String,
    /// `prefs_path`: where programs keep the settings of a user.
    pub prefs_path: PathBuf,
    /// `appdata_path`: where this program does.
    pub appdata_path: PathBuf,
    /// Further variables, which give way to those of the command line: from the environment those whose names begin
    /// with `SYNCLOOM_VAR_`, without that.
    pub variables: Vec<(String, String)>,
}

/// What the names of environment variables begin with that are variables of configs.
const PREFIX: &str = "SYNCLOOM_VAR_";

impl Default for Environment {
    /// As this process sees it.
    fn default() -> Self {
        let variable = |names: &[&str]| names.iter().find_map(std::env::var_os).unwrap_or_default();
        let exedir = std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_owned));
        let text = |names| variable(names).to_string_lossy().into_owned();
        let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default().trim().to_owned();
        let home: PathBuf = variable(&["HOME", "USERPROFILE"]).into();
        let prefs_path = match variable(&["XDG_CONFIG_HOME", "APPDATA"]) {
            none if none.is_empty() => home.join(".config"),
            known => known.into(),
        };
        let own = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            let name = name.to_str()?.strip_prefix(PREFIX)?.to_owned();
            Some((name, value.to_string_lossy().into_owned()))
        };
        Environment {
            platform_version: std::fs::read_to_string("/proc/sys/kernel/osrelease")
                .unwrap_or_default()
                .trim()
                .to_owned(),
            appdata_path: prefs_path.join("syncloom"),
            prefs_path,
            variables: std::env::vars_os().filter_map(own).collect(),
            temp_path: std::env::temp_dir(),
            exedir_path: exedir.unwrap_or_default(),
            userdir_path: home,
            globcfg_path: PathBuf::from(if cfg!(windows) { "C:\\Windows" } else { "/etc" }),
            device_name: if host.is_empty() { text(&["HOSTNAME", "COMPUTERNAME"]) } else { host },
            user_name: text(&["USER", "USERNAME", "LOGNAME"]),
        }
    }
}

/// What became of a config.
#[derive(Debug)]
pub struct Loaded {
    /// The config; `None` if there are errors.
    pub config: Option<Config>,
    /// All problems, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
    /// The files, for showing lines of them.
    pub sources: Sources,
    /// The config as it was understood, if that was asked for and the file is XML.
    pub shown: Option<String>,
}

impl Loaded {
    /// A file of which no config came.
    pub(crate) fn failed(source: Source, diagnostics: Vec<Diagnostic>) -> Self {
        finish(None, diagnostics, source, Vec::new())
    }

    /// Whether there is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Loads a config file.
pub fn load(path: &Path, options: &LoadOptions) -> Loaded {
    match read(path) {
        Ok(bytes) => {
            let mut loaded = load_text(path, &bytes, options);
            if let Some(config) = &mut loaded.config {
                config.date = config.date.or_else(|| changed(path));
            }
            loaded
        }
        Err((code, message)) => failed(path, String::new(), (code, message, 0)),
    }
}

/// Loads a config from the bytes of its file. The path is for messages and for `config_path`;
/// it is not read.
pub fn load_text(path: &Path, bytes: &[u8], options: &LoadOptions) -> Loaded {
    let source = match read_source(path, bytes) {
        Ok(source) => source,
        Err(loaded) => return *loaded,
    };
    let mut report = Report::new(&source);
    let mut shown = None;
    let config = understand(path, options, &mut report, &mut shown);
    let (diagnostics, included) = report.into_parts();
    Loaded { shown, ..finish(config, diagnostics, source, included) }
}

/// The text of a file; the error says why it has none.
pub(crate) fn read_source(path: &Path, bytes: &[u8]) -> Result<Source, Box<Loaded>> {
    if bytes.len() as u64 > MAX_FILE_SIZE {
        let message = format!("the file is larger than {} MB", MAX_FILE_SIZE >> 20);
        return Err(Box::new(failed(path, String::new(), (Code::TooLarge, message, 0))));
    }
    match decode(bytes) {
        Ok(text) => Ok(Source::new(&path.to_string_lossy(), text)),
        Err(fault) => Err(Box::new(failed(path, readable(bytes, fault.2), fault))),
    }
}

fn understand(
    path: &Path,
    options: &LoadOptions,
    report: &mut Report<'_>,
    shown: &mut Option<String>,
) -> Option<Config> {
    let mut root = xml::parse(report)?;
    let (platform, _) = options.platform.names();
    let files = Files::around(path, read_included);
    let mut rules = Rules { variables: variables(path, options), platform, strict: options.strict, files };
    let root = check(&mut root, &mut rules, report)?;
    if options.show {
        *shown = Some(show::show(&root));
    }
    let built = build::build(&root, path, rules.variables, report);
    missing_modules(&root, path, options, report);
    advice::advise(&root, &built.left_out, report);
    Some(built.config)
}

/// Tells of plugins whose file is in none of the folders where one is looked for first. It may still be found where
/// the system looks, so this is no more than advice.
fn missing_modules(node: &Node, path: &Path, options: &LoadOptions, report: &mut Report<'_>) {
    for child in &node.children {
        let name = child.value();
        let is_module = matches!(child.tag.name, "plugin_module" | "plugin_module_admin");
        if is_module && !name.is_empty() && !name.starts_with('[') && !is_there(name, path, options) {
            let message = format!("there is no plugin '{name}' beside the config or the program");
            report
                .add(Code::MissingModule, child.value_span(), message)
                .hint("write its path, or [SDK_textdb] for the text database that is built in");
        }
        missing_modules(child, path, options, report);
    }
}

fn is_there(module: &str, config: &Path, options: &LoadOptions) -> bool {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let names = [module.to_owned(), format!("{module}{suffix}"), format!("{prefix}{module}{suffix}")];
    let folders = [Path::new(""), folder_of(config), &options.environment.exedir_path];
    folders.iter().any(|folder| names.iter().any(|name| folder.join(name).exists()))
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn finish(
    config: Option<Config>,
    mut diagnostics: Vec<Diagnostic>,
    source: Source,
    included: Vec<Source>,
) -> Loaded {
    let mut sources = Sources::default();
    std::iter::once(source).chain(included).for_each(|source| sources.push(source));
    diagnostics.sort_by_key(|told| (sources.position(&told.place.file), told.place.span.start));
    let mut loaded = Loaded { config, diagnostics, sources, shown: None };
    if loaded.has_errors() {
        loaded.config = None;
    }
    loaded
}

fn failed(path: &Path, text: String, (code, message, at): (Code, String, usize)) -> Loaded {
    let source = Source::new(&path.to_string_lossy(), text);
    let mut diagnostic = Diagnostic::new(code, source.locate(at..at), message);
    if code == Code::Encoding {
        diagnostic.hint(
            "save the file as UTF-8, or name its encoding: <?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
        );
    }
    finish(None, vec![diagnostic], source, Vec::new())
}

/// The predefined variables (manual 4.4) and those of the command line, which win.
fn variables(path: &Path, options: &LoadOptions) -> Variables {
    let mut variables = Variables::default();
    let folder = folder_of(path);
    let environment = &options.environment;
    variables.set("version", LANGUAGE_VERSION);
    variables.set("hexversion", LANGUAGE_VERSION_HEX);
    variables.set("platformname", options.platform.names().1);
    variables.set("manufacturer", build::default_text("sysync_config", "manufacturer"));
    variables.set("model", build::default_text("sysync_config", "model"));
    variables.set("device_name", environment.device_name.as_str());
    variables.set("device_uri", environment.device_name.as_str());
    variables.set("user_name", environment.user_name.as_str());
    variables.set("platformvers", environment.platform_version.as_str());
    for (name, path) in [
        ("temp_path", environment.temp_path.as_path()),
        ("exedir_path", &environment.exedir_path),
        ("userdir_path", &environment.userdir_path),
        ("globcfg_path", &environment.globcfg_path),
        ("loccfg_path", folder),
        ("defout_path", Path::new(".")),
        ("prefs_path", &environment.prefs_path),
        ("appdata_path", &environment.appdata_path),
        ("config_path", folder),
    ] {
        variables.set(name, path.to_string_lossy());
    }
    for (name, value) in environment.variables.iter().chain(&options.variables) {
        variables.set(name, value.as_str());
    }
    variables
}
