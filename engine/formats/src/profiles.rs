//! Profiles by name, as scripts use them: `PARSETEXTWITHPROFILE` and `MAKETEXTWITHPROFILE`.
//!
//! Not its job: running scripts. Whoever serves the functions of items hands these two calls on.

use std::fmt;
use std::sync::Arc;

use syncloom_config::{MimeMode, MimeProfile, TextProfile};
use syncloom_script::functions::calls::ItemCall;
use syncloom_script::lang::ItemPair;
use syncloom_script::{Item, Value};

use crate::codec::Codec;
use crate::note::{Note, ParseError};
use crate::peer::Peer;

/// The profiles of a config.
#[derive(Debug)]
pub struct Profiles {
    profiles: Vec<Profile>,
}

/// A profile in both dialects; a text profile has none, and is the same in both.
#[derive(Debug)]
struct Profile {
    name: String,
    old: Codec,
    standard: Codec,
}

/// Why a text was not read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileError {
    /// The config has no profile of this name.
    Unknown(String),
    /// The item has the fields of another list than the profile.
    OtherFields {
        /// The profile.
        profile: String,
        /// The list of the item.
        item: String,
    },
    /// The text is none of the profile.
    Parse(ParseError),
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProfileError::Unknown(name) => write!(f, "there is no profile {name:?}"),
            ProfileError::OtherFields { profile, item } => {
                write!(f, "the profile {profile:?} is not for items of the field list {item:?}")
            }
            ProfileError::Parse(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ProfileError {}

/// Which profile, and how: the further arguments of the two functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Request<'r> {
    /// The name of the profile.
    pub profile: &'r str,
    /// 1 is the old dialect, 2 the standard one; 0, the default, is the standard one too.
    pub mode: i64,
    /// The remote rule that counts as the active one; none is those of the peer.
    pub rule: Option<&'r str>,
}

impl Profiles {
    /// The profiles of a config by their names.
    pub fn new(mime: &[Arc<MimeProfile>], text: &[Arc<TextProfile>]) -> Profiles {
        let of_mime = mime.iter().map(|profile| Profile {
            name: profile.name.clone(),
            old: Codec::of_profile(profile, MimeMode::Old),
            standard: Codec::of_profile(profile, MimeMode::Standard),
        });
        let of_text = text.iter().map(|profile| Profile {
            name: profile.name.clone(),
            old: Codec::of_text_profile(profile),
            standard: Codec::of_text_profile(profile),
        });
        Profiles { profiles: of_mime.chain(of_text).collect() }
    }

    /// Reads a text into an item: what the text says is set, everything else stays.
    pub fn parse(
        &self,
        request: Request<'_>,
        text: &str,
        item: &mut Item,
        peer: &Peer,
    ) -> Result<Vec<Note>, ProfileError> {
        let codec = self.codec(request, item)?;
        let parsed = codec.parse(text.as_bytes(), &ruled(peer, request.rule)).map_err(ProfileError::Parse)?;
        for (id, value) in parsed.item.iter().filter(|(_, value)| value.is_assigned()) {
            item.set(id, value.clone());
        }
        Ok(parsed.notes)
    }

