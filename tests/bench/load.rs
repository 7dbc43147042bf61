//! Requests made beforehand, sent over a number of connections as fast as they are answered.

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::io::{AsyncRead, AsyncWrite};

/// A request, ready to be sent.
#[derive(Clone)]
pub struct Prepared {
    pub method: &'static str,
    pub target: String,
    pub token: Option<String>,
    pub content_type: &'static str,
    pub accept: &'static str,
    /// Address that the request is said to come from, by a proxy that the server trusts.
    pub forwarded_for: Option<String>,
    pub body: Bytes,
}

/// What a load of requests took.
pub struct Load {
    pub requests: usize,
    pub seconds: f64,
    pub bytes: u64,
    latencies: Vec<Duration>,
}

impl Load {
    pub fn per_second(&self) -> f64 {
        self.requests as f64 / self.seconds
    }

    /// Latency that this share of the requests kept to, in milliseconds.
    pub fn quantile(&self, share: f64) -> f64 {
        let at = ((self.latencies.len() as f64 * share) as usize).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(at).map_or(0.0, |latency| latency.as_secs_f64() * 1_000.0)
    }
}

/// One connection that requests are sent over one after the other.
pub struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    host: String,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = tokio::net::TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Self::over(stream, address.to_string()).await
    }

    /// Over what is connected already.
    pub async fn over(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, host: String) -> Result<Self> {
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, host })
    }

    /// Sends a request and reads the whole answer, dropping it bit by bit where `keep` says so.
    pub async fn send(&mut self, prepared: &Prepared, keep: bool) -> Result<(u16, u64, Vec<u8>)> {
        let response = self.ask(prepared).await?;
        let status = response.status().as_u16();
        let (mut length, mut kept, mut body) = (0, Vec::new(), response.into_body());
        while let Some(frame) = body.frame().await {
            if let Some(data) = frame?.data_ref() {
                length += data.len() as u64;
                if keep || status >= 300 {
                    kept.extend_from_slice(data);
                }
            }
        }
        Ok((status, length, kept))
    }

    /// Sends a request whose answer has no end; the connection is its own from then on.
    pub async fn open_stream(&mut self, prepared: &Prepared) -> Result<hyper::body::Incoming> {
        let response = self.ask(prepared).await?;
        anyhow::ensure!(response.status().is_success(), "status {}", response.status());
        Ok(response.into_body())
    }

    async fn ask(&mut self, prepared: &Prepared) -> Result<hyper::Response<hyper::body::Incoming>> {
        let mut request = Request::builder()
            .method(prepared.method)
            .uri(&prepared.target)
            .header("host", &self.host)
            .header("content-type", prepared.content_type)
            .header("accept", prepared.accept);
        if let Some(token) = &prepared.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(address) = &prepared.forwarded_for {
            request = request.header("x-forwarded-for", address);
        }
        self.sender.ready().await?;
        Ok(self.sender.send_request(request.body(Full::new(prepared.body.clone()))?).await?)
    }
}

/// Sends each list of requests over a connection of its own, all at once; every answer must be a success.
pub async fn run(address: SocketAddr, lists: Vec<Vec<Prepared>>) -> Result<Load> {
    let mut connections = Vec::new();
    for _ in &lists {
        connections.push(Connection::open(address).await?);
    }
    run_over(connections, lists).await
}

/// The same over connections that are there.
pub async fn run_over(connections: Vec<Connection>, lists: Vec<Vec<Prepared>>) -> Result<Load> {
    #[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
    let begun = Instant::now();
    let tasks: Vec<_> = connections
        .into_iter()
        .zip(lists)
        .map(|(mut connection, list)| {
            tokio::spawn(async move {
                let (mut latencies, mut bytes) = (Vec::with_capacity(list.len()), 0);
                for prepared in &list {
                    #[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
                    let sent = Instant::now();
                    let (status, length, body) = connection.send(prepared, false).await?;
                    ensure!(
                        status < 300,
                        "{} {}: {status} {}",
                        prepared.method,
                        prepared.target,
                        String::from_utf8_lossy(&body)
                    );
                    latencies.push(sent.elapsed());
                    bytes += length;
                }
                anyhow::Ok((latencies, bytes))
            })
        })
        .collect();
    let (mut latencies, mut bytes) = (Vec::new(), 0);
    for task in tasks {
        let (own, length) = task.await.context("a load task failed")??;
        latencies.extend(own);
        bytes += length;
    }
    let seconds = begun.elapsed().as_secs_f64();
    latencies.sort();
    Ok(Load { requests: latencies.len(), seconds, bytes, latencies })
}
