//! `syncloom check`: what is wrong with a config, or what it would serve.

use std::process::ExitCode;

use syncloom_config::{Config, Store};

use crate::ConfigArgs;
use crate::config::{self, Summary};

pub(crate) fn run(args: &ConfigArgs) -> ExitCode {
    let Summary { config, errors, warnings, advice } = config::load(args);
    let path = args.path.display();
    match config {
        Some(config) => {
            let mut remarks = Vec::new();
            if warnings > 0 {
                remarks.push(counted(warnings, "warning"));
            }
            if advice > 0 {
                remarks.push(format!("{} on what is not acted on", counted(advice, "remark")));
            }
            if remarks.is_empty() {
                remarks.push("all is well".to_owned());
            }
            println!("{path}: {}", remarks.join(", "));
            describe(&config);
            ExitCode::SUCCESS
        }
        None => {
            println!("{path}: {}", counted(errors, "error"));
            ExitCode::FAILURE
        }
    }
}

fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// What the config would serve, and where.
fn describe(config: &Config) {
    let transport = &config.transport;
    let Some(server) = &config.server else {
        println!("  no <server>: nothing to serve");
        return;
    };
    println!("  serves http://{}:{}/ for", transport.address, transport.port);
    for datastore in &server.datastores {
        let types: Vec<String> = datastore
            .types
            .iter()
            .map(|used| format!("{} {}", used.datatype.mime_type, used.datatype.version))
            .collect();
        let place = match &datastore.store {
            Store::Sql(sql) => sql.sqlite.path.display().to_string(),
            Store::Plugin(plugin) => {
                format!("the plugin {}", plugin.data.as_ref().map_or("", |module| &module.name))
            }
            Store::Contains(parts) => {
                let names: Vec<&str> = parts.iter().map(|part| part.datastore.name.as_str()).collect();
                names.join(" and ")
            }
        };
        println!("  ./{} as {} in {place}", datastore.name, types.join(", "));
    }
    if server.datastores.is_empty() {
        println!("  no datastore that can be served");
    }
}
