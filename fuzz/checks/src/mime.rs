//! MIME-DIR: whatever a peer sends as a contact or an entry of a calendar.

use std::path::Path;
use std::sync::OnceLock;

use syncloom_config::{LoadOptions, load_text};
use syncloom_formats::{Codec, Peer};

/// Profiles with everything in them: zones, rules, alarms, groups, pictures, and a field for what is unknown.
const CONFIG: &str = include_str!("../../../engine/formats/tests/configs/everything.xml");

/// What an item may grow to when it is written: a character becomes several where it is quoted, and an item has its
/// frame and the definitions of its zones.
const GROWTH: usize = 12;
const FRAME: usize = 20_000;

/// Inputs to begin with.
pub const SEEDS: &[&str] = &[
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;=\r\nHans\r\n\
     item1.TEL;TYPE=\"WORK,FAX\";HOME:+41 44\r\nADR;WORK:;;Weg 1;Bern\r\nNOTE:a folded\r\n note\r\n\
     PHOTO;ENCODING=BASE64:\r\n AAECAwQF\r\n\r\nX-A:1\r\nBEGIN:X\r\nEND:X\r\nEND:VCARD\r\n",
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n\
     RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nTZOFFSETFROM:+0345\r\nTZOFFSETTO:+0245\r\nEND:STANDARD\r\n\
     END:VTIMEZONE\r\nBEGIN:VEVENT\r\nSUMMARY:s\r\nDTSTART;TZID=Ours:20080715T120000\r\n\
     RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=5\r\nEXDATE;VALUE=DATE:20080812,20080909\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M\r\n\
     END:VALARM\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:t\r\nRECURRENCE-ID;TZID=Ours:20080812T120000\r\nEND:VEVENT\r\n\
     END:VCALENDAR\r\n",
    "BEGIN:VCALENDAR\r\nVERSION:1.0\r\nTZ:+01:00\r\nDAYLIGHT:TRUE;+02;20080330T020000;20081026T030000;CET;CEST\r\n\
     BEGIN:VEVENT\r\nSUMMARY:s\r\nDTSTART:20080715T000000\r\nDTEND:20080715T235900\r\nRRULE:W1 MO TU #10\r\n\
     EXDATE:20080716T000000;20080717T000000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
];

/// What is read can be written, is no larger than it should be, and can be read again.
pub fn check(data: &[u8]) {
    for codec in codecs() {
        let Ok(parsed) = codec.parse(data, &Peer::default()) else { continue };
        let peer = Peer { zones: parsed.zones, ..Peer::default() };
        let mut text = Vec::new();
        codec.generate(&parsed.item, &peer, &mut text);
        assert!(text.len() <= data.len() * GROWTH + FRAME, "{} bytes became {}", data.len(), text.len());
        assert!(parsed.notes.len() <= data.len(), "more notes than bytes");
        assert!(codec.parse(&text, &peer).is_ok(), "what was written is not read");
    }
}

fn codecs() -> &'static [Codec] {
    static CODECS: OnceLock<Vec<Codec>> = OnceLock::new();
    CODECS.get_or_init(|| {
        let loaded = load_text(Path::new("everything.xml"), CONFIG.as_bytes(), &LoadOptions::default());
        let config = loaded.config.into_iter();
        config.flat_map(|config| config.datatypes).map(Codec::new).collect()
    })
}
