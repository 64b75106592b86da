//! Who the peer is: basic and MD5 authentication (OMA-SyncML-RepPro 5.4, digests of SyncML 1.0, 1.1 and 1.2).
//!
//! Not its job: looking users up, and what follows from it (`session::login`).

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use md5::{Digest, Md5};
use subtle::ConstantTimeEq;
use syncloom_config::{Auth, PasswordForm, Server as Settings, SimpleAuth};
use syncloom_wire::{Chal, Cred, Data, Header, Meta, Version};

/// The type names in `Meta/Type`.
const BASIC: &str = "syncml:auth-basic";
const MD5: &str = "syncml:auth-md5";
/// Bytes of an MD5 digest.
const DIGEST_LENGTH: usize = 16;
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What a peer proves its user with.
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
    /// Reads `Cred` as leniently as peers write it: the type with or without its prefix, and basic without one;
    /// octets as base 64, padded or not, or as they are; names of old telephones in Latin-1.
    pub(crate) fn of(cred: Option<&Cred>) -> Self {
        let Some(cred) = cred else { return Credentials::None };
        let Some(bytes) = cred.data.as_bytes() else { return Credentials::Unreadable };
        let kind =
            cred.meta.type_.as_deref().map_or_else(String::new, |name| name.trim().to_ascii_lowercase());
        let is_plain = cred.meta.format.as_deref().is_some_and(|name| !is_base64(name));
        let decoded = if is_plain { None } else { from_base64(bytes) };
        match kind.strip_prefix("syncml:").unwrap_or(&kind) {
            "auth-md5" => {
                let as_it_is = bytes.len() == DIGEST_LENGTH;
                Credentials::Md5 { digest: decoded.filter(|_| !as_it_is).unwrap_or_else(|| bytes.to_vec()) }
            }
            "" | "auth-basic" => {
                let text = text_of(decoded.unwrap_or_else(|| bytes.to_vec()));
                match text.split_once(':') {
                    Some((user, password)) => {
                        Credentials::Basic { user: user.to_owned(), password: password.to_owned() }
                    }
                    None => Credentials::Unreadable,
                }
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

    /// The password or the digest, as AUTHSTRING and `%M` have it.
    pub(crate) fn as_sent(&self) -> String {
        match self {
            Credentials::Basic { password, .. } => password.clone(),
            Credentials::Md5 { digest } => STANDARD.encode(digest),
            Credentials::None | Credentials::Unreadable => String::new(),
        }
    }
}

/// One try to log in.
pub(crate) struct Attempt<'a> {
    pub(crate) credentials: Credentials,
    /// The name that the peer gives.
    pub(crate) user: String,
    pub(crate) device_id: String,
    pub(crate) version: Version,
    /// What a digest may be made with.
    pub(crate) nonces: &'a [Vec<u8>],
}

impl Attempt<'_> {
    /// What AUTHTYPE says of it (manual 11.33).
    pub(crate) fn kind(&self) -> i64 {
        match self.credentials {
            Credentials::None | Credentials::Unreadable => 0,
            Credentials::Basic { .. } => 1,
            Credentials::Md5 { .. } if self.version == Version::V1_0 => 2,
            Credentials::Md5 { .. } => 3,
        }
    }
}

/// Whose name a peer gives: that of its credentials, or else of the header.
pub(crate) fn claimed_name(credentials: &Credentials, header: &Header) -> String {
    match credentials {
        Credentials::Basic { user, .. } => user.clone(),
        _ => header.source.name.clone().unwrap_or_default(),
    }
}

/// Somebody who is logged in.
pub(crate) struct LoggedIn {
    /// The name.
    pub(crate) user: String,
    /// The name that the peer gives, where scripts have changed it.
    pub(crate) claimed: String,
    /// What the user's data is selected by.
    pub(crate) key: String,
}

/// Whether the credentials are those of the one user of a server without a table.
pub(crate) fn is_simple(simple: &SimpleAuth, attempt: &Attempt<'_>) -> bool {
    same(attempt.user.as_bytes(), simple.user.as_bytes()) & Secret::clear(&simple.password).proves(attempt)
}

/// What the database knows of a user's password.
pub(crate) struct Secret<'a> {
    form: PasswordForm,
    value: &'a str,
}

