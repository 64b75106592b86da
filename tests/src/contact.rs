//! Contacts in a form that does not depend on where they came from, so that those of a device's files and those of
//! the server's tables can be compared field by field. It reads vCards by itself: a fault of Syncloom's own
//! reader must not hide here.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{Connection, Row};

/// The properties with their values; several values of one property are in alphabetical order, and empty ones are
/// left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contact(BTreeMap<String, Vec<String>>);

/// Columns of the quick-start database and the properties that they hold.
const COLUMNS: [(&str, &str); 16] = [
    ("display_name", "FN"),
    ("nickname", "NICKNAME"),
    ("title", "TITLE"),
    ("role", "ROLE"),
    ("birthday", "BDAY"),
    ("anniversary", "X-ANNIVERSARY"),
    ("spouse", "X-SPOUSE"),
    ("manager", "X-MANAGER"),
    ("assistant", "X-ASSISTANT"),
    ("aim", "X-AIM"),
    ("icq", "X-ICQ"),
    ("jabber", "X-JABBER"),
    ("msn", "X-MSN"),
    ("skype", "X-SKYPE"),
    ("yahoo", "X-YAHOO"),
    ("note", "NOTE"),
];

impl Contact {
    /// The family name.
    pub fn last_name(&self) -> &str {
        self.0.get("N").and_then(|names| names[0].split(';').next()).unwrap_or_default()
    }

    /// The values of a property.
    pub fn values(&self, property: &str) -> &[String] {
        self.0.get(property).map(Vec::as_slice).unwrap_or_default()
    }

    /// Reads a vCard 3.0.
    pub fn from_vcard(text: &str) -> Self {
        let mut contact = Contact::default();
        let text = text.replace("\r\n ", "").replace("\n ", "");
        for line in text.lines() {
            let Some((head, value)) = split_head(line) else { continue };
            let mut head = head.split(';');
            let name = head.next().unwrap_or_default().rsplit('.').next().unwrap_or_default().to_uppercase();
            let mut kinds: Vec<String> = head
                .filter_map(|parameter| parameter.to_uppercase().strip_prefix("TYPE=").map(str::to_owned))
                .flat_map(|types| types.split(',').map(str::to_owned).collect::<Vec<_>>())
                .collect();
            kinds.sort();
            match name.as_str() {
                "N" | "ORG" => contact.add(&name, structured(value)),
                // vCard 2.1 writes a comma where 3.0 writes a semicolon, and some clients keep it as it came.
                "GEO" => contact.add(&name, structured(value).replace(',', ";")),
                "ADR" => contact.add_with_kinds(&name, kinds, structured(value)),
                "TEL" | "EMAIL" | "URL" => contact.add_with_kinds(&name, kinds, unescaped(value)),
                "CATEGORIES" => split(value, ',').into_iter().for_each(|value| contact.add(&name, value)),
                "BDAY" | "X-ANNIVERSARY" => contact.add(&name, value.replace('-', "")),
                "PHOTO" => contact.add(&name, value.replace(' ', "")),
                name if COLUMNS.iter().any(|(_, property)| *property == name) => {
                    contact.add(name, unescaped(value));
                }
                _ => {}
            }
        }
        contact.sorted()
    }

    /// Reads all contacts of the quick-start database.
    pub fn from_database(database: &Connection) -> Vec<Self> {
        let mut statement = database.prepare("SELECT * FROM contacts").unwrap();
        let contacts = statement.query_map([], |row| Ok(Contact::from_row(database, row))).unwrap();
        contacts.map(Result::unwrap).collect()
    }

