//! HTTP: a POST of SyncML on any path, and what everything else gets (OMA-SyncML-HTTPBinding).

#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use syncloom_config::Config;
use syncloom_wire::Encoding;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::registry::Registry;
use super::request::{Answer, Request as SyncRequest};
use crate::console;

/// What a request may have beyond the announced message size. The first message of a session comes before
/// the peer knows that size, and brings device information of 10 to 40 KB.
const BODY_ALLOWANCE: usize = 1 << 20;

/// How long a request's body may take to come. Phones on bad lines need minutes; nobody needs forever.
const BODY_TIMEOUT: Duration = Duration::from_secs(120);

/// How long a connection may be silent before a request, and how long a request's headers may take to come. A phone
/// thinks for a while between two messages of a session; when its connection is gone, it makes another one.
const HEADER_TIMEOUT: Duration = Duration::from_secs(60);

/// How long others may keep us waiting.
#[derive(Clone, Copy)]
struct Patience {
    headers: Duration,
    body: Duration,
}

const PATIENCE: Patience = Patience { headers: HEADER_TIMEOUT, body: BODY_TIMEOUT };

/// Connections at a time. One costs some 20 KB while it waits; more than there are sessions are of no use to anybody.
const MAX_CONNECTIONS: usize = 4_000;

/// How long no connection is taken after one could not be: there are too many files open, say.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// How much more than the limit of a body is read and thrown away. Who is still writing does not read an answer,
/// and would only see the connection break.
const MAX_DISCARDED: usize = 64 << 20;

/// For how long nobody may have waited for an answer when the server stops: what is answered has to get through.
const QUIET_BEFORE_STOP: Duration = Duration::from_millis(500);

struct Context {
    registry: Arc<Registry>,
    max_body: usize,
    keep_connection: bool,
    patience: Patience,
    /// Messages that have come completely and are being answered.
    in_flight: AtomicUsize,
}

/// Serves until `stop` completes, and then finishes the messages that are being answered.
pub(super) async fn serve(
    listener: TcpListener,
    registry: Arc<Registry>,
    config: &Config,
    stop: impl Future<Output = ()>,
) {
    serve_with(listener, registry, config, PATIENCE, stop).await;
}

