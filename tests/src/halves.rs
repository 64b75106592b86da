//! The quick-start sample with its contacts in one place and its targets and maps in another one: in SQLite and in text
//! files, or the other way round. Users and devices stay in SQLite.

/// Where the text files are: beside the database.
const FOLDER: &str = "<datafilepath expand=\"yes\">$(data)</datafilepath>";

/// The contacts in SQLite, what is remembered of them in text files.
pub fn contacts_in_sql(text: &str) -> String {
    let module = format!(
        "<plugin_module_admin>[SDK_textdb]</plugin_module_admin>\n\
         <plugin_params_admin>{FOLDER}</plugin_params_admin>"
    );
    with_plugin(&without(text, "<synctargetgetsql>", "</deletemapsql>"), &module)
}

/// The contacts in text files, what is remembered of them in SQLite, with the token of the text files.
pub fn contacts_in_files(text: &str) -> String {
    let module = format!(
        "<plugin_module>[SDK_textdb]</plugin_module>\n<plugin_params>{FOLDER}</plugin_params>\n\
         <storesyncidentifiers>yes</storesyncidentifiers>"
    );
    let text = without(text, "<selectidandmodifiedsql>", "</obtainidafterinsert>");
    let text = without(&text, "<fieldmap fieldlist=\"contact\">", "</fieldmap>");
    let map = "<fieldmap fieldlist=\"contact\"><automap indexasname=\"true\"/></fieldmap>\n</datastore>";
    let text = text
        .replace(
            "last_sent, resume_alert, suspended,",
            "last_sent, token, resume_alert, suspended, suspend_token,",
        )
        .replace("last_sent = %RL,", "last_sent = %RL, token = '%iRL', suspend_token = '%iSU',")
        .replace("</datastore>", map);
    with_plugin(&text, &module)
}

/// The schema of the quick-start sample with the columns that tokens need.
pub fn schema(text: &str) -> String {
    let table = "CREATE TABLE targets (";
    assert_eq!(text.matches(table).count(), 1);
    let columns = "token TEXT NOT NULL DEFAULT '', suspend_token TEXT NOT NULL DEFAULT '',";
    text.replace(table, &format!("{table} {columns}"))
}

fn with_plugin(text: &str, tags: &str) -> String {
    let datastore = "<datastore name=\"contacts\" type=\"sql\">";
    assert_eq!(text.matches(datastore).count(), 1);
    text.replace(datastore, &format!("<datastore name=\"contacts\" type=\"plugin\">\n{tags}"))
}

fn without(text: &str, from: &str, to: &str) -> String {
    let (before, rest) = text.split_once(from).unwrap();
    let (_, after) = rest.split_once(to).unwrap();
    format!("{before}{after}")
}
