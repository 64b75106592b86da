//! What a text says of time zones, found before its first time is read: components that define zones (`VTIMEZONE`),
//! and the zone that the whole item is in (`TZ`, `DAYLIGHT`). They may stand behind the times that need them.
//!
//! Not its job: which zone a definition means, which the zones of the session know.

use std::collections::HashMap;

use syncloom_config::Conversion;
use syncloom_script::time::zones::{daylight, vtimezone};
use syncloom_script::{Zone, Zones};

use super::text::Node;
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
    pub fn read(nodes: &[Node<'_>], setting: &Setting<'_>, notes: &mut Vec<Note>) -> Times {
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
        let (mut tz, mut daylight) = (None, None);
        let mut at = 0;
        while let Some(node) = nodes.get(at) {
            at += 1;
            match &node.inside {
                Some(inside) if defines(node.component()) => {
                    at = inside.range.end;
                    let inside = nodes.get(inside.range.clone()).unwrap_or_default();
                    if let Err(problem) = times.define(inside) {
                        let property = String::from_utf8_lossy(node.component()).into_owned();
                        let kind = NoteKind::UnreadableZone(problem);
                        notes.push(Note { line: node.line.line, property, kind });
                    }
                }
                Some(_) => {}
                None => match plan.zone_names.get(node.line.name()) {
                    Some(Conversion::Tz) => tz = tz.or(Some(node)),
                    Some(_) => daylight = daylight.or(Some(node)),
                    None => {}
                },
            }
        }
        times.item_zone = times.of_item(tz, daylight, notes);
        times
    }

    /// The zone of an id: one that the text defines, or else one that has this name.
    pub fn find(&self, id: &str) -> Option<Zone> {
        let id = id.trim().trim_matches('"');
        let defined = self.received.get(&id.to_lowercase()).copied();
        defined.or_else(|| self.zones.find_tzid(id).ok())
    }

    /// Takes the definition of a zone.
    fn define(&mut self, nodes: &[Node<'_>]) -> Result<(), String> {
        let mut text = String::new();
        let mut ends: Vec<(usize, String)> = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            let value = String::from_utf8_lossy(&node.line.value);
            text.push_str(&String::from_utf8_lossy(node.line.name()));
            text.push(':');
            text.push_str(value.trim());
            text.push('\n');
            // Ends count from the beginning of the text, which is that of these nodes.
            if let Some(inside) = &node.inside {
                ends.push((inside.range.len() + index + 1, value.trim().to_owned()));
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
        tz: Option<&Node<'_>>,
        daylight: Option<&Node<'_>>,
        notes: &mut Vec<Note>,
    ) -> Option<Zone> {
        let value = |node: &Node<'_>| String::from_utf8_lossy(&node.line.value).trim().to_owned();
        let mut refuse = |node: &Node<'_>, problem: String| {
            let property = String::from_utf8_lossy(node.line.name()).into_owned();
            notes.push(Note { line: node.line.line, property, kind: NoteKind::UnreadableZone(problem) });
        };
        let offset = tz.and_then(|node| {
            let text = value(node);
            let minutes = daylight::read_tz(&text).filter(|_| !text.is_empty());
            if minutes.is_none() && !text.is_empty() {
                refuse(node, text);
            }
            minutes
        });
        if let Some(node) = daylight.filter(|node| !value(node).is_empty()) {
            let rule = value(node);
            // Without an offset the rule says it: summer time is the hour that it nearly always is.
            let offset_text = match (offset, tz) {
                (Some(_), Some(tz)) => value(tz),
                _ if rule.eq_ignore_ascii_case("FALSE") => return None,
                _ => UNKNOWN_OFFSET.to_owned(),
            };
            let preferred = Some(self.zones.user());
            match self.zones.receive_daylight(&offset_text, &rule, preferred) {
                Ok(zone) => return Some(zone),
                Err(error) => refuse(node, error.to_string()),
            }
        }
        offset.map(|minutes| if minutes == 0 { Zone::Utc } else { Zone::Offset(minutes) })
    }
}

/// What is no offset.
const UNKNOWN_OFFSET: &str = "?";
