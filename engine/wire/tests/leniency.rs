//! What peers get away with, in small hand-made documents: every form in which a message may come,
//! and what is said about those that may not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic, its helpers too")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

use syncloom_wire::*;

const XML_HEADER: &str = "<SyncHdr><VerDTD>1.2</VerDTD><VerProto>SyncML/1.2</VerProto></SyncHdr>";

fn read_xml(body: &str) -> Decoded {
    let xml = format!("<SyncML>{XML_HEADER}<SyncBody>{body}</SyncBody></SyncML>");
    decode(xml.as_bytes(), Encoding::Xml, &Limits::default()).unwrap()
}

/// A WBXML document of this header (up to the string table) with these tokens inside `SyncBody`.
fn read_wbxml_after(header: &[u8], body: &[u8]) -> Result<Decoded, DecodeError> {
    let start = b"\x6D\x6C\x71\x031.2\0\x01\x72\x03SyncML/1.2\0\x01\x01\x6B";
    decode(&[header, start, body, b"\x01\x01"].concat(), Encoding::Wbxml, &Limits::default())
}

fn read_wbxml(body: &[u8]) -> Decoded {
    read_wbxml_after(&[0x02, 0xA4, 0x01, 0x6A, 0x00], body).unwrap()
}

fn data_of(decoded: &Decoded) -> &Data {
    assert_eq!(decoded.fault, None);
    let items = match &decoded.message.body[0] {
        Command::Add(add) => &add.items,
        Command::Put(put) => &put.items,
        Command::Alert(alert) => &alert.items,
        other => panic!("{other:?}"),
    };
    items[0].data.as_ref().unwrap()
}

fn devinf_of(decoded: &Decoded) -> &DevInf {
    match data_of(decoded) {
        Data::DevInf(devinf) => devinf,
        other => panic!("{other:?}"),
    }
}

#[test]
fn prefixes_comments_instructions_and_doctypes_are_passed_over() {
    let xml = "\u{FEFF}<?xml version='1.0'?>\n<!DOCTYPE s:SyncML SYSTEM 'x'>\n<!-- c --><s:SyncML xmlns:s='SYNCML:SYNCML1.1'>\
        <?pi?><s:SyncHdr a='1'><s:MsgID> 7\n</s:MsgID><s:VerDTD>1.1</s:VerDTD></s:SyncHdr>\
        <s:SyncBody><s:Final></s:Final><s:Add><m:Meta xmlns:m='m'><m:Type>text/plain</m:Type></m:Meta><s:CmdID>1</s:CmdID>\
        <s:Item><s:Data> a<!-- x --><![CDATA[<b>]]>&amp;&#x63;&#100;\r\n </s:Data></s:Item></s:Add></s:SyncBody></s:SyncML>";
    let decoded = decode(xml.as_bytes(), Encoding::Xml, &Limits::default()).unwrap();
    assert_eq!(data_of(&decoded).as_text(), Some(" a<b>&cd\r\n "));
    let Message { header, body, is_final } = &decoded.message;
    assert_eq!((header.msg_id.as_str(), header.version(), *is_final), ("7", Some(Version::V1_1), true));
    let Command::Add(add) = &body[0] else { panic!("{body:?}") };
    assert_eq!((add.cmd_id.as_str(), add.meta.type_.as_deref()), ("1", Some("text/plain")));
}

#[test]
fn unknown_elements_are_skipped_and_unknown_commands_kept_by_name() {
    let decoded = read_xml(
        "<Foo><Bar>x</Bar><NoResp/><CmdID>1</CmdID></Foo><Baz/>\
         <Sync><CmdID>2</CmdID><Evil><CmdID>3</CmdID></Evil><Junk/></Sync><CmdID>4</CmdID>",
    );
    assert_eq!(decoded.fault, None);
    let body = &decoded.message.body;
    let seen: Vec<_> = body.iter().map(|c| (c.name(), c.cmd_id(), c.no_resp())).collect();
    assert_eq!(seen, [("Foo", "1", true), ("Baz", "", false), ("Sync", "2", false), ("CmdID", "", false)]);
    let Command::Sync(sync) = &body[2] else { panic!("{body:?}") };
    let inner: Vec<_> = sync.commands.iter().map(|c| (c.name(), c.cmd_id())).collect();
    assert_eq!(inner, [("Evil", "3"), ("Junk", "")]);

    let decoded = read_wbxml(b"\x70\x4B\x031\0\x01\x01\x30");
    let seen: Vec<_> = decoded.message.body.iter().map(|c| (c.name(), c.cmd_id())).collect();
    assert_eq!(seen, [("page 0 token 0x30", "1"), ("page 0 token 0x30", "")]);
}

