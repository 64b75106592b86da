//! Where the files are, and what they are called (manual 14.3.1, 14.3.2).

use std::path::{Path, PathBuf};

use syncloom_plugin_api::{Code, Error, Result, parse_fields};

/// The names of parameters.
const DATA: &str = "datafilepath";
const BLOBS: &str = "blobfilepath";
const MAPS: &str = "mapfilepath";

/// The parameters of a module that the plugin knows.
#[derive(Clone, Default)]
pub(crate) struct Params {
    data: Option<String>,
    blobs: Option<String>,
    maps: Option<String>,
}

impl Params {
    pub(crate) fn parse(text: &[u8]) -> Result<Params> {
        let mut params = Params::default();
        let mut old = None;
        let fields = parse_fields(text);
        for field in fields.map_err(|error| Error::new(Code::BAD_REQUEST, error.to_string()))? {
            let value = String::from_utf8(field.value.unwrap_or_default());
            let value = value.map_err(|_| Error::new(Code::BAD_REQUEST, "a path is no UTF-8"))?;
            match std::str::from_utf8(&field.name).unwrap_or_default() {
                DATA => params.data = Some(value),
                BLOBS => params.blobs = Some(value),
                MAPS => params.maps = Some(value),
                "unixpath" if !cfg!(windows) => old = Some(value),
                "winpath" if cfg!(windows) => old = Some(value),
                _ => {}
            }
        }
        params.data = params.data.or(old);
        Ok(params)
    }
}

/// The folders of one module.
#[derive(Clone)]
pub(crate) struct Folders {
    data: PathBuf,
    blobs: PathBuf,
    maps: PathBuf,
}

impl Folders {
    /// What a module does not say is as the session's module says it; blobs and maps are otherwise where the data is.
    pub(crate) fn new(root: &Path, own: &Params, session: &Params) -> Self {
        let folder = |places: [&Option<String>; 4]| {
            root.join(places.into_iter().find_map(|place| place.as_deref()).unwrap_or_default())
        };
        Folders {
            data: folder([&own.data, &session.data, &None, &None]),
            blobs: folder([&own.blobs, &session.blobs, &own.data, &session.data]),
            maps: folder([&own.maps, &session.maps, &own.data, &session.data]),
        }
    }

    /// Each with the name of its parameter.
    pub(crate) fn named(self) -> [(&'static str, PathBuf); 3] {
        [(DATA, self.data), (BLOBS, self.blobs), (MAPS, self.maps)]
    }

    /// `DEV_<dev>.txt`.
    pub(crate) fn device(&self, key: &str) -> PathBuf {
        self.maps.join(format!("DEV_{key}.txt"))
    }
}

/// The files of one datastore of one user and device.
#[derive(Clone)]
pub(crate) struct Names {
    folders: Folders,
    device: String,
    user: String,
    datastore: String,
}

impl Names {
    /// `datastores` are those that there are besides this one.
    pub(crate) fn new(
        folders: Folders,
        device: &str,
        user: &str,
        datastore: &str,
        datastores: &[String],
    ) -> Result<Self> {
        for part in [device, user, datastore] {
            checked(part)?;
        }
        // User "a_b" with datastore "c", and user "a" with datastore "b_c", would share their files.
        let shared = user.match_indices('_').any(|(at, _)| {
            let other = format!("{}_{datastore}", &user[at + 1..]);
            datastores.contains(&other)
        });
        let user = if shared { user.replace('%', "%25").replace('_', "%5F") } else { user.to_owned() };
        Ok(Names { folders, device: device.to_owned(), user, datastore: datastore.to_owned() })
    }

    /// `TDB_<usr>_<ds>.txt`: the items.
    pub(crate) fn items(&self) -> PathBuf {
        self.folders.data.join(name("TDB", &[&self.user, &self.datastore], ".txt"))
    }

    /// `NID_<usr>_<ds>.txt`: the next id.
    pub(crate) fn counter(&self) -> PathBuf {
        self.folders.data.join(name("NID", &[&self.user, &self.datastore], ".txt"))
    }

    /// `ADM_<dev>_<usr>_<ds>.txt`: what is remembered of the last session.
    pub(crate) fn admin(&self) -> PathBuf {
        self.folders.maps.join(name("ADM", &[&self.device, &self.user, &self.datastore], ".txt"))
    }

    /// `MAP_<dev>_<usr>_<ds>.txt`.
    pub(crate) fn maps(&self) -> PathBuf {
        self.folders.maps.join(name("MAP", &[&self.device, &self.user, &self.datastore], ".txt"))
    }

    /// `BLB_<item>_<usr>_<ds>_<blobid>`; what belongs to no item has the device's key in its place.
    pub(crate) fn blob(&self, item: &str, blob: &str) -> Result<PathBuf> {
        let owner = if item.is_empty() { &self.device } else { item };
        let name = name("BLB", &[checked(owner)?, &self.user, &self.datastore, checked(blob)?], "");
        Ok(self.folders.blobs.join(name))
    }
}

/// The parts with underscores between them; empty ones are left out.
fn name(kind: &str, parts: &[&str], ending: &str) -> String {
    let mut name = kind.to_owned();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        name.push('_');
        name.push_str(part);
    }
    name + ending
}

/// A part of a name must not lead into another folder.
fn checked(part: &str) -> Result<&str> {
    if part.contains(['/', '\0']) || (cfg!(windows) && part.contains(['\\', ':'])) {
        return Err(Error::new(Code::NOT_FOUND, format!("{part:?} cannot be part of a file name")));
    }
    Ok(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(own: &str, session: &str) -> Folders {
        let params = |text: &str| Params::parse(text.as_bytes()).unwrap();
        Folders::new(Path::new(""), &params(own), &params(session))
    }

    #[test]
    fn a_folder_that_is_not_named_is_the_sessions() {
        let all = folders("datafilepath:other\n", "datafilepath:data\r\nblobfilepath:blobs\r\n");
        assert_eq!([&all.data, &all.blobs, &all.maps], ["other", "blobs", "other"].map(Path::new));
        let none = folders("ultimate_answer:42\n", "unixpath:le\\x20gacy\n");
        assert_eq!([&none.data, &none.blobs, &none.maps], ["le gacy"; 3].map(Path::new));
    }

    #[test]
    fn names_that_run_together_are_told_apart_and_lead_nowhere_else() {
        let items = |user: &str, datastore: &str, others: &[&str]| {
            let others: Vec<String> = others.iter().map(|name| (*name).to_owned()).collect();
            let names = Names::new(folders("", ""), "dev", user, datastore, &others)?;
            Ok::<_, Error>(names.items().display().to_string())
        };
        assert_eq!(items("", "contacts", &[]).unwrap(), "TDB_contacts.txt");
        assert_eq!(items("a_b", "notes", &["events"]).unwrap(), "TDB_a_b_notes.txt");
        assert_eq!(items("a_b", "notes", &["b_notes"]).unwrap(), "TDB_a%5Fb_notes.txt");
        assert_eq!(items("a", "b_notes", &["notes"]).unwrap(), "TDB_a_b_notes.txt");
        assert_eq!(items("../a", "notes", &[]).unwrap_err().code, Code::NOT_FOUND);
    }
}
