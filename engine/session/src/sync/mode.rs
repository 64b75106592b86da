//! Which way a sync goes, and whether it compares everything: the alert codes (OMA-DS 5.3, 6).

/// Who sends changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Both sides.
    Both,
    /// The peer alone.
    FromClient,
    /// We alone.
    FromServer,
}

/// The kind of a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mode {
    /// Who sends changes.
    pub(crate) direction: Direction,
    /// All items are sent instead of what has changed: a slow sync in both directions, a refresh in one.
    pub(crate) slow: bool,
}

/// A sync that a peer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) mode: Mode,
    /// The peer has been told by us, or by somebody for us, to ask.
    pub(crate) server_alerted: bool,
}

/// Takes up a session that broke off; the mode is that of the session.
pub(crate) const RESUME: u16 = 225;

impl Mode {
    /// The code of the Alert that asks for it.
    pub(crate) fn code(self) -> u16 {
        let pair = match self.direction {
            Direction::Both => 200,
            Direction::FromClient => 202,
            Direction::FromServer => 204,
        };
        pair + u16::from(self.slow)
    }

    /// The same with everything sent: what is left where the anchors do not agree.
    pub(crate) fn slowly(self) -> Self {
        Mode { slow: true, ..self }
    }

    /// In words.
    pub(crate) fn name(self) -> &'static str {
        match (self.direction, self.slow) {
            (Direction::Both, false) => "two-way",
            (Direction::Both, true) => "slow",
            (Direction::FromClient, false) => "one-way from client",
            (Direction::FromClient, true) => "refresh from client",
            (Direction::FromServer, false) => "one-way from server",
            (Direction::FromServer, true) => "refresh from server",
        }
    }
}

impl Asked {
    /// What an alert code asks for; `None` for codes that are not about a mode.
    pub(crate) fn by(code: u16) -> Option<Self> {
        let (direction, slow, server_alerted) = match code {
            200 => (Direction::Both, false, false),
            201 => (Direction::Both, true, false),
            202 => (Direction::FromClient, false, false),
            203 => (Direction::FromClient, true, false),
            204 => (Direction::FromServer, false, false),
            205 => (Direction::FromServer, true, false),
            206 => (Direction::Both, false, true),
            207 => (Direction::FromClient, false, true),
            208 => (Direction::FromClient, true, true),
            209 => (Direction::FromServer, false, true),
            210 => (Direction::FromServer, true, true),
            _ => return None,
        };
        Some(Asked { mode: Mode { direction, slow }, server_alerted })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_modes_are_the_same_thing() {
        for code in 200..=205 {
            let asked = Asked::by(code).unwrap();
            assert_eq!((asked.mode.code(), asked.server_alerted), (code, false));
            assert_eq!(asked.mode.slowly().code(), code | 1);
        }
        for (code, plain) in [(206, 200), (207, 202), (208, 203), (209, 204), (210, 205)] {
            let asked = Asked::by(code).unwrap();
            assert_eq!((asked.mode.code(), asked.server_alerted), (plain, true));
        }
        assert_eq!((Asked::by(199), Asked::by(211), Asked::by(RESUME)), (None, None, None));
    }
}
