//! Pages: the file, its XML, its tags.

use super::Code::{
    BadInclude, Doctype, Encoding, EndlessInclude, Mismatched, MisplacedTag, OldSpelling, OutdatedTag,
    Repeated, StrayCharacter, Syntax, TooDeep, TooLarge, Unclosed, UnexpectedText, UnknownAttribute,
    UnknownTag, Unreadable, WrongRoot, WrongVersion,
};
use super::Place::{Datastore, File, None, Root};
use super::{Page, page};

pub(super) const PAGES: &[Page] = &[
    page(
        Unreadable,
        "The file is not there, is a folder, or may not be read by this user, so there is nothing to \
         check.",
        None,
        "",
        "Look at the reason behind the message: the path (a relative one begins in the current folder), \
         the \
         permissions, and whether a file is meant and not the folder around it.",
    ),
    page(
        TooLarge,
        "A config of this size is a mistake: a log or a database was named, or a script has written one \
         without end. \
         The largest configs known are below a megabyte.",
        None,
        "",
        "Name the config itself. If it really is that large, take what repeats out of it.",
    ),
    page(
        Encoding,
        "Letters beyond ASCII are only what they are meant to be if the file is read in the encoding \
         that it was \
         written in. A wrong one turns names and patterns into other ones, silently; so it is an error.",
        File,
        "<?xml version=\"1.0\" encoding=\"EBCDIC\"?>\n<sysync_config version=\"1.0\"/>",
        "Save the file as UTF-8, and write encoding=\"UTF-8\" or nothing. If the message points at a \
         byte, the file is \
         in another encoding than it says: convert it, for example with `iconv -f ISO-8859-1 -t UTF-8`.",
    ),
    page(
        Syntax,
        "The file is no XML, so nothing behind this place can be read.",
        File,
        "<sysync_config version=\"1.0\">\n  <model>Example</model>\n  <!-- a comment with -- in it \
         -->\n</sysync_config>",
        "Mend the place that is marked; the hint says how. Then check again: what stands behind it \
         comes into sight.",
    ),
    page(
        Unclosed,
        "Without its end tag a tag takes in all that follows, and tags get other meanings than they \
         were written with.",
        File,
        "<sysync_config version=\"1.0\">\n  <transport type=\"xpt\">\n    <httpport>8080\n  \
         </transport>\n</sysync_config>",
        "Add the end tag where the content ends. The mark is under the tag that is open; the notes show \
         what closes \
         around it.",
    ),
    page(
        Mismatched,
        "An end tag always closes the tag that was opened last. One with another name means that one of \
         the two is \
         misspelt or that an end tag is missing before it. Upper and lower case matter here, and only \
         here.",
        File,
        "<sysync_config version=\"1.0\">\n  <model>Example</modell>\n</sysync_config>",
        "Give both tags the same name. `syncloom check --fix` does it where one of them is no tag of \
         the language.",
    ),
    page(
        StrayCharacter,
        "`&` and `<` have a meaning in XML. Scripts and SQL that use them as operators are cut off there.",
        File,
        "<sysync_config version=\"1.0\">\n  <scripting>\n    <function>integer BOTH(integer a, integer \
         b) { return a && b; }</function>\n  </scripting>\n</sysync_config>",
        "Put the whole text between `<![CDATA[` and `]]>`, or write `&amp;` and `&lt;`.",
    ),
    page(
        Doctype,
        "Document types can define entities that grow without end or read other files. Configs need none.",
        File,
        "<!DOCTYPE sysync_config>\n<sysync_config version=\"1.0\"/>",
        "Remove the line. For text that is needed in several places there is `<configvar>`.",
    ),
    page(
        TooDeep,
        "The language itself nests about ten tags. So many mean that a tag is not closed, over and over.",
        None,
        "",
        "Close the tags before this place.",
    ),
    page(
        WrongRoot,
        "Only what stands in `<sysync_config>` is a config; this is another kind of XML file.",
        File,
        "<config version=\"1.0\"/>",
        "Name the right file, or put everything into `<sysync_config version=\"1.0\">`.",
    ),
    page(
        WrongVersion,
        "The number is that of the document's format, which has but one: 1.0. It is not the version of \
         your config, \
         of SyncML or of Syncloom.",
        File,
        "<sysync_config version=\"3.4\"/>",
        "Write `version=\"1.0\"`. For a version of your own there is `<configidstring>`.",
    ),
    page(
        UnknownTag,
        "A tag that is not known does nothing. If its name is a misspelt one, what you wanted to say is \
         not said, and \
         the default counts instead.",
        Datastore,
        "<conflictstategy>server-wins</conflictstategy>",
        "Correct the name. `syncloom explain NAME` shows tags with names like it.",
    ),
    page(
        MisplacedTag,
        "The tag is known, but not in this place, so it does nothing. Most often an end tag before it \
         stands too early \
         or too late.",
        Root,
        "<httpport>8080</httpport>",
        "Move it into one of the tags that the hint names.",
    ),
    page(
        UnknownAttribute,
        "An attribute that is not known does nothing; what it was to change stays at its default.",
        Datastore,
        "<alias name=\"card\" displayname=\"Cards\"/>",
        "Correct the name. `syncloom explain TAG` lists the attributes of a tag.",
    ),
    page(
        UnexpectedText,
        "This tag has other tags or attributes in it, and no text. Often a tag name around the text is \
         missing.",
        Root,
        "<transport type=\"xpt\">8080</transport>",
        "Put the text into the tag that it belongs to, or remove it.",
    ),
    page(
        Repeated,
        "This tag stands once in its parent. Of two the last one counts, which is easy to overlook in a \
         long file.",
        Datastore,
        "<displayname>Cards</displayname>\n<displayname>Contacts</displayname>",
        "Remove one of the two.",
    ),
    page(
        OldSpelling,
        "The name is one of older configs, and is understood. Others who read the config know the name \
         of today.",
        File,
        "<sysync_config version=\"1.0\">\n  <server type=\"sql\">\n    <reqiredauth>md5</reqiredauth>\n \
          </server>\n</sysync_config>",
        "Write the name of today; `syncloom check --fix` does it.",
    ),
    page(
        OutdatedTag,
        "Another tag has taken the place of this one long ago.",
        Datastore,
        "<timeutc>yes</timeutc>",
        "Write what the hint says; where there is but one way, `syncloom check --fix` does it.",
    ),
    page(
        BadInclude,
        "An included file is XML of its own, so it needs an element around its tags.",
        None,
        "",
        "Put `<fragment>` and `</fragment>` around the tags of the file.",
    ),
    page(
        EndlessInclude,
        "A file that includes itself, perhaps by way of others, has no end.",
        None,
        "",
        "Remove one of the includes, or put what both files need into a third one.",
    ),
];
