//! Pages: SQL and its placeholders, databases.

use super::Code::{
    BadPlaceholder, Database, GluedPlaceholder, LaterPlaceholder, OpenLiteral, QuotedList, Refused,
    UnknownPlaceholder, UnreplacedPlaceholder,
};
use super::Place::{Datastore, None};
use super::{Page, page};

pub(super) const PAGES: &[Page] = &[
    page(
        UnknownPlaceholder,
        "What begins with % and is no placeholder stays in the statement as it is, and most databases \
         refuse it. \
         Placeholders are told apart by upper and lower case, and each statement has its own.",
        Datastore,
        "<deletedatasql>DELETE FROM contacts WHERE id = %K</deletedatasql>",
        "Write one of the placeholders that the hint names. A % of LIKE stands in quotes and is no \
         placeholder unless \
         letters follow it.",
    ),
    page(
        LaterPlaceholder,
        "The placeholder is one of the language, and Syncloom does not replace it yet; so the statement \
         is not used.",
        Datastore,
        "<synctargetupdatesql>UPDATE targets SET day = %dL WHERE id = %t</synctargetupdatesql>",
        "Use another placeholder, if one will do: `%L` and `%S` have date and time.",
    ),
    page(
        OpenLiteral,
        "A quote without its counterpart takes in the rest of the statement.",
        Datastore,
        "<deletedatasql>DELETE FROM contacts WHERE id = %k AND kind = 'x</deletedatasql>",
        "Add the quote that is missing. A quote within a literal is written twice.",
    ),
    page(
        QuotedList,
        "The placeholder stands for several columns or values, each of which gets quotes of its own.",
        Datastore,
        "<insertdatasql>INSERT INTO contacts (%N) VALUES ('%v')</insertdatasql>",
        "Write it without quotes.",
    ),
    page(
        BadPlaceholder,
        "The placeholder has brackets with something in them that cannot be read.",
        Datastore,
        "<deletedatasql>DELETE FROM contacts WHERE id = %k %GO(x) DELETE FROM mails WHERE contact = \
         %k</deletedatasql>",
        "Write it as `syncloom explain` and the manual (12.1) have it.",
    ),
    page(
        UnreplacedPlaceholder,
        "In double quotes stands the name of a column, and nothing is replaced in it.",
        Datastore,
        "<deletedatasql>DELETE FROM contacts WHERE id = \"%k\"</deletedatasql>",
        "Use single quotes, or none: values are given to the database apart from the statement.",
    ),
    page(
        GluedPlaceholder,
        "The first letters behind the % are a placeholder, and more letters follow it at once. Often a \
         word of LIKE is \
         meant, and it gets a value put into it.",
        Datastore,
        "<deletedatasql>DELETE FROM contacts WHERE id = %k AND name LIKE '%foo'</deletedatasql>",
        "If a pattern is meant, write it in parts: `'%' || 'foo'`. If the placeholder is meant, put a \
         space behind it.",
    ),
    page(
        Database,
        "`syncloom check --connect` opens every database that the config names. This one cannot be \
         opened, so nothing \
         that it keeps can be synchronised.",
        None,
        "",
        "Look at the reason: the path (a relative one begins in the folder where Syncloom is started), \
         the \
         permissions, or a file that is no SQLite database. A file that is not there yet is made by \
         `<sqliteschema>`.",
    ),
    page(
        Refused,
        "`syncloom check --connect` has given each statement to its database to prepare, and it does \
         not take this \
         one. It would fail in each sync.",
        None,
        "",
        "Look at what the database says: most often a table or column has another name there, or the \
         statement has a \
         mistake in it.",
    ),
];