impl<'a> Secret<'a> {
    /// In the form that a database has it.
    pub(crate) fn new(form: PasswordForm, value: &'a str) -> Self {
        Secret { form, value }
    }

    /// The password itself.
    pub(crate) fn clear(value: &'a str) -> Self {
        Secret::new(PasswordForm::ClearText, value)
    }

    /// MD5 of `user:password` in base 64.
    pub(crate) fn digest(value: &'a str) -> Self {
        Secret::new(PasswordForm::Md5Base64, value)
    }

    /// Whether the credentials were made with this secret. Takes the same time for every wrong value.
    pub(crate) fn proves(&self, attempt: &Attempt<'_>) -> bool {
        let user = attempt.user.as_str();
        match &attempt.credentials {
            Credentials::Basic { password, .. } => match self.form {
                PasswordForm::ClearText => same(password.as_bytes(), self.value.as_bytes()),
                _ => self
                    .user_digest(user)
                    .is_some_and(|known| same(&md5(format!("{user}:{password}").as_bytes()), &known)),
            },
            Credentials::Md5 { digest } => attempt.nonces.iter().fold(false, |right, nonce| {
                right
                    | self.md5_digest(user, nonce, attempt.version).is_some_and(|known| same(digest, &known))
            }),
            Credentials::None | Credentials::Unreadable => false,
        }
    }

    /// MD5 of `user:password`.
    fn user_digest(&self, user: &str) -> Option<Vec<u8>> {
        match self.form {
            PasswordForm::ClearText => Some(md5(format!("{user}:{}", self.value).as_bytes())),
            PasswordForm::Md5Base64 => from_base64(self.value.as_bytes()),
            PasswordForm::Md5Hex => from_hex(self.value.trim()),
            PasswordForm::CheckedByDatabase => None,
        }
    }

    /// What the peer has to send. In SyncML 1.0 the digest is made of the password itself.
    fn md5_digest(&self, user: &str, nonce: &[u8], version: Version) -> Option<Vec<u8>> {
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

/// What a peer is asked for, where passwords are kept in this form: a digest of SyncML 1.0 can be checked only with
/// the password itself (manual 11.6).
pub(crate) fn requested(settings: &Settings, form: PasswordForm, version: Version) -> Auth {
    let in_table = settings.simple_auth.is_none();
    let digests_only = in_table && matches!(form, PasswordForm::Md5Base64 | PasswordForm::Md5Hex);
    match settings.requested_auth {
        Auth::Md5 if version == Version::V1_0 && digests_only => Auth::Basic,
        other => other,
    }
}

/// What a peer is asked for: the type, and for MD5 the nonce.
pub(crate) fn challenge(auth: Auth, nonce: &[u8]) -> Option<Chal> {
    let (name, next_nonce) = match auth {
        Auth::None => return None,
        Auth::Basic => (BASIC, None),
        // Without a nonce the peer makes its digest with none.
        Auth::Md5 => (MD5, (!nonce.is_empty()).then(|| Data::Text(STANDARD.encode(nonce)))),
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

/// Whether a peer's word for a format means base 64.
fn is_base64(name: &str) -> bool {
    ["", "b64", "base64"].iter().any(|known| name.trim().eq_ignore_ascii_case(known))
}

/// Base 64 with or without padding, on one line or several.
fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    LENIENT.decode(text).ok()
}

/// Text in UTF-8, or else in Latin-1.
fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect())
}

/// In constant time, for values of the same length.
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

