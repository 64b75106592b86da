//! The way in and out of this room: bytes to messages and back, and the lengths that a session needs
//! to keep below the peer's `MaxMsgSize`. Not here: how either encoding works.

use crate::devinf::DevInf;
use crate::error::{DecodeError, Fault, FaultKind};
use crate::limits::Limits;
use crate::message::{Command, Header, Message};
use crate::read::{self, WbxmlReader, XmlReader, charset};
use crate::tag::Space;
use crate::version::{Encoding, Version};
use crate::write::{Count, Output, Sink, WbxmlSink, XmlSink, write_command, write_end, write_start};

/// A message that was read, perhaps not to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// What was read: the header and the commands that were complete.
    pub message: Message,
    /// Where and why reading stopped before the end of the document, if it did. The command that
    /// broke off is left out; a `Sync` holds the commands before the break.
    pub fault: Option<Fault>,
}

/// Reads a message.
///
/// Elements may come in any order; unknown ones are skipped, or become
/// [`Command::Unknown`] at the place of a command; missing ones are empty. White space around texts
/// is dropped except in `Data`. XML may be UTF-8, ISO-8859-1 or ASCII, WBXML of version 1.1 to 1.3.
///
/// # Errors
/// If the document has no header that can be read, or is over one of the `limits`.
pub fn decode(bytes: &[u8], encoding: Encoding, limits: &Limits) -> Result<Decoded, DecodeError> {
    if bytes.len() > limits.max_bytes {
        let kind = FaultKind::TooLarge { limit: limits.max_bytes };
        return Err(DecodeError { kind, offset: limits.max_bytes });
    }
    let (message, fault) = match encoding {
        Encoding::Xml => {
            let document = charset::decode_xml(bytes)
                .map_err(|name| DecodeError { kind: FaultKind::Charset(name), offset: 0 })?;
            read::build(XmlReader::new(&document.text, document.escaped), limits)?
        }
        Encoding::Wbxml => read::build(WbxmlReader::new(bytes, Space::SyncMl)?, limits)?,
    };
    Ok(Decoded { message, fault })
}

/// Reads device information that stands by itself as XML, of any version.
///
/// # Errors
/// If it is no such document, or is over one of the `limits`.
pub fn read_devinf(xml: &str, limits: &Limits) -> Result<DevInf, DecodeError> {
    if xml.len() > limits.max_bytes {
        let kind = FaultKind::TooLarge { limit: limits.max_bytes };
        return Err(DecodeError { kind, offset: limits.max_bytes });
    }
    Ok(read::devinf_document(XmlReader::new(xml, false), limits)?)
}

/// Writes a message; the version of SyncML is that of the header's `VerDTD` (1.2 if it is none).
///
/// Texts lose the control characters that XML 1.0 cannot hold. [`Data::Bytes`](crate::Data::Bytes)
/// has no form in XML: it is left empty unless it is UTF-8 after all, and who sends binary content
/// over XML encodes it (as base64, say) before. Unknown commands are not written.
pub fn encode(message: &Message, encoding: Encoding) -> Vec<u8> {
    // What headers and small commands take; longer messages grow the buffer as they go.
    const USUAL_LENGTH: usize = 4096;
    write(&message.header, &message.body, message.is_final, encoding, Vec::with_capacity(USUAL_LENGTH))
}

/// Writes device information as an XML document of its own.
pub fn write_devinf(devinf: &DevInf) -> String {
    let mut sink = XmlSink::new(Vec::new(), Version::V1_2);
    sink.prolog();
    sink.devinf(devinf, Version::V1_2);
    String::from_utf8(sink.out).unwrap_or_default()
}

/// The bytes that a command adds to an encoded message of this version: with
/// [`frame_len`] the length of a final message is the sum. For a `Sync` the length may be had as
/// that of the `Sync` without commands and that of each command inside.
pub fn command_len(command: &Command, version: Version, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Xml => {
            let mut sink = XmlSink::new(Count::default(), version);
            write_settled(&mut sink, command, version);
            sink.out.0
        }
        Encoding::Wbxml => {
            let mut sink = WbxmlSink::new(Count::default());
            write_settled(&mut sink, command, version);
            sink.out.0
        }
    }
}

/// The bytes of a message with this header, no commands, and `Final`. Without `Final` a message is
/// shorter by 8 bytes in XML and by 1 in WBXML.
pub fn frame_len(header: &Header, encoding: Encoding) -> usize {
    write(header, &[], true, encoding, Count::default()).0
}

/// Turns a message of one encoding into the other, or into the form that [`encode`] gives it.
///
/// # Errors
/// Whatever keeps the outcome from saying the same: besides what [`decode`] refuses, any fault of
/// the document, a command that is unknown, and a command without `CmdID`.
pub fn transcode(
    bytes: &[u8],
    from: Encoding,
    to: Encoding,
    limits: &Limits,
) -> Result<Vec<u8>, DecodeError> {
    let Decoded { message, fault } = decode(bytes, from, limits)?;
    if let Some(fault) = fault {
        return Err(fault.into());
    }
    check_commands(&message.body).map_err(|kind| DecodeError { kind, offset: bytes.len() })?;
    Ok(encode(&message, to))
}

fn check_commands(commands: &[Command]) -> Result<(), FaultKind> {
    for command in commands {
        match command {
            Command::Unknown(unknown) => return Err(FaultKind::UnknownCommand(unknown.name.clone())),
            _ if command.cmd_id().is_empty() => return Err(FaultKind::MissingElement("CmdID")),
            Command::Sync(sync) => check_commands(&sync.commands)?,
            Command::Atomic(group) | Command::Sequence(group) => check_commands(&group.commands)?,
            _ => {}
        }
    }
    Ok(())
}

fn write_settled<S: Sink>(sink: &mut S, command: &Command, version: Version) {
    write_command(sink, command, version);
    sink.settle();
}

fn write<O: Output>(header: &Header, body: &[Command], is_final: bool, encoding: Encoding, out: O) -> O {
    // A version that we do not know is most likely a newer one, and those extend the last that we do.
    let version = header.version().unwrap_or(Version::V1_2);
    match encoding {
        Encoding::Xml => {
            let mut sink = XmlSink::new(out, version);
            sink.prolog();
            write_start(&mut sink, header, version);
            body.iter().for_each(|command| write_command(&mut sink, command, version));
            write_end(&mut sink, is_final);
            sink.out
        }
        Encoding::Wbxml => {
            let mut sink = WbxmlSink::new(out);
            sink.prolog(Space::SyncMl, version);
            write_start(&mut sink, header, version);
            body.iter().for_each(|command| write_command(&mut sink, command, version));
            write_end(&mut sink, is_final);
            sink.out
        }
    }
}
