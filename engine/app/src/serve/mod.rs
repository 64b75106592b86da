//! `syncloom serve`: from a config to a listening server, and to its end.

mod claims;
mod http;
mod lock;
mod pace;
mod registry;
mod request;
mod slot;

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use syncloom_config::{Config, Place, SqliteFile};
use syncloom_session::Server;
use syncloom_stores::Stores;
use syncloom_stores::sqlite::{Fault, probe};
use tokio::net::TcpListener;

use crate::ConfigArgs;
use crate::config;
use crate::console;
use registry::{MAX_SESSIONS, Registry};

/// How often sessions are looked through for those that have been silent too long.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// Threads beyond one for each session: for those that are coming to their end, and for the sweep.
const SPARE_THREADS: usize = 100;

pub(crate) fn run(args: &ConfigArgs, listen: Option<SocketAddr>) -> ExitCode {
    let Some(config) = config::load(args) else { return ExitCode::FAILURE };
    match start(config, listen) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("syncloom: {message}");
            ExitCode::from(2)
        }
    }
}

fn start(config: Arc<Config>, listen: Option<SocketAddr>) -> Result<(), String> {
    let server = Server::new(Arc::clone(&config)).map_err(|error| error.to_string())?;
    for file in files_of(&config) {
        if syncloom_stores::sqlite::create_if_missing(file).map_err(|error| error.to_string())? {
            println!("made {}", file.path.display());
        }
    }
    let stores = Stores::new(Arc::clone(&config)).map_err(|error| error.to_string())?;
    tell_faults(&config);
    let transport = &config.transport;
    let address = listen.unwrap_or(SocketAddr::new(transport.address, transport.port));
    // Every session can be at work, or waiting for its database, without another one waiting for a thread.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.max_blocking_threads(MAX_SESSIONS + SPARE_THREADS).enable_all();
    let runtime = runtime.build().map_err(|error| error.to_string())?;
    runtime.block_on(async move {
        let listener = TcpListener::bind(address).await.map_err(|error| not_bound(address, &error))?;
        let registry = Arc::new(Registry::new(server, stores));
        let bound = listener.local_addr().map_err(|error| error.to_string())?;
        println!("serving http://{bound}/ for {}", datastores_of(&config));
        tokio::spawn(sweep(Arc::clone(&registry)));
        http::serve(listener, Arc::clone(&registry), &config, stopped()).await;
        let ending = tokio::task::spawn_blocking(move || registry.abandon_all("the server stops"));
        ending.await.map_err(|error| error.to_string())?;
        println!("stopped");
        Ok(())
    })
}

/// Says of databases that do not do what the config asks of them what is wrong: the first session would, too late. What
/// works is served.
fn tell_faults(config: &Config) {
    let faults = probe(config).faults;
    for (place, fault) in faults.iter().enumerate() {
        let of_file = |other: &&Fault| other.file == fault.file;
        if faults[..place].iter().any(|before| before.file == fault.file) {
            continue;
        }
        let more = match faults.iter().filter(of_file).count() - 1 {
            0 => String::new(),
            more => format!(" (and {more} more: `syncloom check --connect` shows them)"),
        };
        console::warning(&match &fault.statement {
            None => fault.reason.clone(),
            Some((tag, place)) => {
                let (file, Place { file: config, line, .. }) = (fault.file.display(), place);
                format!("{file} refuses <{tag}> of {config}:{line}: {}{more}", fault.reason)
            }
        });
    }
}

/// Why nobody can listen there, and what to do about it.
fn not_bound(address: SocketAddr, error: &io::Error) -> String {
    let hint = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "; another program listens there, so stop that, or give --listen or <httpport>"
        }
        io::ErrorKind::AddrNotAvailable => "; this machine has no such address: mend --listen or <ipaddress>",
        io::ErrorKind::PermissionDenied => {
            "; ports below 1024 are not for everybody: give --listen or <httpport>"
        }
        _ => "",
    };
    format!("{address}: {error}{hint}")
}

/// Every database file of the config, once.
pub(crate) fn files_of(config: &Config) -> Vec<&SqliteFile> {
    let mut files: Vec<&SqliteFile> = Vec::new();
    if let Some(server) = &config.server {
        let of_datastores = server.datastores.iter().flat_map(|datastore| {
            let items = datastore.sql_items().map(|sql| &sql.sqlite);
            items.into_iter().chain(datastore.sql_targets().map(|sql| &sql.sqlite))
        });
        for file in server.sql.sqlite.iter().chain(of_datastores) {
            if !files.iter().any(|known| known.path == file.path) {
                files.push(file);
            }
        }
    }
    files
}

fn datastores_of(config: &Config) -> String {
    let server = config.server.iter().flat_map(|server| &server.datastores);
    let names: Vec<String> = server.map(|datastore| format!("./{}", datastore.name)).collect();
    names.join(", ")
}

async fn sweep(registry: Arc<Registry>) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    loop {
        ticks.tick().await;
        let registry = Arc::clone(&registry);
        // A session that is just answering holds its lock; waiting for it must not stop the clock.
        if tokio::task::spawn_blocking(move || registry.sweep()).await.is_err() {
            console::warning("looking for silent sessions failed");
        }
    }
}

/// Completes when the process is asked to stop: SIGTERM or SIGINT.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => {
                tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
            }
            Err(_) => drop(interrupted.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupted.await);
}
