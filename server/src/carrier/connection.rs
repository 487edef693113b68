//! A connection that can be made to fail: reset, or written byte by byte. What HTTP has no words for is done beneath it.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use engine::clock::Clock;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Nothing is done to the connection.
const WELL: u64 = 0;
/// It is reset at the next write.
const RESET: u64 = u64::MAX;
/// How long nothing is accepted after an error, such as too many open files.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// What is to be done to one connection: the handler of a request has this end of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Wire(Arc<AtomicU64>);

impl Wire {
    /// The connection is reset instead of answered.
    pub(super) fn reset(&self) {
        self.0.store(RESET, Ordering::Relaxed);
    }

    /// From now on, a byte each so long.
    pub(super) fn drip(&self, every: Duration) {
        let micros = u64::try_from(every.as_micros()).unwrap_or(RESET - 1);
        self.0.store(micros.clamp(1, RESET - 1), Ordering::Relaxed);
    }
}

impl Connected<IncomingStream<'_, Accept>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Accept>) -> Wire {
        stream.io().wire.clone()
    }
}

/// Accepts connections that can be made to fail.
pub(super) struct Accept {
    pub listener: TcpListener,
    pub clock: Arc<dyn Clock>,
}

impl Listener for Accept {
    type Io = Connection;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Connection, Self::Addr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => return (self.connection(stream), address),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    self.clock.sleep(ACCEPT_AGAIN, 0).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

impl Accept {
    fn connection(&self, stream: TcpStream) -> Connection {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays with its delay");
        }
        Connection {
            stream,
            wire: Wire::default(),
            clock: self.clock.clone(),
            wait: None,
        }
    }
}

/// One connection.
pub(super) struct Connection {
    stream: TcpStream,
    wire: Wire,
    clock: Arc<dyn Clock>,
    /// Until the next byte.
    wait: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Connection {
    fn reset(&self) -> io::Error {
        // Closed with nothing to linger for, the system sends RST.
        match self.stream.set_zero_linger() {
            Ok(()) => io::ErrorKind::ConnectionReset.into(),
            Err(error) => error,
        }
    }

    fn drip(&mut self, cx: &mut Context, buf: &[u8], micros: u64) -> Poll<io::Result<usize>> {
        if let Some(wait) = &mut self.wait {
            ready!(wait.as_mut().poll(cx));
            self.wait = None;
        }
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &buf[..buf.len().min(1)]));
        self.wait = Some(self.clock.sleep(Duration::from_micros(micros), 0));
        Poll::Ready(written)
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.wire.0.load(Ordering::Relaxed) {
            WELL => Pin::new(&mut self.stream).poll_write(cx, buf),
            RESET => Poll::Ready(Err(self.reset())),
            micros => self.drip(cx, buf, micros),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.wire.0.load(Ordering::Relaxed) {
            WELL => Pin::new(&mut self.stream).poll_write_vectored(cx, bufs),
            RESET => Poll::Ready(Err(self.reset())),
            micros => {
                let first = bufs.iter().find(|buf| !buf.is_empty());
                self.drip(cx, first.map_or(&[], |buf| buf), micros)
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
