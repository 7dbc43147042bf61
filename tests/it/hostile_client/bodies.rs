//! Requests that are wrong before anyone looks at what they say.

use super::{NO_BODY, Scene, told};
use sealward_contract::{
    limits,
    operations::{
        Operation,
        records::{Batch, WriteBatch},
        session::CreateSession,
        team::NumberCount,
        wire::Format,
    },
};

#[tokio::test(flavor = "current_thread")]
async fn bodies_are_whole_of_their_type_and_nothing_more() {
    let scene = Scene::set().await;
    let team = scene.founder.team;
    let numbers = format!("/v1/teams/{team}/number-blocks");
    let batches = format!("/v1/teams/{team}/batches");
    let whole = Format::Json
        .write(&Batch { writes: vec![scene.forge().write([scene.forge().next(scene.made.key(scene.made.group))])] });
    let before = scene.dump().await;
    let half = whole[..whole.len() / 2].to_vec();
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    let cases: Vec<(&str, &str, Vec<u8>)> = vec![
        ("half a body", &batches, half),
        ("no body", &batches, vec![]),
        ("two bodies", &batches, [whole.clone(), whole.clone()].concat()),
        ("a body and a letter", &batches, [whole.clone(), b"x".to_vec()].concat()),
        ("nothing but brackets", &batches, deep),
        ("no UTF-8", &numbers, b"{\"count\":\"\xff\"}".to_vec()),
        ("a text for a number", &numbers, br#"{"count":"3"}"#.to_vec()),
        ("a negative number", &numbers, br#"{"count":-3}"#.to_vec()),
        ("a number that is too large", &numbers, br#"{"count":99999999999}"#.to_vec()),
        ("a fraction", &numbers, br#"{"count":1.5}"#.to_vec()),
        ("null", &numbers, b"null".to_vec()),
        ("a list", &numbers, b"[3]".to_vec()),
        ("an unknown field", &numbers, br#"{"count":3,"colour":"red"}"#.to_vec()),
        ("a field twice", &numbers, br#"{"count":3,"count":4}"#.to_vec()),
        ("no field", &numbers, b"{}".to_vec()),
        ("none at all", &numbers, br#"{"count":0}"#.to_vec()),
        (
            "padded base64",
            &batches,
            br#"{"writes":[{"vault":"07070707-0707-0707-0707-070707070707","records":["AA=="],"head":""}]}"#.to_vec(),
        ),
    ];
    for (what, target, body) in cases {
        assert_eq!(told(&scene.send("POST", target, &[], body).await), (400, "malformed".to_owned()), "{what}");
    }
    let cbor = Format::Cbor.write(&NumberCount { count: 3 });
    let headers = [("content-type", "application/cbor")];
    assert_eq!(scene.send("POST", &numbers, &headers, cbor.clone()).await.status, 200);
    for body in [
        cbor[..cbor.len() - 1].to_vec(),
        [cbor.clone(), vec![0]].concat(),
        b"\xbf".to_vec(),
        br#"{"count":3}"#.to_vec(),
    ] {
        assert_eq!(told(&scene.send("POST", &numbers, &headers, body).await), (400, "malformed".to_owned()));
    }
    assert_eq!(scene.dump().await, before);
}

#[tokio::test(flavor = "current_thread")]
async fn everything_has_a_limit() {
    let scene = Scene::set().await;
    let team = scene.founder.team;
    let too_large = (413, "too_large".to_owned());
    let numbers = format!("/v1/teams/{team}/number-blocks");
    let batches = format!("/v1/teams/{team}/batches");
    for (target, limit) in [(&numbers, limits::BODY), (&batches, limits::BATCH_BODY)] {
        assert_eq!(told(&scene.send("POST", target, &[], vec![b' '; limit + 1]).await), too_large, "{target}");
        let announced = (limit + 1).to_string();
        let headers = [("content-length", announced.as_str())];
        assert_eq!(told(&scene.send("POST", target, &headers, b"{".to_vec()).await), too_large, "{target}");
        // At the limit it is read, and is then nothing.
        let at_limit = scene.send("POST", target, &[], vec![b' '; limit]).await;
        assert_eq!(told(&at_limit), (400, "malformed".to_owned()), "{target}");
    }
    assert_eq!((WriteBatch::BODY_LIMIT, CreateSession::BODY_LIMIT), (limits::BATCH_BODY, limits::SMALL_BODY));
    let many = format!("{{\"count\":{}}}", limits::NUMBER_BLOCK + 1);
    assert_eq!(told(&scene.send("POST", &numbers, &[], many).await), too_large);
    let login_name = "x".repeat(limits::LOGIN_NAME_CHARS + 1);
    let body = format!("{{\"team\":\"{team}\",\"login_name\":\"{login_name}\"}}");
    let answered = scene.send("POST", "/v1/challenges", &[], body).await;
    assert_eq!(told(&answered), (400, "malformed".to_owned()));
    assert!(!String::from_utf8(answered.body).unwrap().contains(&login_name), "a refusal repeats no value");
    let key = "k".repeat(limits::IDEMPOTENCY_KEY_CHARS + 1);
    for key in [key.as_str(), "", "two words"] {
        let answered = scene.send("POST", &numbers, &[("idempotency-key", key)], r#"{"count":1}"#).await;
        assert_eq!(told(&answered), (400, "malformed".to_owned()), "{key}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn paths_and_queries_have_one_spelling() {
    let scene = Scene::set().await;
    let (team, vault) = (scene.founder.team, scene.made.vault);
    let base = format!("/v1/teams/{team}/vaults/{vault}");
    let malformed = (400, "malformed".to_owned());
    let upper = vault.to_string().to_uppercase();
    let cases = [
        (format!("/v1/teams/{team}/vaults/{upper}"), malformed.clone()),
        (format!("/v1/teams/{team}/vaults/{}", vault.to_string().replace('-', "")), malformed.clone()),
        (format!("/v1/teams/{team}/vaults/..%2f..%2f"), malformed.clone()),
        (format!("/v1/teams/{team}/vaults/x"), malformed.clone()),
        (format!("{base}/accounts?limit=0"), malformed.clone()),
        (format!("{base}/accounts?limit=501"), malformed.clone()),
        (format!("{base}/accounts?limit=-1"), malformed.clone()),
        (format!("{base}/accounts?cursor=x"), malformed.clone()),
        (format!("{base}/accounts?colour=red"), malformed.clone()),
        (format!("{base}/sync?after=x"), malformed.clone()),
        (format!("{base}/sync?limit=0"), malformed.clone()),
        (format!("{base}/sync?cursor=1.9.x"), malformed.clone()),
        (format!("{base}/nothing"), (404, "not_found".to_owned())),
        ("/v1/".to_owned(), (404, "not_found".to_owned())),
        ("/v2/server".to_owned(), (404, String::new())),
    ];
    for (target, expected) in cases {
        let answered = scene.send("GET", &target, NO_BODY, []).await;
        if expected.1.is_empty() {
            assert_eq!(answered.status, expected.0, "{target}");
        } else {
            assert_eq!(told(&answered), expected, "{target}");
        }
    }
    let server = scene.send("DELETE", "/v1/server", NO_BODY, []).await;
    assert_eq!(told(&server), (405, "method_not_allowed".to_owned()));
    let with_body = scene.send("GET", &base, &[], r#"{"a":1}"#).await;
    assert_eq!(told(&with_body), malformed);
    for (header, expected) in [
        (("content-type", "text/plain"), (415, "unsupported_media_type".to_owned())),
        (("content-type", ""), (415, "unsupported_media_type".to_owned())),
        (("accept", "image/png"), (406, "not_acceptable".to_owned())),
    ] {
        let target = format!("/v1/teams/{team}/number-blocks");
        assert_eq!(told(&scene.send("POST", &target, &[header], r#"{"count":1}"#).await), expected, "{header:?}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn tokens_have_one_spelling() {
    let scene = Scene::set().await;
    let target = format!("/v1/teams/{}/sessions", scene.founder.team);
    let token = scene.created.token.expose().to_owned();
    let no = (401, "unauthenticated".to_owned());
    for value in [
        String::new(),
        token.clone(),
        format!("Basic {token}"),
        format!("Bearer{token}"),
        format!("Bearer {}", &token[..42]),
        format!("Bearer {token}A"),
        format!("Bearer {token}="),
        format!("Bearer {}", token.to_uppercase()),
        format!("Bearer {}", "A".repeat(10_000)),
    ] {
        let mut headers = NO_BODY.to_vec();
        headers.push(("authorization", value.as_str()));
        let answered = scene.send("GET", &target, &headers, []).await;
        assert_eq!(told(&answered), no, "{value}");
    }
    // No cookie and no parameter opens anything.
    let cookie = format!("token={token}");
    let headers = [("content-type", ""), ("authorization", ""), ("cookie", cookie.as_str())];
    assert_eq!(told(&scene.send("GET", &target, &headers, []).await), no);
}
