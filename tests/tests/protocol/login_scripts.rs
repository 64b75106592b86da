//! Scripts of a login: their order, what they are told and what their answers do.

use syncloom_tests::peer::{Peer, Proof, Tongue};
use syncloom_tests::server::Server;

use crate::{first_package, send_changes};

const USUAL: Tongue = Tongue::ALL[0];
const USERS: &str = "<userkeysql>SELECT id, password FROM users WHERE name = '%U'</userkeysql>";

/// A server with these tags behind another statement for users.
fn server(users: &str, tags: &[(&str, &str)]) -> Server {
    let tags: String =
        tags.iter().map(|(tag, script)| format!("<{tag}><![CDATA[{script}]]></{tag}>")).collect();
    Server::start_with(&[(USERS, &format!("<userkeysql>{users}</userkeysql>{tags}"))])
}

/// The status that a new device gets.
fn login(server: &Server, device: &str, user: &str, password: &str, proof: Proof) -> u16 {
    let mut peer = Peer::new(&server.url, device, USUAL);
    (peer.user, peer.password, peer.proof) = (user.to_owned(), password.to_owned(), proof);
    peer.send(vec![], true).status()
}

const USUALLY: &str = "SELECT id, password FROM users WHERE name = '%U'";

#[test]
fn what_scripts_return_decides() {
    let nothing = "STRING X; X = \"no value\";";
    // Init, check and finish; and the status for a right password and a wrong one.
    for (scripts, right, wrong) in [
        ([nothing, nothing, nothing], 212, 401),
        (["RETURN TRUE;", nothing, nothing], 212, 212),
        (["RETURN FALSE;", nothing, nothing], 401, 401),
        ([nothing, "RETURN TRUE;", nothing], 212, 212),
        ([nothing, "RETURN FALSE;", nothing], 401, 401),
        ([nothing, "RETURN AUTHOK();", nothing], 212, 401),
        ([nothing, nothing, "RETURN TRUE;"], 212, 212),
        ([nothing, nothing, "RETURN FALSE;"], 401, 401),
        ([nothing, nothing, "RETURN AUTHOK();"], 212, 401),
        (["RETURN FALSE;", nothing, "RETURN !AUTHOK();"], 212, 212),
        (["RETURN TRUE;", nothing, "RETURN !AUTHOK();"], 401, 401),
        // What fails refuses, whatever was right before.
        (["INTEGER A[]; A[-1] = 1;", nothing, nothing], 401, 401),
        ([nothing, "INTEGER A[]; A[-1] = 1;", nothing], 401, 401),
        ([nothing, nothing, "INTEGER A[]; A[-1] = 1;"], 401, 401),
    ] {
        let tags = ["logininitscript", "logincheckscript", "loginfinishscript"];
        let tags: Vec<(&str, &str)> = tags.into_iter().zip(scripts).collect();
        let server = server(USUALLY, &tags);
        for proof in [Proof::Basic, Proof::Md5] {
            let device = format!("{proof:?}");
            assert_eq!(login(&server, &device, "demo", "wrong", proof), wrong, "{scripts:?} {proof:?}");
            let device = format!("{proof:?} right");
            assert_eq!(login(&server, &device, "demo", "demo", proof), right, "{scripts:?} {proof:?}");
        }
    }
}

#[test]
fn scripts_are_told_who_comes_and_with_what() {
    let mut server = server(
        USUALLY,
        &[
            (
                "logininitscript",
                "DEBUGMESSAGE(\"init \" + AUTHUSER() + \" \" + AUTHDEVICEID() + \" \" + (string)AUTHTYPE() + \" \"
                 + (string)AUTHOK() + \" \" + (string)UNKNOWNDEVICE() + \" \" + (string)LENGTH(AUTHSTRING())
                 + \" \" + USERKEY() + \" \" + DEVICEKEY());",
            ),
            ("logincheckscript", "DEBUGMESSAGE(\"check \" + (string)AUTHOK() + \" \" + USERKEY());"),
            (
                "loginfinishscript",
                "DEBUGMESSAGE(\"finish \" + (string)AUTHOK() + \" \" + USERKEY() + \" \" + DEVICEKEY());",
            ),
        ],
    );
    let mut peer = Peer::new(&server.url, "imei:7", USUAL);
    peer.proof = Proof::Basic;
    assert_eq!(peer.send(vec![], true).status(), 212);
    server.line("init demo imei:7 1 0 1 4 demo imei:7");
    server.line("check 1 1");
    server.line("finish 1 1 1");
    // The device is known now. A login that fails runs them again with the next message, and no check without a row.
    peer.begin();
    (peer.proof, peer.user) = (Proof::Md5, "nobody".to_owned());
    assert_eq!(peer.send(vec![], true).status(), 401);
    server.line("init nobody imei:7 3 0 0 24 nobody 1");
    server.line("finish 0 nobody 1");
    peer.user = "demo".to_owned();
    assert_eq!(peer.send(vec![], true).status(), 212);
    server.line("init demo imei:7 3 0 0 24 demo 1");
    server.line("check 1 1");
    server.line("finish 1 1 1");
    assert!(!server.other_lines().join("\n").contains("check"));
}

#[test]
fn names_and_domains_are_looked_up_as_scripts_say() {
    let server = server(
        "SELECT id, password FROM users WHERE name = '%dU' AND '%U' != '%dU' AND '%D' = 'home'",
        &[(
            "logininitscript",
            "INTEGER AT; AT = FIND(AUTHUSER(), \"@\");
             IF (AT != UNASSIGNED) {
               SETUSERNAME(SUBSTR(AUTHUSER(), 0, AT)); SETDOMAIN(SUBSTR(AUTHUSER(), AT + 1));
             }",
        )],
    );
    for proof in [Proof::Basic, Proof::Md5] {
        // The digest is that of the name as the peer knows it.
        let device = format!("{proof:?}");
        assert_eq!(login(&server, &device, "demo@home", "demo", proof), 212, "{proof:?}");
        assert_eq!(login(&server, &device, "demo@away", "demo", proof), 401, "{proof:?}");
        assert_eq!(login(&server, &device, "demo", "demo", proof), 401, "{proof:?}");
    }
}