    fn from_row(database: &Connection, row: &Row<'_>) -> Self {
        let mut contact = Contact::default();
        let text = |column: &str| row.get::<_, Option<String>>(column).unwrap().unwrap_or_default();
        let joined =
            |columns: &[&str]| columns.iter().map(|column| text(column)).collect::<Vec<_>>().join(";");
        contact.add("N", joined(&["last_name", "first_name", "middle_name", "prefix", "suffix"]));
        contact.add("ORG", joined(&["company", "department", "unit"]));
        contact.add("GEO", joined(&["latitude", "longitude"]));
        for (column, property) in COLUMNS {
            let value = text(column);
            let is_date = matches!(property, "BDAY" | "X-ANNIVERSARY");
            contact.add(property, if is_date { value.replace('-', "") } else { value });
        }
        let photo: Option<Vec<u8>> = row.get("photo").unwrap();
        contact.add("PHOTO", STANDARD.encode(photo.unwrap_or_default()));
        let id: i64 = row.get("id").unwrap();
        for (property, query) in [
            ("TEL", "SELECT kind, number FROM phones WHERE contact = ?"),
            ("EMAIL", "SELECT kind, address FROM emails WHERE contact = ?"),
            ("URL", "SELECT kind, url FROM links WHERE contact = ?"),
            ("CATEGORIES", "SELECT NULL, name FROM categories WHERE contact = ?"),
            (
                "ADR",
                "SELECT kind, coalesce(po_box,'')||';'||coalesce(extra,'')||';'||coalesce(street,'')||';'||\
                 coalesce(city,'')||';'||coalesce(region,'')||';'||coalesce(zip,'')||';'||coalesce(country,'') \
                 FROM addresses WHERE contact = ?",
            ),
        ] {
            let mut statement = database.prepare_cached(query).unwrap();
            let mut rows = statement.query([id]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let kinds = row.get::<_, Option<String>>(0).unwrap().unwrap_or_default();
                let value = row.get::<_, Option<String>>(1).unwrap().unwrap_or_default();
                if property == "CATEGORIES" {
                    contact.add(property, value);
                    continue;
                }
                let mut kinds: Vec<String> = kinds.to_uppercase().split(',').map(str::to_owned).collect();
                kinds.sort();
                contact.add_with_kinds(property, kinds, value);
            }
        }
        contact.sorted()
    }

    fn add(&mut self, property: &str, value: String) {
        let value = value.trim_end_matches(';').to_owned();
        if !value.is_empty() {
            self.0.entry(property.to_owned()).or_default().push(value);
        }
    }

    fn add_with_kinds(&mut self, property: &str, kinds: Vec<String>, value: String) {
        if !value.trim_end_matches(';').is_empty() {
            let kinds: Vec<String> = kinds.into_iter().filter(|kind| !kind.is_empty()).collect();
            self.add(property, format!("{}|{}", kinds.join(","), value.trim_end_matches(';')));
        }
    }

    fn sorted(mut self) -> Self {
        self.0.values_mut().for_each(|values| values.sort());
        self
    }
}

/// Names from several scripts, with the characters that formats trip over.
const NAMES: [(&str, &str); 10] = [
    ("Doe", "John"),
    ("Müller", "Jörg"),
    ("O'Neil; Jr.", "Anne-Marie"),
    ("Kowalski", "Łukasz"),
    ("Иванова", "Мария"),
    ("山田", "花子"),
    ("الحسن", "فاطمة"),
    ("Yılmaz, Ali", "Ali"),
    ("Back\\slash", "Se\"quel"),
    ("Smile 😀", "<tag> & Co."),
];

/// A contact with everything that a rich vCard has, as a vCard 3.0. The number makes it unlike all others.
pub fn rich_vcard(number: usize) -> String {
    let (last, first) = NAMES[number % NAMES.len()];
    let (last, first) = (escaped(&format!("{last} {number}")), escaped(first));
    let photo: Vec<u8> = (0..200 + number % 50).map(|byte| (byte * 7 + number) as u8).collect();
    [
        "BEGIN:VCARD".to_owned(),
        "VERSION:3.0".to_owned(),
        format!("N:{last};{first};M.;Dr.;jun."),
        format!("FN:Dr. {first} {last}"),
        format!("NICKNAME:Nick {number}"),
        "TITLE:Engineer <1> & more".to_owned(),
        "ROLE:Development".to_owned(),
        format!("ORG:ACME\\, Inc.;R&D;Team {number}"),
        format!("TEL;TYPE=HOME,VOICE:+49 30 555 {number:04}"),
        format!("TEL;TYPE=CELL:+49 170 555{number:04}"),
        format!("TEL;TYPE=WORK,FAX:+1-212-555-{number:04}"),
        format!("EMAIL;TYPE=HOME,INTERNET:user{number}@example.org"),
        format!("EMAIL;TYPE=WORK,INTERNET:user{number}@work.example.com"),
        format!("ADR;TYPE=HOME:;;Hauptstraße {number}\\, Hof 2;Köln;NRW;5{number:04};Germany"),
        format!("ADR;TYPE=WORK:PO {number};Floor 3;1 Main St.\\nSuite 4;New York;NY;10001;USA"),
        format!("URL:http://example.org/~user{number}?a=1&b=2"),
        format!("CATEGORIES:Friends,Test\\, {number}"),
        format!("BDAY:19{:02}-02-{:02}", 10 + number % 80, 1 + number % 28),
        "X-ANNIVERSARY:2001-02-03".to_owned(),
        "X-SPOUSE:Jane".to_owned(),
        "X-MANAGER:The Boss".to_owned(),
        "X-ASSISTANT:Help".to_owned(),
        format!("X-AIM:aim{number}"),
        format!("X-ICQ:{number}4711"),
        format!("X-JABBER:user{number}@jabber.example.org"),
        format!("X-MSN:msn{number}"),
        format!("X-SKYPE:skype{number}"),
        format!("X-YAHOO:yahoo{number}"),
        "GEO:37.24;-17.85".to_owned(),
        format!(
            "NOTE:Note {number}\\nsecond line\\; with semicolon\\, comma & <tag> ]]> end\\n\\nlast = line"
        ),
        format!("PHOTO;ENCODING=b;TYPE=JPEG:{}", STANDARD.encode(photo)),
        "END:VCARD".to_owned(),
        String::new(),
    ]
    .join("\r\n")
}