    /// An item as text.
    pub fn generate(&self, request: Request<'_>, item: &Item, peer: &Peer) -> Result<String, ProfileError> {
        let mut out = Vec::new();
        self.codec(request, item)?.generate(item, &ruled(peer, request.rule), &mut out);
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    /// Answers the two functions; `None` to any other. What goes wrong is the result 0, or nothing, as scripts test for
    /// it.
    pub fn call(
        &self,
        function: ItemCall,
        arguments: &[Value],
        items: &mut ItemPair<'_>,
        peer: &Peer,
    ) -> Option<Value> {
        let text = |place: usize| arguments.get(place).map(Value::to_text).unwrap_or_default();
        let integer = |place: usize| arguments.get(place).and_then(Value::to_integer).unwrap_or(0);
        let first = match function {
            ItemCall::ParseText => 1,
            ItemCall::MakeText => 0,
            _ => return None,
        };
        let (profile, rule) = (text(first), text(first + 2));
        let rule = Some(rule.as_str()).filter(|rule| !rule.is_empty());
        let request = Request { profile: &profile, mode: integer(first + 1), rule };
        Some(match (function, items.target.get_mut()) {
            (ItemCall::ParseText, Ok(item)) => {
                Value::Integer(i64::from(self.parse(request, &text(0), item, peer).is_ok()))
            }
            (ItemCall::MakeText, _) => {
                let text = items.target.get().and_then(|item| self.generate(request, item, peer).ok());
                text.map_or(Value::Unassigned, |text| Value::Text(text.into()))
            }
            _ => Value::Integer(0),
        })
    }

    fn codec(&self, request: Request<'_>, item: &Item) -> Result<&Codec, ProfileError> {
        let named = self.profiles.iter().find(|profile| profile.name.eq_ignore_ascii_case(request.profile));
        let profile = named.ok_or_else(|| ProfileError::Unknown(request.profile.to_owned()))?;
        let codec = if request.mode == 1 { &profile.old } else { &profile.standard };
        let list = codec.datatype().fields();
        if !Arc::ptr_eq(list, item.list()) && list.fields() != item.list().fields() {
            let (profile, item) = (profile.name.clone(), item.list().name().to_owned());
            return Err(ProfileError::OtherFields { profile, item });
        }
        Ok(codec)
    }
}

/// A peer with another active rule.
fn ruled(peer: &Peer, rule: Option<&str>) -> Peer {
    let mut peer = peer.clone();
    if let Some(rule) = rule {
        peer.rules = vec![rule.to_owned()];
    }
    peer
}

#[cfg(test)]
mod tests {
    use syncloom_config::ProfileUse;
    use syncloom_script::lang::ItemSlot;

    use super::*;
    use crate::testing;

    fn profiles() -> (Profiles, Item) {
        let datatype = testing::contacts(MimeMode::Standard);
        let ProfileUse::Mime(profile) = &datatype.profile else { panic!("a MIME-DIR profile") };
        (Profiles::new(std::slice::from_ref(profile), &[]), Item::new(datatype.fields().clone()))
    }

    #[test]
    fn scripts_read_and_write_items_by_the_name_of_a_profile() {
        let (profiles, mut item) = profiles();
        let text = |text: &str| Value::Text(text.into());
        let mut call = |function, arguments: &[Value]| {
            let mut items = ItemPair { target: ItemSlot::Write(&mut item), reference: ItemSlot::None };
            profiles.call(function, arguments, &mut items, &Peer::default())
        };
        let card = text("BEGIN:VCARD\r\nN:Muster;Hans\r\nNOTE:a\\nb\r\nEND:VCARD\r\n");
        assert_eq!(call(ItemCall::ParseText, &[card.clone(), text("vcard")]), Some(Value::Integer(1)));
        assert_eq!(call(ItemCall::ParseText, &[text("nothing"), text("vcard")]), Some(Value::Integer(0)));
        assert_eq!(call(ItemCall::ParseText, &[card, text("other")]), Some(Value::Integer(0)));
        let Some(Value::Text(made)) = call(ItemCall::MakeText, &[text("VCARD"), Value::Integer(1)]) else {
            panic!("no text")
        };
        assert!(made.contains("NOTE;ENCODING=QUOTED-PRINTABLE:a=0D=0A=\r\nb\r\n"), "{made}");
        assert_eq!(call(ItemCall::MakeText, &[text("other")]), Some(Value::Unassigned));
        assert_eq!(call(ItemCall::SyncOp, &[]), None);
    }

    #[test]
    fn an_item_of_another_list_is_refused() {
        let (profiles, _) = profiles();
        let mut other = Item::new(Arc::new(testing::fields("other", &["A"])));
        let request = Request { profile: "VCARD", ..Request::default() };
        let refused = profiles.parse(request, "", &mut other, &Peer::default()).unwrap_err();
        assert_eq!(refused.to_string(), "the profile \"VCARD\" is not for items of the field list \"other\"");
    }
}
