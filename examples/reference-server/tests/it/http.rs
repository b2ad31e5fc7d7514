//! A small HTTP/1.1 client that puts on the wire what it is given (RFC 9112).

use std::{io, iter, net::SocketAddr, pin::pin, time::Duration};

use bytes::Bytes;
use http::{Method, Response, StatusCode, header};
use scim_service::testing::transcript::{Request, Transport};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
};

// Said in full, since `examples/soak.rs` includes this file as well.
#[cfg(test)]
#[path = "http/tests.rs"]
mod tests;

type Reader = BufReader<OwnedReadHalf>;

/// One kept-alive connection to a server, opened when it is needed.
pub(crate) struct Client {
    address: SocketAddr,
    patience: Duration,
    connection: Option<(Reader, OwnedWriteHalf)>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, patience: Duration::from_secs(60), connection: None }
    }

    /// Sends bytes as they are over a new connection, and reads one answer to what is no HEAD. The
    /// connection stays for the requests that follow.
    pub(crate) async fn raw(&mut self, bytes: impl Into<Bytes>) -> io::Result<Response<Bytes>> {
        self.connection = None;
        self.exchange(iter::once(bytes.into()), false).await
    }

    /// Sends a request over a new connection with the chunks as its body, framed by its own
    /// `Content-Length` or else as chunked. Ends early when the server answers before it has all.
    pub(crate) async fn stream(
        &mut self,
        mut request: Request,
        chunks: impl IntoIterator<Item = Bytes>,
    ) -> io::Result<Response<Bytes>> {
        let chunked = !request.headers.contains_key(header::CONTENT_LENGTH);
        if chunked {
            request.headers.insert(header::TRANSFER_ENCODING, "chunked".parse().map_err(invalid)?);
        }
        let frame = |chunk: Bytes| match chunked {
            true => [format!("{:x}\r\n", chunk.len()).as_bytes(), &chunk, b"\r\n"].concat().into(),
            false => chunk,
        };
        let body = chunks.into_iter().filter(|chunk| !chunk.is_empty()).map(frame);
        let end = chunked.then(|| Bytes::from("0\r\n\r\n"));
        let pieces = iter::once(self.head(&request)).chain(body).chain(end);
        self.connection = None;
        self.exchange(pieces, request.method == Method::HEAD).await
    }

    fn head(&self, request: &Request) -> Bytes {
        let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.target).into_bytes();
        if !request.headers.contains_key(header::HOST) {
            head.extend(format!("host: {}\r\n", self.address).into_bytes());
        }
        for (name, value) in &request.headers {
            head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        head.extend(b"\r\n");
        head.into()
    }

    async fn exchange(
        &mut self,
        pieces: impl Iterator<Item = Bytes>,
        is_head: bool,
    ) -> io::Result<Response<Bytes>> {
        let (mut reader, mut writer) = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let (reader, writer) = TcpStream::connect(self.address).await?.into_split();
                (BufReader::new(reader), writer)
            }
        };
        let exchange = exchange(&mut reader, &mut writer, pieces, is_head);
        let (response, stays_open) = tokio::time::timeout(self.patience, exchange).await??;
        self.connection = stays_open.then_some((reader, writer));
        Ok(response)
    }
}

impl Transport for Client {
    type Error = io::Error;

    /// Sends a request over the connection there is; if the server has dropped it meanwhile, once
    /// more over a new one.
    async fn send(&mut self, mut request: Request) -> io::Result<Response<Bytes>> {
        if let Some(body) = &request.body {
            request.headers.entry(header::CONTENT_LENGTH).or_insert(body.len().into());
        }
        let is_head = request.method == Method::HEAD;
        let bytes = Bytes::from([self.head(&request), request.body.unwrap_or_default()].concat());
        let reused = self.connection.is_some();
        match self.exchange(iter::once(bytes.clone()), is_head).await {
            Err(error) if reused && error.kind() == io::ErrorKind::NotConnected => {
                self.exchange(iter::once(bytes), is_head).await
            }
            answered => answered,
        }
    }
}

/// Writes the pieces and reads the answer, both at once: a server may refuse a long body before it
/// has read it. The connection can serve again only after a whole request and a whole answer.
async fn exchange(
    reader: &mut Reader,
    writer: &mut OwnedWriteHalf,
    pieces: impl Iterator<Item = Bytes>,
    is_head: bool,
) -> io::Result<(Response<Bytes>, bool)> {
    let mut reading = pin!(read_answer(reader, is_head));
    let writing = async {
        for piece in pieces {
            writer.write_all(&piece).await?;
        }
        io::Result::Ok(())
    };
    tokio::select! {
        biased; // read first, so that a dropped connection is seen before it is used
        answer = &mut reading => answer.map(|(response, _)| (response, false)),
        sent = writing => reading.await.map(|(response, open)| (response, open && sent.is_ok())),
    }
}

/// Reads one answer, and whether the connection stays open behind it. `NotConnected` if the
/// connection ended before the first byte.
async fn read_answer(reader: &mut Reader, is_head: bool) -> io::Result<(Response<Bytes>, bool)> {
    if reader.fill_buf().await.map_or(true, <[u8]>::is_empty) {
        return Err(io::ErrorKind::NotConnected.into());
    }
    let (mut response, mut is_1_1) = read_head(reader).await?;
    while response.status().is_informational() {
        (response, is_1_1) = read_head(reader).await?;
    }
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let says = |name, word| header(name).is_some_and(|text| text.eq_ignore_ascii_case(word));
    let mut stays_open = is_1_1 && !says(header::CONNECTION, "close");
    let mut body = Vec::new();
    if is_head || [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&response.status()) {
        // Its headers may speak of a body, but there is none.
    } else if says(header::TRANSFER_ENCODING, "chunked") {
        read_chunks(reader, &mut body).await?;
    } else if let Some(length) = header(header::CONTENT_LENGTH) {
        body.resize(length.parse().map_err(invalid)?, 0);
        reader.read_exact(&mut body).await?;
    } else {
        reader.read_to_end(&mut body).await?;
        stays_open = false;
    }
    *response.body_mut() = body.into();
    Ok((response, stays_open))
}

async fn read_head(reader: &mut Reader) -> io::Result<(Response<Bytes>, bool)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if reader.read_until(b'\n', &mut head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Response::new(&mut headers);
    parsed.parse(&head).map_err(invalid)?;
    let mut response = Response::builder().status(parsed.code.unwrap_or_default());
    for header in parsed.headers.iter() {
        response = response.header(header.name, header.value);
    }
    Ok((response.body(Bytes::new()).map_err(invalid)?, parsed.version == Some(1)))
}

async fn read_chunks(reader: &mut Reader, body: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).await?;
        let Ok(httparse::Status::Complete((_, size))) = httparse::parse_chunk_size(&line) else {
            return Err(invalid("not the size of a chunk"));
        };
        if size == 0 {
            break;
        }
        let mut chunk = vec![0; size.try_into().map_err(invalid)?];
        reader.read_exact(&mut chunk).await?;
        body.extend(chunk);
        reader.read_until(b'\n', &mut line).await?;
    }
    while reader.read_until(b'\n', &mut Vec::new()).await? > 2 {} // trailers, then a blank line
    Ok(())
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
