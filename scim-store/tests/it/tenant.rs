use scim_service::{Store, Tenant};
use serde_json::json;

use crate::file::{File, block_on, context, create, find, group, user, users};
use crate::secret::secret;

#[test]
fn a_forgotten_tenant_leaves_nothing_in_any_table_and_others_keep_theirs() {
    let file = File::new();
    let store = file.open();
    user(&store, "ann");
    group(&store, "staff", &["ann"]);
    secret(&store, "ann", "hash");
    let other = context(users().endpoint().clone(), "b");
    create(&store, &other, "bob", json!({"userName": "bob"})).unwrap();
    let tenant = users().get::<Tenant>().unwrap().clone();
    block_on(store.forget(&tenant)).unwrap();

    let connection = rusqlite::Connection::open(file.path()).unwrap();
    let count =
        |statement: &str| connection.query_row(statement, [], |row| row.get::<_, i64>(0)).unwrap();
    let mut tables = connection
        .prepare(
            "SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND c.name = 'tenant'",
        )
        .unwrap();
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap();
    for table in tables.map(Result::unwrap) {
        let whose = format!("SELECT count(*) FROM \"{table}\" WHERE tenant = '{}'", tenant.0);
        assert_eq!(count(&whose), 0, "{table}");
    }
    assert_eq!(count("SELECT count(*) FROM search"), 1);
    assert_eq!(find(&store, &other, "userName pr"), ["bob"]);
    assert!(find(&store, &users(), "userName pr").is_empty());
    user(&store, "ann");
    assert_eq!(block_on(store.secret(&users(), "ann", "password")).unwrap(), None);
}
