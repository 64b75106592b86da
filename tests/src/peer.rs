//! A client that is made of messages: it says what a test tells it to say, right or wrong, and looks closely at
//! what comes back. What a client does by itself here is what a test would otherwise repeat: numbers, addresses,
//! credentials.

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use syncloom_wire::{
    Alert, Anchor, Chal, Change, Command, ContentType, Cred, Data, DevInf, DevInfStore, Encoding, GetPut,
    Header, Item, Limits, Location, Map, MapItem, Message, Meta, Results, Status, Sync, Version, decode,
    encode,
};

/// How a client writes its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tongue {
    /// XML or WBXML.
    pub encoding: Encoding,
    /// The version of SyncML.
    pub version: Version,
}

impl Tongue {
    /// Every one that the server offers.
    pub const ALL: [Tongue; 4] = [
        Tongue { encoding: Encoding::Xml, version: Version::V1_2 },
        Tongue { encoding: Encoding::Wbxml, version: Version::V1_2 },
        Tongue { encoding: Encoding::Xml, version: Version::V1_1 },
        Tongue { encoding: Encoding::Wbxml, version: Version::V1_1 },
    ];
}

/// What a client proves its user with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Nothing.
    None,
    /// Name and password.
    Basic,
    /// A digest with the last nonce that the server gave.
    Md5,
}

/// A way to a server.
pub trait Line: Send + std::marker::Sync {
    /// Posts a message, and gives HTTP status, content type and body of the answer.
    fn post(&self, address: &str, encoding: Encoding, bytes: &[u8]) -> (u16, String, Vec<u8>);
}

impl Line for ureq::Agent {
    fn post(&self, address: &str, encoding: Encoding, bytes: &[u8]) -> (u16, String, Vec<u8>) {
        let request = ureq::Agent::post(self, address).header("Content-Type", encoding.content_type());
        let mut response = request.send(bytes).unwrap();
        let content_type =
            response.headers().get("Content-Type").map(|value| value.to_str().unwrap().to_owned());
        let answer = response.body_mut().read_to_vec().unwrap();
        (response.status().as_u16(), content_type.unwrap_or_default(), answer)
    }
}

/// A client.
#[derive(Clone)]
pub struct Peer {
    /// Where its first message goes.
    pub url: String,
    /// How it writes.
    pub tongue: Tongue,
    /// Its device id.
    pub device: String,
    /// Its user.
    pub user: String,
    /// Its password.
    pub password: String,
    /// What it proves its user with, until the server says that it is enough.
    pub proof: Proof,
    /// The largest message that it takes.
    pub max_message: u64,
    /// The largest item that it takes.
    pub max_object: u64,
    /// Whether it sends its messages where the server says.
    pub follows_resp_uri: bool,
    /// The number of its session.
    pub session: u32,
    /// The number of its last message.
    pub message: u32,
    /// The last nonce that it was given.
    pub nonce: Vec<u8>,
    /// Where the server wants the next message.
    pub resp_uri: Option<String>,
    /// Its last message as it was sent.
    pub last_request: Vec<u8>,
    logged_in: bool,
    /// The way to the server.
    pub line: Arc<dyn Line>,
}

/// A message of the server's.
#[derive(Clone, Debug)]
pub struct Answer {
    message: Message,
    /// As it came.
    pub bytes: Vec<u8>,
}

impl Deref for Answer {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.message
    }
}

impl Peer {
    /// A client of the quick-start's user.
    pub fn new(url: &str, device: &str, tongue: Tongue) -> Self {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Peer::on(Arc::new(agent), url, device, tongue)
    }

    /// The same on another way to the server.
    pub fn on(line: Arc<dyn Line>, url: &str, device: &str, tongue: Tongue) -> Self {
        Peer {
            url: format!("{url}sync"),
            tongue,
            device: device.to_owned(),
            user: "demo".to_owned(),
            password: "demo".to_owned(),
            proof: Proof::Md5,
            max_message: 100_000,
            max_object: 4_000_000,
            follows_resp_uri: true,
            session: 1,
            message: 0,
            nonce: Vec::new(),
            resp_uri: None,
            last_request: Vec::new(),
            logged_in: false,
            line,
        }
    }

    /// Begins another session.
    pub fn begin(&mut self) {
        self.session += 1;
        self.message = 0;
        self.resp_uri = None;
        self.logged_in = false;
    }

    /// Sends commands as the next message. Those without a number get the next one; `-` stands for none.
    pub fn send(&mut self, body: Vec<Command>, is_final: bool) -> Answer {
        let message = self.message(body, is_final);
        self.exchange(&message)
    }