#[test]
fn missing_elements_and_bad_numbers_are_empty() {
    let decoded = read_xml("<Alert><Data>two</Data></Alert><Status/><Add><Meta><Size>-1</Size></Meta></Add>");
    assert_eq!(decoded.fault, None);
    let [Command::Alert(alert), Command::Status(status), Command::Add(add)] = &decoded.message.body[..]
    else {
        panic!("{decoded:?}")
    };
    assert_eq!((alert, status, add), (&Alert::default(), &Status::default(), &Change::default()));
}

#[test]
fn device_information_may_come_in_any_wrapping() {
    let devinf = "<DevInf xmlns='syncml:devinf'><VerDTD>1.1</VerDTD><DevID>x</DevID></DevInf>";
    let escaped = devinf.replace('<', "&lt;");
    for data in [
        devinf.to_owned(),
        format!("\n {devinf} \n"),
        escaped.clone(),
        format!("&lt;?xml version='1.0'?>{escaped}"),
        format!("<![CDATA[{devinf}]]>"),
    ] {
        let decoded = read_xml(&format!("<Put><Item><Data>{data}</Data></Item></Put>"));
        assert_eq!(
            (devinf_of(&decoded).dev_id.as_str(), &*devinf_of(&decoded).ver_dtd),
            ("x", "1.1"),
            "{data}"
        );
    }
    // The same in the item of a change is an item.
    let decoded = read_xml(&format!("<Add><Item><Data>{escaped}</Data></Item></Add>"));
    assert_eq!(data_of(&decoded).as_text(), Some(devinf));

    let document = |header: &[u8]| [header, b"\x4A\x49\x03x\0\x01\x01"].concat();
    let formal = [&b"\x02\x00\x00\x6A\x1D"[..], b"-//SYNCML//DTD DevInf 1.0//EN"].concat();
    for inner in [
        document(&[0x02, 0xA4, 0x03, 0x6A, 0x00]),
        document(&[0x01, 0x01, 0x03, 0x00]),
        document(&[0x03, 0x9F, 0x54, 0x6A, 0x00]),
        document(&formal),
        b"<DevInf><DevID>x</DevID></DevInf>".to_vec(),
    ] {
        let length = u8::try_from(inner.len()).unwrap();
        let decoded = read_wbxml(&[b"\x5F\x54\x4F\xC3", &[length][..], &inner, b"\x01\x01\x01"].concat());
        assert_eq!(devinf_of(&decoded).dev_id, "x", "{inner:?}");
    }
    let inline = read_wbxml(b"\x5F\x54\x4F\x00\x02\x4A\x49\x03x\0\x01\x01\x00\x00\x01\x01\x01");
    assert_eq!(devinf_of(&inline).dev_id, "x");
}

#[test]
fn xml_inside_of_data_stays_as_it_was_written() {
    let email = "<Email a='&amp;'><read>true</read> <flagged/><!-- x --></Email>";
    let decoded = read_xml(&format!("<Add><Item><Data> {email}\n</Data></Item></Add>"));
    assert_eq!(data_of(&decoded).as_text(), Some(&*format!(" {email}\n")));
}

#[test]
fn broken_device_information_does_not_break_the_message() {
    let decoded = read_xml("<Put><Item><Data>&lt;DevInf>&lt;VerDTD></Data></Item></Put>");
    assert_eq!(data_of(&decoded).as_text(), Some("<DevInf><VerDTD>"));
    let decoded = read_wbxml(b"\x5F\x54\x4F\xC3\x07\x02\xA4\x03\x6A\x00\x4A\xFF\x01\x01\x01");
    assert_eq!(data_of(&decoded).as_bytes(), Some(&b"\x02\xA4\x03\x6A\x00\x4A\xFF"[..]));
}

