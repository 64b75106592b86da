//! The layout with everything: `meta.json` says which sessions there were and what both sides held, and each
//! exchange has three files, `NNN_request.xml` (or `.wbxml`), `NNN_response.xml` (`.wbxml`, or `.bin` for a body
//! that is no SyncML) and `NNN_http.json`.

use std::path::Path;

use serde_json::Value;

use super::{Data, Exchange, MAX_META, Recording, Session, Sides, bounded, encoding_of, files, message};

/// The `note` of an exchange whose message the server never got.
const NOT_FORWARDED: &str = "NOT forwarded";
/// The `note` of an exchange whose answer the client never got.
const NOT_PASSED: &str = "NOT passed";

pub(super) fn read(folder: &Path) -> Result<Recording, String> {
    let meta = json(&folder.join("meta.json"))?;
    let fault = |what: &str| format!("{}: {what}", folder.join("meta.json").display());
    let mut exchanges = exchanges(folder)?;
    let listed = meta["sessions"].as_array().ok_or_else(|| fault("no list of sessions"))?;
    let mut sessions = Vec::new();
    for (position, session) in listed.iter().enumerate() {
        let number = |place: usize| session["messages"][place].as_u64();
        let (Some(first), Some(last)) = (number(0), number(1)) else {
            return Err(fault(&format!(
                "session {}: no numbers of its first and last message",
                position + 1
            )));
        };
        let of_session;
        (of_session, exchanges) =
            exchanges.into_iter().partition(|(number, _)| (first..=last).contains(number));
        sessions.push(Session {
            label: session["label"].as_str().unwrap_or_default().to_owned(),
            password: session["password"].as_str().map(str::to_owned),
            before: sides(&session["before"]),
            after: sides(&session["after"]),
            exchanges: of_session.into_iter().map(|(_, exchange)| exchange).collect(),
        });
    }
    if let Some((number, _)) = exchanges.first() {
        return Err(fault(&format!("message {number} is in no session")));
    }
    let types = meta["server_stores"].as_object().into_iter().flatten();
    let types = types.filter_map(|(store, kind)| Some((store.clone(), kind.as_str()?.to_owned()))).collect();
    let description = meta["description"].as_str().unwrap_or_default().to_owned();
    Ok(Recording { name: String::new(), description, types, sessions })
}

/// All exchanges, with their numbers, in their order.
fn exchanges(folder: &Path) -> Result<Vec<(u64, Exchange)>, String> {
    let names = files(folder)?;
    let mut found = Vec::new();
    for name in &names {
        let Some((number, extension)) = name.split_once("_request.") else { continue };
        // `001_request.wbxml.xml` is a translation for the eye.
        let Some(encoding) = encoding_of(extension) else { continue };
        let Ok(order) = number.parse::<u64>() else { continue };
        let http = folder.join(format!("{number}_http.json"));
        let http = if http.exists() { json(&http)? } else { Value::Null };
        let note = http["note"].as_str().unwrap_or_default();
        let response = format!("{number}_response.{extension}");
        let there = names.binary_search(&response).is_ok();
        let response = if there { Some(message(&folder.join(response))?) } else { None };
        let response = response.filter(|response| !response.is_empty());
        let seconds = http["time"].as_f64();
        found.push((
            order,
            Exchange {
                number: number.to_owned(),
                encoding,
                request: message(&folder.join(name))?,
                arrived: !note.contains(NOT_FORWARDED),
                answered: response.is_some() && !note.contains(NOT_PASSED),
                response,
                time: seconds.map(|seconds| (seconds * 1000.0) as i64),
                http: http["status"].as_u64().and_then(|status| u16::try_from(status).ok()),
            },
        ));
    }
    found.sort_by_key(|(order, _)| *order);
    Ok(found)
}

fn json(path: &Path) -> Result<Value, String> {
    let bytes = bounded(path, MAX_META)?;
    serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}

fn sides(value: &Value) -> Option<Sides> {
    let side = |name: &str| value.get(name).map(data);
    let (client, server) = (side("client"), side("server"));
    if client.is_none() && server.is_none() {
        return None;
    }
    Some(Sides { client: client.unwrap_or_default(), server: server.unwrap_or_default() })
}

fn data(value: &Value) -> Data {
    let text = |(id, text): (&String, &Value)| Some((id.clone(), text.as_str()?.to_owned()));
    let store = |(name, items): (&String, &Value)| {
        (name.clone(), items.as_object().into_iter().flatten().filter_map(text).collect())
    };
    value.as_object().into_iter().flatten().map(store).collect()
}
