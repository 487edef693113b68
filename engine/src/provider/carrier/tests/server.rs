//! A carrier by script: each request is read whole, noted, and met with the next act.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the carrier does with a request that it has read.
#[derive(Debug, Clone)]
pub enum Act {
    /// Writes this, and waits for the next request on the same connection.
    Say(String),
    /// The same, with bytes that are no text.
    SayBytes(Vec<u8>),
    /// Writes this, and closes.
    SayAndClose(String),
    /// Writes this, and resets the connection.
    SayAndReset(String),
    /// Writes this, and nothing more, ever.
    SayAndStall(String),
    /// Writes this, and then a byte every few milliseconds without an end.
    Drip(String),
    /// Writes this, and then as many mebibytes.
    Flood(String, usize),
}

/// A carrier by script.
pub struct Server {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    /// All requests so far, head and body.
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
}

/// An answer with its length.
pub fn http(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

impl Server {
    /// The acts are for the requests in order, on whatever connection; after the last one it stalls.
    pub async fn start(acts: Vec<Act>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        Server::on(listener, acts)
    }

    /// The same, on a port that is taken already.
    pub fn on(listener: TcpListener, acts: Vec<Act>) -> Server {
        let server = Server {
            url: format!("http://{}", listener.local_addr().expect("it is bound")),
            requests: Arc::default(),
            connections: Arc::default(),
        };
        let (requests, connections) = (server.requests.clone(), server.connections.clone());
        let acts = Arc::new(Mutex::new(acts.into_iter()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *connections.lock().expect("unpoisoned") += 1;
                let (requests, acts) = (requests.clone(), acts.clone());
                tokio::spawn(async move { serve(stream, &requests, &acts).await });
            }
        });
        server
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("unpoisoned").clone()
    }

    pub fn connections(&self) -> usize {
        *self.connections.lock().expect("unpoisoned")
    }
}

async fn serve(mut stream: TcpStream, requests: &Mutex<Vec<String>>, acts: &Mutex<std::vec::IntoIter<Act>>) {
    while let Some(request) = read(&mut stream).await {
        requests.lock().expect("unpoisoned").push(request);
        let act = acts.lock().expect("unpoisoned").next();
        let act = act.unwrap_or_else(|| Act::SayAndStall(String::new()));
        if !perform(&mut stream, act).await {
            return;
        }
    }
}

/// A request, once it is there; none when the connection closed before.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = vec![];
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length = length.map_or(0, |length| length.parse().expect("a number"));
            if body.len() >= length {
                return Some(text.into_owned());
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
        }
    }
}

/// Whether the connection goes on.
async fn perform(stream: &mut TcpStream, act: Act) -> bool {
    let said = match &act {
        Act::SayBytes(bytes) => bytes.as_slice(),
        Act::Say(text)
        | Act::SayAndClose(text)
        | Act::SayAndReset(text)
        | Act::SayAndStall(text)
        | Act::Drip(text)
        | Act::Flood(text, _) => text.as_bytes(),
    };
    if stream.write_all(said).await.is_err() {
        return false;
    }
    match act {
        Act::Say(_) | Act::SayBytes(_) => return true,
        Act::SayAndClose(_) => {}
        Act::SayAndReset(_) => stream.set_zero_linger().expect("it is open"),
        Act::SayAndStall(_) => std::future::pending().await,
        Act::Drip(_) => {
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Act::Flood(_, mebibytes) => {
            let mebibyte = vec![b' '; 1024 * 1024];
            for _ in 0..mebibytes {
                if stream.write_all(&mebibyte).await.is_err() {
                    break;
                }
            }
        }
    }
    false
}
