//! The command line, as its users type it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::json;

use crate::server::{Server, TOKEN};

/// Runs a command on the database of this folder.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    let database = format!("sqlite:{}", folder.join("scim.db").display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_reference-server"));
    command.args(arguments).current_dir(folder).env("SCIM_DATABASE", database).output().unwrap()
}

/// What a command prints that succeeds.
pub(crate) fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a command complains about that fails.
pub(crate) fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn help_teaches_every_command_and_option() {
    let folder = tempfile::tempdir().unwrap();
    let help = said(folder.path(), &["--help"]);
    for word in [
        "tenant",
        "token",
        "log",
        "export",
        "import",
        "check",
        "demo",
        "--listen",
        "SCIM_LISTEN",
        "--database",
        "Examples:",
    ] {
        assert!(help.contains(word), "{word}");
    }
    assert!(said(folder.path(), &["token", "regenerate", "--help"]).contains("worthless at once"));
    assert!(said(folder.path(), &["--version"]).starts_with("reference-server "));
    assert!(refused(folder.path(), &["--lisen", "x"]).contains("--listen"));
}

#[test]
fn every_command_explains_itself() {
    let folder = tempfile::tempdir().unwrap();
    for command in [
        "serve",
        "tenant add",
        "tenant list",
        "tenant remove",
        "token create",
        "token regenerate",
        "token revoke",
        "token list",
        "log",
        "export",
        "import",
        "check",
        "demo",
        "peakon segments",
        "peakon references",
        "prendio set-role",
        "prendio set-path",
        "prendio paths",
    ] {
        let mut words: Vec<&str> = command.split(' ').collect();
        words.push("--help");
        let help = said(folder.path(), &words);
        assert!(help.contains(&format!("reference-server {command}")), "{command}: {help}");
        assert!(help.lines().next().is_some_and(|line| line.len() > 12), "{command}: {help}");
        assert!(help.contains("--database") && help.contains("SCIM_DATABASE"), "{command}");
    }
    assert!(!folder.path().join("scim.db").exists(), "help makes no database");
}

#[test]
fn commands_of_one_profile_are_refused_in_another() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    said(folder, &["tenant", "add", "acme"]);
    said(folder, &["tenant", "add", "buyer", "--profile", "prendio"]);
    for command in ["set-role acme ann Approver", "set-path acme Travel ann", "paths acme"] {
        let words: Vec<&str> = std::iter::once("prendio").chain(command.split(' ')).collect();
        assert!(refused(folder, &words).contains("not prendio"), "{command}");
    }
    assert!(refused(folder, &["export", "groups", "buyer"]).contains("no groups"));
    assert!(refused(folder, &["tenant", "add", "x", "--profile", "pendio"]).contains("prendio"));
    assert_eq!(said(folder, &["prendio", "paths", "buyer"]), "");
}

#[test]
fn an_approval_path_without_users_is_no_path() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    said(folder, &["tenant", "add", "buyer", "--profile", "prendio"]);
    fs::write(folder.join("people.txt"), "userName\nann\nbob\n").unwrap();
    said(folder, &["import", "buyer", "people.txt", "--format", "csv"]);
    said(folder, &["prendio", "set-path", "buyer", "Travel", "bob", "ANN"]);
    assert_eq!(said(folder, &["prendio", "paths", "buyer"]), "Travel: bob, ann\n");
    said(folder, &["prendio", "set-path", "buyer", "Travel"]);
    assert_eq!(said(folder, &["prendio", "paths", "buyer"]), "");
}

/// RFC 7644 §2, RFC 7644 §7.4
#[test]
fn a_tenant_is_added_listed_and_removed_with_all_that_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let token = said(folder, &["tenant", "add", "acme", "--profile", "peakon"]);
    assert_eq!(token.trim().len(), 43, "256 bits in base64");
    assert!(refused(folder, &["tenant", "add", "acme"]).contains("already"));
    assert!(refused(folder, &["tenant", "add", "a b"]).contains("letters"));
    let list = said(folder, &["tenant", "list"]);
    let line = list.lines().find(|line| line.starts_with("acme")).unwrap();
    assert!(line.contains("peakon"), "{line}");
    assert!(!list.contains(token.trim()), "a token is shown once");
    assert!(refused(folder, &["tenant", "remove", "acme"]).contains("--yes"));
    said(folder, &["tenant", "remove", "acme", "--yes"]);
    assert!(!said(folder, &["tenant", "list"]).contains("acme"));
    assert!(refused(folder, &["tenant", "remove", "acme", "--yes"]).contains("no tenant"));
}

