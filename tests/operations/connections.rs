//! One address gets so many connections and no more; the metrics tell of it on their own listener.

use crate::program::{Program, binary, command, empty_folder, free_address, metric};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// A connection that was answered; `None` when it was closed instead.
fn ask(address: SocketAddr) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut answer = [0; 12];
    let answered =
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").and_then(|()| stream.read_exact(&mut answer));
    answered.is_ok().then(|| {
        assert_eq!(&answer, b"HTTP/1.1 200");
        stream
    })
}

#[test]
fn an_address_gets_its_connections_and_no_more() {
    let folder = empty_folder("connections");
    let (address, metrics) = (free_address(), free_address());
    let more = ["--connections-per-address", "3", "--metrics", &metrics.to_string()];
    let program =
        Program::start_with(&mut command(binary()), &folder.join("data"), &folder.join("log"), address, &more);
    let open: Vec<TcpStream> = (0..3).map(|_| ask(address).unwrap()).collect();
    assert!(ask(address).is_none());
    assert_eq!(metric(metrics, "sealward_connections"), 3.0);
    assert_eq!(metric(metrics, "sealward_connections_turned_away_total"), 1.0);
    drop(open);
    // The server hears of the end in its own time.
    let again = (0..100).find_map(|_| {
        std::thread::sleep(Duration::from_millis(20));
        ask(address)
    });
    assert!(again.is_some());
    drop(again);
    program.stop();
}
