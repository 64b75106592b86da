//! Whether a login is right: the scripts, the one user, and the users of the database, each in its turn (manual 11.10,
//! 11.33, 12.16, 12.17).
//!
//! Not its job: what the peer is told (`login`).

use syncloom_config::{LoginScript, PasswordForm, Server as Settings};
use syncloom_script::Value;
use syncloom_script::lang::Variables;
use syncloom_stores::{Backend, Claim, Device, StoreError};

use crate::auth::{self, Attempt, Credentials, LoggedIn, Secret};
use crate::scripting::{Desk, Keys, LoginState};
use crate::server::Server;

/// A login that is right.
pub(super) struct Accepted {
    pub(super) login: LoggedIn,
    pub(super) device: Device,
    pub(super) domain: String,
    /// Whether the peer has proved who it is; a server may let in those who have not.
    pub(super) proven: bool,
}

/// What a verdict is about.
pub(super) struct Case<'a> {
    pub(super) server: &'a Server,
    pub(super) settings: &'a Settings,
    pub(super) attempt: &'a Attempt<'a>,
    /// The device, if it has been here before.
    pub(super) device: Option<Device>,
    /// Whether the server lets in those who prove nothing.
    pub(super) anybody: bool,
}

impl Case<'_> {
    /// The verdict; `None` if the login is wrong. What scripts have written and not committed is taken back.
    pub(super) fn judge(
        self,
        desk: &Desk,
        backend: &mut dyn Backend,
        notes: &mut Vec<String>,
    ) -> Result<Option<Accepted>, StoreError> {
        let (settings, attempt) = (self.settings, self.attempt);
        let keys = Keys::default();
        keys.user.replace(attempt.user.clone());
        keys.device.replace(self.device.as_ref().map_or(&attempt.device_id, |device| &device.key).clone());
        let state = LoginState {
            attempt,
            keys: &keys,
            ok: false,
            unknown_device: self.device.is_none(),
            lookup: attempt.user.clone(),
            domain: String::new(),
        };
        let variables = settings.login_scripts.variables();
        let mut judge = Judge { case: &self, desk, backend, variables, state, notes };
        let (mut right, mut proven) = match judge.run(LoginScript::Init) {
            Some(answer) => (answer, true),
            None => match judge.check()? {
                true => (true, true),
                false => (self.anybody, false),
            },
        };
        judge.state.ok = right;
        if right {
            judge.find_device()?;
        }
        if let Some(answer) = judge.run(LoginScript::Finish) {
            (right, proven) = (answer, true);
        }
        if !settings.login_scripts.is_empty() {
            judge.backend.rollback();
        }
        if right {
            judge.find_device()?;
        }
        let LoginState { lookup, domain, .. } = judge.state;
        let accepted = right.then(|| Accepted {
            login: LoggedIn { user: lookup, claimed: attempt.user.clone(), key: keys.user.take() },
            device: Device {
                id: attempt.device_id.clone(),
                key: keys.device.take(),
                nonce: self.device.as_ref().map_or_else(String::new, |device| device.nonce.clone()),
            },
            domain,
            proven: proven && !matches!(attempt.credentials, Credentials::None),
        });
        Ok(accepted)
    }
}

/// A verdict in the making.
struct Judge<'a> {
    case: &'a Case<'a>,
    desk: &'a Desk,
    backend: &'a mut dyn Backend,
    variables: Variables,
    state: LoginState<'a>,
    notes: &'a mut Vec<String>,
}

impl Judge<'_> {
    /// Runs a script. One that fails says no: what it was going to check is not known.
    fn run(&mut self, kind: LoginScript) -> Option<bool> {
        let Judge { case, desk, backend, variables, state, notes } = self;
        let answer = desk.run_login(case.server, kind, variables, state, *backend);
        answer.unwrap_or_else(|_| {
            notes.push("a script of the login has failed, so the login is refused".to_owned());
            Some(false)
        })
    }

    /// Checks the credentials as far as the config has something to check them against.
    fn check(&mut self) -> Result<bool, StoreError> {
        let (settings, attempt) = (self.case.settings, self.case.attempt);
        if matches!(attempt.credentials, Credentials::None | Credentials::Unreadable) {
            return Ok(false);
        }
        if let Some(simple) = &settings.simple_auth {
            return Ok(auth::is_simple(simple, attempt));
        }
        if !settings.has_users() {
            return Ok(false);
        }
        let form = self.backend.password_form().unwrap_or(settings.sql.password_form);
        let mut nonces = attempt.nonces.iter().map(|nonce| String::from_utf8_lossy(nonce).into_owned());
        let credential = attempt.credentials.as_sent();
        loop {
            // Only a database that checks by itself cares which nonce it was.
            let nonce = nonces.next();
            let last = form != PasswordForm::CheckedByDatabase || nonces.len() == 0;
            let claim = Claim {
                name: &attempt.user,
                lookup: &self.state.lookup,
                domain: &self.state.domain,
                credential: &credential,
                nonce: nonce.as_deref().unwrap_or_default(),
            };
            let rows = self.backend.admin()?.users(&claim)?;
            for row in rows {
                self.state.keys.user.replace(row.key);
                let secret = Secret::new(form, &row.secret);
                self.state.ok = form == PasswordForm::CheckedByDatabase || secret.proves(attempt);
                self.assign(&row.columns);
                if self.run(LoginScript::Check).unwrap_or(self.state.ok) {
                    return Ok(true);
                }
                self.state.keys.user.replace(attempt.user.clone());
            }
            if last {
                return Ok(false);
            }
        }
    }

    /// Gives the columns of a row to the variables of `<logincheckscript>`, in the order of their definition.
    fn assign(&mut self, columns: &[Value]) {
        let scripts = &self.case.settings.login_scripts;
        for (name, column) in scripts.declared_by(LoginScript::Check).iter().zip(columns) {
            scripts.context().set(&mut self.variables, name, column);
        }
    }

    /// The device's record, made if it is new; unless a script has said which device it is.
    fn find_device(&mut self) -> Result<(), StoreError> {
        let (settings, attempt) = (self.case.settings, self.case.attempt);
        if self.case.device.is_some() || !settings.keeps_devices() || *self.state.keys.device_is_set.borrow()
        {
            return Ok(());
        }
        let mut admin = self.backend.admin()?;
        let device = match admin.device(&attempt.device_id)? {
            Some(device) => device,
            None => admin.new_device(&attempt.device_id)?,
        };
        drop(admin);
        self.state.keys.device.replace(device.key);
        // A script may take back what it has written itself.
        if settings.login_scripts.is_empty() { Ok(()) } else { self.backend.commit() }
    }
}
