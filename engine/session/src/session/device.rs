//! What is kept of a peer between sessions: its device information; and when it is asked for it and told ours (manual 8.12,
//! 8.13, 12.15).
//!
//! Not its job: what follows from it (`peer`).

use syncloom_stores::{Device, DeviceInfo, StoreError};
use syncloom_wire::{DevInf, Limits, Version, read_devinf, write_devinf};

use super::Session;
use crate::devinf;

/// The longest device information in bytes that is kept for later sessions. That of the largest telephones is 50 kB;
/// what is longer is asked for again.
const MAX_KEPT: usize = 1 << 20;

impl Session {
    /// Looks up what a peer that says nothing has said of itself in an earlier session.
    pub(super) fn recall_device(&mut self) {
        if std::mem::replace(&mut self.looked_up, true) || self.devinf.is_some() {
            return;
        }
        match self.kept_devinf() {
            // Up to SyncML 1.1 it has another form, and a peer that has learned a new version may have changed.
            Ok(Some(text)) => match read_devinf(&text, &Limits::default()) {
                Ok(devinf) if devinf.ver_dtd == self.version.ver_dtd() => {
                    self.recalled = true;
                    self.learn_devinf(devinf);
                }
                Ok(_) => {}
                Err(error) => self.notes.push(format!("the kept device information cannot be read: {error}")),
            },
            Ok(None) => {}
            Err(error) => self.notes.push(error.to_string()),
        }
    }

    fn kept_devinf(&mut self) -> Result<Option<String>, StoreError> {
        let device = self.own_device();
        let keeps = self.server.settings().is_some_and(|settings| settings.sql.load_devinf.is_some());
        if !keeps {
            return Ok(None);
        }
        let kept = self.backend.admin()?.devinf(&device)?;
        Ok(kept.filter(|text| !text.is_empty()))
    }

    /// Keeps what the peer says of itself for later sessions.
    pub(super) fn remember_device(&mut self, devinf: &DevInf) {
        if !self.server.settings().is_some_and(syncloom_config::Server::keeps_device_info) {
            return;
        }
        let mut info = described(devinf);
        info.devinf = Some(write_devinf(devinf)).filter(|text| text.len() <= MAX_KEPT).unwrap_or_default();
        let device = self.own_device();
        let saved = self.kept_devinf().and_then(|kept| match kept {
            Some(kept) if kept == info.devinf => Ok(()),
            _ => self.backend.admin()?.save_device_info(&device, &info),
        });
        if let Err(error) = saved {
            self.notes.push(error.to_string());
        }
    }

    fn own_device(&self) -> Device {
        Device { key: self.scope.device_key.clone(), ..Device::unkept(&self.scope.device_id) }
    }

    /// After the peer's first package: tells it what we are, if it has not asked and may know it differently, and asks
    /// what it is, if that has not come up.
    pub(super) fn ask_for_devinf(&mut self) {
        if self.datastores.is_empty() {
            return;
        }
        let known = self.knows_device();
        let config = self.server.config();
        let changed = |last: i64| config.date.is_some_and(|date| last < date);
        let outdated = self.datastores.iter().any(|sync| sync.last_sync().is_none_or(changed));
        let tells = !config.never_put_devinf && self.version >= Version::V1_1 && (outdated || !known);
        if tells && !std::mem::replace(&mut self.devinf_told, true) {
            let devinf = self.own_devinf(true);
            let put = devinf::put(devinf, self.version, self.encoding);
            if syncloom_wire::command_len(&put, self.version, self.encoding) <= self.message_limit() / 4 * 3 {
                self.outbox.push_back(put);
            }
        }
        if !known && !std::mem::replace(&mut self.devinf_asked, true) {
            self.outbox.push_back(devinf::get(self.version, self.encoding));
        }
    }

    /// Whether the peer has said what it is: in this session, or in an earlier one what is needed now.
    fn knows_device(&self) -> bool {
        let Some(devinf) = &self.devinf else { return false };
        !self.recalled || self.datastores.iter().all(|sync| sync.is_described_by(devinf))
    }
}

/// A device in the words of `%nR` and `%vR`.
fn described(devinf: &DevInf) -> DeviceInfo {
    let word = |word: &Option<String>| word.clone().unwrap_or_default();
    let versions = [&devinf.hwv, &devinf.fwv, &devinf.swv].map(word).join(", ");
    let name = format!("{} {}", word(&devinf.man), word(&devinf.mod_));
    let info = format!("{} ({versions}) {}", devinf.dev_typ, word(&devinf.oem));
    DeviceInfo { name: name.trim().to_owned(), info: info.trim().to_owned(), ..DeviceInfo::default() }
}