/// A contact of the size that most are, as a vCard 3.0.
pub fn small_vcard(number: usize) -> String {
    let (last, first) = NAMES[number % NAMES.len()];
    let (last, first) = (escaped(&format!("{last} {number}")), escaped(first));
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:{last};{first};;;\r\nFN:{first} {last}\r\n\
         TEL;TYPE=HOME,VOICE:+49 30 555 {number:04}\r\nTEL;TYPE=CELL:+49 170 555{number:04}\r\n\
         EMAIL;TYPE=HOME,INTERNET:user{number}@example.org\r\n\
         ADR;TYPE=HOME:;;Hauptstraße {number};Köln;NRW;5{number:04};Germany\r\n\
         NOTE:Note {number}\\nsecond line\r\nEND:VCARD\r\n"
    )
}

/// A contact of the 400 bytes or so that most take, as a vCard 3.0.
pub fn usual_vcard(number: usize) -> String {
    let (last, first) = NAMES[number % NAMES.len()];
    let (last, first) = (escaped(&format!("{last} {number}")), escaped(first));
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:{last};{first};;;\r\nFN:{first} {last}\r\n\
         ORG:ACME\\, Inc.;R&D\r\nTITLE:Engineer\r\n\
         TEL;TYPE=HOME,VOICE:+49 30 555 {number:04}\r\nTEL;TYPE=CELL:+49 170 555{number:04}\r\n\
         EMAIL;TYPE=HOME,INTERNET:user{number}@example.org\r\n\
         ADR;TYPE=HOME:;;Hauptstraße {number};Köln;NRW;5{number:04};Germany\r\n\
         NOTE:Note {number}\\nsecond line\r\nBDAY:19{:02}-02-{:02}\r\nEND:VCARD\r\n",
        10 + number % 80,
        1 + number % 28
    )
}

/// Adds a contact with plain SQL, as another program would.
pub fn insert_by_sql(database: &Connection, number: usize) {
    let (last, first) = NAMES[number % NAMES.len()];
    let last = format!("{last} {number}");
    database
        .execute(
            "INSERT INTO contacts (user, last_name, first_name, display_name, company, note, birthday) \
             VALUES (1, ?1, ?2, ?3, 'By SQL', ?4, '1970-04-01')",
            [&last, first, &format!("{first} {last}"), &format!("made by hand\n{number}")],
        )
        .unwrap();
    let id = database.last_insert_rowid();
    let phone = format!("+41 44 555 {number:04}");
    database
        .execute("INSERT INTO phones (contact, number, kind) VALUES (?1, ?2, 'WORK,VOICE')", (id, phone))
        .unwrap();
    database.execute("INSERT INTO categories (contact, name) VALUES (?1, 'Made by hand')", [id]).unwrap();
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,")
}

fn unescaped(value: &str) -> String {
    let mut text = String::new();
    let mut characters = value.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(other) => text.push(other),
                None => {}
            },
            c => text.push(c),
        }
    }
    text
}

fn structured(value: &str) -> String {
    split(value, ';').join(";")
}

/// Splits at a separator that is not escaped.
fn split(value: &str, separator: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for c in value.chars() {
        if c == separator && !escaped {
            parts.push(String::new());
            continue;
        }
        escaped = c == '\\' && !escaped;
        parts.last_mut().unwrap().push(c);
    }
    parts.iter().map(|part| unescaped(part)).collect()
}

/// Splits a line at the colon behind its parameters.
fn split_head(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let end = line.find(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    })?;
    Some((&line[..end], &line[end + 1..]))
}
