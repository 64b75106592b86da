//! Pages: scripts and filters.
//!
//! Not its job: the words of a single problem.

use super::Code::{BadFilter, BadScript};
use super::Place::{Datastore, Server};
use super::{Page, page};

pub(super) const PAGES: &[Page] = &[
    page(
        BadScript,
        "A script is read when the config is loaded, so that a misspelt variable is found before the first peer \
         comes. One that cannot be read would never run.",
        Server,
        r#"<sessioninitscript><![CDATA[
  INTEGER count;
  cuont = 1;
]]></sessioninitscript>"#,
        "Correct the script. What it may call depends on where it stands; `syncloom explain` tells of each \
         function where it is offered.",
    ),
    page(
        BadFilter,
        "A filter that cannot be read would let items through that it is there to keep back.",
        Datastore,
        "<acceptfilter>F.LSAT:=x</acceptfilter>",
        "Name a field of the field list, after `F.`, or a property of the datatype; `&` is written `&amp;` outside \
         of CDATA.",
    ),
];
