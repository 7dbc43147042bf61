//! A server's web app compared with the one that was built: the same, changed in the form that browsers get, at an address
//! of the page's own or in what is said of it, and missing.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use sealward_cli::{
    connection::{Http, PlainHttp, ServerAddress, Trust},
    web::Site,
};
use sealward_site::answer;
use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
};

const PAGE: (&str, &[u8]) = ("index.html", b"<!doctype html>");
const SCRIPT: (&str, &[u8]) = ("assets/page.js", b"start()");
const COMPRESSED: (&str, &[u8]) = ("assets/page.js.br", b"compressed");

/// A server that hands these files out; `change` may give another body for a path, or change the headers.
fn serve(files: &[(&str, &[u8])], change: fn(&str, &mut HeaderMap) -> Option<&'static str>) -> Http {
    let assets = Site::of(files.iter().copied()).into_assets();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let Some(first) = lines.next() else { continue };
            let path = first.split(' ').nth(1).unwrap().to_owned();
            let mut asked = HeaderMap::new();
            for line in lines.take_while(|line| !line.is_empty()) {
                let (name, value) = line.split_once(": ").unwrap();
                let name: HeaderName = name.parse().unwrap();
                asked.append(name, HeaderValue::from_str(value).unwrap());
            }
            let (mut parts, body) = answer(&assets, &Method::GET, &path, &asked).into_parts();
            let other = change(&path, &mut parts.headers).map(str::as_bytes);
            let body = other.unwrap_or(&body);
            let mut head =
                format!("HTTP/1.1 {}\r\ncontent-length: {}\r\nconnection: close\r\n", parts.status, body.len());
            for (name, value) in &parts.headers {
                head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
            }
            stream.write_all(&[head.as_bytes(), b"\r\n", body].concat()).unwrap();
        }
    });
    let address = ServerAddress::read(&address, PlainHttp::LoopbackOnly).unwrap();
    Http::new(&address, &Trust::of_system().unwrap())
}

async fn others(server: &Http) -> Vec<String> {
    Site::of([PAGE, SCRIPT, COMPRESSED]).compare(server).await.unwrap()
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_served_is_compared_in_every_form() {
    assert_eq!(Site::of([PAGE, SCRIPT, COMPRESSED]).len(), 2);
    let none: [&str; 0] = [];
    assert_eq!(others(&serve(&[PAGE, SCRIPT, COMPRESSED], |_, _| None)).await, none);
    let uncompressed = serve(&[PAGE, SCRIPT], |_, _| None);
    assert_eq!(others(&uncompressed).await, none);
    let tampered = serve(&[PAGE, SCRIPT, ("assets/page.js.br", b"tampered")], |_, _| None);
    assert_eq!(others(&tampered).await, ["/assets/page.js"]);
    let another = serve(&[PAGE], |path, _| (path == "/").then_some("<!doctype html><script>"));
    assert_eq!(others(&another).await, ["/", "/assets/page.js"]);
}

#[tokio::test(flavor = "current_thread")]
async fn a_page_that_is_another_at_an_address_of_its_own_is_found() {
    let invited = serve(&[PAGE, SCRIPT], |path, _| (path == "/join").then_some("<!doctype html><script>"));
    assert_eq!(others(&invited).await, ["/join"]);
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_said_of_the_files_is_compared_too() {
    let loosened = serve(&[PAGE, SCRIPT], |path, headers| {
        if path == "/" {
            headers.insert("content-security-policy", HeaderValue::from_static("default-src *"));
        }
        None
    });
    assert_eq!(others(&loosened).await, ["/: content-security-policy"]);
    let bare = serve(&[PAGE, SCRIPT], |path, headers| {
        if path == "/assets/page.js" {
            headers.remove("x-content-type-options");
            headers.insert("content-type", HeaderValue::from_static("text/html"));
        }
        None
    });
    assert_eq!(others(&bare).await, ["/assets/page.js: content-type", "/assets/page.js: x-content-type-options"]);
    let led_away = serve(&[PAGE, SCRIPT], |path, headers| {
        if path == "/sign-in" {
            headers.insert("refresh", HeaderValue::from_static("0; url=https://elsewhere.example/"));
        }
        // What a proxy adds for itself.
        headers.insert("strict-transport-security", HeaderValue::from_static("max-age=63072000"));
        None
    });
    assert_eq!(others(&led_away).await, ["/sign-in: refresh"]);
}
