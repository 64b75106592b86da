//! A Syncloom server in a process of its own, with the quick-start sample and a database in a folder of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use tempfile::TempDir;

use crate::contact::Contact;
use crate::parts;

/// How long the server may take to start, to stop, or to print a line.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server. Dropping it kills it.
pub struct Server {
    process: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
    /// Where it listens: `http://127.0.0.1:PORT/`.
    pub url: String,
    data: PathBuf,
    config: PathBuf,
    _folder: Option<TempDir>,
}

impl Server {
    /// Starts the quick-start sample with an empty database.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_owned();
        let mut server = Server::start_in(&data, &workspace().join("samples/quickstart.xml"));
        server._folder = Some(folder);
        server
    }

    /// Starts the quick-start sample with some places of it written differently, and with an empty database.
    pub fn start_with(replacements: &[(&str, &str)]) -> Self {
        let change = |mut text: String| {
            for (from, to) in replacements {
                assert_eq!(text.matches(from).count(), 1, "{from:?} stands in the sample once");
                text = text.replace(from, to);
            }
            text
        };
        Server::start_made(change, |schema| schema)
    }

    /// Starts the quick-start sample with its contacts in two parts of a superdatastore.
    pub fn start_in_parts() -> Self {
        Server::start_made(|config| parts::config(&config), |schema| parts::schema(&schema))
    }

    /// Starts the quick-start sample with its config and schema made into others.
    pub fn start_made(config: impl FnOnce(String) -> String, schema: impl FnOnce(String) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sample = |name: &str| fs::read_to_string(workspace().join("samples").join(name)).unwrap();
        fs::write(folder.path().join("quickstart.sql"), schema(sample("quickstart.sql"))).unwrap();
        let text = config(sample("quickstart.xml"));
        let config = folder.path().join("config.xml");
        fs::write(&config, text).unwrap();
        let mut server = Server::start_in(folder.path(), &config);
        server._folder = Some(folder);
        server
    }

    /// Kills the process as a power failure would, and starts it again on the same files.
    pub fn kill_and_restart(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        let mut fresh = Server::start_in(&self.data, &self.config);
        fresh._folder = self._folder.take();
        *self = fresh;
    }

    /// Starts a config with its database in this folder. Files of a config that names no place are there too.
    pub fn start_in(data: &Path, config: &Path) -> Self {
        let mut process = Command::new(binary())
            .arg("serve")
            .arg(config)
            .args(["--listen", "127.0.0.1:0"])
            .arg("-D")
            .arg(format!("data={}", data.display()))
            .current_dir(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the syncloom binary starts");
        let (sender, lines) = channel();
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(process.stdout.take().unwrap()), Box::new(process.stderr.take().unwrap())];
        for output in outputs {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        let mut server = Server {
            process,
            lines,
            seen: Vec::new(),
            url: String::new(),
            data: data.to_owned(),
            config: config.to_owned(),
            _folder: None,
        };
        let line = server.line("serving http://");
        let address = line.split_whitespace().nth(1).unwrap();
        server.url = address.to_owned();
        server
    }

    /// Waits for a line that holds this text.
    pub fn line(&mut self, holds: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(position) = self.seen.iter().position(|line| line.contains(holds)) {
                return self.seen.remove(position);
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.seen.push(line),
                Err(_) => panic!("no line with {holds:?}; there is {:#?}", self.seen),
            }
        }
    }

    /// All lines that have been printed so far and were not asked for.
    pub fn other_lines(&mut self) -> Vec<String> {
        // What is printed before this line has been read when this line has.
        const MARK: &str = "text/mark";
        self.post("/", MARK, b"");
        self.line(MARK);
        self.drain()
    }

    fn drain(&mut self) -> Vec<String> {
        self.seen.extend(self.lines.try_iter());
        std::mem::take(&mut self.seen)
    }

    /// Runs SQL as the owner of the database would.
    pub fn sql(&self, statements: &str) {
        self.database().execute_batch(statements).unwrap();
        // A session that begins in the same millisecond cannot tell this change from its own, and keeps both
        // versions if the device changes the contact too: right, but not what the tests that use this are about.
        thread::sleep(Duration::from_millis(3));
    }

    /// Empties the database of everything but the users.
    pub fn reset(&self) {
        self.sql("DELETE FROM contacts; DELETE FROM maps; DELETE FROM targets; DELETE FROM devices");
    }

    /// The rows of a query, each as its values with a bar between them.
    pub fn rows(&self, query: &str) -> Vec<String> {
        let database = self.database();
        let mut statement = database.prepare(query).unwrap();
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let values = (0..columns).map(|column| match row.get_ref_unwrap(column) {
                ValueRef::Null => String::new(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Real(number) => number.to_string(),
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            });
            Ok(values.collect::<Vec<_>>().join("|"))
        };
        statement.query_map([], row).unwrap().map(Result::unwrap).collect()
    }

    /// The database file.
    pub fn database_path(&self) -> PathBuf {
        self.data.join("contacts.sqlite")
    }

    /// The database, as an owner's own tools would open it.
    pub fn database(&self) -> Connection {
        let database = Connection::open(self.database_path()).unwrap();
        database.busy_timeout(PATIENCE).unwrap();
        database
    }

    /// The contacts of the database, in no particular order.
    pub fn contacts(&self) -> Vec<Contact> {
        Contact::from_database(&self.database())
    }

    /// Sends the process a signal.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.process.id().to_string()).status();
        assert!(status.unwrap().success());
    }

    /// Waits for the process to end.
    pub fn wait(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the server does not stop");
    }

    /// Posts a body and gives the HTTP status, the content type and the answer.
    pub fn post(&self, path: &str, content_type: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
        let url = format!("{}{path}", self.url.trim_end_matches('/'));
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut response = agent.post(url).header("Content-Type", content_type).send(body).unwrap();
        let content_type =
            response.headers().get("Content-Type").map(|value| value.to_str().unwrap().to_owned());
        let body = response.body_mut().read_to_vec().unwrap();
        (response.status().as_u16(), content_type.unwrap_or_default(), body)
    }

    /// Seconds of CPU that the process has used, and the most memory it has held, in MB.
    pub fn usage(&self) -> (f64, f64) {
        let read = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", self.process.id())).unwrap();
        let stat = read("stat");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        // Fields 14 and 15 of proc(5), user and system time in hundredths of a second.
        let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
        let status = read("status");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let kilobytes: f64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        (ticks / 100.0, kilobytes / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if thread::panicking() {
            let lines = self.drain();
            eprintln!("the server said:\n{}", lines.join("\n"));
        }
    }
}

/// The top folder of the sources.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The `syncloom` binary beside the running test. Cargo builds it, as its own package has integration tests.
pub fn binary() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test
        .ancestors()
        .find(|folder| folder.file_name().is_some_and(|name| name == "deps"))
        .map(|d| d.parent().unwrap());
    let folder = folder.unwrap_or_else(|| test.parent().unwrap());
    let binary = folder.join(format!("syncloom{}", std::env::consts::EXE_SUFFIX));
    assert!(binary.exists(), "{} is not built: run `cargo test --workspace`", binary.display());
    binary
}
