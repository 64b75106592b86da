//! What the played client answers to our server's last message: statuses, device information, Maps; and what it does
//! to its own items on the way.
//!
//! Not its job: what the client says of its own accord, which is recorded.

use syncloom_wire::{Anchor, Command, Data, Item, Location, Map, MapItem, Message, Meta, Results, Status};

use super::client::Client;
use super::commands::{Seen, What};
use super::items::{Content, store_name};
use super::recording::Data as Items;
use super::script::{Counterpart, statuses};
use super::talk::Talk;

impl<'a> Talk<'a, '_> {
    /// What answers our server's last message, and what of the recorded message does the same: statuses, device
    /// information, Maps.
    pub(super) fn answers(&mut self, request: Option<&Message>) -> Vec<Command> {
        let mut body = Vec::new();
        let mut mapped: Vec<(String, MapItem)> = Vec::new();
        for seen in std::mem::take(&mut self.pending) {
            let counterpart = self.script.take(self.catalog, &seen);
            let status = self.status_of(&seen, counterpart.as_ref(), request);
            if status < 300 {
                mapped.extend(self.carry_out(&seen, counterpart));
            }
            let echo = match &seen.what {
                What::Alert(_, Some(anchor)) => {
                    let next = Anchor { last: None, next: anchor.next.clone() };
                    vec![Item { data: Some(Data::Anchor(next)), ..Item::default() }]
                }
                _ => Vec::new(),
            };
            body.push(Command::Status(Status {
                msg_ref: seen.message.clone(),
                cmd_ref: seen.number.clone(),
                cmd: seen.name.clone(),
                target_refs: seen.target.clone().into_iter().collect(),
                source_refs: seen.source.clone().into_iter().collect(),
                code: Some(status),
                items: echo,
                ..Status::default()
            }));
            if seen.name == "Get" {
                body.extend(self.own_devinf(&seen, request));
            }
        }
        for map in request.iter().flat_map(|request| &request.body) {
            let Command::Map(map) = map else { continue };
            let store = store_name(&map.target.uri);
            self.waiting.extend(map.items.iter().map(|item| (store.clone(), item.clone())));
        }
        let client = &mut *self.client;
        self.waiting.retain(|(store, item)| {
            let Some(ours) = client.store(store).guids.get(&item.target) else { return true };
            mapped.push((store.clone(), MapItem { target: ours.clone(), source: item.source.clone() }));
            false
        });
        body.extend(self.maps(mapped, request));
        body
    }

    /// The status of a command of our server's.
    fn status_of(
        &mut self,
        seen: &Seen,
        counterpart: Option<&Counterpart>,
        request: Option<&Message>,
    ) -> u16 {
        if seen.name == "SyncHdr" {
            let given = request.and_then(|request| statuses(request).find(|status| status.cmd_ref == "0"));
            return given.and_then(|status| status.code).unwrap_or(200);
        }
        if let Some(status) = counterpart.and_then(|counterpart| counterpart.status) {
            return status;
        }
        let holds = |luid: &str, client: &mut Client| client.store(&seen.store).holds(luid);
        match &seen.what {
            What::Piece => 213,
            What::Add(..) => 201,
            What::Replace(luid, _) if !holds(luid, self.client) => 404,
            What::Delete(luid) if !holds(luid, self.client) => 211,
            _ if seen.name == "Get" && self.client.devinf.is_none() => 404,
            _ => 200,
        }
    }

    /// Does to the client's items what our server said, and gives what is to be mapped.
    fn carry_out(&mut self, seen: &Seen, counterpart: Option<Counterpart>) -> Option<(String, MapItem)> {
        let store = &seen.store;
        match &seen.what {
            What::Replace(luid, content) => {
                let items = self.client.store(store).items.as_mut()?;
                items.insert(luid.clone(), content.clone());
                None
            }
            What::Delete(luid) => {
                self.client.store(store).items.as_mut()?.remove(luid);
                None
            }
            What::Add(guid, content) => self.add(store, guid, content, counterpart.and_then(|c| c.guid)),
            // A refresh from the server begins with nothing.
            What::Alert(205 | 210, _) => {
                self.client.store(store).items.as_mut()?.clear();
                None
            }
            What::Alert(..) | What::Piece | What::Other => None,
        }
    }

    /// The client stores an item that our server has sent. It is mapped at once if the recorded client has no Map
    /// for it, because it was never sent it; else when the recorded client maps it.
    fn add(
        &mut self,
        store: &str,
        guid: &str,
        content: &Content,
        then: Option<String>,
    ) -> Option<(String, MapItem)> {
        let kind = self.catalog.find(store)?;
        let mut at_once = then.is_none();
        let mut luid = None;
        if let Some(then) = &then {
            self.client.store(store).guids.insert(then.clone(), guid.to_owned());
            luid = self.script.luid(store, then).cloned().or_else(|| self.stored_as(store, content));
        } else {
            // It may be one that the recorded client was sent in an earlier session.
            let missed = &mut self.client.store(store).missed;
            let place = kind.place_of(content, missed.iter().map(|(_, _, content)| content));
            if let Some((then, known, _)) = place.map(|place| missed.remove(place)) {
                self.client.store(store).guids.insert(then, guid.to_owned());
                luid = Some(known);
            }
        }
        // An id that is in use is not given twice.
        let taken = |luid: &String, client: &mut Client| {
            client.store(store).items.as_ref().is_some_and(|items| items.contains_key(luid))
        };
        let luid = match luid.filter(|luid| !taken(luid, self.client)) {
            Some(luid) => luid,
            None => {
                at_once |= then.as_ref().is_some_and(|then| self.script.luid(store, then).is_none())
                    && !self.script.is_broken_off();
                self.client.make_up()
            }
        };
        let held = self.client.store(store);
        held.foreign.remove(&luid);
        if let Some(items) = &mut held.items {
            items.insert(luid.clone(), content.clone());
        }
        at_once.then(|| (store.to_owned(), MapItem { target: guid.to_owned(), source: luid }))
    }

    /// The id under which the recorded client had an item after this session that it had not before.
    pub(super) fn stored_as(&mut self, store: &str, content: &Content) -> Option<String> {
        let kind = self.catalog.find(store)?;
        let of = |items: Option<&'a Items>| {
            items
                .and_then(|items| items.iter().find(|(name, _)| store_name(name) == store))
                .map(|(_, items)| items)
        };
        let (before, after) = (of(self.before), of(self.after)?);
        let held = self.client.store(store);
        let new = after.iter().filter(|(id, _)| before.is_none_or(|before| !before.contains_key(*id)));
        let new = new.filter(|(id, _)| held.items.as_ref().is_none_or(|items| !items.contains_key(*id)));
        let new: Vec<(&String, Content)> =
            new.map(|(id, text)| (id, kind.read(None, text.as_bytes()))).collect();
        let place = kind.place_of(content, new.iter().map(|(_, content)| content))?;
        Some(new[place].0.clone())
    }

    /// The client's device information, where our server asks for it: as recorded, or as it sent it elsewhere.
    fn own_devinf(&self, seen: &Seen, request: Option<&Message>) -> Option<Command> {
        let recorded = request.iter().flat_map(|request| &request.body).find_map(|command| match command {
            Command::Results(results) => Some(results.clone()),
            _ => None,
        });
        let mut results = match recorded {
            Some(results) => results,
            None => {
                let version = self.script.version();
                let item = Item {
                    source: Some(Location::new(version.devinf_uri())),
                    data: Some(self.client.devinf.clone()?),
                    ..Item::default()
                };
                let type_ = Some(self.script_encoding().devinf_type().to_owned());
                let meta = Meta { type_, ..Meta::default() };
                Results { meta, items: vec![item], ..Results::default() }
            }
        };
        results.msg_ref = Some(seen.message.clone());
        results.cmd_ref.clone_from(&seen.number);
        Some(Command::Results(results))
    }

    /// Maps of the entries, one for each datastore, numbered as the recorded ones.
    fn maps(&self, entries: Vec<(String, MapItem)>, request: Option<&Message>) -> Vec<Command> {
        let mut maps: Vec<(String, Map)> = Vec::new();
        for (store, item) in entries {
            if let Some((_, map)) = maps.iter_mut().find(|(known, _)| *known == store) {
                map.items.push(item);
                continue;
            }
            let recorded =
                request.iter().flat_map(|request| &request.body).find_map(|command| match command {
                    Command::Map(map) if store_name(&map.target.uri) == store => Some(map.clone()),
                    _ => None,
                });
            let (target, source) = self.places.get(&store).cloned().unwrap_or((store.clone(), store.clone()));
            let made = Map { target: Location::new(target), source: Location::new(source), ..Map::default() };
            maps.push((store, Map { items: vec![item], ..recorded.unwrap_or(made) }));
        }
        maps.into_iter().map(|(_, map)| Command::Map(map)).collect()
    }
}
