//! One recorded call made again, and its answer in the form of the recording.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::NaiveDateTime;
use serde_json::{Map, Value as Json, json};
use syncloom_plugin_api::{
    ADMIN, Change, Datastore, Error, ItemId, MapEntry, MapKind, Module, PasswordMode, Plugin, Result,
    Session, Version,
};
use syncloom_plugin_textdb::{Clock, NAME, TextDb};

/// The contexts of a case, by their names in the recording.
pub(super) struct Caller {
    pub(super) root: PathBuf,
    clock: Arc<AtomicI64>,
    plugin: TextDb,
    modules: Vec<(String, Box<dyn Module>)>,
    sessions: HashMap<String, Box<dyn Session>>,
    datastores: HashMap<String, Context>,
    /// What the original returned (ids, tokens), by the file and its text, and what we returned in its place.
    said: HashMap<(String, String), String>,
    died: bool,
}

/// A context of a datastore.
pub(super) struct Context {
    object: Box<dyn Datastore>,
    /// User and datastore: what tells the files apart.
    pub(super) file: String,
    last_token: String,
}

impl Caller {
    pub(super) fn new(root: PathBuf) -> Self {
        let clock = Arc::new(AtomicI64::new(0));
        let told = Arc::clone(&clock);
        let plugin = TextDb::with(Clock::new(move || told.load(Ordering::Relaxed)), root.clone());
        Caller {
            root,
            clock,
            plugin,
            modules: Vec::new(),
            sessions: HashMap::new(),
            datastores: HashMap::new(),
            said: HashMap::new(),
            died: false,
        }
    }

    /// Whether the original's process died at the last call.
    pub(super) fn has_died(&self) -> bool {
        self.died
    }

    /// The file that a context is about.
    pub(super) fn file_of(&self, context: &str) -> Option<&str> {
        self.datastores.get(context).map(|context| context.file.as_str())
    }

