//! The program, as its README runs it.
#![expect(clippy::unwrap_used, reason = "tests may fail by panicking")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

/// The program, on a port of its own.
struct Program {
    process: Child,
    address: String,
}

impl Program {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_embed-hyper"))
            .arg("127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut base_url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut base_url).unwrap();
        let address = base_url.trim().strip_prefix("http://").unwrap();
        let address = address.strip_suffix("/scim/v2").unwrap().to_owned();
        Self { process, address }
    }

    /// The whole answer to a request, as it comes.
    fn ask(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let (host, length) = (&self.address, body.len());
        write!(
            stream,
            "{head}\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_user_is_provisioned_over_http() {
    let program = Program::start();
    let post = "POST /scim/v2/Users HTTP/1.1\r\nContent-Type: application/scim+json";
    let refused = program.ask(post, r#"{"userName": "bjensen"}"#);
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    let post = format!("{post}\r\nAuthorization: Bearer secret");
    let created = program.ask(&post, r#"{"userName": "bjensen"}"#);
    assert!(created.starts_with("HTTP/1.1 201"), "{created}");
    let location = format!("http://{}/scim/v2/Users/", program.address);
    assert!(created.contains(&location), "{created}");
    let get = "GET /scim/v2/Users HTTP/1.1\r\nAuthorization: Bearer secret";
    let listed = program.ask(get, "");
    assert!(listed.contains(r#""totalResults":1"#), "{listed}");
}