#[test]
fn flat_capabilities_are_assigned_by_their_order() {
    let decoded = read_xml(
        "<Put><Item><Data><DevInf><VerDTD>1.1</VerDTD><CTCap><CTType>a</CTType><PropName>P</PropName><DataType>chr\
         </DataType><Size>9</Size><ParamName>Q</ParamName><ValEnum>1</ValEnum><ValEnum>2</ValEnum><DisplayName>q\
         </DisplayName><PropName>R</PropName><ValEnum>3</ValEnum><CTType>b</CTType><PropName>S</PropName></CTCap>\
         <CTCap><CTType>c</CTType></CTCap></DevInf></Data></Item></Put>",
    );
    let text = |s: &str| Some(s.to_owned());
    let param = CtParam {
        name: "Q".into(),
        values: vec!["1".into(), "2".into()],
        display_name: text("q"),
        ..CtParam::default()
    };
    let p = CtProperty {
        name: "P".into(),
        data_type: text("chr"),
        max_size: Some(9),
        params: vec![param],
        ..CtProperty::default()
    };
    let r = CtProperty { name: "R".into(), values: vec!["3".into()], ..CtProperty::default() };
    let s = CtProperty { name: "S".into(), ..CtProperty::default() };
    let cap = |type_: &str, properties| CtCap { type_: type_.into(), properties, ..CtCap::default() };
    assert_eq!(devinf_of(&decoded).ctcaps, [cap("a", vec![p, r]), cap("b", vec![s]), cap("c", vec![])]);
}

#[test]
fn wbxml_strings_of_every_kind_are_joined() {
    // String table "CmdID\0xy\0Foo\0"; STR_I, STR_T, ENTITY and OPAQUE in one element.
    let header = b"\x03\xA4\x01\x6A\x0DCmdID\0xy\0Foo\0";
    let body = b"\x45\x44\x00\x031\0\x01\x44\x09\x03z\0\x01\x04\x09\
        \x54\x4F\x03a\0\x83\x06\x02\x81\x7C\xC3\x02bc\x01\x01\x01";
    let decoded = read_wbxml_after(header, body).unwrap();
    assert_eq!(data_of(&decoded).as_text(), Some("axy\u{FC}bc"));
    // A literal tag whose name is known is that element.
    assert_eq!(decoded.message.body[0].cmd_id(), "1");
}

#[test]
fn wbxml_headers_may_lie_about_the_document_type() {
    let body = b"\x45\x4B\x031\0\x01\x01";
    for header in [
        &b"\x01\x01\x6A\x00"[..],
        b"\x02\x9F\x51\x6A\x00",
        b"\x03\xA4\x03\x6A\x00",
        b"\x02\x00\x00\x6A\x05bogus",
        b"\x02\xA4\x01\x03\x00",
        b"\x02\xA4\x01\x00\x00",
    ] {
        let decoded = read_wbxml_after(header, body).unwrap();
        assert_eq!(decoded.fault, None, "{header:?}");
        assert_eq!(decoded.message.header.version(), Some(Version::V1_2));
        assert_eq!(decoded.message.body[0].cmd_id(), "1");
    }
    let error = read_wbxml_after(b"\x02\xA4\x01\x11\x00", body).unwrap_err();
    assert_eq!(error.to_string(), "character set MIBenum 17 is not supported (byte 3)");
    let error = read_wbxml_after(b"\x04\xA4\x01\x6A\x00", body).unwrap_err();
    assert_eq!(error.to_string(), "unknown WBXML version 0x04 (byte 0)");
}

#[test]
fn latin1_is_read_from_both_encodings() {
    let xml =
        b"<?xml version='1.0' encoding='iso-8859-1'?><SyncML><SyncHdr/><SyncBody><Alert><Item><Data>\xFCber\
        </Data></Item></Alert></SyncBody></SyncML>";
    let decoded = decode(xml, Encoding::Xml, &Limits::default()).unwrap();
    assert_eq!(data_of(&decoded).as_text(), Some("\u{FC}ber"));
    let decoded =
        read_wbxml_after(b"\x02\xA4\x01\x04\x00", b"\x46\x54\x4F\x03\xFCber\0\x01\x01\x01").unwrap();
    assert_eq!(data_of(&decoded).as_text(), Some("\u{FC}ber"));
}

#[test]
fn octets_that_are_no_utf8_are_kept_in_data_and_readable_elsewhere() {
    // Two chunks of a large object, cut inside of a character.
    let xml = b"<SyncML><SyncHdr><MsgID>\xC3\xBC\xFC</MsgID></SyncHdr><SyncBody><Add><Item><Data>a\xC3</Data></Item>\
        <Item><Data>\xBCb</Data></Item></Add></SyncBody></SyncML>";
    let wbxml =
        b"\x02\xA4\x01\x6A\x00\x6D\x6C\x5B\x03\xC3\xBC\xFC\0\x01\x01\x6B\x45\x54\x4F\xC3\x02a\xC3\x01\x01\
        \x54\x4F\x03\xBCb\0\x01\x01\x01\x01\x01";
    for (bytes, encoding) in [(&xml[..], Encoding::Xml), (wbxml, Encoding::Wbxml)] {
        let decoded = decode(bytes, encoding, &Limits::default()).unwrap();
        assert_eq!((decoded.fault, &*decoded.message.header.msg_id), (None, "\u{FC}\u{FC}"), "{encoding:?}");
        let Command::Add(add) = &decoded.message.body[0] else { panic!("{encoding:?}") };
        let chunks: Vec<_> = add.items.iter().filter_map(|item| item.data.clone()).collect();
        assert_eq!(chunks, [Data::Bytes(b"a\xC3".to_vec()), Data::Bytes(b"\xBCb".to_vec())], "{encoding:?}");
    }
}