    /// The files of all contexts.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.datastores.values().map(|context| context.file.as_str())
    }

    /// What we have said where the original said this.
    fn ours(&self, file: &str, theirs: &str) -> String {
        self.said.get(&(file.to_owned(), theirs.to_owned())).cloned().unwrap_or_else(|| theirs.to_owned())
    }

    pub(super) fn remember(&mut self, context: &str, theirs: &Json, ours: &Json) {
        let (Some(file), Some(theirs), Some(ours)) = (self.file_of(context), theirs.as_str(), ours.as_str())
        else {
            return;
        };
        self.said.insert((file.to_owned(), theirs.to_owned()), ours.to_owned());
    }

    /// Makes a call.
    pub(super) fn call(&mut self, line: &Json) -> Json {
        if let Some(clock) = line["clock"].as_str() {
            self.clock.store(seconds(clock), Ordering::Relaxed);
        }
        self.died |= line["ret"].is_string();
        let (function, context) = (text(&line["fn"]), text(&line["ctx"]));
        let args = &line["args"];
        let answer = match function.split_once('_') {
            Some(("Module", _)) => self.module(&function, &context, args),
            Some(("Session", _)) => self.session(&function, &context, args),
            _ => self.datastore(&function, &context, args),
        };
        answer.unwrap_or_else(|error| failed(&error))
    }

    fn module(&mut self, function: &str, context: &str, args: &Json) -> Result<Json> {
        let place = self.modules.iter().position(|(name, _)| name == context);
        match (function, place) {
            ("Module_CreateContext", _) => {
                let module = self.plugin.module(NAME, "", &text(&args["contextName"]))?;
                self.modules.push((context.to_owned(), module));
            }
            ("Module_PluginParams", Some(place)) => {
                self.modules[place].1.plugin_params(&bytes(&args["config"]), Version::CURRENT)?;
            }
            ("Module_DeleteContext", Some(place)) => drop(self.modules.remove(place)),
            _ => return Ok(json!({ "unknown": function })),
        }
        Ok(ok())
    }

    /// The module that a context belongs to: its own, or that of the session.
    fn module_of(&self, context: &str) -> Option<&dyn Module> {
        let own = self.modules.iter().find(|(name, _)| name.strip_prefix("M:") == Some(context));
        own.or_else(|| self.modules.first()).map(|(_, module)| module.as_ref())
    }

    fn session(&mut self, function: &str, context: &str, args: &Json) -> Result<Json> {
        if function == "Session_CreateContext" {
            let Some(module) = self.module_of("session") else { return Ok(json!({ "unknown": context })) };
            let session = module.session(&text(&args["sessionName"]))?;
            self.sessions.insert(context.to_owned(), session);
            return Ok(ok());
        }
        if function == "Session_DeleteContext" {
            self.sessions.remove(context);
            return Ok(ok());
        }
        let Some(session) = self.sessions.get_mut(context) else { return Ok(json!({ "unknown": context })) };
        match function {
            "Session_CheckDevice" => {
                let known = session.check_device(&text(&args["deviceID"]))?;
                Ok(json!({ "code": 0, "devKey": known.key, "nonce": known.nonce }))
            }
            "Session_GetNonce" => session.nonce().map(|nonce| json!({ "code": 0, "nonce": nonce })),
            "Session_SaveNonce" => session.save_nonce(&text(&args["nonce"])).map(|()| ok()),
            "Session_SaveDeviceInfo" => session.save_device_info(&bytes(&args["deviceInfo"])).map(|()| ok()),
            "Session_GetDBTime" => session.database_time().map(|time| json!({ "code": 0, "time": time })),
            "Session_PasswordMode" => {
                let mode = if session.password_mode() == PasswordMode::Md5Out { 2 } else { -1 };
                Ok(json!({ "value": mode }))
            }
            "Session_Login" => {
                let login = session.login(&text(first(args, &["userName", "username", "user"])), None)?;
                Ok(json!({ "code": 0, "password": login.password, "usrKey": login.user_key }))
            }
            "Session_Logout" => session.logout().map(|()| ok()),
            "Session_ThreadMayChangeNow" => {
                session.thread_may_change();
                Ok(json!({}))
            }
            _ => Ok(json!({ "unknown": function })),
        }
    }

    fn datastore(&mut self, function: &str, context: &str, args: &Json) -> Result<Json> {
        match function {
            "CreateContext" => {
                let name = text(&args["contextName"]);
                let user = text(&args["usrKey"]);
                let Some(module) = self.module_of(&name) else { return Ok(json!({ "unknown": context })) };
                let object = module.datastore(&name, &text(&args["devKey"]), &user)?;
                let datastore = name.strip_suffix(ADMIN).unwrap_or(&name);
                let file = if user.is_empty() { datastore.to_owned() } else { format!("{user}_{datastore}") };
                let known = Context { object, file, last_token: String::new() };
                self.datastores.insert(context.to_owned(), known);
                return Ok(ok());
            }
            "DeleteContext" => {
                self.datastores.remove(context);
                return Ok(ok());
            }
            _ => {}
        }
        // A call that does not return is recorded without the number of its context.
        let alone = || self.datastores.keys().next().filter(|_| self.datastores.len() == 1).cloned();
        let context = if self.datastores.contains_key(context) { Some(context.to_owned()) } else { alone() };
        let Some(context) = context else { return Ok(json!({ "unknown": function })) };
        let file = self.file_of(&context).unwrap_or_default().to_owned();
        let item = ItemId {
            item: self.ours(&file, &text(&args["item"])),
            parent: self.ours(&file, &text(&args["parent"])),
        };
        let last_token = self.ours(&file, &text(&args["lastToken"]));
        let new_parent = self.ours(&file, &text(&args["newParent"]));
        let Some(Context { object, last_token: old_token, .. }) = self.datastores.get_mut(&context) else {
            return Ok(json!({ "unknown": function }));
        };
        let is_first = args["first"] == true;
        match function {
            "ContextSupport" => Ok(json!({ "value": object.context_support(&bytes(&args["rules"])) })),
            "FilterSupport" => Ok(json!({ "value": object.filter_support(&bytes(&args["rules"])) })),
            "ThreadMayChangeNow" => object.thread_may_change().map(|()| json!({})),
            "WriteLogData" => {
                object.write_log(&bytes(&args["text"]));
                Ok(json!({}))
            }
            "LoadAdminData" => object
                .load_admin(&text(first(args, &["localDB"])), &text(first(args, &["remoteDB"])))
                .map(|data| json!({ "code": 0, "adminData": of_bytes(&data) })),
            "SaveAdminData" => object.save_admin(&bytes(&args["adminData"])).map(|()| ok()),
            "ReadNextMapItem" => Ok(match object.next_map(is_first)? {
                Some(entry) => json!({ "value": true, "localID": entry.local_id, "remoteID": entry.remote_id,
                    "flags": entry.flags, "ident": entry.kind.0 }),
                None => json!({ "value": false }),
            }),
            "InsertMapItem" => object.insert_map(&map_entry(args)).map(|()| ok()),
            "UpdateMapItem" => object.update_map(&map_entry(args)).map(|()| ok()),
            "DeleteMapItem" => object.delete_map(&map_entry(args)).map(|()| ok()),
            "StartDataRead" => {
                old_token.clone_from(&text(&args["lastToken"]));
                object.start_data_read(&last_token, &text(&args["resumeToken"])).map(|()| ok())
            }
            "ReadNextItem" => Ok(match object.next_item(is_first)? {
                Some(listed) => {
                    let status = match listed.change {
                        Change::Changed => 1,
                        Change::Unchanged => 2,
                        Change::Resumed => 3,
                    };
                    json!({ "code": 0, "status": status, "item": listed.id.item, "parent": listed.id.parent,
                        "data": listed.data.map(|data| of_bytes(&data)) })
                }
                None => json!({ "code": 0, "status": 0 }),
            }),
            "ReadItem" => object.read_item(&item).map(|data| json!({ "code": 0, "data": of_bytes(&data) })),
            "ReadBlob" => {
                let limit = args["blkSize"].as_u64().and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
                let block = object.read_blob(&item, &text(&args["blobID"]), limit, is_first);
                Ok(match block {
                    Ok(block) => json!({ "code": 0, "blkSize": block.data.len(),
                        "totSize": block.total.unwrap_or(0), "last": block.last,
                        "block": (!block.data.is_empty()).then(|| to_hex(&block.data)) }),
                    Err(error) => json!({ "code": error.code.0, "blkSize": 0, "totSize": 0, "last": true }),
                })
            }
            "EndDataRead" => object.end_data_read().map(|()| ok()),
            "StartDataWrite" => object.start_data_write().map(|()| ok()),
            "InsertItem" => {
                let new = object.insert_item(&bytes(&args["data"]), &item.parent)?;
                Ok(json!({ "code": 0, "item": new.id }))
            }
            "UpdateItem" => {
                let new = object.update_item(&bytes(&args["data"]), &item)?;
                Ok(json!({ "code": 0, "newItem": new }))
            }
            "MoveItem" => object.move_item(&item, &new_parent).map(|()| ok()),
            "DeleteItem" => object.delete_item(&item).map(|()| ok()),
            "FinalizeLocalID" => {
                object.finalize_local_id(&item).map(|id| json!({ "code": 0, "newItem": id }))
            }
            "DeleteSyncSet" => object.delete_sync_set().map(|()| ok()),
            "WriteBlob" => {
                let block = hex(&text(&args["block"]["hex"]));
                let (blob, total) = (text(&args["blobID"]), args["totSize"].as_u64());
                object.write_blob(&item, &blob, &block, total, is_first, args["last"] == true).map(|()| ok())
            }
            "DeleteBlob" => object.delete_blob(&item, &text(&args["blobID"])).map(|()| ok()),
            "EndDataWrite" => Ok(match object.end_data_write(args["success"] == true) {
                Ok(token) => json!({ "code": 0, "newToken": token }),
                // The old token goes on being used.
                Err(error) => json!({ "code": error.code.0, "newToken": old_token }),
            }),
            _ => Ok(json!({ "unknown": function })),
        }
    }
}

