//! Serves HTTP/1.1 on one connection, and limits how long the client may keep the server waiting.

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
    client_address::PeerAddress,
    connections::{ActiveRequest, Connection},
    limits::ConnectionLimits,
    min_throughput::MinThroughput,
};

/// A connection that is being served.
pub type ServedConnection =
    http1::Connection<TokioIo<MonitoredStream<MinThroughput<TcpStream>>>, RequestService>;

/// Answers the requests on a connection.
pub fn serve(
    stream: TcpStream,
    peer: IpAddr,
    router: Router,
    limits: &ConnectionLimits,
    connection: Arc<Connection>,
) -> ServedConnection {
    // A failure only delays packets.
    let _ = stream.set_nodelay(true);
    // Only writes are limited here: the time for a head is limited below, the time for a body in the upload.
    let stream = MinThroughput::new(stream, limits.idle_timeout, limits.min_rate);
    let stream = MonitoredStream {
        stream,
        first_byte: Some(Box::pin(sleep(limits.first_byte_timeout))),
        unflushed: false,
        connection: connection.clone(),
    };
    let service = RequestService {
        router: TowerToHyperService::new(router),
        peer,
        connection,
    };
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle_timeout)
        .max_buf_size(limits.max_head_bytes)
        .serve_connection(TokioIo::new(stream), service)
}

/// How long a rejected client may take to send its request and to receive the answer.
const REJECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Answers one request with the answer of `router`, and closes the connection. Clients that take too long get no answer.
pub async fn reject(stream: TcpStream, router: Router) {
    let stream = TokioIo::new(stream);
    let serving = http1::Builder::new()
        .keep_alive(false)
        .serve_connection(stream, TowerToHyperService::new(router));
    // A client that sends nothing or hangs up misses the answer.
    let _ = tokio::time::timeout(REJECT_TIMEOUT, serving).await;
}

/// The service of one connection: the router, which also gets the address of the peer. The connection counts as active
/// until the answer is complete.
pub struct RequestService {
    router: TowerToHyperService<Router>,
    peer: IpAddr,
    connection: Arc<Connection>,
}

impl Service<Request<Incoming>> for RequestService {
    type Response = Response<ResponseBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let request_guard = self.connection.begin_request();
        request.extensions_mut().insert(PeerAddress(self.peer));
        let response = self.router.call(request);
        Box::pin(async move {
            let response = response.await?;
            Ok(response.map(|body| ResponseBody {
                body,
                _request: request_guard,
            }))
        })
    }
}

/// The body of an answer. Dropping it ends the request.
pub struct ResponseBody {
    body: axum::body::Body,
    _request: ActiveRequest,
}

impl HttpBody for ResponseBody {
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

/// A stream that fails if the first byte does not arrive in time, and reports when all data has been sent.
pub struct MonitoredStream<S> {
    stream: S,
    /// The deadline for the first byte, until that has arrived.
    first_byte: Option<Pin<Box<Sleep>>>,
    /// Whether data was written since the last flush.
    unflushed: bool,
    connection: Arc<Connection>,
}

impl<S: AsyncRead + Unpin> AsyncRead for MonitoredStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.unflushed {
            self.connection.mark_flushed();
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
            self.connection.count_silent();
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for MonitoredStream<S> {
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
            self.connection.mark_flushed();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
