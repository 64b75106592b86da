//! The files that `<msgdump>` leaves (manual 8.11.15): `NAME_sSESSION_msgNNN_MMM_incoming.xml` (or `.wbxml`) is a
//! message that came to the server, `…_outgoing.xml` one that left it. NNN is the number of the message, MMM
//! counts the files of a session and gives their order.
//!
//! Nothing is known of the items, nor of when it was.

use std::collections::BTreeMap;
use std::path::Path;

use syncloom_wire::{Command, Encoding, Limits, decode};

use super::{Exchange, Recording, Session, encoding_of, files, message};

/// A dump by its name.
struct Dump<'a> {
    session: &'a str,
    count: u64,
    incoming: bool,
    encoding: Encoding,
}

pub(super) fn read(folder: &Path) -> Result<Recording, String> {
    let names = files(folder)?;
    let mut by_session: BTreeMap<&str, Vec<(Dump<'_>, &str)>> = BTreeMap::new();
    for name in &names {
        if let Some(dump) = parse(name) {
            by_session.entry(dump.session).or_default().push((dump, name));
        }
    }
    if by_session.is_empty() {
        let shown = folder.display();
        return Err(format!("{shown}: no recording: neither a meta.json nor files of <msgdump>"));
    }
    let mut sessions = Vec::new();
    for (name, mut dumps) in by_session {
        dumps.sort_by_key(|(dump, _)| dump.count);
        let mut session = Session { label: name.to_owned(), ..Session::default() };
        for (dump, file) in dumps {
            let bytes = message(&folder.join(file))?;
            match session.exchanges.last_mut() {
                _ if dump.incoming => session.exchanges.push(Exchange {
                    number: format!("{:03}", dump.count),
                    encoding: dump.encoding,
                    request: bytes,
                    response: None,
                    arrived: true,
                    answered: false,
                    time: None,
                    http: None,
                }),
                Some(exchange) => {
                    exchange.response = Some(bytes);
                    exchange.answered = true;
                }
                None => return Err(format!("{file}: an answer before the first message of its session")),
            }
        }
        sessions.push((order(&session), session));
    }
    sessions.sort_by(|(a, _), (b, _)| a.cmp(b));
    let sessions = sessions.into_iter().map(|(_, session)| session).collect();
    Ok(Recording { sessions, ..Recording::default() })
}

fn parse(name: &str) -> Option<Dump<'_>> {
    let (stem, extension) = name.rsplit_once('.')?;
    let encoding = encoding_of(extension)?;
    let (session, numbers) = stem.rsplit_once("_msg")?;
    let (_, numbers) = numbers.split_once('_')?;
    let (count, direction) = numbers.split_once('_')?;
    let incoming = match direction {
        "incoming" => true,
        "outgoing" => false,
        _ => return None,
    };
    Some(Dump { session, count: count.parse().ok()?, incoming, encoding })
}

/// What puts the sessions in their order: the anchors that the client gives its syncs grow, as times or as
/// numbers do; names of sessions need not.
fn order(session: &Session) -> (usize, String, String) {
    let decoded = session
        .exchanges
        .first()
        .and_then(|exchange| decode(&exchange.request, exchange.encoding, &Limits::default()).ok());
    let next = decoded.and_then(|decoded| {
        decoded.message.body.iter().find_map(|command| match command {
            Command::Alert(alert) => Some(alert.items.first()?.meta.anchor.as_ref()?.next.clone()),
            _ => None,
        })
    });
    let next = next.unwrap_or_default();
    (next.len(), next, session.label.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_dumps_are_read_and_others_are_not() {
        let dump = parse("xpt_odbc_s0000000042_msg003_007_incoming.wbxml").unwrap();
        assert_eq!((dump.session, dump.count, dump.incoming), ("xpt_odbc_s0000000042", 7, true));
        assert_eq!(dump.encoding, Encoding::Wbxml);
        assert!(!parse("demo_20260101T000000Z_s1_msg001_002_outgoing.xml").unwrap().incoming);
        for other in
            ["x_trm001_001_incoming.xml", "x_msg001_001_incoming.txt", "x_msg001_incoming.xml", "msg"]
        {
            assert!(parse(other).is_none(), "{other}");
        }
    }
}
