//! Who the peer is: credentials against what is known, and the challenge that follows (OMA-SyncML-RepPro 5.4).

use syncloom_config::Auth;
use syncloom_stores::{Device, StoreError};
use syncloom_wire::Chal;

use super::Session;
use crate::auth::{self, Credentials, LoggedIn};
use crate::report::Outcome;

/// Wrong credentials that a session takes before it ends. Peers try two or three times; more is guessing.
const MAX_FAILED_LOGINS: u32 = 5;

impl Session {
    /// The status of the header, and what the peer is asked for.
    pub(super) fn authenticate(&mut self, random: &mut dyn FnMut(&mut [u8])) -> (u16, Option<Chal>) {
        if self.login.is_some() {
            return (200, None);
        }
        match self.try_login(random) {
            Ok((status @ (401 | 407), chal)) => {
                self.failed_logins += 1;
                if status == 401 {
                    self.notes.push(format!("wrong credentials for user {:?}", self.claimed_name()));
                }
                if self.failed_logins >= MAX_FAILED_LOGINS {
                    self.outcome = Some(Outcome::Refused(status));
                }
                (status, chal)
            }
            Ok(answer) => answer,
            Err(error) => {
                self.backend.rollback();
                self.login = None;
                self.notes.push(format!("login: {error}"));
                self.outcome = Some(Outcome::Broken("users and devices could not be read".into()));
                (error.status(), None)
            }
        }
    }

    fn try_login(&mut self, random: &mut dyn FnMut(&mut [u8])) -> Result<(u16, Option<Chal>), StoreError> {
        let server = std::sync::Arc::clone(&self.server);
        let Some(settings) = server.settings() else { return Ok((500, None)) };
        let device_id = self.header.source.uri.clone();
        let credentials = Credentials::of(self.header.cred.as_ref());
        if settings.required_auth == Auth::None && matches!(credentials, Credentials::None) {
            return self.log_in_anybody(&device_id);
        }
        let uses_table = settings.simple_auth.is_none();
        let known = if uses_table { self.backend.admin()?.device(&device_id)? } else { None };
        let pending = server.take_challenge(&device_id);
        let mut nonces: Vec<Vec<u8>> = pending.into_iter().map(String::into_bytes).collect();
        if !settings.auto_nonce {
            nonces.push(settings.constant_nonce.clone().into_bytes());
        }
        match &known {
            Some(device) if !device.nonce.is_empty() => nonces.push(device.nonce.clone().into_bytes()),
            // A device that was never given a nonce begins with none.
            _ => nonces.push(Vec::new()),
        }
        let named = self.claimed_name();
        let enough = credentials.strength() >= settings.required_auth;
        let login = if enough {
            let backend = self.backend.as_mut();
            auth::check(settings, backend, &credentials, &named, &nonces, self.version)?
        } else {
            None
        };
        let nonce = if settings.auto_nonce { auth::nonce(random) } else { settings.constant_nonce.clone() };
        let Some(login) = login else {
            // A server that asks nobody does not care for what it is told (manual 11.6).
            if settings.required_auth == Auth::None && settings.requested_auth == Auth::None {
                return self.log_in_anybody(&device_id);
            }
            server.challenge(&device_id, &nonce);
            let status = if matches!(credentials, Credentials::None) { 407 } else { 401 };
            return Ok((status, auth::challenge(settings.requested_auth, nonce.as_bytes())));
        };
        let mut device = self.device(&device_id)?;
        let chal = auth::challenge(settings.requested_auth, nonce.as_bytes());
        if chal.is_some() && settings.auto_nonce && uses_table {
            device.nonce = nonce;
            self.backend.admin()?.save_nonce(&device)?;
        }
        self.logged_in(login, &device);
        Ok((212, chal.filter(|_| uses_table || !settings.auto_nonce)))
    }

    /// Lets a peer in by the name that it gives.
    fn log_in_anybody(&mut self, device_id: &str) -> Result<(u16, Option<Chal>), StoreError> {
        let user = self.claimed_name();
        let device = self.device(device_id)?;
        self.logged_in(LoggedIn { key: user.clone(), user }, &device);
        Ok((200, None))
    }

    fn logged_in(&mut self, login: LoggedIn, device: &Device) {
        self.scope.user_key.clone_from(&login.key);
        self.scope.device_key.clone_from(&device.key);
        self.scope.device_id.clone_from(&self.header.source.uri);
        self.login = Some(login);
    }

    /// The device's record, made if it is new.
    fn device(&mut self, device_id: &str) -> Result<Device, StoreError> {
        let has_table = self.server.settings().is_some_and(|settings| settings.keeps_devices());
        if !has_table {
            return Ok(Device { key: device_id.to_owned(), nonce: String::new() });
        }
        let mut admin = self.backend.admin()?;
        match admin.device(device_id)? {
            Some(device) => Ok(device),
            None => admin.new_device(device_id),
        }
    }

    /// Whose name the peer gives.
    fn claimed_name(&self) -> String {
        match Credentials::of(self.header.cred.as_ref()) {
            Credentials::Basic { user, .. } => user,
            _ => self.header.source.name.clone().unwrap_or_default(),
        }
    }
}
