//! The profiles of a config by their names, as scripts use them: PARSETEXTWITHPROFILE and MAKETEXTWITHPROFILE.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use syncloom_config::{Config, MimeMode, ProfileUse};
use syncloom_script::{Field, Item, Zones};

use crate::codec::Codec;
use crate::peer::Peer;

/// The profiles of a config, prepared.
#[derive(Clone, Debug, Default)]
pub struct Profiles(Arc<HashMap<String, Dialects>>);

#[derive(Debug)]
struct Dialects {
    old: Codec,
    standard: Codec,
}

/// Why a script cannot use a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There is no such profile.
    Unknown,
    /// It is of another field list than the item.
    OtherFields,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unfit::Unknown => "there is no such profile",
            Unfit::OtherFields => "the profile is of another field list than the item",
        })
    }
}

impl std::error::Error for Unfit {}

impl Profiles {
    /// The profiles of a config. Of two with one name the one for MIME-DIR counts.
    pub fn of(config: &Config) -> Profiles {
        let texts = config.text_profiles.iter().map(|profile| ProfileUse::Text(Arc::clone(profile)));
        let mimes = config.mime_profiles.iter().map(|profile| ProfileUse::Mime(Arc::clone(profile)));
        let dialects = |profile: ProfileUse| {
            let name = match &profile {
                ProfileUse::Mime(profile) => profile.name.to_ascii_lowercase(),
                ProfileUse::Text(profile) => profile.name.to_ascii_lowercase(),
            };
            let of = |mode| Codec::of_profile(&profile, mode);
            (name, Dialects { old: of(MimeMode::Old), standard: of(MimeMode::Standard) })
        };
        Profiles(Arc::new(texts.chain(mimes).map(dialects).collect()))
    }

    /// Reads text into an item. Fields that the text does not have stay. `false`: the text is no item.
    pub fn parse(
        &self,
        text: &str,
        name: &str,
        mode: MimeMode,
        rule: &str,
        zones: &Zones,
        item: &mut Item,
    ) -> Result<bool, Unfit> {
        let codec = self.find(name, mode, item)?;
        let Ok(parsed) = codec.parse(text.as_bytes(), &peer(rule, zones)) else { return Ok(false) };
        for (field, value) in parsed.item.iter().filter(|(_, value)| value.is_assigned()) {
            item.set(field, value.clone());
        }
        Ok(true)
    }

    /// The item as text.
    pub fn make(
        &self,
        name: &str,
        mode: MimeMode,
        rule: &str,
        zones: &Zones,
        item: &Item,
    ) -> Result<String, Unfit> {
        let codec = self.find(name, mode, item)?;
        let mut out = Vec::new();
        codec.generate(item, &peer(rule, zones), &mut out);
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    fn find(&self, name: &str, mode: MimeMode, item: &Item) -> Result<&Codec, Unfit> {
        let dialects = self.0.get(&name.trim().to_ascii_lowercase()).ok_or(Unfit::Unknown)?;
        let codec = match mode {
            MimeMode::Old => &dialects.old,
            MimeMode::Standard => &dialects.standard,
        };
        let (own, items) = (codec.datatype().fields(), item.list());
        let same = |a: &Field, b: &Field| a.name == b.name && a.kind == b.kind && a.array == b.array;
        let fits = Arc::ptr_eq(own, items)
            || own.len() == items.len() && own.fields().iter().zip(items.fields()).all(|(a, b)| same(a, b));
        if fits { Ok(codec) } else { Err(Unfit::OtherFields) }
    }
}

/// The other side of a text that a script makes: one that can do everything, with this rule.
fn peer(rule: &str, zones: &Zones) -> Peer {
    let rules = Some(rule.to_owned()).filter(|rule| !rule.is_empty()).into_iter().collect();
    Peer { rules, zones: zones.clone(), ..Peer::default() }
}
