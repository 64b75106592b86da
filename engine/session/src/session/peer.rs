//! What the peer is: its device information, and the remote rules that follow from it (manual 11.36).
//!
//! Not its job: which rules fit (`rules`), and what items have to do with it (`sync::peer`).

use syncloom_config::{RuleSettings, Server};
use syncloom_wire::{Command, Data, DevInf, Item, Limits, read_devinf};

use super::Session;
use crate::devinf::{self, Shown};
use crate::rules::any_is_like;
use crate::sync::DatastoreSync;

impl Session {
    /// Looks for device information in a message before its commands are carried out: what follows from it holds for all
    /// of them, whatever their order.
    pub(super) fn hear_devinf(&mut self, body: &[Command]) {
        let told = body.iter().find_map(|command| match command {
            Command::Put(put) => devinf_of(&put.items),
            Command::Results(results) => devinf_of(&results.items),
            _ => None,
        });
        match told {
            Some(devinf) => {
                self.remember_device(devinf);
                self.recalled = false;
                self.learn_devinf(devinf.clone());
            }
            None => self.recall_device(),
        }
    }

    /// Takes over what the peer is, as it says it or has said it before. Once items are exchanged it is too late.
    pub(super) fn learn_devinf(&mut self, devinf: DevInf) {
        if self.datastores.iter().any(DatastoreSync::has_begun) {
            self.notes.push("device information comes too late, and counts in the next session".to_owned());
            return;
        }
        self.choose_rules(Some(devinf));
    }

    /// Before the first Alert: a peer that has not said what it is gets the rules that are for everybody.
    pub(super) fn expect_no_devinf(&mut self) {
        if !self.rules_chosen {
            self.choose_rules(None);
        }
    }

    fn choose_rules(&mut self, devinf: Option<DevInf>) {
        self.rules_chosen = true;
        let server = std::sync::Arc::clone(&self.server);
        let rules = server.settings().map(|settings| settings.rules.as_slice()).unwrap_or_default();
        let device = self.header.source.uri.clone();
        let (new, settings) = self.desk.state(|session| {
            let new = session.rules.choose(rules, devinf.as_ref(), &device);
            (new, session.rules.settings())
        });
        for rule in &new {
            let name = if rule.name.is_empty() { "without a name" } else { &rule.name };
            self.notes.push(format!("the remote rule {name} is for this device"));
        }
        if let Some(status) = settings.reject_status {
            self.abort(status, "a remote rule turns this device away");
            return;
        }
        self.devinf = match &settings.override_devinf {
            None => devinf,
            Some(xml) => match read_devinf(xml, &Limits::default()) {
                Ok(own) => Some(own),
                Err(error) => {
                    self.notes.push(format!("<overridedevinf> is no device information: {error}"));
                    devinf
                }
            },
        };
        for rule in &new {
            self.desk.run_rule(&server, rule);
        }
    }

    /// What we are, as this peer is told. Without `properties` it is the short form.
    pub(super) fn own_devinf(&self, properties: bool) -> DevInf {
        let settings = self.server.settings();
        let set = |of: fn(&Server) -> bool| settings.is_some_and(of);
        let (show, sizes, enumerate, names) = self.desk.state(|session| {
            let names: Vec<String> = session.rules.names().map(str::to_owned).collect();
            let show = session.show_properties.unwrap_or_else(|| set(|server| server.show_ctcap_properties));
            let sizes = session
                .show_sizes_in_ctcap10
                .unwrap_or_else(|| set(|server| server.show_type_size_in_ctcap10));
            let own = || settings.and_then(|server| server.enum_default_prop_params);
            (show, sizes, session.enum_parameters.or_else(own), names)
        });
        let with_path = self.rule(|rule| rule.path_in_devinf).unwrap_or(true);
        let with_cgi = self.rule(|rule| rule.cgi_in_devinf).unwrap_or(true);
        let address = |name: &str| {
            let address = self.datastores.iter().find_map(|sync| sync.address_of(name))?;
            let path = address.split('?').next().unwrap_or_default();
            with_path.then(|| if with_cgi { address } else { path }.to_owned())
        };
        let has_rule = |patterns: &[String]| any_is_like(&names, patterns);
        let shown = Shown {
            version: self.version,
            own_uri: self.own_uri(),
            properties: properties && show,
            sizes_in_1_0: sizes,
            enum_parameters: enumerate,
            address: &address,
            has_rule: &has_rule,
        };
        devinf::describe(&self.server, &shown)
    }

    /// What remote rules and scripts have set for this session.
    pub(super) fn rule<T: Copy>(&self, of: fn(&RuleSettings) -> Option<T>) -> Option<T> {
        self.desk.state(|session| session.rules.get(of))
    }

    /// How long the work on a message may take, in seconds, before it is answered; `None` is no limit (manual 11.3,
    /// 11.36.23).
    pub fn request_max_time(&self) -> Option<u32> {
        let own = || self.server.settings().and_then(|settings| settings.request_max_time);
        self.rule(|rule| rule.request_max_time).or_else(own).filter(|seconds| *seconds > 0)
    }

    /// How long the work on a message takes at least, in seconds (manual 11.4).
    pub fn request_min_time(&self) -> Option<u32> {
        let own = || self.server.settings().and_then(|settings| settings.request_min_time);
        self.desk.state(|session| session.request_min_time).or_else(own).filter(|seconds| *seconds > 0)
    }

    /// Whether a message that comes again gets the same answer again (manual 11.36.11).
    pub fn allows_message_retries(&self) -> bool {
        let own = || self.server.settings().is_none_or(|settings| settings.allow_message_retries);
        self.rule(|rule| rule.allow_message_retries).unwrap_or_else(own)
    }
}

/// The device information that a Put or Results holds.
pub(super) fn devinf_of(items: &[Item]) -> Option<&DevInf> {
    items.iter().find_map(|item| match &item.data {
        Some(Data::DevInf(devinf)) => Some(&**devinf),
        _ => None,
    })
}
