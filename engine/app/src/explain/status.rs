//! The status codes of SyncML (Representation Protocol, chapter on response status codes) and the alert codes, in
//! words.
//!
//! Not its job: which of them Syncloom sends when.

/// A status code, its name and what it means.
pub(super) const STATUSES: &[(u16, &str, &str)] = &[
    (101, "in progress", "the command is being carried out; its real status comes later"),
    (200, "ok", "the command was carried out"),
    (201, "item added", "the item was stored as a new one"),
    (202, "accepted for processing", "the command will be carried out later"),
    (203, "non-authoritative response", "the answer comes from a copy"),
    (204, "no content", "the command was carried out, and there is nothing to send back"),
    (205, "reset content", "what was sent before is to be taken again from the beginning"),
    (206, "partial content", "only a part was carried out"),
    (207, "conflict resolved with merge", "both sides had changed the item, and the two were merged"),
    (
        208,
        "conflict resolved, client wins",
        "both sides had changed the item, and the client's version stays",
    ),
    (209, "conflict resolved with duplicate", "both sides had changed the item, and both versions stay"),
    (210, "delete without archive", "the item was deleted; it was not archived as asked for"),
    (211, "item not deleted", "there was no such item, so there was nothing to delete"),
    (212, "authentication accepted", "the login counts for the whole session"),
    (213, "chunked item accepted", "a part of a large item has arrived; more of it follows"),
    (214, "operation cancelled", "the command was cancelled by a user or by the other side"),
    (215, "not executed", "the user has declined"),
    (216, "atomic roll back ok", "a command of the group failed, and the others were taken back"),
    (300, "multiple choices", "there are several places; one has to be named"),
    (301, "moved permanently", "the place is another one from now on"),
    (302, "found", "the place is another one for now"),
    (303, "see other", "the answer is in another place"),
    (304, "not modified", "nothing has changed"),
    (305, "use proxy", "the place is reached through a proxy only"),
    (400, "bad request", "the command cannot be read"),
    (401, "invalid credentials", "name or password is wrong; the challenge says how to log in"),
    (402, "payment required", "the command has its price"),
    (403, "forbidden", "the command is refused, and logging in again does not help"),
    (404, "not found", "the datastore, item or device information is not there"),
    (405, "command not allowed", "the command cannot be used on this target"),
    (406, "optional feature not supported", "the command or alert is one that need not be known, and is not"),
    (407, "missing credentials", "nobody has logged in; the challenge says how to"),
    (408, "request timeout", "the other side has waited too long"),
    (409, "conflict", "both sides had changed the item, and nothing was done about it"),
    (410, "gone", "the item is there no longer"),
    (411, "size required", "the size of the item has to be told beforehand"),
    (412, "incomplete command", "the command lacks something that it needs"),
    (413, "request entity too large", "the item is larger than what is taken"),
    (414, "URI too long", "the address is longer than what is taken"),
    (415, "unsupported media type or format", "the item's type or format is not known here"),
    (416, "requested size too big", "the item is larger than what the asker takes"),
    (417, "retry later", "it does not work now, and may work later"),
    (418, "already exists", "an item of this id is there already"),
    (
        419,
        "conflict resolved, server wins",
        "both sides had changed the item, and the server's version stays",
    ),
    (420, "device full", "there is no space left"),
    (421, "unknown search grammar", "the language of the filter or search is not known"),
    (422, "bad CGI script", "the filter behind the address cannot be read"),
    (423, "soft-delete conflict", "the item was removed from the device alone before"),
    (424, "size mismatch", "the item has another size than was told beforehand"),
    (425, "permission denied", "this user may not do that"),
    (426, "partial item not accepted", "the part does not fit what has arrived before"),
    (427, "item not empty", "the folder still has something in it"),
    (428, "move failed", "the item could not be moved"),
    (500, "command failed", "something unexpected happened; the log of the other side says what"),
    (501, "command not implemented", "the command is not known"),
    (502, "bad gateway", "a server behind the server has failed"),
    (503, "service unavailable", "the server is busy or being mended; try later"),
    (504, "gateway timeout", "a server behind the server does not answer"),
    (505, "DTD version not supported", "the version of SyncML's document is not spoken"),
    (506, "processing error", "the command failed while it was carried out"),
    (507, "atomic failed", "a command of the group failed"),
    (508, "refresh required", "the anchors differ, so a slow sync follows; this is usual in a first sync"),
    (509, "reserved", "used for a resume that is refused: a usual sync follows"),
    (510, "datastore failure", "the database failed; the log of the other side says how"),
    (511, "server failure", "the server failed as a whole"),
    (512, "synchronization failed", "the sync of this datastore was given up"),
    (513, "protocol version not supported", "this version of SyncML is not spoken"),
    (514, "operation cancelled", "the command was cancelled, and may have been carried out in part"),
    (516, "atomic roll back failed", "a command of the group failed, and the others could not be taken back"),
    (517, "atomic response too large", "the answer to the group does not fit into a message"),
];

/// An alert code and what it asks for.
pub(super) const ALERTS: &[(u16, &str)] = &[
    (100, "show this text to the user"),
    (200, "two-way sync"),
    (201, "slow sync: all items of both sides are compared"),
    (202, "one-way sync from the client"),
    (203, "refresh from the client: the server's items are replaced"),
    (204, "one-way sync from the server"),
    (205, "refresh from the server: the client's items are replaced"),
    (206, "the server asks for a two-way sync"),
    (207, "the server asks for a one-way sync from the client"),
    (208, "the server asks for a refresh from the client"),
    (209, "the server asks for a one-way sync from the server"),
    (210, "the server asks for a refresh from the server"),
    (221, "send the results of the command"),
    (222, "send the next message"),
    (223, "the end of a large item did not arrive"),
    (224, "suspend the session"),
    (225, "resume the session"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_once() {
        assert!(STATUSES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(ALERTS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
