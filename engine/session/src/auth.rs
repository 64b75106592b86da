//! Who the peer is: basic and MD5 authentication (OMA-SyncML-RepPro 5.4, SyncML 1.1 and 1.2 digests).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use subtle::ConstantTimeEq;
use syncloom_config::{Auth, PasswordForm, Server as Settings};
use syncloom_stores::{Backend, StoreError};
use syncloom_wire::{Chal, Cred, Data, Meta, Version};

/// The type names in `Meta/Type`.
const BASIC: &str = "syncml:auth-basic";
const MD5: &str = "syncml:auth-md5";

/// What a peer says of itself.
pub(crate) enum Credentials {
    /// Nothing.
    None,
    /// Name and password.
    Basic { user: String, password: String },
    /// A digest; the name is in the header's source.
    Md5 { digest: Vec<u8> },
    /// Something that cannot be read.
    Unreadable,
}

impl Credentials {
    /// Reads `Cred`. Without a type it is basic; octets come as base 64 or, in WBXML, as they are.
    pub(crate) fn of(cred: Option<&Cred>) -> Self {
        let Some(cred) = cred else { return Credentials::None };
        let is_md5 = cred.meta.type_.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(MD5));
        let is_base64 = cred.meta.format.as_deref().is_none_or(|name| name.eq_ignore_ascii_case("b64"));
        let Some(bytes) = cred.data.as_bytes() else { return Credentials::Unreadable };
        let decoded = if is_base64 { STANDARD.decode(bytes.trim_ascii()).ok() } else { None };
        if is_md5 {
            let digest = decoded.unwrap_or_else(|| bytes.to_vec());
            return Credentials::Md5 { digest };
        }
        let text = String::from_utf8(decoded.unwrap_or_else(|| bytes.to_vec()));
        match text.as_deref().map(|text| text.split_once(':')) {
            Ok(Some((user, password))) => {
                Credentials::Basic { user: user.to_owned(), password: password.to_owned() }
            }
            _ => Credentials::Unreadable,
        }
    }

    /// How strong they are.
    pub(crate) fn strength(&self) -> Auth {
        match self {
            Credentials::Md5 { .. } => Auth::Md5,
            Credentials::Basic { .. } => Auth::Basic,
            Credentials::None | Credentials::Unreadable => Auth::None,
        }
    }
}

/// Somebody who is logged in.
pub(crate) struct LoggedIn {
    /// The name.
    pub(crate) user: String,
    /// What the user's data is selected by.
    pub(crate) key: String,
}

/// Looks a user up and checks the credentials against any of the nonces. `None` if they are wrong.
pub(crate) fn check(
    settings: &Settings,
    backend: &mut dyn Backend,
    credentials: &Credentials,
    named: &str,
    nonces: &[Vec<u8>],
    version: Version,
) -> Result<Option<LoggedIn>, StoreError> {
    let (user, sent) = match credentials {
        Credentials::Basic { user, password } => (user.as_str(), password.clone()),
        Credentials::Md5 { digest } => (named, STANDARD.encode(digest)),
        Credentials::None | Credentials::Unreadable => return Ok(None),
    };
    if let Some(simple) = &settings.simple_auth {
        let secret = Secret { form: PasswordForm::ClearText, value: &simple.password };
        let right = user == simple.user && secret.proves(credentials, user, nonces, version);
        return Ok(right.then(|| LoggedIn { user: user.to_owned(), key: user.to_owned() }));
    }
    let form = backend.password_form().unwrap_or(settings.sql.password_form);
    for nonce in nonces {
        let nonce = String::from_utf8_lossy(nonce);
        for row in backend.admin()?.users(user, &sent, &nonce)? {
            let secret = Secret { form, value: &row.secret };
            if form == PasswordForm::CheckedByDatabase || secret.proves(credentials, user, nonces, version) {
                return Ok(Some(LoggedIn { user: user.to_owned(), key: row.key }));
            }
        }
        if form != PasswordForm::CheckedByDatabase {
            break;
        }
    }
    Ok(None)
}

/// What the database knows of a user's password.
struct Secret<'a> {
    form: PasswordForm,
    value: &'a str,
}

