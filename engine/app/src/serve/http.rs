//! HTTP: a POST of SyncML on any path, and what everything else gets (OMA-SyncML-HTTPBinding).

use std::future::{Future, IntoFuture, pending, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use syncloom_config::Config;
use syncloom_wire::Encoding;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::registry::{Answer, Registry, Request as SyncRequest};
use crate::console;

/// What a request may have beyond the announced message size. The first message of a session comes before
/// the peer knows that size, and brings device information of 10 to 40 KB.
const BODY_ALLOWANCE: usize = 1 << 20;

/// How long a request's body may take to come. Phones on bad lines need minutes; nobody needs forever.
const BODY_TIMEOUT: Duration = Duration::from_secs(120);

/// How much more than the limit of a body is read and thrown away. Who is still writing does not read an answer,
/// and would only see the connection break.
const MAX_DISCARDED: usize = 64 << 20;

/// For how long nobody may have waited for an answer when the server stops: what is answered has to get through.
const QUIET_BEFORE_STOP: Duration = Duration::from_millis(500);

struct Context {
    registry: Arc<Registry>,
    max_body: usize,
    keep_connection: bool,
    /// Messages that have come completely and are being answered.
    in_flight: AtomicUsize,
}

/// Serves until `stop` completes, and then finishes the messages that are being answered.
pub(super) async fn serve(
    listener: TcpListener,
    registry: Arc<Registry>,
    config: &Config,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let context = Arc::new(Context {
        registry,
        max_body: config.max_msg_size as usize + BODY_ALLOWANCE,
        keep_connection: config.transport.keep_connection,
        in_flight: AtomicUsize::new(0),
    });
    let app = Router::new().fallback(handle).with_state(Arc::clone(&context));
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    let (stopping, stopped) = oneshot::channel();
    let stop = async move {
        stop.await;
        let _ = stopping.send(());
    };
    tokio::select! {
        result = axum::serve(listener, service).with_graceful_shutdown(stop).into_future() => result,
        () = quiet(&context, stopped) => Ok(()),
    }
}

/// Completes when the server is to stop and nobody waits for an answer. A connection that is open and silent, or
/// whose request never gets complete, would otherwise hold the stop up for ever.
async fn quiet(context: &Context, stopped: oneshot::Receiver<()>) {
    const STEPS: u32 = 10;
    if stopped.await.is_err() {
        return pending().await;
    }
    let mut calm = 0;
    while calm < STEPS {
        tokio::time::sleep(QUIET_BEFORE_STOP / STEPS).await;
        calm = if context.in_flight.load(Ordering::SeqCst) == 0 { calm + 1 } else { 0 };
    }
}

async fn handle(
    State(context): State<Arc<Context>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let mut response = match answer(&context, peer, request).await {
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
    let bytes = body_of(&parts.headers, body, context.max_body).await?;
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
    let registry = Arc::clone(&context.registry);
    let query = query.map(str::to_owned);
    let work = tokio::task::spawn_blocking(move || {
        registry.answer(&SyncRequest { query: query.as_deref(), peer: peer.ip(), encoding, body: &bytes })
    });
    match work.await {
        Ok(Answer::Message(message)) => {
            Ok(([(header::CONTENT_TYPE, encoding.content_type())], message).into_response())
        }
        Ok(Answer::Malformed(why)) => Err((StatusCode::BAD_REQUEST, why)),
        Ok(Answer::NoSuchSession) => Err((StatusCode::NOT_FOUND, "no such session".to_owned())),
        Ok(Answer::Busy) => Err((StatusCode::SERVICE_UNAVAILABLE, "too many sessions".to_owned())),
        Err(_) => Err((StatusCode::INTERNAL_SERVER_ERROR, "the request could not be worked off".to_owned())),
    }
}

fn encoding_of(headers: &HeaderMap) -> Result<Encoding, (StatusCode, String)> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Encoding::from_content_type(value).ok_or_else(|| {
        let (xml, wbxml) = (Encoding::Xml.content_type(), Encoding::Wbxml.content_type());
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("content type {value:?} is neither {xml} nor {wbxml}"))
    })
}

async fn body_of(headers: &HeaderMap, body: Body, limit: usize) -> Result<Vec<u8>, (StatusCode, String)> {
    let too_large = || (StatusCode::PAYLOAD_TOO_LARGE, format!("more than {limit} bytes"));
    let announced: Option<usize> =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    // A client that asks before it sends a large body has not sent it yet.
    if headers.contains_key(header::EXPECT) && announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    match tokio::time::timeout(BODY_TIMEOUT, read_up_to(body, limit)).await {
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
