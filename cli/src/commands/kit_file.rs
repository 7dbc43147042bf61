//! The emergency kit of whoever has just become a member, or asks for it again.

use super::caller::Caller;
use crate::{
    failure::Failure,
    fault::Fault,
    output::Output,
    tasks::Answer,
    told::Told,
    views::{Hidden, NewMemberView},
};
use sealward_client::{kit::EmergencyKit, session::Device};
use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt, path::Path};
use zeroize::Zeroizing;

/// The kit of a device.
pub(super) fn of(device: &Device) -> Result<Zeroizing<String>, Fault> {
    let Device { team, login_name, origin, secret_key } = device.duplicate().ok_or(Fault::UnknownDevice)?;
    Ok(EmergencyKit { team, secret_key, origin, login_name: login_name.to_string() }.to_text())
}

/// Writes it into a new file, for the user alone.
pub(super) fn write(file: &Path, kit: &str) -> Result<(), Failure> {
    let named = || file.display().to_string();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut out = options.open(file).map_err(Failure::local(named()))?;
    out.write_all(kit.as_bytes()).and_then(|()| out.sync_all()).map_err(Failure::local(named()))
}

/// Whether a file can be written there: an empty one is, and goes again.
pub(super) fn check(file: &Path) -> Result<(), Failure> {
    write(file, "")?;
    std::fs::remove_file(file).map_err(Failure::local(file.display().to_string()))
}

/// Keeps the Secret Key of somebody who has just become a member on this machine, and writes the kit where a file is named for
/// it. Without the Secret Key they could never sign in: where this machine cannot keep it, the kit is given all the same.
pub(super) fn keep(
    caller: &Caller,
    device: &Device,
    file: Option<&Path>,
    output: Output,
) -> Result<Zeroizing<String>, Told> {
    let kit = of(device)?;
    let written = file.map_or(Ok(()), |file| write(file, &kit));
    if let Err(fault) = caller.ca().map_err(Fault::from).and_then(|ca| caller.home.keep_device(device, ca.as_deref())) {
        let file = file.filter(|_| written.is_ok());
        show(file, device, kit, output)?;
        return Err(fault.into());
    }
    written?;
    Ok(kit)
}

/// Says where it is, or shows it.
pub(super) fn show(
    file: Option<&Path>,
    device: &Device,
    kit: Zeroizing<String>,
    output: Output,
) -> Result<(), Failure> {
    match file {
        Some(file) => {
            let (english, chinese) = (
                format!("The emergency kit is in {}. Keep it twice, away from this machine.", file.display()),
                format!("应急恢复套件已写入 {}。请在本机之外保存两份。", file.display()),
            );
            output.said(&english, &chinese)
        }
        None => {
            let login_name = device.login_name.to_string();
            let kit = Hidden(kit);
            output.answer(&Answer::NewMember(NewMemberView { login_name, kit, password: None }))
        }
    }
}