fn ok() -> Json {
    json!({ "code": 0 })
}

fn failed(error: &Error) -> Json {
    json!({ "code": error.code.0 })
}

fn map_entry(args: &Json) -> MapEntry {
    let number = |name: &str| args[name].as_u64().unwrap_or(0);
    MapEntry {
        local_id: text(&args["localID"]),
        remote_id: text(&args["remoteID"]),
        flags: u16::try_from(number("flags")).unwrap_or(u16::MAX),
        kind: MapKind(u8::try_from(number("ident")).unwrap_or(u8::MAX)),
    }
}

/// Whether two answers are the same. What one leaves out is empty.
pub(super) fn same(wanted: &Json, got: &Json) -> bool {
    let none = Map::new();
    let (wanted, got) = (wanted.as_object().unwrap_or(&none), got.as_object().unwrap_or(&none));
    let value = |of: &Map<String, Json>, key: &String| match of.get(key) {
        Some(Json::String(text)) if text.is_empty() => Json::Null,
        Some(Json::Object(block)) if block.contains_key("hex") => block["hex"].clone(),
        Some(value) => value.clone(),
        None => Json::Null,
    };
    wanted.keys().chain(got.keys()).all(|key| value(wanted, key) == value(got, key))
}

fn first<'j>(args: &'j Json, names: &[&str]) -> &'j Json {
    let named = names.iter().find_map(|name| args.get(*name));
    named.or_else(|| args.as_object()?.values().next()).unwrap_or(&Json::Null)
}

/// A text of the recording.
pub(super) fn text(value: &Json) -> String {
    String::from_utf8_lossy(&bytes(value)).into_owned()
}

/// A text of the recording, or bytes that are none.
pub(super) fn bytes(value: &Json) -> Vec<u8> {
    match value {
        Json::String(text) => text.clone().into_bytes(),
        Json::Object(coded) => coded.get("hex").and_then(Json::as_str).map(hex).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn of_bytes(bytes: &[u8]) -> Json {
    std::str::from_utf8(bytes).map_or_else(|_| to_hex(bytes), Json::from)
}

fn to_hex(bytes: &[u8]) -> Json {
    json!({ "hex": bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>() })
}

pub(super) fn hex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    pairs.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// The time of a call, in seconds since 1970.
pub(super) fn seconds(text: &str) -> i64 {
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ").map_or(0, |time| time.and_utc().timestamp())
}

/// The number at the front of an id.
pub(super) fn number(id: &str) -> u64 {
    let digits: String = id.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}
