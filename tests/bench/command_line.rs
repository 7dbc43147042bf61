//! The command line, as a script uses it: a process for each secret, and an agent that holds the session.

use anyhow::{Context, Result, ensure};
use std::{
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const TIMES: usize = 40;

/// Measures it.
pub fn measure(program: &Path, folder: &Path, server: SocketAddr) -> Result<()> {
    println!("\nThe command line");
    // The path of a socket has about a hundred bytes, so the agent's is not below the folder that is measured in.
    let home = std::env::temp_dir().join(format!("sealward-bench-{}", std::process::id()));
    let measured = measure_in(&home, program, folder, server);
    drop(run(&home, program, server, &["lock"]));
    drop(std::fs::remove_dir_all(&home));
    measured
}

fn measure_in(home: &Path, program: &Path, folder: &Path, server: SocketAddr) -> Result<()> {
    let file = |name: &str| folder.join(name).display().to_string();
    std::fs::write(file("password"), "copper lantern walks north 7")?;
    std::fs::write(file("secret"), "the secret that is fetched")?;
    let (password, kit, secret) = (file("password"), file("kit.txt"), file("secret"));
    let found = ["team", "create", "Bench", "--login-name", "ada", "--vault", "Web", "--password-file"];
    run(home, program, server, &[&found[..], &[&password, "--kit-file", &kit]].concat())?;
    run(home, program, server, &["create", "Web/db1/root", "--secret-file", &secret])?;
    let mut times = Vec::new();
    for _ in 0..TIMES {
        #[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
        let begun = Instant::now();
        let got = run(home, program, server, &["get", "Web/db1/root", "--field", "secret"])?;
        times.push(begun.elapsed());
        ensure!(got.trim_end() == "the secret that is fetched", "another secret");
    }
    times.sort();
    let at = |share: usize| times.get(share * (TIMES - 1) / 100).copied().unwrap_or_default();
    let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
    println!(
        "  {:<44} median {:>6.1} ms   slowest {:>6.1} ms",
        "get through the agent (aim 100 ms)",
        millis(at(50)),
        millis(at(100))
    );
    Ok(())
}

fn run(home: &Path, program: &Path, server: SocketAddr, arguments: &[&str]) -> Result<String> {
    let done = Command::new(program)
        .args(arguments)
        .env("SEALWARD_HOME", home)
        .env("SEALWARD_SERVER", format!("http://{server}"))
        .stdin(Stdio::null())
        .output()
        .context("the command line does not start")?;
    ensure!(done.status.success(), "{}: {}", arguments.join(" "), String::from_utf8_lossy(&done.stderr));
    Ok(String::from_utf8(done.stdout)?)
}
