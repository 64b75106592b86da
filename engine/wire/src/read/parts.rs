//! Builds the parts that commands are made of: locations, items and their data, meta information,
//! credentials. Not here: the commands, and what is inside device information.

use super::cursor::{ContentBuilder, Cursor, Piece};
use super::{Events, WbxmlReader, XmlReader, charset};
use crate::devinf::DevInf;
use crate::error::{Fault, FaultKind};
use crate::parts::{Anchor, Chal, Cred, Data, Filter, Item, Location, Mem, Meta};
use crate::tag::{Space, devinf, metinf, syncml};

impl<'i, E: Events<'i>> Cursor<'i, E> {
    pub(super) fn location(&mut self) -> Result<Location, Fault> {
        let mut location = Location::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::LOC_URI => location.uri = self.text()?,
                syncml::LOC_NAME => location.name = Some(self.text()?),
                syncml::FILTER => location.filter = Some(Box::new(self.filter()?)),
                _ => self.skip()?,
            }
        }
        Ok(location)
    }

    fn filter(&mut self) -> Result<Filter, Fault> {
        let mut filter = Filter::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::META => filter.meta = self.meta()?,
                syncml::FIELD => filter.field = self.wrapped_item()?,
                syncml::RECORD => filter.record = self.wrapped_item()?,
                syncml::FILTER_TYPE => filter.filter_type = Some(self.text()?),
                _ => self.skip()?,
            }
        }
        Ok(filter)
    }

    fn wrapped_item(&mut self) -> Result<Option<Item>, Fault> {
        let mut item = None;
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::ITEM => item = Some(self.item(false)?),
                _ => self.skip()?,
            }
        }
        Ok(item)
    }

    /// `devinf` as for [`Cursor::data`].
    pub(super) fn item(&mut self, devinf: bool) -> Result<Item, Fault> {
        let mut item = Item::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::TARGET => item.target = Some(self.location()?),
                syncml::SOURCE => item.source = Some(self.location()?),
                syncml::SOURCE_PARENT => item.source_parent = Some(self.location()?.uri),
                syncml::TARGET_PARENT => item.target_parent = Some(self.location()?.uri),
                syncml::META => item.meta = self.meta()?,
                syncml::DATA => item.data = Some(self.data(devinf)?),
                syncml::MORE_DATA => item.more_data = self.flag()?,
                _ => self.skip()?,
            }
        }
        Ok(item)
    }

    /// The content of `Data`. With `devinf`, text or octets that are a DevInf document are read as
    /// one: that is for commands that carry device information, not for those that carry items,
    /// where a note may well hold the text of such a document.
    pub(super) fn data(&mut self, devinf: bool) -> Result<Data, Fault> {
        let mut builder = ContentBuilder::default();
        let mut nested = None;
        loop {
            // Only two elements are known here, and their names exist in these two document types.
            match self.piece(Space::DevInf)? {
                Piece::Child(devinf::DEV_INF) => nested = Some(Data::DevInf(Box::new(self.devinf()?))),
                Piece::Child(metinf::ANCHOR) => nested = Some(Data::Anchor(self.anchor()?)),
                Piece::Child(tag) if tag.name().is_empty() && self.unknown_name == metinf::ANCHOR.name() => {
                    nested = Some(Data::Anchor(self.anchor()?));
                }
                // An item that is XML itself and was embedded as it is.
                Piece::Child(_) => {
                    let source = self.source()?;
                    builder.push_text(source.unwrap_or_default().into());
                }
                Piece::Text(text) => builder.push_text(text),
                Piece::Opaque(bytes) => match if devinf { self.embedded_devinf(bytes)? } else { None } {
                    Some(document) => nested = Some(document),
                    None => builder.push_bytes(bytes),
                },
                Piece::End => break,
            }
        }
        if let Some(nested) = nested {
            return Ok(nested);
        }
        let data = builder.finish(self.has_escapes()).into_data();
        match data.as_text().filter(|_| devinf) {
            Some(text) => Ok(self.embedded_devinf(text.as_bytes())?.unwrap_or(data)),
            None => Ok(data),
        }
    }

    /// Reads a DevInf document that stands in `Data` as a string. `None` if it is none, or a broken
    /// one, which then stays what it is: only a limit is worth giving up the message.
    fn embedded_devinf(&mut self, bytes: &[u8]) -> Result<Option<Data>, Fault> {
        let bytes = bytes.trim_ascii_start();
        let outcome = match bytes {
            // No text starts with the control characters that are WBXML versions.
            [0x01..=0x03, ..] => WbxmlReader::new(bytes, Space::DevInf).and_then(|r| self.sub_document(r)),
            [b'<', ..] | [0xEF, 0xBB, 0xBF, b'<', ..] => match charset::decode_xml(bytes) {
                Ok(decoded) => self.sub_document(XmlReader::new(&decoded.text, decoded.escaped)),
                Err(name) => Err(self.fault(FaultKind::Charset(name))),
            },
            _ => return Ok(None),
        };
        match outcome {
            Ok(devinf) => Ok(Some(Data::DevInf(Box::new(devinf)))),
            Err(fault) if fault.kind.is_limit() => Err(fault),
            Err(_) => Ok(None),
        }
    }

    fn sub_document<'d, D: Events<'d>>(&mut self, events: D) -> Result<DevInf, Fault> {
        let mut inner = Cursor::new(events, self.limits, self.elements_left);
        let outcome = inner.devinf_document();
        self.elements_left = inner.elements_left;
        outcome
    }

    pub(super) fn cred(&mut self) -> Result<Cred, Fault> {
        let mut cred = Cred::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::META => cred.meta = self.meta()?,
                syncml::DATA => cred.data = self.data(false)?,
                _ => self.skip()?,
            }
        }
        Ok(cred)
    }

    pub(super) fn chal(&mut self) -> Result<Chal, Fault> {
        let mut chal = Chal::default();
        while let Some(tag) = self.child(Space::SyncMl)? {
            match tag {
                syncml::META => chal.meta = self.meta()?,
                _ => self.skip()?,
            }
        }
        Ok(chal)
    }

    pub(super) fn meta(&mut self) -> Result<Meta, Fault> {
        let mut meta = Meta::default();
        self.meta_elements(&mut meta, true)?;
        Ok(meta)
    }

    /// The elements of `Meta`. Some peers put them into a `MetInf` root, which `may_wrap`.
    fn meta_elements(&mut self, meta: &mut Meta, may_wrap: bool) -> Result<(), Fault> {
        while let Some(tag) = self.child(Space::MetInf)? {
            match tag {
                metinf::FIELD_LEVEL => meta.field_level = self.flag()?,
                metinf::FORMAT => meta.format = Some(self.text()?),
                metinf::TYPE => meta.type_ = Some(self.text()?),
                metinf::MARK => meta.mark = Some(self.text()?),
                metinf::SIZE => meta.size = self.number()?,
                metinf::ANCHOR => meta.anchor = Some(self.anchor()?),
                metinf::VERSION => meta.version = Some(self.text()?),
                metinf::NEXT_NONCE => meta.next_nonce = Some(self.content()?.into_data()),
                metinf::MAX_MSG_SIZE => meta.max_msg_size = self.number()?,
                metinf::MAX_OBJ_SIZE => meta.max_obj_size = self.number()?,
                metinf::EMI => meta.emi.push(self.text()?),
                metinf::MEM => meta.mem = Some(self.mem()?),
                metinf::MET_INF if may_wrap => self.meta_elements(meta, false)?,
                _ => self.skip()?,
            }
        }
        Ok(())
    }

    fn anchor(&mut self) -> Result<Anchor, Fault> {
        let mut anchor = Anchor::default();
        while let Some(tag) = self.child(Space::MetInf)? {
            match tag {
                metinf::LAST => anchor.last = Some(self.text()?),
                metinf::NEXT => anchor.next = self.text()?,
                _ => self.skip()?,
            }
        }
        Ok(anchor)
    }

    fn mem(&mut self) -> Result<Mem, Fault> {
        let mut mem = Mem::default();
        while let Some(tag) = self.child(Space::MetInf)? {
            match tag {
                metinf::SHARED_MEM => mem.shared = self.flag()?,
                metinf::FREE_MEM => mem.free_mem = self.number()?,
                metinf::FREE_ID => mem.free_id = self.number()?,
                _ => self.skip()?,
            }
        }
        Ok(mem)
    }
}