    /// The next message.
    pub fn message(&mut self, mut body: Vec<Command>, is_final: bool) -> Message {
        self.message += 1;
        number(&mut body, &mut 0);
        let version = self.tongue.version;
        let cred = if self.logged_in { None } else { self.cred() };
        let header = Header {
            ver_dtd: version.ver_dtd().to_owned(),
            ver_proto: version.ver_proto().to_owned(),
            session_id: self.session.to_string(),
            msg_id: self.message.to_string(),
            target: Location::new(self.address()),
            source: Location { name: Some(self.user.clone()), ..Location::new(self.device.clone()) },
            cred,
            meta: Meta {
                max_msg_size: Some(self.max_message),
                max_obj_size: Some(self.max_object),
                ..Meta::default()
            },
            ..Header::default()
        };
        Message { header, body, is_final }
    }

    /// Sends a message and reads the answer, which has to be sound.
    pub fn exchange(&mut self, message: &Message) -> Answer {
        let bytes = encode(message, self.tongue.encoding);
        self.exchange_bytes(&bytes, &message.header.msg_id.clone())
    }

    /// Sends a message as it is, and reads the answer.
    pub fn exchange_bytes(&mut self, bytes: &[u8], msg_id: &str) -> Answer {
        let (status, content_type, answer) = self.post(bytes);
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
        assert_eq!(content_type, self.tongue.encoding.content_type());
        self.read(answer, msg_id)
    }

    /// Sends bytes to where the next message goes, and gives HTTP status, content type and body.
    pub fn post(&mut self, bytes: &[u8]) -> (u16, String, Vec<u8>) {
        self.last_request = bytes.to_vec();
        self.line.post(&self.address(), self.tongue.encoding, bytes)
    }

    /// What holds for every answer, whatever it is about.
    fn read(&mut self, bytes: Vec<u8>, msg_id: &str) -> Answer {
        let decoded = decode(&bytes, self.tongue.encoding, &Limits::default()).unwrap();
        assert_eq!(decoded.fault, None);
        let message = decoded.message;
        let about = format!("{message:#?}");
        assert!(
            bytes.len() as u64 <= self.max_message,
            "{} bytes are more than we take: {about}",
            bytes.len()
        );
        assert_eq!(message.header.session_id, self.session.to_string(), "{about}");
        assert_eq!(message.header.target.uri, self.device, "{about}");
        let Some(Command::Status(first)) = message.body.first() else {
            panic!("the header's status comes first: {about}")
        };
        assert_eq!((first.cmd.as_str(), first.cmd_ref.as_str()), ("SyncHdr", "0"), "{about}");
        assert_eq!(first.msg_ref, msg_id, "{about}");
        let mut numbers = HashSet::new();
        message.for_each(&mut |command| {
            let number = command.cmd_id();
            assert!(number != "0" && !number.is_empty() && numbers.insert(number.to_owned()), "{about}");
        });
        self.logged_in |= matches!(first.code, Some(200 | 212));
        if let Some(Data::Text(nonce)) = first.chal.as_ref().and_then(|chal| chal.meta.next_nonce.as_ref()) {
            self.nonce = STANDARD.decode(nonce).unwrap();
        }
        if let Some(uri) = &message.header.resp_uri {
            self.resp_uri = Some(uri.clone());
        }
        Answer { message, bytes }
    }

    fn address(&self) -> String {
        self.resp_uri.clone().filter(|_| self.follows_resp_uri).unwrap_or_else(|| self.url.clone())
    }

    fn cred(&self) -> Option<Cred> {
        let (kind, data) = match self.proof {
            Proof::None => return None,
            Proof::Basic => {
                ("syncml:auth-basic", STANDARD.encode(format!("{}:{}", self.user, self.password)))
            }
            Proof::Md5 => ("syncml:auth-md5", digest(&self.user, &self.password, &self.nonce)),
        };
        let meta = Meta { type_: Some(kind.to_owned()), format: Some("b64".to_owned()), ..Meta::default() };
        Some(Cred { meta, data: Data::Text(data) })
    }
}

/// The digest of SyncML 1.1 and 1.2, in base 64.
pub fn digest(user: &str, password: &str, nonce: &[u8]) -> String {
    let inner = STANDARD.encode(Md5::digest(format!("{user}:{password}")));
    STANDARD.encode(Md5::digest([inner.as_bytes(), b":", nonce].concat()))
}

impl Answer {
    /// The status of a command, by its number in our last message.
    pub fn status_of(&self, cmd_ref: &str) -> u16 {
        let found: Vec<u16> =
            self.all_statuses().filter(|status| status.cmd_ref == cmd_ref).filter_map(|s| s.code).collect();
        assert_eq!(found.len(), 1, "statuses of command {cmd_ref}: {:#?}", self.message.body);
        found[0]
    }

    /// The header's status.
    pub fn status(&self) -> u16 {
        self.header_status().code.unwrap()
    }

