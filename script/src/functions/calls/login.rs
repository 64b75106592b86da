//! Logins (manual 11.33). Not its job: doing what they ask.

use super::{AnyCall, row};
use crate::functions::{Contexts, Function, Gives, INTEGER, STRING, any, integer, text};

/// What a host is asked: A login (manual 11.33).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoginCall {
    /// AUTHOK.
    AuthOk,
    /// CHECKAUTH.
    CheckAuth,
    /// AUTHUSER.
    AuthUser,
    /// SETUSERNAME.
    SetUserName,
    /// SETDOMAIN.
    SetDomain,
    /// AUTHSTRING.
    AuthString,
    /// AUTHDEVICEID.
    AuthDeviceId,
    /// AUTHTYPE.
    AuthType,
    /// UNKNOWNDEVICE.
    UnknownDevice,
    /// SETUSERKEY.
    SetUserKey,
    /// SETDEVICEKEY.
    SetDeviceKey,
}

pub(super) const FUNCTIONS: &[Function] = &[
    row(
        "AUTHOK",
        Contexts::LOGIN,
        &[],
        INTEGER,
        "11.33",
        "Whether the login passed its checks so far.",
        AnyCall::Login(LoginCall::AuthOk),
    ),
    row(
        "CHECKAUTH",
        Contexts::LOGIN,
        &[text("user"), text("secret"), integer("secretIsMD5")],
        INTEGER,
        "11.33",
        "Whether the proof is right for a user with this password, or with this MD5 of user:password in base 64.",
        AnyCall::Login(LoginCall::CheckAuth),
    ),
    row(
        "AUTHUSER",
        Contexts::LOGIN,
        &[],
        STRING,
        "11.33",
        "The user name as the peer gave it.",
        AnyCall::Login(LoginCall::AuthUser),
    ),
    row(
        "SETUSERNAME",
        Contexts::LOGIN,
        &[text("name")],
        Gives::Nothing,
        "11.33",
        "The user name to go on with.",
        AnyCall::Login(LoginCall::SetUserName),
    ),
    row(
        "SETDOMAIN",
        Contexts::LOGIN,
        &[text("domain")],
        Gives::Nothing,
        "11.33",
        "The domain to go on with.",
        AnyCall::Login(LoginCall::SetDomain),
    ),
    row(
        "AUTHSTRING",
        Contexts::LOGIN,
        &[],
        STRING,
        "11.33",
        "What the peer gave as proof.",
        AnyCall::Login(LoginCall::AuthString),
    ),
    row(
        "AUTHDEVICEID",
        Contexts::LOGIN,
        &[],
        STRING,
        "11.33",
        "The peer's device id.",
        AnyCall::Login(LoginCall::AuthDeviceId),
    ),
    row(
        "AUTHTYPE",
        Contexts::LOGIN,
        &[],
        INTEGER,
        "11.33",
        "The kind of proof: 0 none, 1 the password, 2 MD5 of SyncML 1.0, 3 MD5 of SyncML 1.1 and 1.2.",
        AnyCall::Login(LoginCall::AuthType),
    ),
    row(
        "UNKNOWNDEVICE",
        Contexts::LOGIN,
        &[],
        INTEGER,
        "11.33",
        "Whether the device was never seen before.",
        AnyCall::Login(LoginCall::UnknownDevice),
    ),
    row(
        "SETUSERKEY",
        Contexts::LOGIN,
        &[any("key")],
        Gives::Nothing,
        "11.33",
        "The key of the user in the database.",
        AnyCall::Login(LoginCall::SetUserKey),
    ),
    row(
        "SETDEVICEKEY",
        Contexts::LOGIN,
        &[any("key")],
        Gives::Nothing,
        "11.33",
        "The key of the device in the database.",
        AnyCall::Login(LoginCall::SetDeviceKey),
    ),
];