async fn serve_with(
    listener: TcpListener,
    registry: Arc<Registry>,
    config: &Config,
    patience: Patience,
    stop: impl Future<Output = ()>,
) {
    let context = Arc::new(Context {
        registry,
        max_body: config.max_msg_size as usize + BODY_ALLOWANCE,
        keep_connection: config.transport.keep_connection,
        patience,
        in_flight: AtomicUsize::new(0),
    });
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let (stopping, stopped) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            // The semaphore is never closed.
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        tokio::select! {
            (place, accepted) = accepted => match accepted {
                Ok((stream, peer)) => {
                    let talk = talk(Arc::clone(&context), stream, peer, stopped.clone());
                    tokio::spawn(async move {
                        talk.await;
                        drop(place);
                    });
                }
                Err(error) => {
                    console::warning(&format!("no connection can be taken: {error}"));
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            () = &mut stop => break,
        }
    }
    drop((listener, stopping));
    quiet(&context).await;
}

/// Answers the requests of a connection, until it is closed or the server stops.
async fn talk(context: Arc<Context>, stream: TcpStream, peer: SocketAddr, mut stopped: watch::Receiver<()>) {
    let header_timeout = context.patience.headers;
    let service = service_fn(|request| {
        let context = Arc::clone(&context);
        async move { Ok::<_, Infallible>(handle(&context, peer, request).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(header_timeout);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    // What is wrong with a connection ends that connection, and is of no interest to anybody else.
    tokio::select! {
        _ = connection.as_mut() => {}
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// Completes when nobody waits for an answer. A connection that is open and silent, or whose request never gets
/// complete, would otherwise hold the stop up for ever.
async fn quiet(context: &Context) {
    const STEPS: u32 = 10;
    let mut calm = 0;
    while calm < STEPS {
        tokio::time::sleep(QUIET_BEFORE_STOP / STEPS).await;
        calm = if context.in_flight.load(Ordering::SeqCst) == 0 { calm + 1 } else { 0 };
    }
}

async fn handle(
    context: &Context,
    peer: SocketAddr,
    request: hyper::Request<hyper::body::Incoming>,
) -> Response {
    let mut response = match answer(context, peer, request.map(Body::new)).await {
        Ok(response) => response,
        Err((status, why)) => {
            console::warning(&format!("{}: {}: {why}", peer.ip(), status.as_u16()));
            (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{why}\n"))
                .into_response()
        }
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static("POST"));
    }
    if !context.keep_connection {
        response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    }
    response
}

async fn answer(
    context: &Context,
    peer: SocketAddr,
    request: Request,
) -> Result<Response, (StatusCode, String)> {
    let (parts, body) = request.into_parts();
    if parts.method != Method::POST {
        return Err((
            StatusCode::METHOD_NOT_ALLOWED,
            "this is a SyncML server: it takes POST alone".to_owned(),
        ));
    }
    let encoding = encoding_of(&parts.headers)?;
    let bytes = body_of(&parts.headers, body, context.max_body, context.patience.body).await?;
    context.in_flight.fetch_add(1, Ordering::SeqCst);
    let answer = work_off(context, parts.uri.query(), peer, encoding, bytes).await;
    context.in_flight.fetch_sub(1, Ordering::SeqCst);
    answer
}

async fn work_off(
    context: &Context,
    query: Option<&str>,
    peer: SocketAddr,
    encoding: Encoding,
    bytes: Vec<u8>,
) -> Result<Response, (StatusCode, String)> {
    let request = SyncRequest { query, peer: peer.ip(), encoding, body: &bytes };
    let answer = match context.registry.take(&request) {
        Ok(ticket) => {
            drop(bytes);
            ticket.answer().await
        }
        Err(answer) => answer,
    };
    match answer {
        Answer::Message(message) => {
            Ok(([(header::CONTENT_TYPE, encoding.content_type())], message).into_response())
        }
        Answer::Malformed(why) => Err((StatusCode::BAD_REQUEST, why)),
        Answer::NoSuchSession => Err((StatusCode::NOT_FOUND, "no such session".to_owned())),
        Answer::Busy => Err((StatusCode::SERVICE_UNAVAILABLE, "too many sessions".to_owned())),
        Answer::Failed => {
            Err((StatusCode::INTERNAL_SERVER_ERROR, "the request could not be worked off".to_owned()))
        }
    }
}

fn encoding_of(headers: &HeaderMap) -> Result<Encoding, (StatusCode, String)> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Encoding::from_content_type(value).ok_or_else(|| {
        let (xml, wbxml) = (Encoding::Xml.content_type(), Encoding::Wbxml.content_type());
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("content type {value:?} is neither {xml} nor {wbxml}"))
    })
}

async fn body_of(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    patience: Duration,
) -> Result<Vec<u8>, (StatusCode, String)> {
    let too_large = || (StatusCode::PAYLOAD_TOO_LARGE, format!("more than {limit} bytes"));
    let announced: Option<usize> =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    // A client that asks before it sends a large body has not sent it yet.
    if headers.contains_key(header::EXPECT) && announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    match tokio::time::timeout(patience, read_up_to(body, limit)).await {
        Ok(Ok(Some(bytes))) => Ok(bytes),
        Ok(Ok(None)) => Err(too_large()),
        Ok(Err(error)) => Err((StatusCode::BAD_REQUEST, format!("the body broke off: {error}"))),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "the body took too long".to_owned())),
    }
}

/// The body, or `None` if it is longer than `limit`.
async fn read_up_to(body: Body, limit: usize) -> Result<Option<Vec<u8>>, axum::Error> {
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    let mut length = 0usize;
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let Ok(data) = frame?.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length <= limit {
            bytes.extend_from_slice(&data);
            continue;
        }
        bytes = Vec::new();
        if length > limit.saturating_add(MAX_DISCARDED) {
            break;
        }
    }
    Ok((length <= limit).then_some(bytes))
}
