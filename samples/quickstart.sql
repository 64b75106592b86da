-- The database of quickstart.xml. Syncloom runs this file once, when the database does not exist yet.
-- It is plain SQLite: open it with any tool, and change contacts with plain SQL. The triggers at the end note
-- the time of every change, so that the next sync finds it.

-- Readers are never kept waiting by a writer, and a commit survives a power failure.
PRAGMA journal_mode = WAL;

-- Who may sync. Further users: INSERT INTO users (name, password) VALUES ('eva', 'secret');
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL
);
INSERT INTO users (name, password) VALUES ('demo', 'demo');

-- The devices that have been here.
CREATE TABLE devices (
    id INTEGER PRIMARY KEY,
    device_id TEXT NOT NULL UNIQUE,
    nonce TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    info TEXT NOT NULL DEFAULT ''
);

-- For each device and datastore: the anchor of the last sync, when it was, and up to when our changes have been sent
-- (milliseconds since 1970); where a session broke off, and the part of an item that had come by then.
CREATE TABLE targets (
    id INTEGER PRIMARY KEY,
    user INTEGER NOT NULL,
    device INTEGER NOT NULL,
    datastore TEXT NOT NULL,
    device_path TEXT NOT NULL,
    anchor TEXT NOT NULL DEFAULT '',
    last_sync INTEGER,
    last_sent INTEGER,
    resume_alert INTEGER NOT NULL DEFAULT 0,
    suspended INTEGER,
    part_source TEXT NOT NULL DEFAULT '',
    part_target TEXT NOT NULL DEFAULT '',
    part_status INTEGER NOT NULL DEFAULT 0,
    part_state INTEGER NOT NULL DEFAULT 0,
    part_total INTEGER NOT NULL DEFAULT 0,
    part_unconfirmed INTEGER NOT NULL DEFAULT 0,
    part_size INTEGER NOT NULL DEFAULT 0,
    part BLOB,
    UNIQUE (user, device, datastore, device_path)
);

-- Which contact is which on a device. A row stays when its contact is deleted: that is how a sync knows.
CREATE TABLE maps (
    target INTEGER NOT NULL,
    local_id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    remote_id TEXT NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (target, local_id, kind)
) WITHOUT ROWID;

CREATE TABLE contacts (
    id INTEGER PRIMARY KEY,
    user INTEGER NOT NULL,
    -- Milliseconds since 1970.
    modified INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    revision TEXT,
    uid TEXT,
    last_name TEXT,
    first_name TEXT,
    middle_name TEXT,
    prefix TEXT,
    suffix TEXT,
    display_name TEXT,
    nickname TEXT,
    sort_as TEXT,
    title TEXT,
    role TEXT,
    company TEXT,
    department TEXT,
    unit TEXT,
    birthday TEXT,
    anniversary TEXT,
    spouse TEXT,
    manager TEXT,
    assistant TEXT,
    latitude TEXT,
    longitude TEXT,
    time_zone TEXT,
    aim TEXT,
    icq TEXT,
    jabber TEXT,
    msn TEXT,
    skype TEXT,
    yahoo TEXT,
    class TEXT,
    note TEXT,
    photo BLOB,
    photo_type TEXT
);
CREATE INDEX contacts_of_user ON contacts (user);

-- What a contact may have any number of. The rows of a contact are in the order of their ids. Leave `synced` alone:
-- it says that Syncloom wrote the row, so that adding it is not a change to be sent.
CREATE TABLE phones (
    id INTEGER PRIMARY KEY,
    contact INTEGER REFERENCES contacts (id),
    number TEXT,
    kind TEXT,
    synced INTEGER
);
CREATE TABLE emails (
    id INTEGER PRIMARY KEY,
    contact INTEGER REFERENCES contacts (id),
    address TEXT,
    kind TEXT,
    synced INTEGER
);
CREATE TABLE addresses (
    id INTEGER PRIMARY KEY,
    contact INTEGER REFERENCES contacts (id),
    po_box TEXT,
    extra TEXT,
    street TEXT,
    city TEXT,
    region TEXT,
    zip TEXT,
    country TEXT,
    kind TEXT,
    synced INTEGER
);
CREATE TABLE links (
    id INTEGER PRIMARY KEY,
    contact INTEGER REFERENCES contacts (id),
    url TEXT,
    kind TEXT,
    synced INTEGER
);
CREATE TABLE categories (
    id INTEGER PRIMARY KEY,
    contact INTEGER REFERENCES contacts (id),
    name TEXT,
    synced INTEGER
);
CREATE INDEX phones_of_contact ON phones (contact);
CREATE INDEX emails_of_contact ON emails (contact);
CREATE INDEX addresses_of_contact ON addresses (contact);
CREATE INDEX links_of_contact ON links (contact);
CREATE INDEX categories_of_contact ON categories (contact);

-- Changes by plain SQL. Syncloom sets `modified` itself, so the first trigger does not answer to it; and it takes
-- details off their contact before it deletes them, so that the others have nothing to note.
CREATE VIEW clock AS SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS now;

CREATE TRIGGER contact_changed AFTER UPDATE ON contacts WHEN NEW.modified = OLD.modified
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = NEW.id; END;

CREATE TRIGGER contact_deleted AFTER DELETE ON contacts
BEGIN
    DELETE FROM phones WHERE contact = OLD.id;
    DELETE FROM emails WHERE contact = OLD.id;
    DELETE FROM addresses WHERE contact = OLD.id;
    DELETE FROM links WHERE contact = OLD.id;
    DELETE FROM categories WHERE contact = OLD.id;
END;

CREATE TRIGGER phones_added AFTER INSERT ON phones WHEN NEW.synced IS NULL
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = NEW.contact; END;
CREATE TRIGGER phones_changed AFTER UPDATE ON phones
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = NEW.contact; END;
CREATE TRIGGER phones_removed AFTER DELETE ON phones
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = OLD.contact; END;
CREATE TRIGGER emails_added AFTER INSERT ON emails WHEN NEW.synced IS NULL
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = NEW.contact; END;
CREATE TRIGGER emails_changed AFTER UPDATE ON emails
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = NEW.contact; END;
CREATE TRIGGER emails_removed AFTER DELETE ON emails
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = OLD.contact; END;
CREATE TRIGGER addresses_added AFTER INSERT ON addresses WHEN NEW.synced IS NULL
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = NEW.contact; END;
CREATE TRIGGER addresses_changed AFTER UPDATE ON addresses
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = NEW.contact; END;
CREATE TRIGGER addresses_removed AFTER DELETE ON addresses
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = OLD.contact; END;
CREATE TRIGGER links_added AFTER INSERT ON links WHEN NEW.synced IS NULL
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = NEW.contact; END;
CREATE TRIGGER links_changed AFTER UPDATE ON links
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = NEW.contact; END;
CREATE TRIGGER links_removed AFTER DELETE ON links
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = OLD.contact; END;
CREATE TRIGGER categories_added AFTER INSERT ON categories WHEN NEW.synced IS NULL
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = NEW.contact; END;
CREATE TRIGGER categories_changed AFTER UPDATE ON categories
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = NEW.contact; END;
CREATE TRIGGER categories_removed AFTER DELETE ON categories
BEGIN UPDATE contacts SET modified = (SELECT now FROM clock) WHERE id = OLD.contact; END;