    fn attempt(credentials: Credentials, version: Version, nonces: &[Vec<u8>]) -> Attempt<'_> {
        let (user, device_id) = ("sue".to_owned(), "imei:1".to_owned());
        Attempt { credentials, user, device_id, version, nonces }
    }

    fn cred(kind: Option<&str>, format: Option<&str>, data: Data) -> Credentials {
        let meta =
            Meta { type_: kind.map(str::to_owned), format: format.map(str::to_owned), ..Meta::default() };
        Credentials::of(Some(&Cred { meta, data }))
    }

    fn md5_cred(data: &str) -> Credentials {
        cred(Some(MD5), Some("b64"), Data::Text(data.into()))
    }

    #[test]
    fn digests_are_those_of_real_peers() {
        let secret = Secret::clear("secret");
        let empty = [Vec::new()];
        let proves = |data: &str, nonces: &[Vec<u8>], version| {
            secret.proves(&attempt(md5_cred(data), version, nonces))
        };
        assert!(proves("bu+k/AYdyAx7CA/7gGXLEA==", &empty, Version::V1_2));
        assert!(proves("Yi+m9pPGZ8Wtg4mc7iP3SQ==", &empty, Version::V1_0));
        assert!(!proves("bu+k/AYdyAx7CA/7gGXLEA==", &[b"x".to_vec()], Version::V1_2));
        assert!(!proves("bu+k/AYdyAx7CA/7gGXLEA==", &[], Version::V1_2));
        assert!(!proves("", &empty, Version::V1_2));
    }

    #[test]
    fn a_stored_digest_proves_as_well_as_the_password() {
        let digest = md5(b"sue:secret");
        let hex: String = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        let base64 = STANDARD.encode(&digest);
        let basic = || Credentials::Basic { user: "sue".into(), password: "secret".into() };
        let empty = [Vec::new()];
        for (form, value) in [(PasswordForm::Md5Hex, &hex), (PasswordForm::Md5Base64, &base64)] {
            let secret = Secret { form, value };
            assert!(secret.proves(&attempt(basic(), Version::V1_2, &[])), "{form:?}");
            let md5 = || md5_cred("bu+k/AYdyAx7CA/7gGXLEA==");
            assert!(secret.proves(&attempt(md5(), Version::V1_2, &empty)), "{form:?}");
            assert!(!secret.proves(&attempt(md5(), Version::V1_0, &empty)), "{form:?}");
        }
    }

    #[test]
    fn credentials_are_read_as_peers_write_them() {
        let basic = |credentials: Credentials| match credentials {
            Credentials::Basic { user, password } => Some((user, password)),
            _ => None,
        };
        let plain = |text: &str| Data::Text(text.into());
        let expected = Some(("sue".to_owned(), "a:b".to_owned()));
        for (kind, format, data) in [
            (None, None, plain("c3VlOmE6Yg==")),
            (Some("syncml:auth-basic"), Some("b64"), plain("c3VlOmE6Yg")),
            (Some("SyncML:Auth-Basic"), Some("B64"), plain(" c3Vl\r\nOmE6Yg== ")),
            (Some("auth-basic"), Some("base64"), Data::Bytes(b"c3VlOmE6Yg==".to_vec())),
            (Some(BASIC), Some("chr"), plain("sue:a:b")),
            (Some(BASIC), Some("bin"), Data::Bytes(b"sue:a:b".to_vec())),
            (Some(BASIC), None, plain("sue:a:b")),
        ] {
            assert_eq!(basic(cred(kind, format, data)), expected, "{kind:?} {format:?}");
        }
        let latin = Data::Text(STANDARD.encode(b"j\xf6rg:gr\xf6\xdfe"));
        assert_eq!(basic(cred(None, None, latin)), Some(("jörg".to_owned(), "größe".to_owned())));

        let known = md5(b"x");
        for (kind, format, data) in [
            (MD5, Some("b64"), Data::Bytes(known.clone())),
            (MD5, None, Data::Bytes(known.clone())),
            (MD5, Some("bin"), Data::Bytes(known.clone())),
            ("syncml:auth-MD5", Some("b64"), Data::Text(STANDARD.encode(&known))),
            ("auth-md5", None, Data::Text(STANDARD.encode(&known).trim_end_matches('=').to_owned())),
        ] {
            let read = cred(Some(kind), format, data);
            assert!(matches!(read, Credentials::Md5 { digest } if digest == known), "{kind} {format:?}");
        }
        let other = cred(Some("syncml:auth-MAC"), Some("b64"), plain("c3VlOmE6Yg=="));
        assert!(matches!(other, Credentials::Unreadable), "what is no basic is not read as basic");
    }

    #[test]
    fn a_challenge_without_a_nonce_names_none() {
        let next = |nonce: &[u8]| challenge(Auth::Md5, nonce).and_then(|chal| chal.meta.next_nonce);
        assert!(next(b"").is_none());
        assert!(matches!(next(b"x"), Some(Data::Text(text)) if text == "eA=="));
        assert!(challenge(Auth::None, b"x").is_none());
    }
}
