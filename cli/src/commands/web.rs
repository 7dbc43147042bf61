//! The web app that a server serves, compared with this program's own.

use super::caller::{Caller, wait};
use crate::{
    connection::{Http, PlainHttp, ServerAddress},
    failure::Failure,
    output::Output,
    tasks::Answer,
    told::Told,
    views::WebView,
    web::Site,
};
use clap::Args;
use std::process::ExitCode;

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
