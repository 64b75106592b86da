//! `syncloom serve`: from a config to a listening server, and to its end.

mod http;
mod pace;
mod registry;
mod slot;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use syncloom_config::{Config, SqliteFile};
use syncloom_session::Server;
use syncloom_stores::Stores;
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
    let transport = &config.transport;
    let address = listen.unwrap_or(SocketAddr::new(transport.address, transport.port));
    // Every session can be at work, or waiting for its database, without another one waiting for a thread.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.max_blocking_threads(MAX_SESSIONS + SPARE_THREADS).enable_all();
    let runtime = runtime.build().map_err(|error| error.to_string())?;
    runtime.block_on(async move {
        let listener = TcpListener::bind(address).await.map_err(|error| format!("{address}: {error}"))?;
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
