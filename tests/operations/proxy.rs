//! Behind Debian's nginx, with the configuration that is handed out: HTTP/2, streams that are not held back, the address
//! of the client and nobody's word for it, bodies of the largest size.

use crate::{
    people::{Writer, enter, found, play},
    program::{Program, command, empty_folder, free_address, said},
    wire::Wire,
};
use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::Duration,
};

/// nginx in the foreground, ended when dropped.
struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its master ends its workers when it is told to.
        drop(command("kill").args(["-TERM", &self.0.id().to_string()]).status());
        drop(self.0.wait());
    }
}

/// The configuration of packaging/, with these addresses and files.
fn configure(folder: &Path, server: SocketAddr, front: SocketAddr) -> PathBuf {
    let given = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/nginx.conf")).unwrap();
    let (cert, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    said(
        command("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=vault.example.org", "-addext", "subjectAltName=DNS:vault.example.org", "-keyout"])
            .arg(&key)
            .arg("-out")
            .arg(&cert),
    );
    let mut site = given;
    for (from, to) in [
        ("server 127.0.0.1:8480;", format!("server {server};")),
        ("listen 443 ssl http2;", format!("listen {front} ssl http2;")),
        ("/etc/ssl/sealward/certificate.pem", cert.display().to_string()),
        ("/etc/ssl/sealward/key.pem", key.display().to_string()),
    ] {
        assert!(site.contains(from), "packaging/nginx.conf has no `{from}` any more");
        site = site.replace(from, &to);
    }
    let here = folder.display();
    let whole = format!(
        "daemon off;\npid {here}/pid;\nerror_log {here}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n\
         client_body_temp_path {here}/body;\nproxy_temp_path {here}/proxy;\nfastcgi_temp_path {here}/fastcgi;\n\
         uwsgi_temp_path {here}/uwsgi;\nscgi_temp_path {here}/scgi;\n{site}\n}}\n"
    );
    let file = folder.join("nginx.conf");
    std::fs::write(&file, whole).unwrap();
    file
}

/// curl from 127.0.0.2, which is a client and no proxy.
fn curl(front: SocketAddr) -> std::process::Command {
    let mut curl = command("curl");
    curl.args(["--silent", "--show-error", "--insecure", "--http2", "--interface", "127.0.0.2", "--max-time", "30"]);
    curl.args(["--resolve", &format!("vault.example.org:{}:127.0.0.1", front.port())]);
    curl
}

fn url(front: SocketAddr, path: &str) -> String {
    format!("https://vault.example.org:{}{path}", front.port())
}

async fn start(folder: &Path, config: &Path, front: SocketAddr) -> Nginx {
    let nginx = command("nginx").arg("-e").arg(folder.join("error.log")).arg("-c").arg(config).spawn().unwrap();
    let nginx = Nginx(nginx);
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(front).await.is_ok() {
            return nginx;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nginx does not listen; see {}", folder.join("error.log").display());
}

#[test]
fn behind_nginx_all_is_as_without_it() {
    play(async {
        let folder = empty_folder("nginx");
        let (server, front) = (free_address(), free_address());
        let config = configure(&folder, server, front);
        let mut program = command(crate::program::binary());
        let program = Program::start_with(
            &mut program,
            &folder.join("data"),
            &folder.join("log"),
            server,
            &["--trusted-proxy", "127.0.0.1/32"],
        );
        let _nginx = start(&folder, &config, front).await;
        let device = found(server).await;
        let wire = Wire::new(server);
        let token = wire.token();
        let client = enter(&device, wire).await;
        let bearer = format!("authorization: Bearer {}", token.borrow().clone().unwrap());
        let team = device.team;

        let told = said(curl(front).args(["--write-out", " %{http_version} %{http_code}", &url(front, "/readyz")]));
        assert_eq!(told, "ready\n 2 200");

        check_stream(front, server, &bearer, &format!("/v1/teams/{team}/events"), &client).await;

        // nginx says 127.0.0.2; what the client says of itself does not count.
        let sessions = url(front, &format!("/v1/teams/{team}/sessions"));
        let forged = ["--header", "x-forwarded-for: 203.0.113.9", "--header"];
        said(curl(front).args(forged).args([&bearer, &sessions]));
        let listed = said(curl(front).args(["--header", &bearer, &sessions]));
        assert!(listed.contains(r#""127.0.0.2""#) && !listed.contains("203.0.113.9"), "{listed}");

        // Bodies of the size of an upload's chunks, and of the largest batch, reach the server: the refusal is its own.
        for mebibytes in [2, 4] {
            let body = folder.join("body-to-send");
            std::fs::write(&body, vec![b' '; (mebibytes << 20) - 1]).unwrap();
            let batch = url(front, &format!("/v1/teams/{team}/batches"));
            let told = said(
                curl(front)
                    .args(["--request", "POST", "--header", &bearer, "--header", "content-type: application/json"])
                    .args(["--data-binary", &format!("@{}", body.display()), "--write-out", " %{http_code}", &batch]),
            );
            assert!(told.ends_with(" 400") && told.contains("urn:sealward:problem:malformed"), "{told}");
        }
        program.stop();
    });
}

/// A hint goes through at once: it is here while the stream is still open.
async fn check_stream(front: SocketAddr, server: SocketAddr, bearer: &str, path: &str, client: &crate::people::Client) {
    let mut stream = curl(front)
        .args(["--no-buffer", "--header", "accept: text/event-stream", "--header", bearer, &url(front, path)])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(stream.stdout.take().unwrap()).lines().map(Result::unwrap);
    let opened = tokio::task::spawn_blocking(move || {
        assert!(lines.any(|line| line.contains("opened")), "the stream ended before it was open");
        lines
    });
    let mut lines = opened.await.unwrap();
    let hint = tokio::task::spawn_blocking(move || (lines.find(|line| line.contains("vault")), lines));
    Writer::join(client, server, "told of").await;
    let (hint, _lines) = hint.await.unwrap();
    assert!(hint.is_some(), "the stream ended without a hint");
    assert!(stream.try_wait().unwrap().is_none(), "the hint came when the stream had ended");
    stream.kill().unwrap();
    stream.wait().unwrap();
}
