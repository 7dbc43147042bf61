//! JumpServer's document.

use super::{super::Scene, Ran, Run, answer_of, shape::compare};
use crate::harness::empty_folder;
use sealward_contract::chain::VaultRole;
use serde_json::{Value, json};

const TOKEN: &str = "b96810faac725563304dada8c323c4fa061863d4";

fn is_heading(line: &str) -> bool {
    line.strip_prefix("**").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
}

pub async fn run() -> Ran {
    // As its page says, secrets are read this way once the setting is off.
    let scene = Scene::begin(false).await;
    let certificate = empty_folder("jumpserver-document").join("certificate.pem");
    std::fs::write(&certificate, scene.running.certificate.as_ref().unwrap()).unwrap();
    let mut run = Run::begin("jumpserver-accounts-api.md", is_heading, &certificate);
    let token = scene.token("scripts", VaultRole::Editor).await;
    scene.resource(&token, "web-01", "admin", "first").await;
    let assets = scene.jumpserver("GET", "/api/v1/assets/assets/", &token, None).await.json();
    let asset = assets[0]["id"].as_str().unwrap().to_owned();
    let host = format!("https://{}/", scene.address("jumpserver"));
    let mut command = |line: usize, ids: &[(&str, &str)]| {
        let mut replace = vec![("https://localhost/", host.as_str()), (TOKEN, token.as_str())];
        replace.extend(ids);
        let printed = run.command(line, &replace);
        assert_eq!(printed.len(), 1);
        printed.into_iter().next().unwrap()
    };
    let read = |printed: &[u8]| -> Value { serde_json::from_slice(printed).unwrap() };
    let made = read(&command(4, &[("09e1e072-1498-42f7-a6b1-567c2db56f59", &asset)]));
    compare(&answer_of("jumpserver", 1), &made);
    let id = made["id"].as_str().unwrap().to_owned();
    let ids = [("f3280232-113a-4135-a908-eddd1d9f27b6", id.as_str()), ("09e1e072-1498-42f7-a6b1-567c2db56f59", &asset)];
    compare(&answer_of("jumpserver", 1), &read(&command(31, &ids)));
    let listed = read(&command(49, &[("a014d307-7c2b-4788-a3e0-aebd01ddf761", &asset)]));
    compare(&answer_of("jumpserver", 4), &listed);
    assert_eq!(listed["count"], 2);
    let secret = read(&command(64, &[("1e28b088-c86c-41b7-a85b-29e15c7cc8cb", &id)]));
    compare(&answer_of("jumpserver", 5), &secret);
    assert_eq!(secret["secret"], "ThisIsPassword");
    assert_eq!(command(23, &[("1b56ff93-18e9-478e-97c2-8b6a3720b95d", &id)]), b"");
    let path = format!("/api/v1/accounts/accounts/{id}/");
    assert_eq!(scene.jumpserver("GET", &path, &token, None).await.status, 404);
    let left = scene.jumpserver("GET", "/api/v1/accounts/accounts/?limit=1", &token, None).await.json();
    assert_eq!(left["count"], json!(1));
    run.end()
}
