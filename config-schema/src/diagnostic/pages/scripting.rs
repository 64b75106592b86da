//! Pages of the codes of scripts and filters.

use super::Place::{Datastore, Root};
use super::{Page, page};
use crate::diagnostic::Code::{BadFilter, BadScript};

pub(super) const PAGES: &[Page] = &[
    page(
        BadScript,
        "Scripts are compiled when the config is loaded, so that a mistake is found before it meets \
         somebody's data. The message says where it is in the script; inside a macro it says where the macro \
         is used, too.",
        Root,
        r#"<scripting>
  <function><![CDATA[
    string shout(string text) { return UPERCASE(text) + "!"; }
  ]]></function>
</scripting>"#,
        "Mend the script where the message points. `syncloom explain` says what a function takes and gives, \
         and `syncloom script` runs a script by itself.",
    ),
    page(
        BadFilter,
        "A filter that cannot be read lets either everything or nothing pass, and neither is what was meant.",
        Datastore,
        "<acceptfilter>LAST Smith</acceptfilter>",
        "Mend the filter where the message points: each term is a field, an operator and a value (manual 7.2).",
    ),
];