impl Secret<'_> {
    /// Whether the credentials were made with this secret. Takes the same time for every wrong value.
    fn proves(&self, credentials: &Credentials, user: &str, nonces: &[Vec<u8>], version: Version) -> bool {
        match credentials {
            Credentials::Basic { password, .. } => match self.form {
                PasswordForm::ClearText => same(password.as_bytes(), self.value.as_bytes()),
                _ => self
                    .user_digest(user)
                    .is_some_and(|known| same(&md5(format!("{user}:{password}").as_bytes()), &known)),
            },
            Credentials::Md5 { digest } => nonces.iter().fold(false, |right, nonce| {
                right | self.digest(user, nonce, version).is_some_and(|known| same(digest, &known))
            }),
            Credentials::None | Credentials::Unreadable => false,
        }
    }

    /// MD5 of `user:password`.
    fn user_digest(&self, user: &str) -> Option<Vec<u8>> {
        match self.form {
            PasswordForm::ClearText => Some(md5(format!("{user}:{}", self.value).as_bytes())),
            PasswordForm::Md5Base64 => STANDARD.decode(self.value.trim()).ok(),
            PasswordForm::Md5Hex => from_hex(self.value.trim()),
            PasswordForm::CheckedByDatabase => None,
        }
    }

    /// What the peer has to send. In SyncML 1.0 the digest is made of the password itself.
    fn digest(&self, user: &str, nonce: &[u8], version: Version) -> Option<Vec<u8>> {
        let mut text = if version == Version::V1_0 {
            if self.form != PasswordForm::ClearText {
                return None;
            }
            format!("{user}:{}:", self.value).into_bytes()
        } else {
            format!("{}:", STANDARD.encode(self.user_digest(user)?)).into_bytes()
        };
        text.extend_from_slice(nonce);
        Some(md5(&text))
    }
}

/// What a peer is asked for: the type, and for MD5 the nonce.
pub(crate) fn challenge(auth: Auth, nonce: &[u8]) -> Option<Chal> {
    let (name, next_nonce) = match auth {
        Auth::None => return None,
        Auth::Basic => (BASIC, None),
        Auth::Md5 => (MD5, Some(Data::Text(STANDARD.encode(nonce)))),
    };
    let meta =
        Meta { type_: Some(name.to_owned()), format: Some("b64".to_owned()), next_nonce, ..Meta::default() };
    Some(Chal { meta })
}

/// A nonce of printable characters, as databases keep it in a text column: 16 characters of 6 random bits.
pub(crate) fn nonce(random: &mut dyn FnMut(&mut [u8])) -> String {
    let mut bytes = [0u8; 16];
    random(&mut bytes);
    bytes.iter().map(|byte| char::from(b'0' + (byte & 0x3f))).collect()
}

fn same(a: &[u8], b: &[u8]) -> bool {
    bool::from(a.ct_eq(b))
}

fn md5(bytes: &[u8]) -> Vec<u8> {
    Md5::digest(bytes).to_vec()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() == 32)?;
    Some(digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn md5_cred(data: &str) -> Credentials {
        let meta = Meta { type_: Some(MD5.into()), format: Some("b64".into()), ..Meta::default() };
        Credentials::of(Some(&Cred { meta, data: Data::Text(data.into()) }))
    }

    #[test]
    fn digests_are_those_of_real_peers() {
        let secret = Secret { form: PasswordForm::ClearText, value: "secret" };
        let empty = [Vec::new()];
        assert!(secret.proves(&md5_cred("bu+k/AYdyAx7CA/7gGXLEA=="), "sue", &empty, Version::V1_2));
        assert!(secret.proves(&md5_cred("Yi+m9pPGZ8Wtg4mc7iP3SQ=="), "sue", &empty, Version::V1_0));
        assert!(!secret.proves(
            &md5_cred("bu+k/AYdyAx7CA/7gGXLEA=="),
            "sue",
            &[b"x".to_vec()],
            Version::V1_2
        ));
        assert!(!secret.proves(&md5_cred(""), "sue", &empty, Version::V1_2));
    }

    #[test]
    fn a_stored_digest_proves_as_well_as_the_password() {
        let digest = md5(b"sue:secret");
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let base64 = STANDARD.encode(&digest);
        let basic = Credentials::Basic { user: "sue".into(), password: "secret".into() };
        for (form, value) in [(PasswordForm::Md5Hex, &hex), (PasswordForm::Md5Base64, &base64)] {
            let secret = Secret { form, value };
            assert!(secret.proves(&basic, "sue", &[], Version::V1_2), "{form:?}");
            let md5 = md5_cred("bu+k/AYdyAx7CA/7gGXLEA==");
            assert!(secret.proves(&md5, "sue", &[Vec::new()], Version::V1_2), "{form:?}");
            assert!(!secret.proves(&md5, "sue", &[Vec::new()], Version::V1_0), "{form:?}");
        }
    }

    #[test]
    fn a_password_may_hold_a_colon_and_octets_may_come_raw() {
        let cred = Cred { meta: Meta::default(), data: Data::Text(STANDARD.encode("sue:a:b")) };
        assert!(matches!(Credentials::of(Some(&cred)),
            Credentials::Basic { user, password } if user == "sue" && password == "a:b"));
        let meta = Meta { type_: Some(MD5.into()), format: Some("b64".into()), ..Meta::default() };
        let raw = Cred { meta, data: Data::Bytes(md5(b"x")) };
        assert!(matches!(Credentials::of(Some(&raw)), Credentials::Md5 { digest } if digest == md5(b"x")));
    }
}
