-- The database of replay.xml, with the user of the recorded traffic. Syncloom runs this file once, when the
-- database does not exist yet.

CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL
);
INSERT INTO users (name, password) VALUES ('sue', 'secret');

CREATE TABLE devices (
    id INTEGER PRIMARY KEY,
    device_id TEXT NOT NULL UNIQUE,
    nonce TEXT NOT NULL DEFAULT ''
);

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
    modified INTEGER NOT NULL,
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
CREATE TABLE phones (id INTEGER PRIMARY KEY, contact INTEGER NOT NULL, number TEXT, kind TEXT);
CREATE TABLE emails (id INTEGER PRIMARY KEY, contact INTEGER NOT NULL, address TEXT, kind TEXT);
CREATE TABLE addresses (id INTEGER PRIMARY KEY, contact INTEGER NOT NULL, po_box TEXT, extra TEXT, street TEXT, city TEXT, region TEXT, zip TEXT, country TEXT, kind TEXT);
CREATE TABLE links (id INTEGER PRIMARY KEY, contact INTEGER NOT NULL, url TEXT, kind TEXT);
CREATE TABLE categories (id INTEGER PRIMARY KEY, contact INTEGER NOT NULL, name TEXT);
CREATE INDEX phones_of_contact ON phones (contact);
CREATE INDEX emails_of_contact ON emails (contact);
CREATE INDEX addresses_of_contact ON addresses (contact);
CREATE INDEX links_of_contact ON links (contact);
CREATE INDEX categories_of_contact ON categories (contact);

-- Events and tasks.
CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    user INTEGER NOT NULL,
    datastore TEXT NOT NULL,
    modified INTEGER NOT NULL,
    is_event NUMERIC,
    changed TEXT,
    stamped TEXT,
    uid TEXT,
    sequence NUMERIC,
    class TEXT,
    opaque NUMERIC,
    summary TEXT,
    description TEXT,
    location TEXT,
    rr_freq TEXT,
    rr_interval NUMERIC,
    rr_fmask NUMERIC,
    rr_lmask NUMERIC,
    rr_end TEXT,
    rr_end_zone TEXT,
    starts TEXT,
    starts_zone TEXT,
    ends TEXT,
    ends_zone TEXT,
    duration TEXT,
    recurrence_id TEXT,
    recurrence_zone TEXT,
    due TEXT,
    due_zone TEXT,
    completed TEXT,
    completed_zone TEXT,
    percent NUMERIC,
    priority NUMERIC,
    status TEXT,
    organizer TEXT,
    organizer_name TEXT,
    alarm_time TEXT,
    alarm_snooze TEXT,
    alarm_repeat TEXT,
    alarm_text TEXT,
    alarm_action TEXT
);
CREATE TABLE entry_categories (id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, name TEXT);
CREATE TABLE exceptions (id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, starts TEXT, zone TEXT);
CREATE TABLE attendees (id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, address TEXT, name TEXT, state TEXT, role TEXT);
CREATE INDEX entry_categories_of_entry ON entry_categories (entry);
CREATE INDEX exceptions_of_entry ON exceptions (entry);
CREATE INDEX attendees_of_entry ON attendees (entry);

CREATE TABLE memos (
    id INTEGER PRIMARY KEY,
    user INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    title TEXT,
    text TEXT
);

-- What belongs to an item goes with it.
CREATE TRIGGER contact_deleted AFTER DELETE ON contacts
BEGIN
    DELETE FROM phones WHERE contact = OLD.id;
    DELETE FROM emails WHERE contact = OLD.id;
    DELETE FROM addresses WHERE contact = OLD.id;
    DELETE FROM links WHERE contact = OLD.id;
    DELETE FROM categories WHERE contact = OLD.id;
END;
CREATE TRIGGER entry_deleted AFTER DELETE ON entries
BEGIN
    DELETE FROM entry_categories WHERE entry = OLD.id;
    DELETE FROM exceptions WHERE entry = OLD.id;
    DELETE FROM attendees WHERE entry = OLD.id;
END;
