//! The samples with their contacts in two parts of a superdatastore: those whose note is "theirs", and the others. So
//! everything that knows how to test contacts tests superdatastores, and a new note moves a contact to the other part.

/// What takes the contacts of each part.
const PARTS: [(&str, &str); 2] = [("others", "F.NOTE&lt;&gt;theirs"), ("theirs", "F.NOTE:=theirs")];

/// A sample's config with its datastore in two parts. In SQL both are in the table of contacts, which tells them apart
/// by a column.
pub fn config(text: &str) -> String {
    let (before, rest) = text.split_once("<datastore name=\"contacts\"").unwrap();
    let (inside, after) = rest.split_once("</datastore>").unwrap();
    let types = &inside[inside.find("<typesupport>").unwrap()..];
    let types = &types[..types.find("</typesupport>").unwrap()];
    let (mut datastores, mut contains) = (String::new(), String::new());
    for (name, filter) in PARTS {
        let inside = inside
            .replace("'contacts'", &format!("'{name}'"))
            .replace(
                "(user, modified, %aN) VALUES (%u,",
                &format!("(user, part, modified, %aN) VALUES (%u, '{name}',"),
            )
            .replace("WHERE user = %u ORDER", &format!("WHERE user = %u AND part = '{name}' ORDER"))
            .replace("id = %k AND user = %u", &format!("id = %k AND user = %u AND part = '{name}'"));
        datastores.push_str(&format!("<datastore name=\"{name}\"{inside}</datastore>\n"));
        let prefix = &name[..1];
        contains.push_str(&format!(
            "<contains datastore=\"{name}\"><dispatchfilter>{filter}</dispatchfilter>\
             <guidprefix>{prefix}</guidprefix></contains>\n"
        ));
    }
    format!(
        "{before}{datastores}<superdatastore name=\"contacts\">\n{contains}{types}</typesupport>\n\
         </superdatastore>{after}"
    )
}

/// The schema of the quick-start sample with the column that the parts need.
pub fn schema(text: &str) -> String {
    let table = "CREATE TABLE contacts (";
    assert_eq!(text.matches(table).count(), 1);
    text.replace(table, &format!("{table} part TEXT NOT NULL DEFAULT 'others',"))
}
