//! `sealward web` as a browser sees it, and as whatever else finds its port: raw requests, against a server that answers
//! as a hostile one would.

use super::harness::shared_server;
use sealward_cli::{
    clock,
    connection::{Http, PlainHttp, ServerAddress, Trust},
    web::{Gate, Local, Site, serve},
};
use sealward_client::local_web::prove;
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
};

/// The site on this machine, with one page, until the test's process ends.
struct Running {
    port: u16,
    token: String,
}

impl Running {
    fn of(server: &str) -> Self {
        let (told, asked) = mpsc::channel();
        let origin = server.to_owned();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                let address = ServerAddress::read(&origin, PlainHttp::LoopbackOnly).unwrap();
                let local = Local {
                    gate: Gate::new(listener.local_addr().unwrap(), clock::system()),
                    assets: Site::of([("index.html", &b"<!doctype html>page"[..])]).into_assets(),
                    server: Http::new(&address, &Trust::of_system().unwrap()),
                    origin,
                };
                told.send(local.gate.address().to_string()).unwrap();
                serve(listener, Arc::new(local), std::future::pending()).await;
            });
        });
        let written = asked.recv().unwrap();
        let (address, token) = written.split_once("/#web=").unwrap();
        let port = address.strip_prefix("http://127.0.0.1:").unwrap().parse().unwrap();
        Self { port, token: token.to_owned() }
    }

    fn own(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Sends a request with these lines in its head, and reads the answer whole.
    fn ask(&self, first: &str, head: &[(&str, &str)], body: &str) -> Answer {
        let mut stream = TcpStream::connect(self.own()).unwrap();
        let lines: String = head.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = body.len();
        write!(stream, "{first} HTTP/1.1\r\n{lines}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
            .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    /// As the page asks.
    fn ask_as_page(&self, first: &str, head: &[(&str, &str)], body: &str) -> Answer {
        let (own, origin) = (self.own(), format!("http://{}", self.own()));
        let page = [("host", own.as_str()), ("origin", origin.as_str()), ("sec-fetch-site", "same-origin")];
        self.ask(first, &[&page[..], head].concat(), body)
    }

    fn admit(&self) -> Value {
        serde_json::from_str(&self.ask_as_page("POST /local/admission", &[], &self.token).done(200).body).unwrap()
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn done(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.head, self.body);
        self
    }

    /// That it is a problem of this code, as the API words one.
    fn problem(self, status: u16, code: &str) {
        let answer = self.done(status);
        assert!(answer.head.contains("content-type: application/problem+json"), "{}", answer.head);
        assert!(answer.head.contains("cache-control: no-store"), "{}", answer.head);
        let problem: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(problem["type"], format!("urn:sealward:problem:{code}"));
    }
}

/// A server that writes down what it is asked, and answers each path with its own head and body.
fn hostile(answers: &'static [(&'static str, &'static str, &'static str)]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let Some(first) = head.first() else { continue };
            let path = first.split(' ').nth(1).unwrap().to_owned();
            told.lock().unwrap().push(head.join("\n").to_lowercase());
            let (_, head, body) = answers.iter().find(|(at, ..)| *at == path).unwrap();
            let length = body.len();
            write!(stream, "HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").unwrap();
        }
    });
    (address, asked)
}

#[test]
fn whoever_is_not_the_page_finds_nothing() {
    let (server, asked) = hostile(&[]);
    let local = Running::of(&server);
    let own = local.own();
    // By another name, as a page whose name was turned to this machine asks.
    for host in ["evil.example", "localhost", &format!("localhost:{}", local.port)] {
        local.ask("GET /", &[("host", host)], "").done(421);
        local.ask("GET /v1/server", &[("host", host)], "").done(421);
    }
    // From another page.
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        local.ask("POST /local/admission", &[("host", &own), ("origin", origin)], &local.token).done(403);
    }
    local.ask("POST /local/admission", &[("host", &own)], &local.token).done(403);
    local.ask("GET /v1/server", &[("host", &own), ("sec-fetch-site", "cross-site")], "").done(403);
    // Without the key, with the token in its place, and with a made-up one.
    local.ask_as_page("GET /v1/server", &[], "").problem(401, "unauthenticated");
    local.ask_as_page("GET /v1/server", &[("sealward-web", &local.token)], "").problem(401, "unauthenticated");
    local.ask_as_page("GET /local/admission", &[], "").problem(401, "unauthenticated");
    local.ask_as_page("POST /local/admission", &[], "AAAA").problem(401, "unauthenticated");
    local.ask_as_page("POST /local/admission", &[], &"A".repeat(300)).problem(413, "too_large");
    // Nobody was asked anything.
    assert!(asked.lock().unwrap().is_empty());
    // The token was not used up by any of it, and counts once.
    let admitted = local.admit();
    assert_eq!(admitted["server"], server.as_str());
    local.ask_as_page("POST /local/admission", &[], &local.token).problem(401, "unauthenticated");
    let key = admitted["key"].as_str().unwrap();
    local.ask_as_page("GET /local/admission", &[("sealward-web", key)], "").done(200);
    local
        .ask_as_page("GET /v1/server", &[("cookie", &format!("sealward-web={key}"))], "")
        .problem(401, "unauthenticated");
}

