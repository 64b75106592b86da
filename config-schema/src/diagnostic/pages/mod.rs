//! What there is to say about each code: why it matters, a config that shows it, and the mend. `syncloom
//! explain` and the pages in `docs/errors` are made of this, and each example is run as a test.
//!
//! Not its job: the words of a single problem, which is where the problem is found.

mod document;
mod references;
mod scripting;
mod sql;
mod values;

use std::path::Path;

use super::{Code, Diagnostic, render};
use crate::load::{LoadOptions, Loaded, Platform, load_text};

/// What there is to say about a code.
#[derive(Debug)]
pub struct Page {
    /// The code.
    pub code: Code,
    /// Why it matters.
    pub why: &'static str,
    /// Where the example stands; the rest of the config is around it.
    place: Place,
    /// What has the problem.
    pub example: &'static str,
    /// What to do about it.
    pub mend: &'static str,
}

/// Where in a config an example stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nowhere: no text of a config shows the problem.
    None,
    /// It is the whole file.
    File,
    /// In the root.
    Root,
    /// In `<datatypes>`, behind two field lists: `people` with LAST and NOTE, `notes` with TEXT.
    Types,
    /// In a `<profile>` for that field list.
    Profile,
    /// In the root, behind a profile `vcard` and a datatype `card` for the fields `people`.
    BehindTypes,
    /// In `<server>`, behind the same.
    Server,
    /// In a `<datastore>` that peers can read.
    Datastore,
}

const fn page(
    code: Code,
    why: &'static str,
    place: Place,
    example: &'static str,
    mend: &'static str,
) -> Page {
    Page { code, why, place, example, mend }
}

const TABLES: &[&[Page]] = &[document::PAGES, values::PAGES, references::PAGES, sql::PAGES, scripting::PAGES];

const ROOT: (&str, &str) = ("<sysync_config version=\"1.0\">", "</sysync_config>");
const FIELDS: &str = "<datatypes><fieldlist name=\"people\"><field name=\"LAST\" type=\"string\" \
         compare=\"always\"/>\
    <field name=\"NOTE\" type=\"string\" compare=\"conflict\"/></fieldlist>\
    <fieldlist name=\"notes\"><field name=\"TEXT\" type=\"string\" compare=\"always\"/></fieldlist>";
const PROFILE: (&str, &str) =
    ("<mimeprofile name=\"vcard\" fieldlist=\"people\"><profile name=\"VCARD\">", "</profile></mimeprofile>");
const PROPERTY: &str = "<property name=\"N\"><value field=\"LAST\"/></property>";
const CARD: &str = "<datatype name=\"card\" basetype=\"vcard\"><version>3.0</version><use \
         mimeprofile=\"vcard\"/></datatype>";
const SERVER: &str = "<server type=\"sql\"><sqlitefile>/var/lib/syncloom/sync.sqlite</sqlitefile>\
    <simpleauthuser>demo</simpleauthuser><simpleauthpw>demo</simpleauthpw>";
const DATASTORE: &str = "<datastore name=\"contacts\"><readonly>yes</readonly>\
    <selectidandmodifiedsql>SELECT id, modified FROM contacts</selectidandmodifiedsql>\
    <selectdatasql>SELECT %N FROM contacts WHERE id = %k</selectdatasql>\
    <typesupport><use datatype=\"card\" preferred=\"yes\"/></typesupport>";
const FIELD_MAP: &str =
    "<fieldmap fieldlist=\"people\"><map name=\"last_name\" references=\"LAST\"/></fieldmap>";

impl Place {
    /// What stands before and behind the example. There is no line end in it, so that the lines of the
    /// example are those of the file but for one.
    fn around(self) -> (String, String) {
        let (root, end) = ROOT;
        let types = format!("{root}{FIELDS}{}{PROPERTY}{}{CARD}</datatypes>", PROFILE.0, PROFILE.1);
        let server = format!("{types}{SERVER}");
        match self {
            Place::None | Place::File => (String::new(), String::new()),
            Place::Root => (root.to_owned(), end.to_owned()),
            Place::Types => (format!("{root}{FIELDS}"), format!("</datatypes>{end}")),
            Place::Profile => {
                (format!("{root}{FIELDS}{}", PROFILE.0), format!("{}</datatypes>{end}", PROFILE.1))
            }
            Place::BehindTypes => (types, end.to_owned()),
            Place::Server => (server, format!("</server>{end}")),
            Place::Datastore => {
                (format!("{server}{DATASTORE}"), format!("{FIELD_MAP}</datastore></server>{end}"))
            }
        }
    }

