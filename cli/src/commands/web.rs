//! The web app: handed out on this machine, and compared with a server's.

use super::caller::{Caller, wait};
use crate::{
    clock,
    connection::{Http, PlainHttp, ServerAddress},
    failure::Failure,
    fault::Fault,
    output::{Output, browser::Leading},
    signals::until_asked_to_end,
    tasks::Answer,
    told::Told,
    views::{Hidden, WebView},
    web::{Gate, Local, Site, serve},
};
use clap::Args;
use std::{
    io::IsTerminal,
    net::{Ipv4Addr, SocketAddr},
    process::ExitCode,
    sync::Arc,
};
use tokio::net::TcpListener;

#[derive(Args)]
pub(super) struct Web {
    /// Listen on this port; by default on one that is free
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Write the address, and leave the browser alone
    #[arg(long)]
    no_open: bool,
}

impl Web {
    pub(super) fn run(&self, caller: &Caller, output: Output) -> Result<ExitCode, Told> {
        let (assets, server) = (Site::built()?.into_assets(), caller.server()?);
        let http = caller.http()?;
        wait(async {
            let named = || format!("127.0.0.1:{}", self.port);
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
            let listener = TcpListener::bind(address).await.map_err(Failure::local(named()))?;
            let gate = Gate::new(listener.local_addr().map_err(Failure::local(named()))?, clock::system());
            let local = Arc::new(Local { gate, assets, server: http, origin: server.origin().to_owned() });
            self.show(&local, caller, output)?;
            let ended = async {
                // Where signals cannot be waited for, the program goes on until it is killed.
                if until_asked_to_end().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            serve(listener, local, ended).await;
            Ok::<_, Fault>(())
        })??;
        Ok(ExitCode::SUCCESS)
    }

    /// Says where it is, and opens it.
    fn show(&self, local: &Arc<Local>, caller: &Caller, output: Output) -> Result<(), Fault> {
        let address = local.gate.address();
        if output.json {
            return Ok(output.answer(&Answer::Link(Hidden(address)))?);
        }
        let server = &local.origin;
        output.said(
            &format!("{}\nThis address opens {server} once, within ten minutes. Ctrl-C ends it.", *address),
            &format!("{}\n此地址可在十分钟内打开一次 {server}。按 Ctrl-C 结束。", *address),
        )?;
        if !self.no_open && std::io::stdout().is_terminal() {
            let leading = Leading::to(&address, &caller.home)?;
            leading.open();
            let local = Arc::clone(local);
            tokio::spawn(async move {
                local.gate.admitted().await;
                drop(leading);
            });
        }
        Ok(())
    }
}

#[derive(Args)]
pub(super) struct VerifyWeb {
    /// The server's address; by default the one that this machine knows
    url: Option<String>,
}

impl VerifyWeb {
    pub(super) fn run(self, caller: &Caller, output: Output) -> Result<ExitCode, Told> {
        let server = match &self.url {
            Some(url) => {
                let plain = if caller.connection.plain_http { PlainHttp::Everywhere } else { PlainHttp::LoopbackOnly };
                ServerAddress::read(url, plain).map_err(|fault| Failure::Usage(format!("{url}: {fault}")))?
            }
            None => caller.server()?,
        };
        let (site, http) = (Site::built()?, Http::new(&server, &caller.trust()?));
        let others = wait(site.compare(&http))??;
        let is_same = others.is_empty();
        output.answer(&Answer::Web(WebView { server: server.origin().to_owned(), files: site.len(), others }))?;
        Ok(if is_same { ExitCode::SUCCESS } else { ExitCode::from(super::UNSOUND) })
    }
}
