//! A real SyncML client: SyncEvolution, whose engine is the one that Syncloom's config language comes from. It
//! keeps each contact, event, task or note in a file of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::contact::Contact;
use crate::server::{Server, workspace};

/// How a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// WBXML instead of XML.
    pub wbxml: bool,
    /// `1.0`, `1.1` or `1.2`.
    pub version: &'static str,
    /// `basic` or `md5`.
    pub auth: &'static str,
}

impl Dialect {
    /// What the client does if it is not told.
    pub const USUAL: Dialect = Dialect { wbxml: true, version: "1.2", auth: "md5" };

    /// Every way of speaking that the server offers.
    pub fn all() -> Vec<Dialect> {
        let mut all = Vec::new();
        for wbxml in [false, true] {
            for version in ["1.0", "1.1", "1.2"] {
                for auth in ["basic", "md5"] {
                    all.push(Dialect { wbxml, version, auth });
                }
            }
        }
        all
    }
}

/// A store of a client, and what it is on the server.
#[derive(Clone, Debug)]
pub struct Store {
    /// Its name on the client, which also says what is in it: `addressbook`, `calendar`, `todo`, `memo`.
    pub name: String,
    /// The server's datastore.
    pub uri: String,
    /// The type of its files.
    pub format: String,
}

/// A client with its contacts.
pub struct Device {
    folder: TempDir,
    script: PathBuf,
    id: String,
    /// How it speaks.
    pub dialect: Dialect,
    /// Its user.
    pub user: &'static str,
    /// Its password.
    pub password: &'static str,
    /// The largest message that it takes.
    pub max_message: u32,
    /// The type that it exchanges; that of its files if they are to be exchanged as they are.
    pub format: &'static str,
    /// What it syncs in one session.
    pub stores: Vec<Store>,
    /// The types that single stores exchange, where these are not those of their files.
    pub sync_formats: Vec<(&'static str, &'static str)>,
    /// Whether it asks for a refresh from the server as such (205); else it empties its store and syncs slowly.
    pub refreshes: bool,
}

/// What became of a sync.
#[derive(Debug)]
pub struct Sync {
    /// Whether the client says that it went well.
    pub ok: bool,
    /// What it printed.
    pub output: String,
}

impl Device {
    /// A client that has never synced; `None`, with the reason on the console, where the package or the script
    /// that drives it is missing.
    pub fn new(id: &str) -> Option<Self> {
        let shared =
            std::env::var_os("SYNCLOOM_SHARED").map_or_else(|| workspace().join("../shared"), PathBuf::from);
        let script = shared.join("peers/syncevo_client.sh");
        if !script.exists() {
            crate::skipped("the scripts that drive SyncML clients are not here");
            return None;
        }
        if !installed("syncevolution") {
            crate::skipped("the package syncevolution is not installed");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let contacts = Store {
            name: "addressbook".to_owned(),
            uri: "contacts".to_owned(),
            format: "text/vcard".to_owned(),
        };
        let device = Device {
            folder,
            script,
            id: id.to_owned(),
            dialect: Dialect::USUAL,
            user: "demo",
            password: "demo",
            max_message: 150_000,
            format: "text/vcard",
            stores: vec![contacts],
            sync_formats: Vec::new(),
            refreshes: false,
        };
        Some(device)
    }

    /// Where the entries of a store are, one file each.
    pub fn folder(&self, store: &str) -> PathBuf {
        let folder = self.folder.path().join(store);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// The files of a store, in no particular order.
    pub fn files(&self, store: &str) -> Vec<PathBuf> {
        fs::read_dir(self.folder(store)).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    /// Where its contacts are, one file each.
    pub fn contacts_folder(&self) -> PathBuf {
        self.folder("addressbook")
    }

    /// Its contacts, in no particular order.
    pub fn contacts(&self) -> Vec<Contact> {
        self.files("addressbook")
            .iter()
            .map(|file| Contact::from_vcard(&fs::read_to_string(file).unwrap()))
            .collect()
    }

    /// The file of the contact with this last name.
    pub fn file_of(&self, last_name: &str) -> PathBuf {
        let is_it = |file: &&PathBuf| {
            Contact::from_vcard(&fs::read_to_string(file).unwrap()).last_name() == last_name
        };
        self.files("addressbook")
            .iter()
            .find(is_it)
            .unwrap_or_else(|| panic!("no contact {last_name}"))
            .clone()
    }

    /// Adds a contact, as a vCard 3.0.
    pub fn add(&self, vcard: &str) {
        let files = self.files("addressbook");
        let next = files.iter().filter_map(|file| file.file_name()?.to_str()?.parse::<u32>().ok()).max();
        fs::write(self.contacts_folder().join(next.map_or(0, |n| n + 1).to_string()), vcard).unwrap();
    }

    /// Syncs in a mode: `slow`, `two-way`.
    pub fn sync(&self, server: &Server, mode: &str) -> Sync {
        let of_stores =
            |what: &dyn Fn(&Store) -> String| self.stores.iter().map(what).collect::<Vec<_>>().join(",");
        let output = Command::new(&self.script)
            .arg(format!("{}sync", server.url))
            .args([self.user, self.password])
            .arg(of_stores(&|store| store.name.clone()))
            .arg(of_stores(&|store| store.uri.clone()))
            .arg(of_stores(&|store| store.format.clone()))
            .arg(of_stores(&|store| self.folder(&store.name).display().to_string()))
            .arg(mode)
            .args(self.sync_formats.iter().flat_map(|(store, format)| {
                [format!("{store}/syncFormat={format}"), format!("{store}/forceSyncFormat=1")]
            }))
            .env("CLI_ROOT", self.folder.path().join("state"))
            .env("DEVID", &self.id)
            .env("WBXML", if self.dialect.wbxml { "1" } else { "0" })
            .env("SYNCML", self.dialect.version)
            .env("AUTH", self.dialect.auth)
            .env("MAXMSG", self.max_message.to_string())
            .env("REFRESHSYNC", if self.refreshes { "1" } else { "0" })
            .env("SYNCFORMAT", if self.format == "text/vcard" { "" } else { self.format })
            .output()
            .unwrap();
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        Sync { ok: output.status.success() && text.contains("completed successfully"), output: text }
    }

    /// Syncs, and panics with what the client printed if that did not go well.
    pub fn synced(&self, server: &Server, mode: &str) -> Sync {
        let sync = self.sync(server, mode);
        assert!(sync.ok, "{mode} sync of {} as {:?}:\n{}", self.id, self.dialect, sync.output);
        sync
    }
}

fn installed(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder: PathBuf| Path::new(&folder).join(program).exists())
    })
}
