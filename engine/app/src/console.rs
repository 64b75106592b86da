//! Lines on the console.

use syncloom_session::Report;

/// The longest piece of a peer's text that is printed: ids and names are shorter, and a line should stay one.
const MAX_PEER_TEXT: usize = 200;

/// A text that a peer chose, without what could forge or hide lines.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::new();
    for c in text.chars().take(MAX_PEER_TEXT) {
        match c {
            '"' | '\'' => clean.push(c),
            c => clean.extend(c.escape_debug()),
        }
    }
    if text.chars().count() > MAX_PEER_TEXT {
        clean.push('…');
    }
    clean
}

/// A session has begun.
pub(crate) fn begun(id: &str, report: &Report) {
    let datastores: Vec<String> =
        report.datastores.iter().map(|store| format!("{} {}", clean(&store.name), store.mode)).collect();
    println!("session {} begun: {}: {}", short(id), who(report), datastores.join(", "));
}

/// A session has ended.
pub(crate) fn ended(id: &str, report: &Report, seconds: f64) {
    let outcome = report.outcome.as_ref().map(ToString::to_string).unwrap_or_default();
    let datastores: String =
        report.datastores.iter().map(|store| format!(": {}", clean(&store.to_string()))).collect();
    println!(
        "session {} ended: {}{datastores}: {} after {seconds:.1} s",
        short(id),
        who(report),
        clean(&outcome)
    );
}

/// Something that happened in a session.
pub(crate) fn note(id: &str, text: &str) {
    eprintln!("session {}: {}", short(id), clean(text));
}

/// Something that happened outside of sessions.
pub(crate) fn warning(text: &str) {
    eprintln!("{}", clean(text));
}

fn who(report: &Report) -> String {
    let user = report.user.as_deref().map_or("nobody".to_owned(), clean);
    let name = report.device_name.as_deref().map_or(String::new(), |name| format!(" ({})", clean(name)));
    format!("user {user}, device {}{name}", clean(&report.device))
}

/// Enough of a session's id to tell it from others, and too little to take it over.
fn short(id: &str) -> &str {
    id.get(..6).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn a_peers_text_stays_on_its_line() {
        assert_eq!(clean("a\nsession 1 ended\u{1b}[2J"), "a\\nsession 1 ended\\u{1b}[2J");
        assert_eq!(clean("Jörg \"山田\" O'Neil"), "Jörg \"山田\" O'Neil");
        assert!(clean(&"x".repeat(5000)).chars().count() <= super::MAX_PEER_TEXT + 1);
    }
}
