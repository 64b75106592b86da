//! HTTP: a POST of SyncML on any path, and what everything else gets (OMA-SyncML-HTTPBinding).

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use syncloom_config::Config;
use syncloom_wire::Encoding;
use tokio::net::TcpListener;

use super::registry::{Answer, Registry, Request as SyncRequest};
use crate::console;

/// What a request may have beyond the announced message size. The first message of a session comes before
/// the peer knows that size, and brings device information of 10 to 40 KB.
const BODY_ALLOWANCE: usize = 1 << 20;

/// How long a request's body may take to come. Phones on bad lines need minutes; nobody needs forever.
const BODY_TIMEOUT: Duration = Duration::from_secs(120);

struct Context {
    registry: Arc<Registry>,
    max_body: usize,
    keep_connection: bool,
}

/// Serves until `stop` completes, and then finishes the requests that are under way.
pub(super) async fn serve(
    listener: TcpListener,
    registry: Arc<Registry>,
    config: &Config,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let context = Context {
        registry,
        max_body: config.max_msg_size as usize + BODY_ALLOWANCE,
        keep_connection: config.transport.keep_connection,
    };
    let app = Router::new().fallback(handle).with_state(Arc::new(context));
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
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
    let bytes = body_of(body, context.max_body).await?;
    let registry = Arc::clone(&context.registry);
    let query = parts.uri.query().map(str::to_owned);
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

async fn body_of(body: Body, limit: usize) -> Result<Bytes, (StatusCode, String)> {
    let too_large = || (StatusCode::PAYLOAD_TOO_LARGE, format!("more than {limit} bytes"));
    match tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_length_limit(&error) => Err(too_large()),
        Ok(Err(error)) => Err((StatusCode::BAD_REQUEST, format!("the body broke off: {error}"))),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "the body took too long".to_owned())),
    }
}

fn is_length_limit(error: &axum::Error) -> bool {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = source {
        if error.to_string().contains("length limit exceeded") {
            return true;
        }
        source = error.source();
    }
    false
}
