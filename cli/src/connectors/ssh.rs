//! Linux over SSH: signed in with a password, which `passwd` or, for root, `chpasswd` changes. Passwords go through the
//! remote program's standard input, and into no command line, environment or terminal.

use super::{Changed, HostKeys, Login, NewPassword, SignInFault, Target, Unusable, connect};
use russh::{
    ChannelMsg, MethodKind, Preferred,
    client::{self, AuthResult, Handle, KeyboardInteractiveAuthResponse},
    keys::PublicKeyOrCertificate,
};
use sealward_client::model::SecretText;
use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};
use zeroize::Zeroizing;

/// Who may change the passwords of others.
pub(super) const ROOT: &str = "root";
/// Bytes of a password that PAM's conversation takes, with room for its line's end.
const LONGEST: usize = 500;
/// Rounds of questions that are answered while signing in.
const ROUNDS: usize = 4;
const WANTED: &str = "`password` or `keyboard-interactive`, with one question";

/// Somebody is signed in.
pub(super) struct Connection(Handle<Host>);

/// What is asked of the host's key.
struct Host {
    known: HostKeys,
    host: String,
    port: u16,
    /// Why it was refused.
    refused: Arc<Mutex<Option<SignInFault>>>,
}

impl client::Handler for Host {
    type Error = russh::Error;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        // Certificates are not asked for.
        let PublicKeyOrCertificate::PublicKey { key, .. } = shown else { return Ok(false) };
        let judged = self.known.judge(&self.host, self.port, key);
        let is_good = judged.is_ok();
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = judged.err();
        Ok(is_good)
    }
}

/// Whether a password can go through a line of a program's input.
pub(super) fn check(user: &str, password: &SecretText) -> Result<(), Unusable> {
    let is_odd = |letter: char| letter.is_control() || letter == ':' || letter.is_whitespace();
    if user.is_empty() || user.starts_with('-') || user.contains(is_odd) {
        return Err(Unusable::User);
    }
    let password = password.expose();
    if password.len() > LONGEST || password.contains(char::is_control) { Err(Unusable::Password) } else { Ok(()) }
}

/// Signs in to a host whose key is known.
pub(super) async fn sign_in(known: &HostKeys, target: &Target, login: &Login<'_>) -> Result<Connection, SignInFault> {
    let broken = || SignInFault::Broken(target.place());
    let stream = connect(target).await?;
    let config = client::Config {
        preferred: Preferred { key: Cow::Owned(known.algorithms(&target.host, target.port)), ..Preferred::DEFAULT },
        ..client::Config::default()
    };
    let refused = Arc::new(Mutex::new(None));
    let (host, port) = (target.host.clone(), target.port);
    let handler = Host { known: known.clone(), host, port, refused: Arc::clone(&refused) };
    let connected = client::connect_stream(Arc::new(config), stream, handler).await;
    let mut handle = connected.map_err(|_| {
        let refused = refused.lock().unwrap_or_else(PoisonError::into_inner).take();
        refused.unwrap_or_else(broken)
    })?;
    let method = || SignInFault::Method { place: target.place(), wanted: WANTED };
    let offered = match handle.authenticate_none(login.user).await.map_err(|_| broken())? {
        // Whoever is let in without a password cannot be told that it was changed.
        AuthResult::Success => return Err(method()),
        AuthResult::Failure { remaining_methods, .. } => remaining_methods,
    };
    if offered.contains(&MethodKind::Password) {
        let answer = handle.authenticate_password(login.user, login.password.expose()).await;
        return match answer.map_err(|_| broken())? {
            AuthResult::Success => Ok(Connection(handle)),
            AuthResult::Failure { partial_success: true, .. } => Err(method()),
            // That is also what a connection says that is no more.
            AuthResult::Failure { remaining_methods, .. } if remaining_methods.is_empty() => Err(broken()),
            AuthResult::Failure { .. } => Err(SignInFault::Refused(target.place())),
        };
    }
    if offered.contains(&MethodKind::KeyboardInteractive) {
        return answer_questions(handle, target, login).await;
    }
    Err(if offered.is_empty() { broken() } else { method() })
}

async fn answer_questions(
    mut handle: Handle<Host>,
    target: &Target,
    login: &Login<'_>,
) -> Result<Connection, SignInFault> {
    let broken = |_| SignInFault::Broken(target.place());
    let method = || SignInFault::Method { place: target.place(), wanted: WANTED };
    let mut told = false;
    let mut answer = handle.authenticate_keyboard_interactive_start(login.user, None).await.map_err(broken)?;
    for _ in 0..ROUNDS {
        let answers = match answer {
            KeyboardInteractiveAuthResponse::Success => {
                return if told { Ok(Connection(handle)) } else { Err(method()) };
            }
            KeyboardInteractiveAuthResponse::Failure { partial_success: true, .. } => return Err(method()),
            KeyboardInteractiveAuthResponse::Failure { .. } if told => {
                return Err(SignInFault::Refused(target.place()));
            }
            KeyboardInteractiveAuthResponse::Failure { .. } => return Err(method()),
            KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => match prompts.as_slice() {
                [] => Vec::new(),
                [one] if !one.echo && !told => {
                    told = true;
                    vec![login.password.expose().to_owned()]
                }
                _ => return Err(method()),
            },
        };
        answer = handle.authenticate_keyboard_interactive_respond(answers).await.map_err(broken)?;
    }
    Err(method())
}

impl Connection {
    /// Has the password changed, and waits for what the program says at its end.
    pub(super) async fn change(&self, login: &Login<'_>, new: &NewPassword<'_>) -> Changed {
        // Root is not asked for a present password, so `passwd` would take it for the new one.
        let (command, lines) = if login.user == ROOT {
            ("/usr/sbin/chpasswd", Zeroizing::new(format!("{}:{}\n", new.user, new.password.expose())))
        } else {
            let (present, new) = (login.password.expose(), new.password.expose());
            ("passwd", Zeroizing::new(format!("{present}\n{new}\n{new}\n")))
        };
        let refused = |why: &str| Changed::Refused(why.to_owned());
        let Ok(mut channel) = self.0.channel_open_session().await else { return refused("no session") };
        if channel.exec(true, command).await.is_err() {
            return refused("no command");
        }
        loop {
            match channel.wait().await {
                Some(ChannelMsg::Success) => break,
                Some(ChannelMsg::WindowAdjusted { .. }) => {}
                // Nothing was sent to it yet.
                _ => return refused("no command"),
            }
        }
        if channel.data(lines.as_bytes()).await.is_err() || channel.eof().await.is_err() {
            return Changed::Unknown;
        }
        loop {
            match channel.wait().await {
                Some(ChannelMsg::ExitStatus { exit_status: 0 }) => return Changed::Done,
                Some(ChannelMsg::ExitStatus { exit_status }) => {
                    return Changed::Refused(format!("exit status {exit_status} of {command}"));
                }
                // Killed in the middle of its work.
                Some(ChannelMsg::ExitSignal { .. }) | None => return Changed::Unknown,
                // Its questions, in whatever language.
                Some(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_another_line_is_not_sent() {
        let judge = |user: &str, password: &str| check(user, &SecretText::from(password));
        assert_eq!(judge("deploy", "pass word: ünï$'\"\\"), Ok(()));
        for password in ["two\nlines", "a\rb", "nul\0", "bell\u{7}", &"x".repeat(501)] {
            assert_eq!(judge("deploy", password), Err(Unusable::Password));
        }
        for user in ["", "a:b", "a b", "a\nb", "-R/tmp"] {
            assert_eq!(judge(user, "x"), Err(Unusable::User), "{user}");
        }
    }
}
