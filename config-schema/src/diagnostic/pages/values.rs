//! Pages: values, variables and conditions.

use super::Code::{
    AuthorError, AuthorWarning, BadBoolean, BadCondition, BadEnum, BadEscape, BadInteger, BadValue,
    EmptyValue, EndlessVariable, Later, LongValue, MissingAttribute, NoEffect, NotServed, OutOfRange,
    StraySpace, UndefinedCondition, UnknownVariable, Useless,
};
use super::Place::{BehindTypes, Datastore, None, Root, Server, Types};
use super::{Page, page};

pub(super) const PAGES: &[Page] = &[
    page(
        BadBoolean,
        "A switch is either on or off. Rather than take a word that is neither for one of them, the \
         config is refused.",
        Datastore,
        "<deletewins>yess</deletewins>",
        "Write yes or no (or true, false, on, off, 1, 0), in upper or lower case.",
    ),
    page(
        BadInteger,
        "A number is needed here, decimal or in hexadecimal after 0x. Units and fractions are not read.",
        Root,
        "<maxmsgsize>50k</maxmsgsize>",
        "Write the number alone: 50000.",
    ),
    page(
        OutOfRange,
        "The number is one that cannot work, or that does not fit where it is kept.",
        Root,
        "<transport type=\"xpt\"><httpport>80800</httpport></transport>",
        "Write a number within the range that the hint names.",
    ),
    page(
        BadEnum,
        "Only certain words mean something here. A default in the place of a misspelt one would do what \
         nobody asked for.",
        Datastore,
        "<conflictstrategy>server-win</conflictstrategy>",
        "Write one of the words that the hint names; upper and lower case are the same.",
    ),
    page(
        BadEscape,
        "In this value a backslash begins an escape as in C. One that begins none is a mistake, often a \
         path of Windows.",
        Root,
        "<debug><indentstring>\\q</indentstring></debug>",
        "Write `\\\\` for a backslash; `\\t`, `\\r`, `\\n` and `\\xXX` are the other escapes.",
    ),
    page(
        BadValue,
        "The value is not of the kind that is needed here.",
        Root,
        "<transport type=\"xpt\"><ipaddress>localhost</ipaddress></transport>",
        "Write it as the hint shows.",
    ),
    page(
        EmptyValue,
        "An empty tag here says neither the default nor anything else.",
        Root,
        "<transport type=\"xpt\"><httpport></httpport></transport>",
        "Write a value, or leave out the tag: then the default counts.",
    ),
    page(
        MissingAttribute,
        "Without this attribute the tag has no meaning.",
        Types,
        "<fieldlist><field name=\"TEXT\" type=\"string\" compare=\"always\"/></fieldlist>",
        "Add the attribute; `syncloom explain TAG` says what it is for.",
    ),
    page(
        UnknownVariable,
        "`$(name)` is replaced by the value of a variable. One without a value would leave a hole, in a \
         path for example.",
        Root,
        "<configidstring>contacts in $(town)</configidstring>",
        "Define it before this place with `<configvar name=\"…\" value=\"…\"/>`, or on the command line \
         with \
         `-D name=value`; or write `expand=\"no\"` if no variable is meant.",
    ),
    page(
        EndlessVariable,
        "The value contains the variable itself, directly or through others, and could be replaced for \
         ever.",
        Root,
        "<configvar name=\"data\" value=\"$(data)/sync\"/>\n<configidstring>$(data)</configidstring>",
        "Give the new value another name, or write `expand=\"yes\"` at the `<configvar>`, so that the \
         old value is put \
         in at once.",
    ),
    page(
        LongValue,
        "Variables in variables have made a value of more than a megabyte. No path or script is that long.",
        None,
        "",
        "Look for variables that contain each other more than once.",
    ),
    page(
        BadCondition,
        "A condition that cannot be read neither holds nor fails; the tag is left out, which may not be \
         what you want.",
        Root,
        "<model if=\"platformname\">Example</model>",
        "Write `if=\"name=value\"`, with =, !=, <, <=, > or >= in between (< as `&lt;`). Whether a \
         variable is defined \
         is asked with `ifdef=\"name\"`.",
    ),
    page(
        AuthorError,
        "The author of the config has said that it must not be used under these circumstances.",
        Root,
        "<configmsg ifndef=\"town\" error=\"say -D town=...\"/>",
        "Do what the message asks for.",
    ),
    page(
        AuthorWarning,
        "The author of the config wants you to know this.",
        Root,
        "<configmsg warning=\"this is a test setup\"/>",
        "Read the message; if it is no longer true, remove the `<configmsg>`.",
    ),
    page(
        UndefinedCondition,
        "The condition asks for a variable that is not defined, and one with a similar name is. So it \
         never holds.",
        Root,
        "<model if=\"platformnam=Linux\">Example</model>",
        "Correct the name. Asking for a variable that only some setups define is no mistake and is not \
         told of.",
    ),
    page(
        Later,
        "The tag or attribute is known, and Syncloom does not act on it yet. Everything else of the \
         config works.",
        Server,
        "<logfile>sync.log</logfile>",
        "Nothing; or remove it if you don't need it. `docs/status.md` says what is still to come.",
    ),
    page(
        NotServed,
        "The datastore needs something that does not act yet. Serving it without would lose or spoil \
         data, so it is not \
         served at all; the others are.",
        Server,
        "<datastore name=\"cards\" type=\"plugin\">\n  \
         <typesupport><use datatype=\"card\" preferred=\"yes\"/></typesupport>\n</datastore>",
        "Look at what the message names. If the datastore can do without it, remove it.",
    ),
    page(
        Useless,
        "Everything is right by itself, and together it serves nobody.",
        BehindTypes,
        r#"<server type="sql">
  <sqlitefile>/var/lib/syncloom/sync.sqlite</sqlitefile>
  <datastore name="contacts">
    <readonly>yes</readonly>
    <selectidandmodifiedsql>SELECT id, modified FROM contacts</selectidandmodifiedsql>
    <selectdatasql>SELECT %N FROM contacts WHERE id = %k</selectdatasql>
    <fieldmap fieldlist="people"/>
    <typesupport><use datatype="card" preferred="yes"/></typesupport>
  </datastore>
</server>"#,
        "Do what the hint says.",
    ),
    page(
        NoEffect,
        "The tag or attribute is known and changes nothing here: it belongs to another product, or what \
         it asks for is \
         always so.",
        Root,
        "<licensename>Example Works</licensename>",
        "Nothing; or remove it.",
    ),
    page(
        StraySpace,
        "Syncloom reads the word without the space. The Synthesis engine does not: with it, the default counts.",
        Server,
        "<requiredauth> md5 </requiredauth>",
        "Write the word without space around it.",
    ),
];