#[test]
fn only_calls_of_the_api_are_passed_on() {
    let (server, asked) = hostile(&[
        (
            "/v1/server",
            "200 OK\r\ncontent-type: application/json\r\nset-cookie: spy=1\r\nlink: </x>; rel=preload\r\naccess-control-allow-origin: *\r\nclear-site-data: \"*\"",
            "{}",
        ),
        ("/v1/teams/page/sync", "200 OK\r\ncontent-type: text/html", "<script>steal()</script>"),
        ("/v1/teams/script/sync", "200 OK\r\ncontent-type: text/javascript", "steal()"),
        ("/v1/teams/away/sync", "307 Temporary Redirect\r\nlocation: https://evil.example/", ""),
        ("/v1/teams/small/sync", "200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip", "x"),
        (
            "/v1/teams/full/sync",
            "503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 3",
            "{}",
        ),
    ]);
    let local = Running::of(&server);
    let admitted = local.admit();
    let key = [("sealward-web", admitted["key"].as_str().unwrap())];
    let ask = |first: &str, body: &str| local.ask_as_page(first, &key, body);
    for path in ["/v1/openapi.json", "/healthz", "/metrics", "/v1/../metrics", "/v1/teams/%2e%2e/sync", "//v1/server"] {
        ask(&format!("GET {path}"), "").problem(404, "not_found");
    }
    ask("DELETE /v1/server", "").problem(405, "method_not_allowed");
    ask("POST /v1/sessions", &"x".repeat(4 * 1024 + 1)).problem(413, "too_large");
    assert!(asked.lock().unwrap().is_empty());

    // What comes back is data, without anything that a browser would do something about.
    let carried =
        [&key[..], &[("authorization", "Bearer t"), ("accept", "application/cbor"), ("cookie", "other=1")]].concat();
    let given = local.ask_as_page("GET /v1/server", &carried, "").done(200);
    assert_eq!(given.body, "{}");
    for name in ["set-cookie", "link:", "access-control", "clear-site-data"] {
        assert!(!given.head.contains(name), "{}", given.head);
    }
    for line in ["content-type: application/json", "content-security-policy: default-src 'none'", "nosniff"] {
        assert!(given.head.contains(line), "{}", given.head);
    }
    let passed = asked.lock().unwrap().pop().unwrap();
    assert!(passed.contains("authorization: bearer t") && passed.contains("accept: application/cbor"), "{passed}");
    for name in ["cookie", "origin", "sealward-web", "sec-fetch"] {
        assert!(!passed.contains(name), "{passed}");
    }
    for team in ["page", "script", "away", "small"] {
        ask(&format!("GET /v1/teams/{team}/sync"), "").problem(500, "internal");
    }
    let full = ask("GET /v1/teams/full/sync", "").done(503);
    assert!(full.head.contains("retry-after: 3"), "{}", full.head);
    // A server that is away.
    let alone = Running::of("http://127.0.0.1:1");
    let admitted = alone.admit();
    let key = [("sealward-web", admitted["key"].as_str().unwrap())];
    alone.ask_as_page("GET /v1/server", &key, "").problem(503, "unavailable");
}

#[test]
fn the_real_server_answers_through_it() {
    let local = Running::of(shared_server());
    let admitted = local.admit();
    let key = [("sealward-web", admitted["key"].as_str().unwrap())];
    let given = local.ask_as_page("GET /v1/server", &key, "").done(200);
    assert!(given.body.contains("creation"), "{}", given.body);
    // Pages are everybody's, and no operation is one.
    let own = local.own();
    let page = local.ask("GET /sign-in", &[("host", &own), ("accept", "text/html")], "").done(200);
    assert!(page.head.contains("script-src 'self' 'wasm-unsafe-eval'") && page.body.ends_with("page"), "{}", page.head);
}

#[test]
fn whoever_asks_is_shown_that_it_is_still_the_same_program() {
    let (server, _) = hostile(&[]);
    let (local, other) = (Running::of(&server), Running::of(&server));
    let key = local.admit()["key"].as_str().unwrap().to_owned();
    let nonce = "thirty-two bytes that are chosen";
    let proof = local.ask_as_page("POST /local/proof", &[], nonce).done(200).body;
    assert_eq!(Some(&proof), prove(&key, nonce.as_bytes()).as_ref());
    assert_ne!(other.ask_as_page("POST /local/proof", &[], nonce).done(200).body, proof);
    local.ask_as_page("POST /local/proof", &[], "short").problem(400, "malformed");
    local.ask_as_page("POST /local/proof", &[], &nonce.repeat(2)).problem(413, "too_large");
    local.ask("POST /local/proof", &[("host", &local.own())], nonce).done(403);
}

#[test]
fn the_page_is_given_whole_whatever_the_browser_says_it_has() {
    let (server, _) = hostile(&[]);
    let local = Running::of(&server);
    let given = local.ask_as_page("GET /", &[], "").done(200);
    let (_, tag) = given.head.split_once("etag: ").unwrap();
    let tag = tag.lines().next().unwrap();
    assert!(tag.len() > 2);
    // The tag is a hash of what everybody has: another program on this port may have given it to a page of its own.
    let again = local.ask_as_page("GET /", &[("if-none-match", tag)], "").done(200);
    assert_eq!(again.body, "<!doctype html>page");
}
