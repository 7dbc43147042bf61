//! From a request to an operation and back, for every operation alike: form of the answer, path, caller, query, body,
//! Idempotency-Key; then the operation; then its answer or its problem.

use std::sync::Arc;

use axum::{
    RequestExt,
    extract::{ConnectInfo, RawPathParams, Request, State},
    response::Response,
};
use http::Method as HttpMethod;
use sealward_contract::{
    crypto::{Hash, hash_parts},
    limits,
    operations::{Access, Method, Operation, wire::Format},
    problem::Rejection,
};

use super::{
    address::{client_address, is_unheard},
    answer, caller, decode,
};
use crate::{
    operations::{Call, Caller, Handler, Outcome, Refusal, Reply, answers::Keyed, audit::refusals::Attempt},
    server::App,
};

/// Largest body of an operation that has none: an empty object.
const EMPTY_BODY: usize = 1_024;

/// Carries out an operation for a request.
pub async fn serve<O: Handler>(State(app): State<Arc<App>>, request: Request) -> Response {
    let mut response = respond::<O>(app, request).await;
    response.extensions_mut().insert(answer::Answers(O::NAME));
    response
}

async fn respond<O: Handler>(app: Arc<App>, request: Request) -> Response {
    let format = match answer::format(request.headers(), O::STREAMS) {
        Ok(format) => format,
        Err(rejection) => return answer::rejected(&rejection),
    };
    match run::<O>(&app, request, format).await {
        Ok(Reply::Value(value)) => answer::value(&value, format),
        Ok(Reply::Stream(media, body)) => answer::stream(media, body),
        Err(Refusal::Rejected(rejection)) => answer::rejected(&rejection),
        Err(Refusal::Own(error)) => answer::problem(&error, None),
        Err(Refusal::Moved) => answer::rejected(&Rejection::Unavailable),
    }
}

async fn run<O: Handler>(
    app: &Arc<App>,
    mut request: Request,
    format: Format,
) -> Result<Reply<O::Response>, Refusal<O::Error>> {
    let now = app.clock.now();
    // Without a socket, as in tests, the caller sits on this machine.
    let peer = request.extensions().get::<ConnectInfo<std::net::SocketAddr>>().map(|peer| peer.0.ip());
    let peer = peer.unwrap_or(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
    let address = client_address(peer, request.headers(), &app.config.trusted_proxies);
    if is_unheard(peer, request.headers(), &app.config.trusted_proxies) && app.forwarders.is_news(peer) {
        tracing::warn!(%peer, "X-Forwarded-For is not believed: the peer is none of --trusted-proxy");
    }
    let params: RawPathParams =
        request.extract_parts().await.map_err(|_| Rejection::Malformed { at: "path".to_owned() })?;
    let path: O::Path = decode::path(&params)?;
    let caller = match O::ACCESS {
        Access::Anyone => None,
        Access::Member | Access::Session => Some(caller::find(app, request.headers(), &params, address, now)?),
    };
    if let Some(held) = caller.as_ref().and_then(|caller| caller.owes).filter(|_| O::ACCESS == Access::Member) {
        return Err(Rejection::SecondFactorNeeded { held }.into());
    }
    if !O::UNSETTLED && caller.as_ref().is_some_and(Caller::is_made) {
        return Err(Rejection::KeysNotOwn.into());
    }
    let query: O::Query = decode::query(request.uri().query())?;
    let key = idempotency_key::<O>(&request)?;
    let sent = decode::format(request.headers());
    let place = request.uri().path_and_query().map(|place| place.as_str().to_owned()).unwrap_or_default();
    let limit = match O::METHOD {
        Method::Get | Method::Delete => EMPTY_BODY,
        Method::Post | Method::Put => O::BODY_LIMIT,
    };
    let room = decode::make_room(&app.bodies, O::ACCESS, request.headers(), limit).await?;
    let bytes = decode::collect(request, limit).await?;
    let keyed = key.map(|key| Keyed {
        key: hash_parts(&[
            &caller.as_ref().map_or([0; 32], |caller| member_hash(caller).0),
            O::NAME.as_bytes(),
            &[0],
            key.as_bytes(),
        ]),
        request: hash_parts(&[place.as_bytes(), &[0], &bytes]),
    });
    if let Some(keyed) = &keyed
        && let Some(known) = app.store.read(|tx| keyed.answer::<O::Response, O::Error>(tx, now))?
    {
        return Ok(Reply::Value(known));
    }
    let body: O::Request = match O::METHOD {
        Method::Get | Method::Delete => decode::nothing(&bytes, sent)?,
        Method::Post | Method::Put => decode::body(&bytes, sent)?,
    };
    drop(bytes);
    let attempt = caller.as_ref().map(|caller| Attempt::of::<O>(caller, &path, (address, now)));
    let call: Call<O> = Call { path, query, body, caller, address, now, keyed, format };
    if O::METHOD == Method::Get {
        return carry_out(app, call, attempt).await;
    }
    // What was begun is brought to its end even when the client goes away: others still have to hear of it.
    let app = Arc::clone(app);
    let handling = tokio::spawn(async move {
        let done = carry_out(&app, call, attempt).await;
        drop(room);
        done
    });
    handling.await.unwrap_or(Err(Refusal::Rejected(Rejection::Internal)))
}

/// Carries out an operation, and writes down where it was refused for lack of a right.
async fn carry_out<O: Handler>(app: &Arc<App>, call: Call<O>, attempt: Option<Attempt>) -> Outcome<O> {
    let done = O::handle(app, call).await;
    let refused = done.as_ref().err().and_then(|refusal| attempt.filter(|attempt| attempt.lacks_right(refusal)));
    if let Some(attempt) = refused {
        attempt.note(app).await;
    }
    done
}

/// One member's keys are not another's.
fn member_hash(caller: &crate::operations::Caller) -> Hash {
    hash_parts(&[&caller.team.0, &caller.member.0])
}

fn idempotency_key<O: Operation>(request: &Request) -> Result<Option<String>, Rejection> {
    debug_assert!(!O::KEYED || request.method() == HttpMethod::POST, "only creates are keyed");
    let Some(value) = request.headers().get("idempotency-key").filter(|_| O::KEYED) else { return Ok(None) };
    let malformed = || Rejection::Malformed { at: "Idempotency-Key".to_owned() };
    let text = value.to_str().map_err(|_| malformed())?;
    let fits = (1..=limits::IDEMPOTENCY_KEY_CHARS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if fits { Ok(Some(text.to_owned())) } else { Err(malformed()) }
}
