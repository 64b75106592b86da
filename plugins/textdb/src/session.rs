//! Devices and users: one file for each device, and the two users that the original has (manual 14.3.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use syncloom_plugin_api::{Code, DeviceRecord, Error, Login, PasswordMode, Result, Session};

use crate::clock::{self, Clock};
use crate::paths::Folders;
use crate::record::Record;

/// The users that the text database has: name, password, and key. They are for trying things out; a server that is
/// reached by others needs users of its own.
const USERS: &[(&str, &str, &str)] = &[("test", "test", "test"), ("super", "user", "5678")];

const KIND: &str = "DEV";

/// One session.
pub(crate) struct TextSession {
    folders: Folders,
    clock: Clock,
    device: Option<String>,
}

impl TextSession {
    pub(crate) fn new(folders: Folders, clock: Clock) -> Self {
        TextSession { folders, clock, device: None }
    }

    fn change(&self, change: impl FnOnce(&mut Record) -> Result<()>) -> Result<()> {
        let missing = || Error::new(Code::NOT_FOUND, "no device has been checked in this session");
        let key = self.device.as_ref().ok_or_else(missing)?;
        Record::change(&self.folders.device(key), KIND, change)
    }
}

impl Session for TextSession {
    fn check_device(&mut self, device_id: &str) -> Result<DeviceRecord> {
        let key = device_key(device_id);
        let nonce = Record::load(&self.folders.device(&key), KIND)?.nonce();
        self.device = Some(key.clone());
        Ok(DeviceRecord { key, nonce })
    }

    fn nonce(&mut self) -> Result<String> {
        Err(Error::new(Code::NOT_FOUND, "the nonce is told when the device is checked"))
    }

    fn save_nonce(&mut self, nonce: &str) -> Result<()> {
        self.change(|record| record.set_nonce(nonce))
    }

    fn save_device_info(&mut self, info: &[u8]) -> Result<()> {
        self.change(|record| record.set(info))
    }

    fn database_time(&mut self) -> Result<String> {
        Ok(clock::text(self.clock.now()))
    }

    fn password_mode(&mut self) -> PasswordMode {
        PasswordMode::Md5Out
    }

    fn login(&mut self, user: &str, _password: Option<&str>) -> Result<Login> {
        let known = USERS.iter().find(|(name, _, _)| *name == user);
        let (name, password, key) =
            known.ok_or_else(|| Error::new(Code::FORBIDDEN, "the text database has no such user"))?;
        let digest = STANDARD.encode(Md5::digest(format!("{name}:{password}")));
        Ok(Login { user_key: (*key).to_owned(), password: Some(digest) })
    }

    fn logout(&mut self) -> Result<()> {
        Ok(())
    }
}

/// The letters and digits of a device's id, in lower case.
fn device_key(id: &str) -> String {
    id.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}