    /// The whole of the header's status.
    pub fn header_status(&self) -> &Status {
        self.all_statuses().next().unwrap()
    }

    /// What is asked for.
    pub fn chal(&self) -> Option<&Chal> {
        self.header_status().chal.as_ref()
    }

    /// Every status, the header's first.
    pub fn all_statuses(&self) -> impl Iterator<Item = &Status> {
        self.message.body.iter().filter_map(|command| match command {
            Command::Status(status) => Some(status),
            _ => None,
        })
    }

    /// The statuses except the header's, such as `Add 201`, or `Add 201 <7` with the reference to its item.
    pub fn statuses(&self) -> Vec<String> {
        let shown = |status: &Status| {
            let refs = status.target_refs.iter().map(|uri| format!(" >{uri}"));
            let refs: String = refs.chain(status.source_refs.iter().map(|uri| format!(" <{uri}"))).collect();
            format!("{} {}{refs}", status.cmd, status.code.unwrap_or_default())
        };
        self.all_statuses().skip(1).map(shown).collect()
    }

    /// The statuses of items, in the form of [`Answer::statuses`].
    pub fn item_statuses(&self) -> Vec<String> {
        let of_item =
            |text: &String| ["Add ", "Replace ", "Delete "].iter().any(|name| text.starts_with(name));
        self.statuses().into_iter().filter(of_item).collect()
    }

    /// The server's Alerts: code, and our datastore.
    pub fn alerts(&self) -> Vec<(u16, String)> {
        let alert = |command: &Command| match command {
            Command::Alert(alert) => {
                let target = alert.items.first().and_then(|item| item.target.as_ref());
                Some((alert.code.unwrap(), target.map_or(String::new(), |target| target.uri.clone())))
            }
            _ => None,
        };
        self.message.body.iter().filter_map(alert).collect()
    }

    /// The server's device information, of a Results or a Put.
    pub fn devinf(&self) -> Option<&DevInf> {
        self.message.body.iter().find_map(|command| {
            let items = match command {
                Command::Results(results) => &results.items,
                Command::Put(put) => &put.items,
                _ => return None,
            };
            items.iter().find_map(|item| match &item.data {
                Some(Data::DevInf(devinf)) => Some(&**devinf),
                _ => None,
            })
        })
    }

    /// The server's Syncs.
    pub fn syncs<'a>(&'a self) -> Vec<&'a Sync> {
        let sync = |command: &'a Command| match command {
            Command::Sync(sync) => Some(sync),
            _ => None,
        };
        self.message.body.iter().filter_map(sync).collect()
    }

    /// The changes that the server sends: name, our id or else its own, and text.
    pub fn changes(&self) -> Vec<(String, String, String)> {
        let mut changes = Vec::new();
        for command in self.syncs().iter().flat_map(|sync| &sync.commands) {
            let (Command::Add(change) | Command::Replace(change) | Command::Delete(change)) = command else {
                panic!("{} in a Sync of the server's", command.name())
            };
            for item in &change.items {
                let address = item.target.as_ref().or(item.source.as_ref()).unwrap();
                let text = item.data.as_ref().and_then(Data::as_text).unwrap_or_default();
                changes.push((command.name().to_owned(), address.uri.clone(), text.to_owned()));
            }
        }
        changes
    }

    /// The names of what is in it besides statuses.
    pub fn names(&self) -> Vec<&str> {
        let other = |command: &&Command| !matches!(command, Command::Status(_));
        self.message.body.iter().filter(other).map(Command::name).collect()
    }
}

/// Gives numbers to commands that have none.
fn number(commands: &mut [Command], last: &mut u32) {
    for command in commands {
        if !matches!(command, Command::Unknown(_)) {
            set_number(command.cmd_id_mut(), last);
        }
        match command {
            Command::Sync(sync) => number(&mut sync.commands, last),
            Command::Atomic(group) | Command::Sequence(group) => number(&mut group.commands, last),
            _ => {}
        }
    }
}

fn set_number(cmd_id: &mut String, last: &mut u32) {
    if cmd_id.is_empty() {
        *last += 1;
        *cmd_id = last.to_string();
    } else if cmd_id == "-" {
        cmd_id.clear();
    }
}

/// An Alert for a datastore, with the anchors of the last sync and of this one.
pub fn alert(code: u16, target: &str, last: Option<&str>, next: &str) -> Command {
    let anchor = Anchor { last: last.map(str::to_owned), next: next.to_owned() };
    Command::Alert(Alert {
        code: Some(code),
        items: vec![Item {
            target: Some(Location::new(target)),
            source: Some(Location::new("./addressbook")),
            meta: Meta { anchor: Some(anchor), ..Meta::default() },
            ..Item::default()
        }],
        ..Alert::default()
    })
}