#[test]
fn what_was_complete_before_a_fault_stays() {
    let xml = format!(
        "<SyncML>{XML_HEADER}<SyncBody><Alert><CmdID>1</CmdID></Alert><Sync><CmdID>2</CmdID>\
         <Add><CmdID>3</CmdID></Add><Atomic><CmdID>4</CmdID><Add><CmdID>5</CmdID></Add></Sync>"
    );
    let decoded = decode(xml.as_bytes(), Encoding::Xml, &Limits::default()).unwrap();
    assert!(matches!(decoded.fault, Some(Fault { kind: FaultKind::Xml(_), .. })), "{:?}", decoded.fault);
    let [alert, Command::Sync(sync)] = &decoded.message.body[..] else { panic!("{decoded:?}") };
    assert_eq!((alert.cmd_id(), sync.cmd_id.as_str()), ("1", "2"));
    // Half an Atomic must not be carried out.
    let inner: Vec<_> = sync.commands.iter().map(Command::cmd_id).collect();
    assert_eq!(inner, ["3"]);
}

#[test]
fn faults_say_what_and_where() {
    let fault = |body: &[u8]| read_wbxml(body).fault.unwrap().to_string();
    // The body starts at byte 30; the place of a fault is the start of its token.
    assert_eq!(fault(b"\x40"), "extension token 0x40 is not defined (byte 30)");
    assert_eq!(fault(b"\x43"), "processing instructions are not defined (byte 30)");
    assert_eq!(fault(b"\x85"), "tag 0x85 has attributes (byte 30)");
    assert_eq!(fault(b"\x44\x05"), "there is no string 5 in the string table (byte 30)");
    assert_eq!(fault(b"\x46\x02\x83\xB0\x00"), "55296 is no Unicode character (byte 31)");
    assert_eq!(fault(b"\x46\x4B\x03"), "the document ends inside a token (byte 32)");
    assert_eq!(fault(b"\x46\x4B"), "the document ends inside <SyncBody> (byte 34)");

    let refused =
        |xml: &str| decode(xml.as_bytes(), Encoding::Xml, &Limits::default()).unwrap_err().to_string();
    assert_eq!(refused(""), "there is no root element (byte 0)");
    assert_eq!(refused("<html/>"), "the root element is <html> instead of <SyncML> (byte 7)");
    assert_eq!(refused("<Sync/>"), "the root element is <Sync> instead of <SyncML> (byte 7)");
    assert_eq!(refused("<SyncML><SyncBody/></SyncML>"), "element <SyncHdr> is missing (byte 28)");
    let no_body = format!("<SyncML>{XML_HEADER}</SyncML>");
    let decoded = decode(no_body.as_bytes(), Encoding::Xml, &Limits::default()).unwrap();
    assert_eq!(decoded.fault.unwrap().kind, FaultKind::MissingElement("SyncBody"));
}

#[test]
fn transcoding_refuses_what_it_cannot_carry_over() {
    let refused = |body: &str| {
        let xml = format!("<SyncML>{XML_HEADER}<SyncBody>{body}</SyncBody></SyncML>");
        transcode(xml.as_bytes(), Encoding::Xml, Encoding::Wbxml, &Limits::default()).map_err(|e| e.kind)
    };
    assert!(refused("<Alert><CmdID>1</CmdID></Alert>").is_ok());
    assert_eq!(refused("<Foo><CmdID>1</CmdID></Foo>"), Err(FaultKind::UnknownCommand("Foo".into())));
    let nested = "<Sync><CmdID>1</CmdID><Sequence><CmdID>2</CmdID><Add/></Sequence></Sync>";
    assert_eq!(refused(nested), Err(FaultKind::MissingElement("CmdID")));
    assert!(matches!(refused("<Alert>"), Err(FaultKind::Xml(_))));
}
