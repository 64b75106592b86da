//! Printing what came of a play: what differs, or with `--verbose` everything. The last line has the figures.

use std::io::IsTerminal;

use super::play::{Compared, Outcome};
use super::recording::Recording;
use super::verdict::Row;
use crate::console::clean;

/// How many lines about items of one kind are printed of a datastore; the figures count all of them.
const MAX_LINES: usize = 40;

/// The columns of a difference.
const NOW: &str = "\u{1b}[31m";
const THEN: &str = "\u{1b}[32m";
const DIM: &str = "\u{1b}[2m";
const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

/// Prints it.
pub(super) fn show(recording: &Recording, outcome: &Outcome, verbose: bool) {
    let ink = Ink { colour: std::io::stdout().is_terminal() };
    let about =
        if recording.description.is_empty() { String::new() } else { format!(": {}", recording.description) };
    println!("{}{}", ink.of(BOLD, &clean(&recording.name)), clean(&about));
    for (number, session) in outcome.sessions.iter().enumerate() {
        let rows = || session.exchanged.iter().flat_map(|exchanged| &exchanged.rows);
        let quiet = rows().all(|row| !row.speaks()) && session.notes.is_empty();
        if quiet && !verbose {
            continue;
        }
        println!("session {} {}", number + 1, clean(&session.label));
        for note in &session.notes {
            println!("  {}", clean(note));
        }
        for row in rows().filter(|row| verbose || row.speaks()) {
            show_row(&ink, row, verbose);
        }
        let differs = rows().any(|row| !row.differ.is_empty());
        for line in session.log.iter().filter(|_| verbose || differs) {
            println!("  {}", ink.of(DIM, &format!("log: {}", clean(line))));
        }
    }
    for compared in &outcome.server {
        show_items(&ink, "server", compared, verbose);
    }
    for compared in &outcome.client {
        show_items(&ink, "client", compared, verbose);
    }
    println!(
        "replay {}: {} messages, {} statuses differ, {} items differ",
        clean(&recording.name),
        outcome.messages,
        outcome.statuses,
        outcome.items()
    );
}

impl Row {
    /// Whether there is something to say even if only what differs is asked for.
    fn speaks(&self) -> bool {
        !self.differ.is_empty() || !self.notes.is_empty() || self.told_differs()
    }

    fn told_differs(&self) -> bool {
        self.told_is_compared && self.told_then != self.told_now
    }
}

fn show_row(ink: &Ink, row: &Row, verbose: bool) {
    let number = clean(&row.number);
    for alike in row.differ.chunk_by(are_alike) {
        let [(label, then, now), ..] = alike else { continue };
        let (mut label, last) = (clean(label), alike.last().map_or("", |(label, _, _)| label.as_str()));
        if alike.len() > 1 {
            let last = last.split_once(' ').map_or(last, |(_, item)| item);
            label = format!("{label} … {} ({})", clean(last), alike.len());
        }
        println!("  {number}  {label}: {}, {}", ink.then(then), ink.now(now));
    }
    if verbose && !row.agree.is_empty() {
        println!("  {number}  {}", ink.of(DIM, &clean(&row.agree)));
    }
    let (then, now) = (or_nothing(&row.told_then), or_nothing(&row.told_now));
    if row.told_differs() {
        println!("  {number}  the server sends: {}, {}", ink.then(&clean(then)), ink.now(&clean(now)));
    } else if verbose && !row.told_now.is_empty() {
        println!("  {number}  {}", ink.of(DIM, &format!("the server sends {}", clean(now))));
    }
    for note in &row.notes {
        println!("  {number}  {}", clean(note));
    }
}

/// Whether two statuses that differ can stand on one line: the same command with the same statuses.
fn are_alike(one: &(String, String, String), other: &(String, String, String)) -> bool {
    let command = |label: &str| label.split(' ').next().unwrap_or_default().to_owned();
    command(&one.0) == command(&other.0) && (&one.1, &one.2) == (&other.1, &other.2)
}

fn show_items(ink: &Ink, side: &str, compared: &Compared, verbose: bool) {
    if compared.differ() == 0 && !verbose {
        return;
    }
    println!("{side} {}: {}", clean(&compared.store), figures(compared));
    for (title, differences) in compared.changed.iter().take(MAX_LINES) {
        println!("  changed    {}", clean(title));
        for (field, then, now) in differences {
            println!("             {field}: {}, {}", ink.then(&quoted(then)), ink.now(&quoted(now)));
        }
    }
    if compared.changed.len() > MAX_LINES {
        println!("  changed    and {} more", compared.changed.len() - MAX_LINES);
    }
    for (what, items) in [("only then", &compared.missing), ("only now", &compared.new)] {
        for (title, double) in items.iter().take(MAX_LINES) {
            let double = if *double { " (a double)" } else { "" };
            println!("  {what:<9}  {}{double}", clean(title));
        }
        if items.len() > MAX_LINES {
            println!("  {what:<9}  and {} more", items.len() - MAX_LINES);
        }
    }
}

/// `103 items then (50 doubles), 53 now: 50 doubles fewer`.
fn figures(compared: &Compared) -> String {
    let doubles = |count: usize| if count > 0 { format!(" ({count} doubles)") } else { String::new() };
    let of =
        |items: &[(String, bool)], wanted: bool| items.iter().filter(|(_, double)| *double == wanted).count();
    let differences = [
        (compared.changed.len(), "changed"),
        (of(&compared.missing, false), "lost"),
        (of(&compared.new, false), "new"),
        (of(&compared.missing, true), "doubles fewer"),
        (of(&compared.new, true), "doubles more"),
    ];
    let differences: Vec<String> = differences
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let mut differences = if differences.is_empty() { "equal".to_owned() } else { differences.join(", ") };
    if compared.both_sides {
        differences.push_str("; client and server have the same now");
    }
    format!(
        "{} items then{}, {} now{}: {differences}",
        compared.counts.0,
        doubles(compared.doubles.0),
        compared.counts.1,
        doubles(compared.doubles.1),
    )
}

fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "nothing" } else { text }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", clean(text))
}

/// Colours, where there is a terminal to show them.
struct Ink {
    colour: bool,
}

impl Ink {
    fn of(&self, code: &str, text: &str) -> String {
        if self.colour { format!("{code}{text}{PLAIN}") } else { text.to_owned() }
    }

    fn then(&self, text: &str) -> String {
        self.of(THEN, &format!("{text} then"))
    }

    fn now(&self, text: &str) -> String {
        self.of(NOW, &format!("{text} now"))
    }
}
