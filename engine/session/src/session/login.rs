//! What a peer is told that says who it is: the status of the header, and the challenge that goes with it
//! (OMA-SyncML-RepPro 5.4).
//!
//! Not its job: whether it is right (`verdict`).

use syncloom_config::{Auth, Server as Settings};
use syncloom_stores::StoreError;
use syncloom_wire::Chal;

use super::verdict::{Accepted, Case};
use super::{Phase, Session};
use crate::auth::{self, Attempt, Credentials};
use crate::report::Outcome;
use crate::server::Server;

/// Wrong credentials that a session takes before it ends. Peers try two or three times; more is guessing.
const MAX_FAILED_LOGINS: u32 = 5;

/// Too many wrong logins of late: come again later.
const BARRED: u16 = 503;

/// The status of the header, and what the peer is asked for.
type Answer = (u16, Option<Chal>);

impl Session {
    /// The status of the header, and what the peer is asked for.
    pub(super) fn authenticate(&mut self, now: i64, random: &mut dyn FnMut(&mut [u8])) -> Answer {
        if self.login.is_some() {
            return (self.same_user(), None);
        }
        let before = self.notes.len();
        match self.try_login(now, random) {
            Ok((status @ (401 | 407), chal)) => {
                self.failed_logins += 1;
                if status == 401 {
                    let credentials = Credentials::of(self.header.cred.as_ref());
                    let user = auth::claimed_name(&credentials, &self.header);
                    let device = &self.header.source.uri;
                    let line = format!("wrong credentials for user {user:?} from device {device:?}");
                    self.notes.insert(before, line);
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

    /// A session belongs to one user: whoever comes with another one's credentials ends it.
    fn same_user(&mut self) -> u16 {
        let credentials = Credentials::of(self.header.cred.as_ref());
        let claimed = auth::claimed_name(&credentials, &self.header);
        let given = !matches!(credentials, Credentials::None);
        if !given || self.login.as_ref().is_none_or(|login| login.claimed == claimed) {
            return 200;
        }
        self.notes.push(format!("another user, {claimed:?}, comes in the middle of the session"));
        self.outbox.clear();
        self.alerts.clear();
        self.phase = Phase::Done;
        self.outcome = Some(Outcome::Refused(401));
        401
    }

    fn try_login(&mut self, now: i64, random: &mut dyn FnMut(&mut [u8])) -> Result<Answer, StoreError> {
        let server = std::sync::Arc::clone(&self.server);
        let Some(settings) = server.settings() else { return Ok((500, None)) };
        let credentials = Credentials::of(self.header.cred.as_ref());
        let missing = matches!(credentials, Credentials::None);
        let (user, device_id) =
            (auth::claimed_name(&credentials, &self.header), self.header.source.uri.clone());
        // A server that asks nobody does not care for what it is told (manual 11.6).
        let open = settings.required_auth == Auth::None;
        let anybody = open && (missing || settings.requested_auth == Auth::None);
        if !anybody && server.guard().is_barred(&user, &device_id, now) {
            self.notes.push(format!("too many wrong logins of user {user:?} or device {device_id:?}"));
            self.outcome = Some(Outcome::Refused(BARRED));
            return Ok((BARRED, None));
        }
        let device = if settings.keeps_devices() { self.backend.admin()?.device(&device_id)? } else { None };
        let nonces = self.nonces(&server, settings, device.as_ref().map(|device| device.nonce.as_str()));
        let version = self.version;
        let attempt = Attempt { credentials, user, device_id, version, nonces: &nonces };
        let form = self.backend.password_form().unwrap_or(settings.sql.password_form);
        let asked = auth::requested(settings, form, version);
        let nonce = if settings.auto_nonce { auth::nonce(random) } else { settings.constant_nonce.clone() };
        let chal = auth::challenge(asked, nonce.as_bytes());
        let accepted = if attempt.credentials.strength() >= settings.required_auth {
            let case = Case { server: &server, settings, attempt: &attempt, device, anybody };
            case.judge(&self.desk, self.backend.as_mut(), &mut self.notes)?
        } else {
            None
        };
        let Attempt { user, device_id, .. } = &attempt;
        let Some(accepted) = accepted else {
            if !missing {
                server.guard().was_wrong(user, device_id, now);
            }
            server.guard().challenge(device_id, &nonce);
            return Ok((if missing { 407 } else { 401 }, chal));
        };
        if !accepted.proven {
            self.logged_in(accepted);
            return Ok((200, None));
        }
        server.guard().was_right(user, device_id);
        if chal.is_some() && settings.auto_nonce {
            if settings.keeps_nonces() {
                let device = syncloom_stores::Device { nonce, ..accepted.device.clone() };
                self.backend.admin()?.save_nonce(&device)?;
            } else {
                server.guard().challenge(device_id, &nonce);
            }
        }
        self.logged_in(accepted);
        Ok((212, chal))
    }

    /// The nonces that the peer may use. A device that was never given one begins with none.
    fn nonces(&self, server: &Server, settings: &Settings, stored: Option<&str>) -> Vec<Vec<u8>> {
        let pending = server.guard().take_challenge(&self.header.source.uri);
        if !settings.auto_nonce {
            return vec![settings.constant_nonce.clone().into_bytes()];
        }
        let stored = stored.filter(|nonce| !nonce.is_empty()).map(str::to_owned);
        let given: Vec<Vec<u8>> = pending.into_iter().chain(stored).map(String::into_bytes).collect();
        if given.is_empty() { vec![Vec::new()] } else { given }
    }

    fn logged_in(&mut self, accepted: Accepted) {
        self.scope.user_key.clone_from(&accepted.login.key);
        self.scope.device_key = accepted.device.key;
        self.scope.device_id.clone_from(&self.header.source.uri);
        self.scope.domain = accepted.domain;
        self.login = Some(accepted.login);
    }
}
