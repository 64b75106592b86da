//! What a peer may say that nobody has thought of: messages of sound sessions, changed by chance, element by element.
//!
//! Not its job: saying what has to hold after that.

use std::ops::Range;

use roxmltree::{Document, Node};
pub use syncloom_fuzz_checks::Chance;

/// Words that mean something in a message, or something else.
const WORDS: &[&str] = &[
    "",
    "0",
    "1",
    "2",
    "-1",
    "200",
    "201",
    "203",
    "205",
    "206",
    "210",
    "213",
    "222",
    "224",
    "225",
    "401",
    "407",
    "418",
    "500",
    "508",
    "509",
    "4294967296",
    "99999999999999999999",
    "contacts",
    "./contacts",
    "contacts?/slow",
    "contacts?/fi(",
    "nothing",
    "peer",
    "phone",
    "./devinf12",
    "text/vcard",
    "text/x-vcard",
    "b64",
    "bin",
    "BEGIN:VCARD",
    "\u{fe0f}é漢",
    "Add",
    "Sync",
    "SyncHdr",
    "1.2",
    "SyncML/1.0",
];

/// A message in XML with one to five changes: elements that are missing, there twice, in another's place, inside of
/// another, or say something else. What proves the user stays, as otherwise there would be nothing to see.
pub fn changed(message: &str, others: &[String], chance: &mut Chance) -> String {
    let mut message = message.to_owned();
    for _ in 0..1 + chance.below(5) {
        let Some(next) = changed_once(&message, others, chance) else { break };
        message = next;
    }
    message
}

fn changed_once(message: &str, others: &[String], chance: &mut Chance) -> Option<String> {
    let document = Document::parse(message).ok()?;
    let elements: Vec<Node<'_, '_>> = document.descendants().filter(is_open_to_change).collect();
    if elements.is_empty() {
        return None;
    }
    let place = *chance.one(&elements);
    let range = place.range();
    let (range, text) = match chance.below(7) {
        0 => (range, String::new()),
        1 => (range.end..range.end, message[range].repeat(1 + chance.below(3))),
        2 => (range, piece(others, chance)?),
        3 => (range.start..range.start, piece(others, chance)?),
        4 => (inner(place, message)?, piece(others, chance)?),
        5 => (inner(place, message)?, message[chance.one(&elements).range()].to_owned()),
        _ => {
            let leaves: Vec<_> = elements
                .into_iter()
                .filter(|element| !element.children().any(|inner| inner.is_element()))
                .collect();
            let word = match chance.below(8) {
                0 => "word ".repeat(1 << chance.below(12)),
                _ => (*chance.one(WORDS)).to_owned(),
            };
            (inner(*chance.one(&leaves), message)?, word)
        }
    };
    let mut next = message.to_owned();
    next.replace_range(range, &text);
    Some(next)
}

/// An element of some message.
fn piece(messages: &[String], chance: &mut Chance) -> Option<String> {
    let message = chance.one(messages);
    let document = Document::parse(message).ok()?;
    let elements: Vec<Node<'_, '_>> = document.descendants().filter(is_open_to_change).collect();
    (!elements.is_empty()).then(|| message[chance.one(&elements).range()].to_owned())
}

/// Not the whole, and nothing that a login needs.
fn is_open_to_change(node: &Node<'_, '_>) -> bool {
    let keeps = ["SyncML", "SyncHdr", "SyncBody", "Cred"];
    node.is_element()
        && !keeps.contains(&node.tag_name().name())
        && !node.ancestors().any(|outer| outer.tag_name().name() == "Cred")
}

/// What is between an element's tags; `None` where it has but one.
fn inner(element: Node<'_, '_>, message: &str) -> Option<Range<usize>> {
    let range = element.range();
    let text = &message[range.clone()];
    let (begin, end) = (text.find('>')? + 1, text.rfind("</")?);
    (begin <= end).then(|| range.start + begin..range.start + end)
}
