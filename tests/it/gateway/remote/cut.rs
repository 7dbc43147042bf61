//! A way to a server that breaks off where a test says.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Where a connection breaks off.
#[derive(Clone, Copy)]
pub enum Cut {
    Nowhere,
    /// Before these bytes go through.
    Before(&'static [u8]),
    /// When the answer to these bytes comes.
    After(&'static [u8]),
}

/// The way.
pub struct Way {
    pub address: SocketAddr,
    came: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Way {
    /// Leads so many connections to a server, and refuses the others.
    pub async fn to(server: SocketAddr, cut: Cut, connections: usize) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let came = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&came);
        let task = tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                if counted.fetch_add(1, Ordering::SeqCst) < connections {
                    tokio::spawn(lead(client, server, cut));
                }
            }
        });
        Self { address, came, task }
    }

    /// How many connections came.
    pub fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

async fn lead(mut client: TcpStream, server: SocketAddr, cut: Cut) {
    let mut server = TcpStream::connect(server).await.unwrap();
    let (mut ends_at_answer, mut up, mut down) = (false, vec![0; 65536], vec![0; 65536]);
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let sent = &up[..read.unwrap_or(0)];
                match cut {
                    Cut::Before(bytes) if holds(sent, bytes) => return,
                    Cut::After(bytes) if holds(sent, bytes) => ends_at_answer = true,
                    _ => {}
                }
                if sent.is_empty() || server.write_all(sent).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut down) => {
                let answered = &down[..read.unwrap_or(0)];
                if answered.is_empty() || ends_at_answer || client.write_all(answered).await.is_err() {
                    return;
                }
            }
        }
    }
}
