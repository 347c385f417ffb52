//! Speaking HTTP/1.1 over one connection with a client that may not leave the store waiting.

use std::{
    convert::Infallible,
    future::Future,
    io,
    net::IpAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{Router, body::HttpBody};
use hyper::{
    Request, Response,
    body::{Frame, Incoming, SizeHint},
    server::conn::http1,
    service::Service,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

use crate::{
    client::Peer,
    config::Limits,
    connections::{Answering, Connection},
    pace::Paced,
};

pub type Served = http1::Connection<TokioIo<Watched<Paced<TcpStream>>>, Requests>;

/// Answers the requests that come over a connection.
pub fn serve(
    stream: TcpStream,
    peer: IpAddr,
    router: Router,
    limits: &Limits,
    connection: Arc<Connection>,
) -> Served {
    // It only delays packets, so a failure is no reason to refuse anybody.
    let _ = stream.set_nodelay(true);
    // Reading has its own limits: the head's below, the body's in the upload.
    let stream = Paced::new(stream, limits.idle_timeout, limits.min_rate);
    let stream = Watched {
        stream,
        first_byte: Some(Box::pin(sleep(limits.first_byte_timeout))),
        unflushed: false,
        connection: connection.clone(),
    };
    let requests = Requests {
        router: TowerToHyperService::new(router),
        peer,
        connection,
    };
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle_timeout)
        .serve_connection(TokioIo::new(stream), requests)
}

/// How long a client that is turned away may take for its request, and for the answer.
const TURN_AWAY: Duration = Duration::from_secs(2);

/// Answers one request with whatever the router says, if it comes soon.
pub async fn turn_away(stream: TcpStream, router: Router) {
    let stream = TokioIo::new(stream);
    let answering = http1::Builder::new()
        .keep_alive(false)
        .serve_connection(stream, TowerToHyperService::new(router));
    // Who sends nothing, or hangs up, misses the answer.
    let _ = tokio::time::timeout(TURN_AWAY, answering).await;
}

/// The service of one connection: the router, told who is there, while the connection's place is kept.
pub struct Requests {
    router: TowerToHyperService<Router>,
    peer: IpAddr,
    connection: Arc<Connection>,
}

impl Service<Request<Incoming>> for Requests {
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let answering = self.connection.answer();
        request.extensions_mut().insert(Peer(self.peer));
        let response = self.router.call(request);
        Box::pin(async move {
            let response = response.await?;
            Ok(response.map(|body| Answer {
                body,
                _answering: answering,
            }))
        })
    }
}

/// An answer's body, which is complete when it is dropped.
pub struct Answer {
    body: axum::body::Body,
    _answering: Answering,
}

impl HttpBody for Answer {
    type Data = bytes::Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that ends when its first byte does not come, and tells when nothing is left to be sent.
pub struct Watched<S> {
    stream: S,
    /// By when something has to be there, until it is.
    first_byte: Option<Pin<Box<Sleep>>>,
    /// Something was written since the last flush.
    unflushed: bool,
    connection: Arc<Connection>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.unflushed {
            self.connection.is_flushed();
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let Some(first_byte) = &mut self.first_byte else {
            return read;
        };
        if buffer.filled().len() > before {
            self.first_byte = None;
        } else if read.is_pending() {
            ready!(first_byte.as_mut().poll(cx));
            self.connection.is_silent();
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.unflushed = true;
        Pin::new(&mut self.stream).poll_write(cx, buffer)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.unflushed = true;
        Pin::new(&mut self.stream).poll_write_vectored(cx, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if let Poll::Ready(Ok(())) = flushed {
            self.unflushed = false;
            self.connection.is_flushed();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