/// An Alert without an item.
pub fn bare_alert(code: u16) -> Command {
    Command::Alert(Alert { code: Some(code), ..Alert::default() })
}

/// What a client says of itself: one datastore, vCard 3.0 and 2.1.
pub fn devinf(version: Version, device: &str) -> DevInf {
    let [new, old] = [("text/vcard", "3.0"), ("text/x-vcard", "2.1")]
        .map(|(name, version)| ContentType { type_: name.to_owned(), version: version.to_owned() });
    DevInf {
        ver_dtd: version.ver_dtd().to_owned(),
        man: Some("Syncloom".to_owned()),
        mod_: Some("Peer".to_owned()),
        dev_id: device.to_owned(),
        dev_typ: "phone".to_owned(),
        utc: true,
        support_large_objs: true,
        support_number_of_changes: true,
        datastores: vec![DevInfStore {
            source_ref: "./addressbook".to_owned(),
            rx_pref: Some(new.clone()),
            rx: vec![old.clone()],
            tx_pref: Some(new),
            tx: vec![old],
            sync_types: vec!["1".to_owned(), "2".to_owned()],
            ..DevInfStore::default()
        }],
        ..DevInf::default()
    }
}

fn devinf_item(devinf: DevInf, version: Version) -> Item {
    Item {
        source: Some(Location::new(version.devinf_uri())),
        data: Some(Data::DevInf(Box::new(devinf))),
        ..Item::default()
    }
}

fn devinf_meta(tongue: Tongue) -> Meta {
    Meta { type_: Some(tongue.encoding.devinf_type().to_owned()), ..Meta::default() }
}

/// A Put of device information.
pub fn put(devinf: DevInf, tongue: Tongue) -> Command {
    let items = vec![devinf_item(devinf, tongue.version)];
    Command::Put(GetPut { meta: devinf_meta(tongue), items, ..GetPut::default() })
}

/// A Get of the server's device information.
pub fn get(tongue: Tongue) -> Command {
    let item = Item { target: Some(Location::new(tongue.version.devinf_uri())), ..Item::default() };
    Command::Get(GetPut { meta: devinf_meta(tongue), items: vec![item], ..GetPut::default() })
}

/// The answer to a Get of the server's.
pub fn results(devinf: DevInf, tongue: Tongue, msg_ref: &str, cmd_ref: &str) -> Command {
    Command::Results(Results {
        msg_ref: Some(msg_ref.to_owned()),
        cmd_ref: cmd_ref.to_owned(),
        meta: devinf_meta(tongue),
        items: vec![devinf_item(devinf, tongue.version)],
        ..Results::default()
    })
}

/// A Sync of the quick-start's datastore.
pub fn sync(commands: Vec<Command>) -> Command {
    Command::Sync(Sync {
        target: Some(Location::new("contacts")),
        source: Some(Location::new("./addressbook")),
        commands,
        ..Sync::default()
    })
}

/// A change of one item, of the type vCard 3.0.
pub fn change(id: &str, data: Option<&str>) -> Change {
    let item = Item {
        source: Some(Location::new(id)),
        data: data.map(|data| Data::Text(data.to_owned())),
        ..Item::default()
    };
    let meta = Meta { type_: Some("text/vcard".to_owned()), ..Meta::default() };
    Change { meta, items: vec![item], ..Change::default() }
}

/// An Add.
pub fn add(id: &str, data: &str) -> Command {
    Command::Add(change(id, Some(data)))
}

/// A Replace.
pub fn replace(id: &str, data: &str) -> Command {
    Command::Replace(change(id, Some(data)))
}

/// A Delete.
pub fn delete(id: &str) -> Command {
    Command::Delete(change(id, None))
}

/// A Map: the server's ids and ours.
pub fn map(pairs: &[(&str, &str)]) -> Command {
    let item = |(target, source): &(&str, &str)| MapItem {
        target: (*target).to_owned(),
        source: (*source).to_owned(),
    };
    Command::Map(Map {
        target: Location::new("contacts"),
        source: Location::new("./addressbook"),
        items: pairs.iter().map(item).collect(),
        ..Map::default()
    })
}

/// A Status for a command of the server's.
pub fn status(answer: &Answer, command: &Command, code: u16) -> Command {
    Command::Status(Status {
        msg_ref: answer.header.msg_id.clone(),
        cmd_ref: command.cmd_id().to_owned(),
        cmd: command.name().to_owned(),
        code: Some(code),
        ..Status::default()
    })
}

/// A vCard 3.0 with a name and a note.
pub fn vcard(name: &str, note: &str) -> String {
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:{name};Test;;;\r\nFN:Test {name}\r\nNOTE:{note}\r\nEND:VCARD\r\n"
    )
}
