//! What a text says of time zones, found before its first time is read: components that define zones (`VTIMEZONE`),
//! and the zone that the whole item is in (`TZ`, `DAYLIGHT`). They may stand behind the times that need them.
//!
//! Not its job: which zone a definition means, which the zones of the session know.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use syncloom_config::Conversion;
use syncloom_script::time::zones::{daylight, vtimezone};
use syncloom_script::{Zone, Zones};

use super::split;
use super::text::{Node, Text};
use crate::note::{Note, NoteKind};
use crate::setting::Setting;

/// The zones of a text.
pub(super) struct Times {
    /// Those of the session, with what the text defines.
    pub zones: Zones,
    /// The zone that the item is in, where it says so.
    pub item_zone: Option<Zone>,
    /// The zones that the text defines, by their ids in lower case. Of two with one id the first counts.
    received: HashMap<String, Zone>,
}

impl Times {
    /// Reads what the text says of zones.
    pub fn read(text: &Text<'_>, setting: &Setting<'_>, notes: &mut Vec<Note>) -> Times {
        let plan = &setting.codec.plan;
        let zones = setting.peer.zones.clone();
        let mut times = Times { zones, item_zone: None, received: HashMap::new() };
        if !plan.has_zones {
            return times;
        }
        let defines = |name: &[u8]| {
            let of_zones = plan.components.iter().filter(|component| component.profile.time_zones);
            of_zones.into_iter().any(|one| one.profile.name.as_bytes().eq_ignore_ascii_case(name))
        };
        let nodes = &text.nodes;
        let (mut tz, mut daylight) = (None, None);
        let mut at = 0;
        while let Some(node) = nodes.get(at) {
            at += 1;
            match &node.inside {
                Some(inside) if defines(text.component(node)) => {
                    at = inside.range().end;
                    let inside = nodes.get(inside.range()).unwrap_or_default();
                    if let Err(problem) = times.define(text, inside) {
                        let property = String::from_utf8_lossy(text.component(node)).into_owned();
                        let kind = NoteKind::UnreadableZone(problem);
                        notes.push(Note { line: text.line(node).number(), property, kind });
                    }
                }
                Some(_) => {}
                None => {
                    let name = text.line(node).name();
                    let is_it = |known: &&(String, Conversion)| known.0.as_bytes().eq_ignore_ascii_case(name);
                    match plan.zone_names.iter().find(is_it) {
                        Some((_, Conversion::Tz)) => tz = tz.or(Some(node)),
                        Some(_) => daylight = daylight.or(Some(node)),
                        None => {}
                    }
                }
            }
        }
        times.item_zone = times.of_item(text, tz, daylight, setting, notes);
        times
    }

    /// The zone of an id: one that the text defines, or else one that has this name.
    pub fn find(&self, id: &str) -> Option<Zone> {
        // Some escape it as in the definition, where it is text.
        let id = vtimezone::unescaped(id.trim().trim_matches('"'));
        let defined = self.received.get(&id.to_lowercase()).copied();
        defined.or_else(|| self.zones.find_tzid(&id).ok())
    }

    /// Takes the definition of a zone.
    fn define(&mut self, source: &Text<'_>, nodes: &[Node]) -> Result<(), String> {
        let mut text = String::new();
        let mut ends: Vec<(usize, String)> = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            let line = source.line(node);
            let value = String::from_utf8_lossy(line.value());
            text.push_str(&String::from_utf8_lossy(line.name()));
            text.push(':');
            text.push_str(value.trim());
            text.push('\n');
            // Ends count from the beginning of the text, which is that of these nodes.
            if let Some(inside) = &node.inside {
                ends.push((inside.range().len() + index + 1, value.trim().to_owned()));
            }
            while let Some((_, name)) = ends.pop_if(|(end, _)| *end == index + 1) {
                text.push_str("END:");
                text.push_str(&name);
                text.push('\n');
            }
        }
        let id = vtimezone::tzid(&text);
        let zone = self.zones.receive(&text).map_err(|error| error.to_string())?;
        self.received.entry(id.to_lowercase()).or_insert(zone);
        Ok(())
    }

    /// The zone of TZ and DAYLIGHT.
    fn of_item(
        &mut self,
        text: &Text<'_>,
        tz: Option<&Node>,
        daylight: Option<&Node>,
        setting: &Setting<'_>,
        notes: &mut Vec<Note>,
    ) -> Option<Zone> {
        let said = [tz, daylight].map(|node| node.map_or(&[][..], |node| text.line(node).value()));
        if let Some(zone) = setting.daylights.find(said) {
            return Some(zone);
        }
        let mut refuse = |node: Option<&Node>, problem: String| {
            let Some(line) = node.map(|node| text.line(node)) else { return };
            let property = String::from_utf8_lossy(line.name()).into_owned();
            notes.push(Note { line: line.number(), property, kind: NoteKind::UnreadableZone(problem) });
        };
        let [offset_text, rule] = said.map(split::trimmed_lossy);
        let offset = daylight::read_tz(&offset_text).filter(|_| !offset_text.is_empty());
        let is_readable = offset.is_some() || offset_text.is_empty();
        if !is_readable {
            refuse(tz, offset_text.clone().into_owned());
        }
        if !rule.is_empty() {
            // Without an offset the rule says it: summer time is the hour that it nearly always is.
            let offset_text: &str = match offset {
                Some(_) => &offset_text,
                None if rule.eq_ignore_ascii_case("FALSE") => return None,
                None => UNKNOWN_OFFSET,
            };
            let of_peer = &setting.peer.zones;
            match self.zones.receive_daylight(offset_text, &rule, Some(of_peer.user())) {
                Ok(zone) => {
                    // One that this text has added is unknown to the next.
                    if is_readable && of_peer.has(zone) {
                        setting.daylights.keep(said, zone);
                    }
                    return Some(zone);
                }
                Err(error) => refuse(daylight, error.to_string()),
            }
        }
        offset.map(|minutes| if minutes == 0 { Zone::Utc } else { Zone::Offset(minutes) })
    }
}

/// What is no offset.
const UNKNOWN_OFFSET: &str = "?";

/// How many zones of TZ and DAYLIGHT are kept to be known again: more than the zones and years of most calendars.
const MOST_KEPT: usize = 64;
/// How many bytes the two values may have to be kept: as they are written, they have some sixty.
const LONGEST_KEPT: usize = 256;

/// Zones that items of a peer said with TZ and DAYLIGHT: most items of a calendar say the same.
#[derive(Debug, Default)]
pub(crate) struct Daylights {
    /// The two values as they stand in texts, and what they mean.
    known: Mutex<Vec<([Vec<u8>; 2], Zone)>>,
}

impl Daylights {
    /// The zone of the two values, if it is known.
    fn find(&self, said: [&[u8]; 2]) -> Option<Zone> {
        self.known().iter().find(|(known, _)| *known == said).map(|(_, zone)| *zone)
    }

    /// Knows what the two values mean from now on, as far as there is room.
    fn keep(&self, said: [&[u8]; 2], zone: Zone) {
        let mut known = self.known();
        if known.len() < MOST_KEPT && said.map(<[u8]>::len).iter().sum::<usize>() <= LONGEST_KEPT {
            known.push((said.map(<[u8]>::to_vec), zone));
        }
    }

    fn known(&self) -> MutexGuard<'_, Vec<([Vec<u8>; 2], Zone)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
