//! A client with minimal cost, because it shares the machine with the measured server.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    sync::Barrier,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

/// How many bytes are read from the connection at a time.
const READ_BYTES: usize = 256 * 1024;

/// A persistent connection.
pub struct Connection {
    host: String,
    stream: BufReader<TcpStream>,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// The server can't be reached.
    pub fn to(host: &str) -> Result<Self> {
        let stream = TcpStream::connect(host).with_context(|| format!("can't reach {host}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            host: host.to_owned(),
            stream: BufReader::with_capacity(READ_BYTES, stream),
            buffer: vec![0; READ_BYTES],
        })
    }

    /// Downloads a document, discards it, and returns its length.
    ///
    /// # Errors
    /// The connection fails, or the status is not 200.
    pub fn get(&mut self, path: &str) -> Result<u64> {
        self.ask(path)?;
        let (status, length) = self.head()?;
        self.discard(length)?;
        ensure!(status == 200, "GET {path}: {status}");
        Ok(length)
    }

    /// Downloads a document.
    ///
    /// # Errors
    /// The connection fails, or the status is not 200.
    pub fn document(&mut self, path: &str) -> Result<Vec<u8>> {
        self.ask(path)?;
        let (status, length) = self.head()?;
        let mut document = vec![0; usize::try_from(length)?];
        self.stream.read_exact(&mut document)?;
        ensure!(status == 200, "GET {path}: {status}");
        Ok(document)
    }

    fn ask(&mut self, path: &str) -> Result<()> {
        let head = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.host);
        Ok(self.stream.get_mut().write_all(head.as_bytes())?)
    }

    /// Downloads a short text.
    ///
    /// # Errors
    /// The connection fails.
    pub fn text(mut self, path: &str) -> Result<String> {
        let host = &self.host;
        let head = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        self.stream.get_mut().write_all(head.as_bytes())?;
        let mut text = String::new();
        self.stream.read_to_string(&mut text)?;
        Ok(text)
    }

    /// Uploads a document.
    ///
    /// # Errors
    /// The connection fails, or the status is not 201.
    pub fn put(&mut self, path: &str, headers: &str, body: &[u8]) -> Result<()> {
        let (host, length) = (&self.host, body.len());
        let head = format!(
            "PUT {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n{headers}\r\n"
        );
        let stream = self.stream.get_mut();
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let (status, length) = self.head()?;
        self.discard(length)?;
        ensure!(status == 201, "PUT {path}: {status}");
        Ok(())
    }

    /// Reads the head of an answer: the status, and the length of the body.
    fn head(&mut self) -> Result<(u16, u64)> {
        let (mut status, mut length) = (0, 0);
        let mut line = String::new();
        loop {
            line.clear();
            ensure!(
                self.stream.read_line(&mut line)? > 0,
                "the server closed the connection"
            );
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            if let Some(rest) = text.strip_prefix("HTTP/1.1 ") {
                status = rest[..3].parse()?;
            }
            match text.split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse()?;
                }
                _ => {}
            }
        }
        Ok((status, length))
    }

    fn discard(&mut self, length: u64) -> Result<()> {
        let mut left = length;
        while left > 0 {
            let wanted = usize::try_from(left)?.min(self.buffer.len());
            let read = self.stream.read(&mut self.buffer[..wanted])?;
            ensure!(read > 0, "the server closed the connection");
            left -= read as u64;
        }
        Ok(())
    }
}

/// Runs `work` on several clients at the same time, each with its own connection and its number. Returns the time of the
/// slowest client.
///
/// # Errors
/// A client fails.
///
/// # Panics
/// A client panics.
pub fn all_at_once(
    host: &str,
    clients: usize,
    work: impl Fn(usize, &mut Connection) -> Result<()> + Sync,
) -> Result<Duration> {
    let start = Barrier::new(clients + 1);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .map(|number| {
                let (work, start) = (&work, &start);
                scope.spawn(move || {
                    let connection = Connection::to(host);
                    start.wait();
                    work(number, &mut connection?)
                })
            })
            .collect();
        start.wait();
        let began = Instant::now();
        for thread in threads {
            thread.join().expect("a client does not panic")?;
        }
        Ok(began.elapsed())
    })
}
