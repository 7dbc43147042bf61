//! A server's web app compared with the one that was built: the same, changed in the form that browsers get, and missing.

use sealward_cli::{
    connection::{Http, PlainHttp, ServerAddress, Trust},
    web::Site,
};
use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
};

const FILES: [(&str, &[u8]); 3] =
    [("index.html", b"<!doctype html>"), ("assets/page.js", b"start()"), ("assets/page.js.br", b"compressed")];

/// A server that gives these bodies: by path, and whether they are compressed.
fn serve(answers: &'static [(&'static str, bool, &'static str)]) -> Http {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let Some(first) = lines.next() else { continue };
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).map(|line| line.to_lowercase()).collect();
            let path = first.split(' ').nth(1).unwrap().to_owned();
            let wants_compressed = head.iter().any(|line| line == "accept-encoding: br");
            let find = |compressed| answers.iter().find(|(at, form, _)| *at == path && *form == compressed);
            let found = find(true).filter(|_| wants_compressed).or_else(|| find(false));
            let (status, body) = found.map_or(("404 Not Found", ""), |(_, _, body)| ("200 OK", *body));
            let encoding = if found.is_some_and(|(_, form, _)| *form) { "content-encoding: br\r\n" } else { "" };
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status}\r\n{encoding}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            )
            .unwrap();
        }
    });
    let address = ServerAddress::read(&address, PlainHttp::LoopbackOnly).unwrap();
    Http::new(&address, &Trust::of_system().unwrap())
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_served_is_compared_in_every_form() {
    let site = Site::of(FILES);
    assert_eq!(site.len(), 2);
    let same = serve(&[
        ("/", false, "<!doctype html>"),
        ("/assets/page.js", false, "start()"),
        ("/assets/page.js", true, "compressed"),
    ]);
    assert_eq!(site.compare(&same).await.unwrap(), Vec::<String>::new());
    let uncompressed = serve(&[("/", false, "<!doctype html>"), ("/assets/page.js", false, "start()")]);
    assert_eq!(site.compare(&uncompressed).await.unwrap(), Vec::<String>::new());
    let changed = serve(&[
        ("/", false, "<!doctype html>"),
        ("/assets/page.js", false, "start()"),
        ("/assets/page.js", true, "tampered"),
    ]);
    assert_eq!(site.compare(&changed).await.unwrap(), ["/assets/page.js"]);
    let missing = serve(&[("/", false, "<!doctype html><script>")]);
    assert_eq!(site.compare(&missing).await.unwrap(), ["/", "/assets/page.js"]);
}
