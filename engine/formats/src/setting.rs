//! A MIME-DIR codec together with a peer: what the two make of the properties of the profile, found out once for all items
//! of a sync.
//!
//! Not its job: the work itself, which is in `parse` and `generate`.

use std::borrow::Cow;

use syncloom_script::{FieldId, Item, Zones};

use crate::codec::Parsed;
use crate::convert::Context;
use crate::generate::{Definitions, Generator};
use crate::mime::MimeCodec;
use crate::note::{Note, ParseError};
use crate::parse::{self, Daylights};
use crate::peer::{Limit, Peer};
use crate::plan::{PropertyPlan, rule_has_parameter};

/// A datatype as it is used with a peer.
#[derive(Debug)]
pub(crate) struct Setting<'s> {
    pub(crate) codec: &'s MimeCodec,
    pub(crate) peer: &'s Peer,
    /// Which properties are active by their rules; `None` where no rule limits any.
    active: Option<Vec<bool>>,
    /// Which of them are written: those that the peer has, too. `None` where all are.
    written: Option<Vec<bool>>,
    /// The fields that the peer can hold in this datatype.
    pub(crate) fields: Cow<'s, [FieldId]>,
    /// The definitions of zones that have been written.
    pub(crate) definitions: Definitions,
    /// The zones that TZ and DAYLIGHT have said.
    pub(crate) daylights: Daylights,
}

impl<'s> Setting<'s> {
    /// A codec for a peer.
    pub(crate) fn new(codec: &'s MimeCodec, peer: &'s Peer) -> Self {
        let plan = &codec.plan;
        let active = plan.has_rules.then(|| plan.active(peer));
        let mut setting = Setting {
            codec,
            peer,
            active,
            written: None,
            fields: Cow::Borrowed(&plan.fields),
            definitions: Definitions::default(),
            daylights: Daylights::default(),
        };
        if peer.available.is_some() || plan.has_rules {
            let mut fields: Vec<FieldId> = plan
                .components
                .iter()
                .filter_map(|component| component.profile.selector.as_ref())
                .map(|selector| selector.field)
                .collect();
            let properties = plan.properties.iter().enumerate();
            let is_written =
                |(index, plan): (usize, &PropertyPlan)| setting.is_active(index) && plan.available(peer);
            let written: Vec<bool> = properties.map(is_written).collect();
            for (plan, _) in plan.properties.iter().zip(&written).filter(|(_, written)| **written) {
                fields.extend(&plan.fields);
            }
            setting.written = Some(written);
            fields.sort_unstable();
            fields.dedup();
            setting.fields = Cow::Owned(fields);
        }
        setting
    }

    /// Reads an item.
    pub(crate) fn parse(&self, bytes: &[u8]) -> Result<Parsed, ParseError> {
        parse::parse(self, bytes)
    }

    /// Appends an item as text.
    pub(crate) fn generate(&self, item: &Item, out: &mut Vec<u8>) -> Vec<Note> {
        Generator::new(self, item, out).generate()
    }

    /// By field index, whether the peer can hold the field.
    pub(crate) fn available_fields(&self) -> Vec<bool> {
        let profile = &self.codec.profile;
        let mut available = vec![false; profile.fields.len()];
        // What is unknown to us may be known to a peer that does not say what it knows.
        let unknowns = profile.unknowns.filter(|_| self.peer.available.is_none());
        for field in self.fields.iter().copied().chain(unknowns) {
            if let Some(slot) = available.get_mut(field.index()) {
                *slot = true;
            }
        }
        available
    }

    /// By field index, how many bytes of it the peer holds, where it says so. Of several properties for one field
    /// the smallest counts.
    pub(crate) fn field_sizes(&self) -> Vec<Option<usize>> {
        let mut sizes: Vec<Option<usize>> = vec![None; self.codec.profile.fields.len()];
        for plan in &self.codec.plan.properties {
            let Some(size) = self.peer.limits.get(&plan.upper).and_then(|limit| limit.max_size) else {
                continue;
            };
            for field in &plan.fields {
                if let Some(slot) = sizes.get_mut(field.index()) {
                    *slot = Some(slot.map_or(size, |known| known.min(size)));
                }
            }
        }
        sizes
    }

    /// Whether a property is active by its rule.
    pub(crate) fn is_active(&self, index: usize) -> bool {
        self.active.as_deref().is_none_or(|active| active[index])
    }

    /// Whether a property is written for the peer.
    #[inline]
    pub(crate) fn is_written(&self, index: usize) -> bool {
        self.written.as_deref().is_none_or(|written| written[index])
    }

    /// How much of a property the peer holds, where it says so.
    #[inline]
    pub(crate) fn limit(&self, index: usize) -> Option<Limit> {
        if self.peer.limits.is_empty() {
            return None;
        }
        self.peer.limits.get(&self.codec.plan.properties[index].upper).copied()
    }

    /// Whether a parameter of a property exists here.
    #[inline]
    pub(crate) fn has_parameter(&self, plan: &PropertyPlan, parameter: usize) -> bool {
        plan.parameters.get(parameter).is_some_and(|one| {
            one.exists && (!one.has_rule || rule_has_parameter(&plan.property, parameter, self.peer))
        })
    }

    /// What conversions depend on, where nothing is known of an item's zone.
    pub(crate) fn context<'a>(&'a self, zones: &'a Zones) -> Context<'a> {
        Context {
            mode: self.codec.datatype.mode,
            version: &self.codec.datatype.version,
            options: self.codec.profile.zones,
            peer: self.peer,
            zones,
            item_zone: None,
            own_zone: None,
        }
    }
}
