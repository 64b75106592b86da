//! The zones that times were written in: which they are, and their definitions in the text (manual 10.3.2,
//! `mode="vtimezones"`; 10.3.8).
//!
//! Not its job: what a definition says, which the zones of the session know.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use syncloom_script::time::zones::write::{YearSpan, years_of};
use syncloom_script::{Timestamp, Value, Zone};

use super::{Generator, fold};
use crate::convert::{Place, times};
use crate::plan::{PropertyPlan, ValuePlan, target};

/// How many definitions are kept to be written again: more than the zones and years of most calendars.
const MOST_KEPT: usize = 64;

/// Definitions that have been written for a peer: most items of a calendar have the same.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    known: Mutex<Vec<(Zone, YearSpan, Vec<u8>)>>,
}

impl Definitions {
    /// Appends the definition of a zone, which `make` does where it is not known.
    fn append(&self, zone: Zone, years: YearSpan, out: &mut Vec<u8>, make: impl FnOnce(&mut Vec<u8>)) {
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((.., text)) = lock().iter().find(|(of, when, _)| (*of, *when) == (zone, years)) {
            return out.extend_from_slice(text);
        }
        let start = out.len();
        make(out);
        let mut known = lock();
        if known.len() < MOST_KEPT {
            known.push((zone, years, out[start..].to_vec()));
        }
    }
}

/// The zones of the times that have been written, in their order, each with its first and its last time.
#[derive(Default)]
pub(super) struct UsedZones {
    zones: Vec<(Zone, Option<(Timestamp, Timestamp)>)>,
}

impl UsedZones {
    /// A time was written in a zone.
    pub fn add(&mut self, zone: Zone, time: Option<Timestamp>) {
        let place = self.zones.iter().position(|(known, _)| *known == zone).unwrap_or_else(|| {
            self.zones.push((zone, None));
            self.zones.len() - 1
        });
        let span = &mut self.zones[place].1;
        *span = match (*span, time) {
            (Some((first, last)), Some(time)) => {
                let is_first = time.linear() < first.linear();
                let is_last = time.linear() > last.linear();
                Some((if is_first { time } else { first }, if is_last { time } else { last }))
            }
            (None, Some(time)) => Some((time, time)),
            (span, None) => span,
        };
    }
}

impl<'g> Generator<'g> {
    /// The parameter of a property that says in which zone its times are.
    pub(super) fn zone_parameter(&self, plan: &'g PropertyPlan) -> Option<&'g ValuePlan> {
        let index = plan.zones.iter().find(|index| self.setting.has_parameter(plan, **index))?;
        plan.parameters[*index].value.as_ref()
    }

    /// The zone in which the times of an occurrence are written; `None` where that needs no word.
    pub(super) fn own_zone(&self, plan: &'g PropertyPlan, place: Place) -> Option<Zone> {
        times::zone_of_property(self.zone_parameter(plan)?, place, &self.context, self.item)
    }

    /// Remembers the zone of an occurrence that is written.
    #[inline]
    pub(super) fn use_zone(&mut self, plan: &PropertyPlan, place: Place) {
        let Some(zone) = self.context.own_zone else { return };
        let fields = plan.values.iter().filter_map(|map| target(map, place.0));
        let mut has_time = false;
        for field in fields {
            if let Value::Timestamp(time) = self.item.get_at(field, place.1) {
                self.used.add(zone, Some(time.in_zone(zone)));
                has_time = true;
            }
        }
        if !has_time {
            self.used.add(zone, None);
        }
    }

    /// Writes the definitions of all zones to where they belong.
    pub(super) fn write_zones(&mut self) {
        let Some((place, component)) = self.zones_at else { return };
        let used = std::mem::take(&mut self.used.zones);
        let end = self.out.len();
        let mut told: Vec<Cow<'_, str>> = Vec::new();
        let options = self.context.options;
        for (zone, span) in used {
            let id = self.context.zones.tzid(zone, options.tzid);
            if told.contains(&id) {
                continue;
            }
            told.push(id);
            let now = self.setting.peer.now.map(|now| now.parts().year);
            let (earliest, latest) = years_of(span.into_iter().flat_map(<[Timestamp; 2]>::from))
                .or(now.map(|now| (now, now)))
                .unwrap_or(SOME_YEARS);
            let years = options.rules.years(now.unwrap_or(latest), earliest, latest);
            if zone == Zone::Floating {
                continue;
            }
            self.frame("BEGIN:", component);
            let zones = self.context.zones;
            let fold = self.setting.peer.fold;
            self.setting.definitions.append(zone, years, self.out, |out| {
                for line in zones.vtimezone(zone, years, options.tzid).unwrap_or_default().lines() {
                    let (header, body) = line.split_once(':').unwrap_or((line, ""));
                    match fold {
                        true => fold::standard(out, header, body),
                        false => fold::whole(out, header, body),
                    }
                }
            });
            self.frame("END:", component);
        }
        move_end(self.out, end, place);
    }
}

/// Moves what stands at the end of a text to where it belongs.
pub(super) fn move_end(out: &mut [u8], end: usize, place: usize) {
    let moved = out[end..].to_vec();
    out.copy_within(place..end, place + moved.len());
    out[place..place + moved.len()].copy_from_slice(&moved);
}

/// The years that count where neither the present nor a time is known.
const SOME_YEARS: (i64, i64) = (2000, 2000);
