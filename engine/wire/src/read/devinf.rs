//! Builds device information. The flat content capabilities of 1.0 and 1.1 and the nested ones of
//! 1.2 are told apart by their elements, not by the version, since peers mix them. Not here: how a
//! document of device information is found in a message (`parts`).

use super::Events;
use super::cursor::Cursor;
use crate::devinf::{ContentType, CtCap, CtParam, CtProperty, DevInf, DevInfStore, DsMem, Ext, FilterCap};
use crate::error::{Fault, FaultKind};
use crate::limits::Limits;
use crate::tag::{Space, Tag, devinf};

/// Reads a document of device information that stands by itself.
pub(crate) fn document<'i, E: Events<'i>>(events: E, limits: &Limits) -> Result<DevInf, Fault> {
    Cursor::new(events, *limits, limits.max_elements).devinf_document()
}

impl<'i, E: Events<'i>> Cursor<'i, E> {
    /// Reads a whole document.
    pub(super) fn devinf_document(&mut self) -> Result<DevInf, Fault> {
        match self.child(Space::DevInf)? {
            Some(devinf::DEV_INF) => self.devinf(),
            _ => Err(self.fault(FaultKind::MissingElement("DevInf"))),
        }
    }

    /// Reads the `DevInf` element that was just entered.
    pub(super) fn devinf(&mut self) -> Result<DevInf, Fault> {
        let mut info = DevInf::default();
        while let Some(tag) = self.child(Space::DevInf)? {
            match tag {
                devinf::VER_DTD => info.ver_dtd = self.text()?,
                devinf::MAN => info.man = Some(self.text()?),
                devinf::MOD => info.mod_ = Some(self.text()?),
                devinf::OEM => info.oem = Some(self.text()?),
                devinf::FW_V => info.fwv = Some(self.text()?),
                devinf::SW_V => info.swv = Some(self.text()?),
                devinf::HW_V => info.hwv = Some(self.text()?),
                devinf::DEV_ID => info.dev_id = self.text()?,
                devinf::DEV_TYP => info.dev_typ = self.text()?,
                devinf::UTC => info.utc = self.flag()?,
                devinf::SUPPORT_LARGE_OBJS => info.support_large_objs = self.flag()?,
                devinf::SUPPORT_NUMBER_OF_CHANGES => info.support_number_of_changes = self.flag()?,
                devinf::DATA_STORE => info.datastores.push(self.datastore()?),
                devinf::CT_CAP => self.ct_cap(&mut info.ctcaps)?,
                devinf::EXT => info.exts.push(self.ext()?),
                _ => self.skip()?,
            }
        }
        Ok(info)
    }

    fn datastore(&mut self) -> Result<DevInfStore, Fault> {
        let mut store = DevInfStore::default();
        while let Some(tag) = self.child(Space::DevInf)? {
            match tag {
                devinf::SOURCE_REF => store.source_ref = self.text()?,
                devinf::DISPLAY_NAME => store.display_name = Some(self.text()?),
                devinf::MAX_GUID_SIZE => store.max_guid_size = self.number()?,
                devinf::RX_PREF => store.rx_pref = Some(self.content_type()?),
                devinf::RX => store.rx.push(self.content_type()?),
                devinf::TX_PREF => store.tx_pref = Some(self.content_type()?),
                devinf::TX => store.tx.push(self.content_type()?),
                devinf::CT_CAP => self.ct_cap(&mut store.ctcaps)?,
                devinf::DS_MEM => store.ds_mem = Some(self.ds_mem()?),
                devinf::SUPPORT_HIERARCHICAL_SYNC => store.support_hierarchical_sync = self.flag()?,
                devinf::SYNC_CAP => self.texts(devinf::SYNC_TYPE, &mut store.sync_types)?,
                devinf::FILTER_RX => store.filter_rx.push(self.content_type()?),
                devinf::FILTER_CAP => store.filter_caps.push(self.filter_cap()?),
                _ => self.skip()?,
            }
        }
        Ok(store)
    }

    fn content_type(&mut self) -> Result<ContentType, Fault> {
        let mut content_type = ContentType::default();
        while let Some(tag) = self.child(Space::DevInf)? {
            match tag {
                devinf::CT_TYPE => content_type.type_ = self.text()?,
                devinf::VER_CT => content_type.version = self.text()?,
                _ => self.skip()?,
            }
        }
        Ok(content_type)
    }

    /// One `CTCap`. In the flat form it may hold several content types one after the other.
    fn ct_cap(&mut self, caps: &mut Vec<CtCap>) -> Result<(), Fault> {
        let mut cap = CtCap::default();
        let mut has_type = false;
        while let Some(tag) = self.child(Space::DevInf)? {
            match tag {
                devinf::CT_TYPE => {
                    let type_ = self.text()?;
                    if std::mem::replace(&mut has_type, true) {
                        caps.push(std::mem::take(&mut cap));
                    }
                    cap.type_ = type_;
                }
                devinf::VER_CT => cap.version = Some(self.text()?),
                devinf::FIELD_LEVEL => cap.field_level = self.flag()?,
                devinf::PROPERTY => {
                    let property = self.property()?;
                    cap.properties.push(property);
                }
                devinf::PROP_NAME => {
                    let name = self.text()?;
                    cap.properties.push(CtProperty { name, ..CtProperty::default() });
                }
                _ => match cap.properties.last_mut() {
                    Some(property) => self.flat_element(tag, property)?,
                    None => self.skip()?,
                },
            }
        }
        caps.push(cap);
        Ok(())
    }

    fn property(&mut self) -> Result<CtProperty, Fault> {
        let mut property = CtProperty::default();
        while let Some(tag) = self.child(Space::DevInf)? {
            match tag {
                devinf::PROP_NAME => property.name = self.text()?,
                _ => self.property_element(tag, &mut property)?,
            }
        }
        Ok(property)
    }

    /// A sibling of `PropName` in the flat form: what follows a `ParamName` belongs to the parameter.
    fn flat_element(&mut self, tag: Tag, property: &mut CtProperty) -> Result<(), Fault> {
        match property.params.last_mut() {
            _ if tag == devinf::PARAM_NAME => {
                let name = self.text()?;
                property.params.push(CtParam { name, ..CtParam::default() });
                Ok(())
            }
            Some(param) => self.param_element(tag, param),
            None => self.property_element(tag, property),
        }
    }

    fn property_element(&mut self, tag: Tag, property: &mut CtProperty) -> Result<(), Fault> {
        match tag {
            devinf::DATA_TYPE => property.data_type = Some(self.text()?),
            devinf::MAX_OCCUR => property.max_occur = self.number()?,
            devinf::SIZE | devinf::MAX_SIZE => property.max_size = self.number()?,
            devinf::NO_TRUNCATE => property.no_truncate = self.flag()?,
            devinf::VAL_ENUM => property.values.push(self.text()?),
            devinf::DISPLAY_NAME => property.display_name = Some(self.text()?),
            devinf::PROP_PARAM => property.params.push(self.param()?),
            _ => self.skip()?,
        }
        Ok(())
    }

    fn param(&mut self) -> Result<CtParam, Fault> {
        let mut param = CtParam::default();
        while let Some(tag) = self.child(Space::DevInf)? {
            match tag {
                devinf::PARAM_NAME => param.name = self.text()?,
                _ => self.param_element(tag, &mut param)?,
            }
        }
        Ok(param)
    }

    fn param_element(&mut self, tag: Tag, param: &mut CtParam) -> Result<(), Fault> {
        match tag {
            devinf::DATA_TYPE => param.data_type = Some(self.text()?),
            devinf::VAL_ENUM => param.values.push(self.text()?),
            devinf::DISPLAY_NAME => param.display_name = Some(self.text()?),
            _ => self.skip()?,
        }
        Ok(())
    }

    fn ds_mem(&mut self) -> Result<DsMem, Fault> {
        let mut mem = DsMem::default();
        while let Some(tag) = self.child(Space::DevInf)? {
            match tag {
                devinf::SHARED_MEM => mem.shared = self.flag()?,
                devinf::MAX_MEM => mem.max_mem = self.number()?,
                devinf::MAX_ID => mem.max_id = self.number()?,
                _ => self.skip()?,
            }
        }
        Ok(mem)
    }

    fn filter_cap(&mut self) -> Result<FilterCap, Fault> {
        let mut cap = FilterCap::default();
        while let Some(tag) = self.child(Space::DevInf)? {
            match tag {
                devinf::CT_TYPE => cap.content_type.type_ = self.text()?,
                devinf::VER_CT => cap.content_type.version = self.text()?,
                devinf::FILTER_KEYWORD => cap.keywords.push(self.text()?),
                devinf::PROP_NAME => cap.properties.push(self.text()?),
                _ => self.skip()?,
            }
        }
        Ok(cap)
    }

    fn ext(&mut self) -> Result<Ext, Fault> {
        let mut ext = Ext::default();
        while let Some(tag) = self.child(Space::DevInf)? {
            match tag {
                devinf::X_NAM => ext.name = self.text()?,
                devinf::X_VAL => ext.values.push(self.text()?),
                _ => self.skip()?,
            }
        }
        Ok(ext)
    }

    /// The texts of all children of one kind.
    fn texts(&mut self, wanted: Tag, texts: &mut Vec<String>) -> Result<(), Fault> {
        while let Some(tag) = self.child(Space::DevInf)? {
            if tag == wanted {
                texts.push(self.text()?);
            } else {
                self.skip()?;
            }
        }
        Ok(())
    }
}
