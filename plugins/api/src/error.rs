//! What a call of a plugin can fail with: the numbers of the interface, and words for the log.

use std::fmt;

/// A number that a call returns (`TSyError`): 0 for success, 1 for "call again", SyncML statuses, and from 20001 on
/// numbers of the SDK's own.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code(pub u16);

impl Code {
    /// Done.
    pub const OK: Code = Code(0);
    /// Not done yet: the same call is to be made again (asynchronous plugins).
    pub const AGAIN: Code = Code(1);
    /// The item was merged into another one.
    pub const MERGED: Code = Code(207);
    /// The item replaced another one.
    pub const REPLACED: Code = Code(208);
    /// There was nothing to delete.
    pub const NOT_DELETED: Code = Code(211);
    /// The call makes no sense with these arguments.
    pub const BAD_REQUEST: Code = Code(400);
    /// Who asks has not said who it is.
    pub const UNAUTHORIZED: Code = Code(401);
    /// Who asks may not, or not now.
    pub const FORBIDDEN: Code = Code(403);
    /// What is asked for is not there.
    pub const NOT_FOUND: Code = Code(404);
    /// There is such an item already.
    pub const EXISTS: Code = Code(409);
    /// There is no room left.
    pub const FULL: Code = Code(420);
    /// The data cannot be understood.
    pub const FAILED: Code = Code(500);
    /// What both sides know of each other no longer fits: a slow sync is needed.
    pub const REFRESH: Code = Code(508);
    /// The database failed.
    pub const DATABASE: Code = Code(510);
    /// The function is not there.
    pub const NOT_IMPLEMENTED: Code = Code(20030);
    /// The plugin and its host are too far apart in version.
    pub const WRONG_VERSION: Code = Code(20033);
    /// The module has no such part.
    pub const UNKNOWN_PART: Code = Code(20034);

    /// The code in words.
    pub fn name(self) -> &'static str {
        match self {
            Code::OK => "ok",
            Code::AGAIN => "again",
            Code::MERGED => "merged",
            Code::REPLACED => "replaced",
            Code::NOT_DELETED => "not deleted",
            Code::BAD_REQUEST => "bad request",
            Code::UNAUTHORIZED => "unauthorized",
            Code::FORBIDDEN => "forbidden",
            Code::NOT_FOUND => "not found",
            Code::EXISTS => "already exists",
            Code::FULL => "no room left",
            Code::FAILED => "not understood",
            Code::REFRESH => "slow sync needed",
            Code::DATABASE => "database failed",
            Code::NOT_IMPLEMENTED => "not implemented",
            Code::WRONG_VERSION => "wrong version",
            Code::UNKNOWN_PART => "unknown part",
            Code(_) => "failed",
        }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0, self.name())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A failed call. Over the C interface only the code crosses the border; the words go to the debug log there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The number.
    pub code: Code,
    /// What happened, for the log: the file and line it is about. No contents of items, no credentials.
    pub message: String,
}

/// What a call returns.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A failure with its words.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error { code, message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {}