#[test]
fn columns_of_a_user_are_variables_of_the_check() {
    let server = server(
        "SELECT id, password, 'x', 3, NULL, '20260102T030405Z' FROM users WHERE name = '%U'",
        &[
            ("logininitscript", "STRING MINE; MINE = \"kept\";"),
            (
                "logincheckscript",
                "STRING KEY, SECRET, LETTER; INTEGER NUMBER; STRING NOTHING; TIMESTAMP WHEN;
                 RETURN CHECKAUTH(AUTHUSER(), SECRET, FALSE) && MINE == \"kept\" && KEY == USERKEY()
                   && LETTER == \"x\" && NUMBER == 3 && NOTHING == UNASSIGNED && WEEKDAY(WHEN) == 5;",
            ),
        ],
    );
    for proof in [Proof::Basic, Proof::Md5] {
        assert_eq!(login(&server, &format!("{proof:?}"), "demo", "demo", proof), 212, "{proof:?}");
        assert_eq!(login(&server, &format!("{proof:?}"), "demo", "Demo", proof), 401, "{proof:?}");
    }
}

#[test]
fn checkauth_takes_passwords_and_digests() {
    use base64::Engine;
    use md5::{Digest, Md5};
    let digest = base64::engine::general_purpose::STANDARD.encode(Md5::digest("sue:secret"));
    for secret in [format!("\"{digest}\", TRUE"), "\"secret\", FALSE".to_owned()] {
        let script = format!("SETUSERKEY(1); RETURN CHECKAUTH(\"sue\", {secret});");
        let server = server("SELECT 1, '' WHERE FALSE", &[("logininitscript", &script)]);
        for proof in [Proof::Basic, Proof::Md5] {
            let device = format!("{proof:?}");
            assert_eq!(login(&server, &device, "sue", "secret", proof), 212, "{secret} {proof:?}");
            assert_eq!(login(&server, &device, "sue", "Secret", proof), 401, "{secret} {proof:?}");
            assert_eq!(login(&server, &device, "eva", "secret", proof), 401, "the name counts too");
        }
    }
}

#[test]
fn scripts_run_sql_and_choose_whose_data_it_is() {
    let mut server = server(
        USUALLY,
        &[
            ("sessioninitscript", "STRING ROLE;"),
            (
                "loginfinishscript",
                "STRING KEY; INTEGER COUNT; COUNT = 0;
                 IF (!AUTHOK()) RETURN FALSE;
                 IF (SQLEXECUTE(\"SELECT max(id), NULL FROM users WHERE name LIKE \"
                     + DBLITERAL(\"e%\", \"string\")) != 0) RETURN FALSE;
                 WHILE (SQLFETCHROW()) {
                   SQLGETCOLUMN(1, KEY, \"numeric\"); COUNT = COUNT + 1;
                   IF (SQLGETCOLUMN(3, KEY, \"string\")) RETURN FALSE;
                 }
                 SETUSERKEY(KEY); SETSESSIONVAR(\"ROLE\", \"guest \" + (string)COUNT);
                 SQLEXECUTE(\"INSERT INTO contacts (user, last_name) VALUES (\" + KEY + \", 'Lost')\");
                 SQLROLLBACK();
                 SQLEXECUTE(\"INSERT INTO contacts (user, last_name) VALUES (\" + KEY + \", 'Of eva')\");
                 IF (SQLITELASTID() <= 0) RETURN FALSE;
                 SQLCOMMIT();
                 SQLEXECUTE(\"INSERT INTO contacts (user, last_name) VALUES (\" + KEY + \", 'Not committed')\");
                 IF (SQLEXECUTE(\"SELECT * FROM absent\") == 0) RETURN FALSE;",
            ),
            ("sessionfinishscript", "DEBUGMESSAGE(\"role \" + ROLE);"),
        ],
    );
    server.sql("INSERT INTO users (name, password) VALUES ('eva', 'x')");
    let mut peer = Peer::new(&server.url, "peer-1", USUAL);
    peer.proof = Proof::Basic;
    assert_eq!(peer.send(first_package(&peer, 200), true).status(), 212);
    let answer = send_changes(&mut peer, vec![]);
    let sent: Vec<String> = answer.changes().into_iter().map(|(_, _, text)| text).collect();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sent[0].contains("Of eva"), "{sent:?}");
    crate::confirm(&mut peer, &answer);
    server.line("role guest 1");
    server.line("SQLEXECUTE: no such table: absent");
    assert_eq!(server.rows("SELECT user FROM targets"), ["2"]);
}

#[test]
fn a_device_is_what_a_script_says() {
    let server = server(
        USUALLY,
        &[(
            "logininitscript",
            "IF (UNKNOWNDEVICE() && AUTHDEVICEID() != \"imei:1\") RETURN FALSE; SETDEVICEKEY(77);",
        )],
    );
    assert_eq!(login(&server, "imei:2", "demo", "demo", Proof::Basic), 401);
    let mut peer = Peer::new(&server.url, "imei:1", USUAL);
    peer.send(first_package(&peer, 200), true);
    assert_eq!(server.rows("SELECT device FROM targets"), ["77"]);
    assert_eq!(server.rows("SELECT count(*) FROM devices"), ["0"]);
}
