use tokio::{net::TcpListener, task::JoinHandle};

use super::*;

/// Serves one connection after the other. Each answers as many requests as it has texts, then
/// closes. Returns what each connection received.
async fn serve(scripts: &[&[&'static str]]) -> (Client, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::new(listener.local_addr().unwrap());
    let scripts: Vec<_> = scripts.iter().map(|answers| answers.to_vec()).collect();
    let served = tokio::spawn(async move {
        let mut received = Vec::new();
        for script in scripts {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            let mut bytes = Vec::new();
            for answer in script {
                read_request(&mut stream, &mut bytes).await;
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            received.push(String::from_utf8(bytes).unwrap());
        }
        received
    });
    (client, served)
}

async fn read_request(stream: &mut BufReader<TcpStream>, received: &mut Vec<u8>) {
    let begin = received.len();
    while !received[begin..].ends_with(b"\r\n\r\n") {
        assert_ne!(stream.read_until(b'\n', received).await.unwrap(), 0, "no more requests");
    }
    let head = String::from_utf8_lossy(&received[begin..]).to_lowercase();
    if head.contains("transfer-encoding: chunked") {
        while !received[begin..].ends_with(b"\r\n0\r\n\r\n") {
            stream.read_until(b'\n', received).await.unwrap();
        }
    } else if let Some((_, length)) = head.split_once("content-length: ") {
        let length = length.split("\r\n").next().unwrap().parse().unwrap();
        stream.take(length).read_to_end(received).await.unwrap();
    }
}

fn get(target: &str) -> Request {
    Request::new(Method::GET, target)
}

async fn bodies(client: &mut Client, requests: usize) -> Vec<Bytes> {
    let mut bodies = Vec::new();
    for _ in 0..requests {
        bodies.push(client.send(get("/")).await.unwrap().into_body());
    }
    bodies
}

const A: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";
const B: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb";

#[tokio::test]
async fn a_request_goes_out_as_it_is() {
    let (mut client, served) = serve(&[&[A]]).await;
    let mut request = Request::new(Method::POST, "/v2/Users?f=a+eq+\"{x}\"&y[z]=%zz&");
    request.headers.append("x-a", "1".parse().unwrap());
    request.headers.append("x-a", "2".parse().unwrap());
    request.headers.insert(header::HOST, "scim.example".parse().unwrap());
    request.body = Some(Bytes::from("{}"));
    client.send(request).await.unwrap();
    let expected = "POST /v2/Users?f=a+eq+\"{x}\"&y[z]=%zz& HTTP/1.1\r\n\
                    x-a: 1\r\nx-a: 2\r\nhost: scim.example\r\ncontent-length: 2\r\n\r\n{}";
    assert_eq!(served.await.unwrap(), [expected]);
}

#[tokio::test]
async fn the_address_is_the_host_unless_another_is_given() {
    let (mut client, served) = serve(&[&[A]]).await;
    client.send(get("/")).await.unwrap();
    let expected = format!("GET / HTTP/1.1\r\nhost: {}\r\n\r\n", client.address);
    assert_eq!(served.await.unwrap(), [expected]);
}

#[tokio::test]
async fn status_headers_and_body_are_read() {
    let answer = "HTTP/1.1 404 Not Found\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 5\r\n\r\nhello";
    let (mut client, _served) = serve(&[&[answer]]).await;
    let response = client.send(get("/")).await.unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers().get_all("x-a").iter().collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(response.body(), "hello");
}

#[tokio::test]
async fn a_connection_is_kept_alive() {
    let (mut client, served) = serve(&[&[A, B]]).await;
    assert_eq!(bodies(&mut client, 2).await, ["a", "b"]);
    assert_eq!(served.await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_dropped_connection_is_opened_once_more() {
    let (mut client, served) = serve(&[&[A], &[B]]).await;
    assert_eq!(bodies(&mut client, 2).await, ["a", "b"]);
    assert_eq!(served.await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_new_connection_that_is_dropped_is_an_error() {
    let (mut client, _served) = serve(&[&[], &[A]]).await;
    let error = client.send(get("/")).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotConnected);
}

#[tokio::test]
async fn an_answer_that_was_cut_short_is_not_asked_for_again() {
    const CUT: &str = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab";
    const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Le";
    for cut in [&[A, CUT], &[A, HEAD]] {
        let (mut client, _served) = serve(&[cut, &[B]]).await;
        client.send(get("/")).await.unwrap();
        let error = client.send(get("/")).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}

#[tokio::test]
async fn chunks_are_put_together() {
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                           3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
    let (mut client, _served) = serve(&[&[CHUNKED, A]]).await;
    assert_eq!(bodies(&mut client, 2).await, ["abc0123456789", "a"]);
}

#[tokio::test]
async fn an_answer_without_length_ends_with_its_connection() {
    const OPEN: &str = "HTTP/1.1 200 OK\r\n\r\nuntil the end";
    let (mut client, _served) = serve(&[&[OPEN], &[A]]).await;
    assert_eq!(bodies(&mut client, 2).await, ["until the end", "a"]);
}

#[tokio::test]
async fn a_connection_announced_to_close_is_not_used_again() {
    const CLOSE: &str = "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n";
    const OLD: &str = "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n";
    for last in [&[CLOSE], &[OLD]] {
        let (mut client, _served) = serve(&[last]).await;
        client.send(get("/")).await.unwrap();
        assert!(client.connection.is_none());
    }
}

#[tokio::test]
async fn some_answers_have_no_body_whatever_they_say() {
    const NONE: &str = "HTTP/1.1 204 No Content\r\n\r\n";
    const SAME: &str = "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n";
    const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
    let (mut client, served) = serve(&[&[NONE, SAME, HEAD, A]]).await;
    assert_eq!(bodies(&mut client, 2).await, ["", ""]);
    let head = client.send(Request::new(Method::HEAD, "/")).await.unwrap();
    assert_eq!(head.body(), "");
    assert_eq!(bodies(&mut client, 1).await, ["a"]);
    assert_eq!(served.await.unwrap().len(), 1);
}

#[tokio::test]
async fn interim_answers_are_passed_over() {
    const CONTINUE: &str =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nc";
    let (mut client, _served) = serve(&[&[CONTINUE]]).await;
    assert_eq!(bodies(&mut client, 1).await, ["c"]);
}

#[tokio::test]
async fn what_is_no_http_is_an_error() {
    for text in [
        "SSH-2.0-x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let (mut client, _served) = serve(&[&[text]]).await;
        let error = client.send(get("/")).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{text}");
    }
}

#[tokio::test]
async fn raw_bytes_go_over_a_connection_of_their_own_that_stays() {
    let (mut client, served) = serve(&[&[A], &[B, A]]).await;
    assert_eq!(bodies(&mut client, 1).await, ["a"]);
    let raw = "GET /a HTTP/1.1\r\nHost:x\r\nX: \u{e9}\r\nX:y\r\n\r\n";
    assert_eq!(client.raw(raw).await.unwrap().body(), "b");
    assert_eq!(bodies(&mut client, 1).await, ["a"]);
    let received = served.await.unwrap();
    assert!(received[1].starts_with(raw), "{received:?}");
}

#[tokio::test]
async fn a_streamed_body_is_chunked() {
    let (mut client, served) = serve(&[&[A, B]]).await;
    let chunks = ["abc", "", "0123456789"].map(Bytes::from);
    let response = client.stream(Request::new(Method::POST, "/"), chunks).await.unwrap();
    assert_eq!(response.body(), "a");
    assert_eq!(bodies(&mut client, 1).await, ["b"]);
    let received = served.await.unwrap();
    let sent = "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\nGET ";
    assert!(received[0].contains(sent), "{received:?}");
}

#[tokio::test]
async fn a_streamed_body_of_known_length_is_not_chunked() {
    let (mut client, served) = serve(&[&[A]]).await;
    let mut request = Request::new(Method::POST, "/");
    request.headers.insert(header::CONTENT_LENGTH, 6.into());
    client.stream(request, ["abc", "def"].map(Bytes::from)).await.unwrap();
    let received = served.await.unwrap();
    assert!(received[0].ends_with("content-length: 6\r\n\r\nabcdef"), "{received:?}");
    assert!(!received[0].contains("chunked"));
}

#[tokio::test]
async fn a_stream_ends_when_the_server_answers_early() {
    const REFUSED: &str = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = Client::new(listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_exact(&mut [0; 100_000]).await.unwrap();
        stream.write_all(REFUSED.as_bytes()).await.unwrap();
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
    });
    let endless = iter::repeat(Bytes::from_static(&[b'x'; 1000]));
    let response = client.stream(Request::new(Method::POST, "/"), endless).await.unwrap();
    assert_eq!(response.status(), 413);
    assert!(client.connection.is_none());
    let _ = served.await.unwrap();
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = Client::new(listener.local_addr().unwrap());
    client.patience = Duration::from_millis(20);
    let error = client.send(get("/")).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
}
