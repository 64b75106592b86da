//! `<include file="…"/>`, an extension: the tags of another file stand in its place. Every place in that file
//! stays a place in that file.
//!
//! Not its job: opening files (`file`), and what the tags mean.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic};
use crate::encoding::decode;
use crate::file::{MAX_FILE_SIZE, readable};
use crate::source::{Report, Source};
use crate::xml::{self, Element};

/// How deep files may include each other; a config in parts has two or three levels.
pub(crate) const MAX_DEPTH: usize = 16;
/// How many files a config may include: more than anyone keeps, and few enough to read.
const MAX_FILES: usize = 500;
/// How many bytes all files together may have: as many as the config alone.
const MAX_TOTAL: u64 = MAX_FILE_SIZE;

/// The root of an included file: any tags may stand in it.
pub(crate) const ROOT: &str = "fragment";

/// Reads a file; the error is a code and a sentence.
pub(crate) type Reader = fn(&Path) -> Result<Vec<u8>, (Code, String)>;

/// The files that a config is made of.
pub(crate) struct Files {
    reader: Option<Reader>,
    /// The file that is being read, in those that include it; as they are on the disk.
    open: Vec<PathBuf>,
    count: usize,
    total: u64,
}

impl Files {
    /// Those around this config.
    pub fn around(config: &Path, reader: Reader) -> Self {
        Files { reader: Some(reader), open: vec![real(config)], count: 0, total: 0 }
    }

    /// None: an `<include>` is read over, as where examples of single tags are checked.
    #[cfg(test)]
    pub fn none() -> Self {
        Files { reader: None, open: Vec::new(), count: 0, total: 0 }
    }

    /// Takes in a file: its root element, whose places are those of the report. `None` has been told of, at the place
    /// of the `<include>`. It is open until it is [closed](Files::close).
    pub fn open(
        &mut self,
        name: &str,
        span: std::ops::Range<usize>,
        report: &mut Report<'_>,
    ) -> Option<Element<'static>> {
        let reader = self.reader?;
        let folder = report.folder(span.start);
        let path = folder.join(name);
        let inside = real(&path);
        if let Err((code, message)) = self.may_open(&inside) {
            report.add(code, span, message);
            return None;
        }
        let bytes = match reader(&path) {
            Ok(bytes) => bytes,
            Err((code, message)) => {
                report
                    .add(code, span, message)
                    .hint("the path begins at the folder of the file that includes it");
                return None;
            }
        };
        self.count += 1;
        self.total += bytes.len() as u64;
        if self.total > MAX_TOTAL {
            let message = format!("with this file the config is larger than {} MB", MAX_TOTAL >> 20);
            report.add(Code::TooLarge, span, message);
            return None;
        }
        let shown = path.to_string_lossy();
        let text = match decode(&bytes) {
            Ok(text) => text,
            Err((code, message, at)) => {
                let source = Source::new(&shown, readable(&bytes, at));
                let place = source.locate(at..at);
                report.adopt(vec![Diagnostic::new(code, place, message)]);
                report.include(source);
                return None;
            }
        };
        let source = Source::new(&shown, text);
        let mut own = Report::new(&source);
        let base = report.next_base();
        let root = xml::parse(&mut own).map(|root| root.moved(base));
        let told = std::mem::take(&mut own.diagnostics);
        report.adopt(told);
        report.include(source);
        let root = root?;
        if !root.name.eq_ignore_ascii_case(ROOT) {
            let message = format!("an included file is a <{ROOT}>, not a <{}>", root.name);
            report
                .add(Code::BadInclude, root.name_span.clone(), message)
                .hint(format!("put <{ROOT}> and </{ROOT}> around the tags that are included"));
            return None;
        }
        self.open.push(inside);
        Some(root)
    }

    /// The tags of the file that was opened last have been read.
    pub fn close(&mut self) {
        self.open.pop();
    }

    fn may_open(&self, path: &Path) -> Result<(), (Code, String)> {
        if self.open.iter().any(|open| open == path) {
            return Err((Code::EndlessInclude, "the file includes itself".to_owned()));
        }
        if self.open.len() > MAX_DEPTH {
            let message = format!("files include each other more than {MAX_DEPTH} deep here");
            return Err((Code::TooDeep, message));
        }
        if self.count >= MAX_FILES {
            return Err((Code::TooMany, format!("a config includes at most {MAX_FILES} files")));
        }
        Ok(())
    }
}

/// The path under which the same file is always the same.
fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