    fn described(self) -> &'static str {
        match self {
            Place::None | Place::File => "",
            Place::Root => "In `<sysync_config>`:",
            Place::Types => "In `<datatypes>`, behind a field list `people` with the fields LAST and NOTE:",
            Place::Profile => {
                "In the `<profile>` of a `<mimeprofile fieldlist=\"people\">`, which has the fields \
         LAST and NOTE:"
            }
            Place::BehindTypes => "In `<sysync_config>`, behind a datatype `card`:",
            Place::Server => "In `<server>`, behind a datatype `card` with the fields `people`:",
            Place::Datastore => "In a `<datastore>` that is complete without it:",
        }
    }
}

impl Page {
    /// The page of a code.
    pub fn of(code: Code) -> Option<&'static Page> {
        Page::all().find(|page| page.code == code)
    }

    /// All pages.
    pub fn all() -> impl Iterator<Item = &'static Page> {
        TABLES.iter().copied().flatten()
    }

    /// A whole config with the example in its place. `None`: there is no example.
    pub fn config(&self) -> Option<String> {
        let (before, behind) = self.place.around();
        match self.place {
            Place::None => None,
            Place::File => Some(self.example.to_owned()),
            _ => Some(format!("{before}\n{}\n{behind}\n", self.example)),
        }
    }

    /// The page as markdown, with what `syncloom check` says of the example.
    pub fn markdown(&self) -> String {
        let code = self.code;
        let mut out =
            format!("# {code}: {}\n\nSeverity: {}. {}\n", code.title(), code.severity().word(), self.why);
        if let Some(loaded) = self.run() {
            let place = self.place.described();
            let gap = if place.is_empty() { "" } else { "\n\n" };
            let said: String = loaded
                .diagnostics
                .iter()
                .map(|told| render::human(told, &loaded.sources, false))
                .collect::<Vec<_>>()
                .join("\n");
            out.push_str(&format!(
                "\n## Example\n\n{place}{gap}```xml\n{}\n```\n\n`syncloom check` \
         says:\n\n```text\n{said}```\n",
                self.example
            ));
        }
        out.push_str(&format!("\n## What to do\n\n{}\n", self.mend));
        out
    }

    fn run(&self) -> Option<Loaded> {
        let options = LoadOptions { platform: Platform::Linux, ..LoadOptions::default() };
        let config = self.config()?;
        let mut loaded = load_text(Path::new("example.xml"), config.as_bytes(), &options);
        // What stands around the example is more than each one uses.
        let around = |told: &Diagnostic| told.code == Code::Unused && told.place.line == 1;
        loaded.diagnostics.retain(|told| !around(told));
        Some(loaded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_page() {
        for (code, id, _, _) in Code::ALL {
            assert_eq!(Page::all().filter(|page| page.code == *code).count(), 1, "{id}");
        }
        assert_eq!(Page::all().count(), Code::ALL.len());
    }

    #[test]
    fn every_example_shows_its_code_and_nothing_else() {
        let mut wrong = Vec::new();
        for page in Page::all() {
            assert!(page.why.ends_with('.') && page.mend.ends_with('.'), "{}", page.code);
            let Some(loaded) = page.run() else { continue };
            let codes: Vec<Code> = loaded.diagnostics.iter().map(|told| told.code).collect();
            // What does not act yet may be told of besides: it is no mistake of the example.
            let fits = |code: &Code| *code == page.code || matches!(code, Code::Later | Code::NotServed);
            if !codes.contains(&page.code) || !codes.iter().all(fits) {
                let told: Vec<String> = loaded.diagnostics.iter().map(render::concise).collect();
                wrong.push(format!("{}: {}", page.code, told.join("\n    ")));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn the_config_around_the_examples_is_complete() {
        for place in
            [Place::Root, Place::Types, Place::Profile, Place::BehindTypes, Place::Server, Place::Datastore]
        {
            let (before, behind) = place.around();
            let inner = if place == Place::Profile { PROPERTY } else { "" };
            let text = format!("{before}{inner}{behind}");
            let loaded = load_text(Path::new("x"), text.as_bytes(), &LoadOptions::default());
            let wrong: Vec<_> = loaded.diagnostics.iter().filter(|told| told.code != Code::Unused).collect();
            assert!(wrong.is_empty(), "{place:?}: {wrong:?}");
        }
    }
}