/// RFC 7644 §6.1
#[tokio::test]
async fn a_tenant_that_comes_again_has_nothing_of_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    server.client().create("/Users", json!({"userName": "ann"})).await;
    said(folder.path(), &["tenant", "remove", "acme", "--yes"]);
    assert_eq!(server.client().get("/Users").await.status, 401, "at once");
    let token = said(folder.path(), &["tenant", "add", "acme"]);
    let mut client = server.client().token(token.trim());
    assert_eq!(client.get("/Users").await.body["totalResults"], 0);
    client.create("/Users", json!({"userName": "ann"})).await;
}

/// RFC 7644 §2.1, RFC 7644 §7.3, RFC 7644 §7.4
#[tokio::test]
async fn a_running_server_notices_at_once_what_becomes_of_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let folder = folder.path();
    let status = async |token: &str| server.client().token(token).get("/Users").await.status;
    server.client().create("/Users", json!({"userName": "ann"})).await;

    let second = said(folder, &["token", "create", "acme", "okta"]);
    assert_eq!(status(second.trim()).await, 200);
    assert!(refused(folder, &["token", "create", "acme", "okta"]).contains("already"));
    assert!(refused(folder, &["token", "create", "nobody"]).contains("no tenant"));

    let third = said(folder, &["token", "regenerate", "acme", "okta"]);
    assert_eq!((status(second.trim()).await, status(third.trim()).await), (401, 200));
    assert_eq!(status(TOKEN).await, 200, "another token is not touched");

    said(folder, &["token", "revoke", "acme", "okta"]);
    assert_eq!(status(third.trim()).await, 401);
    assert!(refused(folder, &["token", "revoke", "acme", "okta"]).contains("no token"));
    assert!(refused(folder, &["token", "regenerate", "acme", "okta"]).contains("no token"));
    assert_eq!(server.client().get("/Users").await.body["totalResults"], 1, "no user is changed");
}

/// RFC 7644 §7.7
#[tokio::test]
async fn tokens_are_kept_as_hashes_and_their_use_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&folder).await;
    let second = said(folder.path(), &["token", "create", "acme", "okta"]);
    assert_eq!(server.client().get("/Users").await.status, 200);
    server.stop().await;
    let list = said(folder.path(), &["token", "list", "acme"]);
    let line = |name| list.lines().find(|line| line.contains(name)).unwrap().to_owned();
    assert!(!line("main").contains("never"), "{list}");
    assert!(line("okta").contains("never"), "{list}");
    assert!(refused(folder.path(), &["token", "list", "nobody"]).contains("no tenant"));
    for token in [TOKEN, second.trim()] {
        assert!(!is_in_a_file(folder.path(), token), "no file holds a token");
    }
}

/// Whether any file of this folder holds a text.
fn is_in_a_file(folder: &Path, text: &str) -> bool {
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    files.into_iter().any(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
}

/// RFC 7643 §4.1.1, RFC 7643 §9.2, RFC 7644 §7.7
#[tokio::test]
async fn no_file_holds_a_password() {
    const PASSWORD: &str = "t1meMa$heen";
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&folder).await;
    let mut client = server.client();
    let user = json!({"userName": "ann", "password": PASSWORD});
    let path = format!("/Users/{}", client.create("/Users", user.clone()).await);
    assert_eq!(client.send("POST", "/Users", user.to_string()).await.status, 409);
    assert_eq!(client.send("PUT", &path, user.to_string()).await.status, 200);
    for value in [json!(PASSWORD), json!([PASSWORD, PASSWORD])] {
        client.patch(&path, json!([{"op": "replace", "path": "password", "value": value}])).await;
    }
    server.stop().await;
    assert!(is_in_a_file(folder.path(), "ann"));
    assert!(!is_in_a_file(folder.path(), PASSWORD));
}

