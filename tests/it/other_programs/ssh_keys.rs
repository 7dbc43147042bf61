//! SSH keys against ssh-keygen and openssl, in both directions.

use super::run;
use crate::harness::empty_folder;
use sealward_client::{
    crypto::randomness::OsRandom,
    keys::{KeyFault, SshKeyRead, make_ssh_key, read_ssh_key, unlock_ssh_key},
};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

/// Puts a key where ssh-keygen takes it.
fn keep(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// What `ssh-keygen -l` says: bits, fingerprint, comment, algorithm.
fn listed(folder: &Path, name: &str) -> (String, String) {
    let line = run(folder, "ssh-keygen", &["-l", "-f", name]);
    let mut words = line.split(' ');
    (words.next().unwrap().to_owned(), words.next().unwrap().to_owned())
}

fn fingerprint(read: &SshKeyRead) -> String {
    read.public.as_ref().unwrap().fingerprint.clone()
}

#[test]
fn their_keys_are_read_as_they_read_them() {
    let folder = empty_folder("ssh-keygen");
    let kinds = [
        ("ed25519", "256", "Ed25519"),
        ("rsa", "2048", "RSA 2048"),
        ("rsa", "3072", "RSA 3072"),
        ("ecdsa", "256", "ECDSA P-256"),
        ("ecdsa", "384", "ECDSA P-384"),
        ("ecdsa", "521", "ECDSA P-521"),
    ];
    for (kind, bits, wanted) in kinds {
        let name = format!("{kind}-{bits}");
        let make = ["-q", "-t", kind, "-b", bits, "-N", "", "-C", "mara lindqvist@northwind", "-f", &name];
        run(&folder, "ssh-keygen", &make);
        let read = read_ssh_key(&text(&folder, &name)).unwrap();
        let public = read.public.as_ref().unwrap();
        assert_eq!(public.line, text(&folder, &format!("{name}.pub")).trim());
        assert_eq!(listed(&folder, &name), (bits.to_owned(), public.fingerprint.clone()));
        assert_eq!(public.kind.as_deref(), Some(wanted));
        assert!(!read.locked);
    }
}

#[test]
fn their_locked_keys_open_with_the_passphrase() {
    let folder = empty_folder("ssh-keygen-locked");
    for cipher in ["aes256-ctr", "aes256-cbc", "aes128-ctr", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"]
    {
        let name = cipher.split('@').next().unwrap();
        let make = ["-q", "-t", "ed25519", "-Z", cipher, "-a", "4", "-N", "open sesame", "-C", "locked", "-f", name];
        run(&folder, "ssh-keygen", &make);
        let locked = text(&folder, name);
        let read = read_ssh_key(&locked).unwrap();
        assert!(read.locked && read.unlockable);
        assert_eq!(listed(&folder, name).1, fingerprint(&read));
        assert_eq!(unlock_ssh_key(&locked, "open sesamy").err(), Some(KeyFault::WrongPassphrase), "{cipher}");
        let opened = unlock_ssh_key(&locked, "open sesame").ok().unwrap();
        keep(&folder, "opened", opened.expose());
        // The private half gives the same public half, without a passphrase.
        let public = run(&folder, "ssh-keygen", &["-y", "-P", "", "-f", "opened"]);
        assert_eq!(public, text(&folder, &format!("{name}.pub")).trim());
    }
}

/// `ssh-keygen -t ecdsa -b 256`, run until the private number had 31 bytes: one key in 512.
const SHORT: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS
1zaGEyLW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQTaPDfWpmyGtnuzAta+l5j2qB7pVQuS
g2dUTGhSx2hpFMGeZz7kLUBHon1cb00ma8yXPRlNEHG3SPU6DqTHg0FwAAAAqIJ+eKSCfn
ikAAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNo8N9ambIa2e7MC
1r6XmPaoHulVC5KDZ1RMaFLHaGkUwZ5nPuQtQEeifVxvTSZrzJc9GU0QcbdI9ToOpMeDQX
AAAAAfaUpCAhsj6qz66XpUkJ8F5Q1KzCNwt302vUvD8DRyugAAABBkZXBsb3lAbm9ydGh3
aW5kAQ==
-----END OPENSSH PRIVATE KEY-----
";

#[test]
fn a_key_whose_number_is_short_is_read_and_goes_back_to_them() {
    let folder = empty_folder("ssh-keygen-short");
    keep(&folder, "short", SHORT);
    let line = run(&folder, "ssh-keygen", &["-y", "-P", "", "-f", "short"]);
    assert_eq!(read_ssh_key(SHORT).unwrap().public.unwrap().line, line);
    for cipher in ["aes256-ctr", "aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com"] {
        keep(&folder, "locked", SHORT);
        let lock = ["-q", "-p", "-P", "", "-N", "open sesame", "-a", "4", "-Z", cipher, "-f", "locked"];
        run(&folder, "ssh-keygen", &lock);
        let opened = unlock_ssh_key(&text(&folder, "locked"), "open sesame").ok().unwrap();
        keep(&folder, "opened", opened.expose());
        assert_eq!(run(&folder, "ssh-keygen", &["-y", "-P", "", "-f", "opened"]), line, "{cipher}");
    }
}

#[test]
fn our_keys_are_read_by_them_and_sign() {
    let folder = empty_folder("ssh-keygen-ours");
    let made = make_ssh_key("deploy@mail-1", &mut OsRandom::new()).ok().unwrap();
    keep(&folder, "ours", made.expose());
    let public = read_ssh_key(made.expose()).unwrap().public.unwrap();
    assert_eq!(run(&folder, "ssh-keygen", &["-y", "-P", "", "-f", "ours"]), public.line);
    assert_eq!(listed(&folder, "ours"), ("256".to_owned(), public.fingerprint));
    fs::write(folder.join("message"), "hello").unwrap();
    run(&folder, "ssh-keygen", &["-q", "-Y", "sign", "-n", "file", "-f", "ours", "message"]);
    assert!(text(&folder, "message.sig").starts_with("-----BEGIN SSH SIGNATURE-----"));
}

#[test]
fn keys_in_the_forms_of_openssl_have_the_same_fingerprint() {
    let folder = empty_folder("openssl-keys");
    for (kind, form) in [("rsa", "PEM"), ("rsa", "PKCS8"), ("ecdsa", "PEM"), ("ecdsa", "PKCS8")] {
        let name = format!("{kind}-{form}");
        run(&folder, "ssh-keygen", &["-q", "-t", kind, "-m", form, "-N", "", "-C", "", "-f", &name]);
        let text = text(&folder, &name);
        assert!(!text.contains("OPENSSH"), "{name}");
        assert_eq!(fingerprint(&read_ssh_key(&text).unwrap()), listed(&folder, &name).1, "{name}");
    }
    run(&folder, "openssl", &["genpkey", "-algorithm", "ed25519", "-out", "ed25519"]);
    keep(&folder, "ed25519", &text(&folder, "ed25519"));
    // ssh-keygen does not read this one, so the public half comes from openssl: the last 32 bytes of its DER.
    run(&folder, "openssl", &["pkey", "-in", "ed25519", "-pubout", "-outform", "DER", "-out", "ed25519.der"]);
    let der = fs::read(folder.join("ed25519.der")).unwrap();
    let blob = [b"\0\0\0\x0bssh-ed25519\0\0\0\x20".as_slice(), &der[der.len() - 32..]].concat();
    let base64 = <base64ct::Base64 as base64ct::Encoding>::encode_string(&blob);
    let read = read_ssh_key(&text(&folder, "ed25519")).unwrap();
    assert_eq!(read.public.unwrap().line, format!("ssh-ed25519 {base64}"));
    for cipher in ["-aes-256-cbc", "-aes-128-cbc"] {
        let lock = ["pkcs8", "-topk8", "-in", "ed25519", "-passout", "pass:x", "-v2", &cipher[1..], "-out", "locked"];
        run(&folder, "openssl", &lock);
        let read = read_ssh_key(&text(&folder, "locked")).unwrap();
        assert!(read.locked && read.public.is_none());
    }
}
