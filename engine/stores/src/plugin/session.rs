//! Users and devices in a plugin (manual 14.1.2, 14.1.3).

use syncloom_plugin_api::{Code, Field, PasswordMode, Session, write_fields};
use syncloom_script::Value;

use super::failed;
use crate::error::StoreError;
use crate::traits::{Admin, Claim, Device, DeviceInfo, User};

const WHAT: &str = "plugin of the server";

/// Users and devices of one session.
pub(crate) struct PluginAdmin<'a> {
    session: &'a mut dyn Session,
}

impl<'a> PluginAdmin<'a> {
    pub(super) fn new(session: &'a mut dyn Session) -> Self {
        PluginAdmin { session }
    }
}

impl Admin for PluginAdmin<'_> {
    fn users(&mut self, claim: &Claim<'_>) -> Result<Vec<User>, StoreError> {
        let given = match self.session.password_mode() {
            PasswordMode::None => return Ok(Vec::new()),
            PasswordMode::ClearIn | PasswordMode::Md5NonceIn => Some(claim.credential),
            PasswordMode::ClearOut | PasswordMode::Md5Out => None,
        };
        match self.session.login(claim.lookup, given) {
            Ok(login) => {
                let secret = login.password.unwrap_or_default();
                let columns =
                    [&login.user_key, &secret].map(|text| Value::Text(text.as_str().into())).to_vec();
                Ok(vec![User { key: login.user_key, secret, columns }])
            }
            Err(error) if matches!(error.code, Code::FORBIDDEN | Code::UNAUTHORIZED) => Ok(Vec::new()),
            Err(error) => Err(failed(WHAT, &error)),
        }
    }

    fn device(&mut self, device_id: &str) -> Result<Option<Device>, StoreError> {
        let known = self.session.check_device(device_id).map_err(|error| failed(WHAT, &error))?;
        Ok(Some(Device { id: device_id.to_owned(), key: known.key, nonce: known.nonce }))
    }

    fn new_device(&mut self, device_id: &str) -> Result<Device, StoreError> {
        Ok(self.device(device_id)?.unwrap_or(Device::unkept(device_id)))
    }

    fn save_nonce(&mut self, device: &Device) -> Result<(), StoreError> {
        self.session.save_nonce(&device.nonce).map_err(|error| failed(WHAT, &error))
    }

    fn save_device_info(&mut self, _device: &Device, info: &DeviceInfo) -> Result<(), StoreError> {
        let DeviceInfo { name, info, .. } = info;
        let info = write_fields(&[Field::new("name", name.as_str()), Field::new("info", info.as_str())]);
        self.session.save_device_info(&info).map_err(|error| failed(WHAT, &error))
    }
}