/// RFC 7644 §2.1, RFC 7644 §7.3, RFC 7644 §7.4
#[tokio::test]
async fn a_token_can_have_a_lifetime_and_is_worthless_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let folder = folder.path();
    let status = async |token: &str| server.client().token(token).get("/Users").await.status;
    let first = said(folder, &["token", "create", "acme", "okta", "--days", "90"]);
    assert_eq!(status(first.trim()).await, 200);
    let list = said(folder, &["token", "list", "acme"]);
    let expires = |name| {
        let line = list.lines().find(|line| line.contains(name)).unwrap();
        line.split_whitespace().nth(3).unwrap().to_owned()
    };
    assert_eq!(expires("main"), "-");
    assert!(expires("okta").ends_with('Z'), "{list}");
    // As if the days were over.
    let database = rusqlite::Connection::open(folder.join("scim.db")).unwrap();
    let over = "UPDATE token SET expires = created WHERE name = 'okta'; \
                UPDATE registry SET generation = generation + 1";
    database.execute_batch(over).unwrap();
    assert_eq!((status(first.trim()).await, status(TOKEN).await), (401, 200));
    let second = said(folder, &["token", "regenerate", "acme", "okta", "--days", "1"]);
    assert_eq!((status(first.trim()).await, status(second.trim()).await), (401, 200));
    assert!(refused(folder, &["token", "create", "acme", "x", "--days", "0"]).contains("--days"));
}

#[test]
fn a_database_whose_tokens_have_no_lifetimes_yet_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    said(folder, &["tenant", "add", "acme"]);
    let database = rusqlite::Connection::open(folder.join("scim.db")).unwrap();
    database.execute_batch("ALTER TABLE token DROP COLUMN expires").unwrap();
    said(folder, &["token", "create", "acme", "okta", "--days", "90"]);
    assert_eq!(said(folder, &["token", "list", "acme"]).lines().count(), 3);
}

#[test]
fn the_command_line_goes_before_the_environment_and_that_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scim.toml");
    let database = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    fs::write(&file, format!("database = \"{}\"\nrate-limit = 7\n", database("file"))).unwrap();
    let tenants = |arguments: &[&str], environment: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reference-server"));
        command.args(["tenant", "list", "--config", file.to_str().unwrap()]).args(arguments);
        command.env_remove("SCIM_DATABASE");
        command.envs(environment.map(|name| ("SCIM_DATABASE", database(name))));
        assert!(command.output().unwrap().status.success());
        let there = |name: &&str| folder.path().join(name).exists();
        let made: Vec<&str> = ["file", "env", "line"].into_iter().filter(there).collect();
        made.iter().for_each(|name| fs::remove_file(folder.path().join(name)).unwrap());
        made.concat()
    };
    assert_eq!(tenants(&[], None), "file");
    assert_eq!(tenants(&[], Some("env")), "env");
    assert_eq!(tenants(&["--database", &database("line")], Some("env")), "line");
}

#[test]
fn a_settings_file_with_an_unknown_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (text, complaint) in [
        ("lisen = \"x\"", "`lisen` is no setting"),
        ("listen = { a = 1 }", "`listen` must be"),
        ("listen = ", "scim.toml"),
        ("listen = \"nowhere\"", "nowhere"),
    ] {
        fs::write(folder.path().join("scim.toml"), text).unwrap();
        let error = refused(folder.path(), &["--config", "scim.toml"]);
        assert!(error.contains(complaint), "{text}: {error}");
    }
    assert!(refused(folder.path(), &["--config", "missing.toml"]).contains("missing.toml"));
}

#[tokio::test]
async fn the_server_can_be_set_up_by_a_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scim.toml");
    let text = format!("tenant = [\"a:generic:{TOKEN}\", \"b:pendo:other\"]\nstop-timeout = 5\n");
    fs::write(&file, text).unwrap();
    let server = Server::with(folder.path(), &["--config", file.to_str().unwrap()]).await;
    assert_eq!(server.client().get("/Users").await.status, 200);
    assert_eq!(server.client().token("other").get("/Groups").await.status, 200);
}
