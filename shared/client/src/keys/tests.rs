//! Keys and certificates that ssh-keygen and openssl made, and what those say of them.

use super::{KeyFault, PairedKey, make_ssh_key, read_certificate, read_ssh_key, to_text, unlock_ssh_key};
use crate::{
    crypto::randomness::OsRandom,
    model::{CertificatePublic, SshPublic},
};
use sealward_contract::ids::Timestamp;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// `ssh-keygen -t ed25519 -C mara@workshop`.
const ED25519: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACBOWxQjhRSgLhAlSR1hVnn9Ix9rBA5W9QxdStT8VvM7egAAAJCfNK8ynzSv
MgAAAAtzc2gtZWQyNTUxOQAAACBOWxQjhRSgLhAlSR1hVnn9Ix9rBA5W9QxdStT8VvM7eg
AAAEAzE2muUV9s64f/OjzUSTGyK9/VsdGParb6VzqW0WwcXk5bFCOFFKAuECVJHWFWef0j
H2sEDlb1DF1K1PxW8zt6AAAADW1hcmFAd29ya3Nob3A=
-----END OPENSSH PRIVATE KEY-----
";
/// The same with the passphrase `open sesame`.
const LOCKED: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABB7sm5bM9
aBUXqzBaxvsiDxAAAABAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAINhJ4QDNd4HzrFAy
7xBbw5SIvKpQKIqfEHd/Orx5ZJ9TAAAAkJVxdGips9Jo0jqD9shfA4vRcNfy77UdXjgSmL
zrZHzynVbuqvN8OVn7eDK9p+uSbxy4yTadGUIQghCAxj7lvdmilT/PNywFdYkDXdtspgOn
v2xQjZwxzbJHvqYePWg0CSXAIQPzBOs/jHtPMbUGfq5QtoETxbgvsKWYMFYSZWTZVhaLRx
vKCVm4gg1h2dP/6g==
-----END OPENSSH PRIVATE KEY-----
";
/// `ssh-keygen -t ecdsa -b 256 -C deploy@northwind`, run until the private number had 31 bytes.
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
/// The same with the passphrase `open sesame`.
const SHORT_LOCKED: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABA9oNQMaA
09PVsuwwLMW1w+AAAABAAAAAEAAABoAAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlz
dHAyNTYAAABBBNo8N9ambIa2e7MC1r6XmPaoHulVC5KDZ1RMaFLHaGkUwZ5nPuQtQEeifV
xvTSZrzJc9GU0QcbdI9ToOpMeDQXAAAACwaLkgutgrdMeo6PxuwQT+n2HwVC+dNOxcZSxq
kia0WrnVoLSTKqZUULNZ16fO5NQ9VfrVB7lnJ9YkmL4KiTnJMQxuRzhq18W+FdZtcGXDAU
xi8gydyvSaa5aUVYvBwmqtNugncsLDpRatetsmr/hxBNyoNTPkTi0+cew6OcEyM2kUwk+r
4wuWznuHBdrtKPy/rz7WAs1bMwsQ3BnFp6XFZDWhWosX/u7+1hFpwnTVyMM=
-----END OPENSSH PRIVATE KEY-----
";
/// And by `aes256-gcm@openssh.com`, which has a tag.
const SHORT_LOCKED_GCM: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAAFmFlczI1Ni1nY21Ab3BlbnNzaC5jb20AAAAGYmNyeXB0AA
AAGAAAABD/ufKRXvEGJi7i23POW4gyAAAABAAAAAEAAABoAAAAE2VjZHNhLXNoYTItbmlz
dHAyNTYAAAAIbmlzdHAyNTYAAABBBNo8N9ambIa2e7MC1r6XmPaoHulVC5KDZ1RMaFLHaG
kUwZ5nPuQtQEeifVxvTSZrzJc9GU0QcbdI9ToOpMeDQXAAAACwWCgquTZF84VN2m7K+DZC
wy65cPX0pIN89agcZNuQyd4GVcRzZzo6WVKNtL3nFrT+/sUaMyPtAuNuzLujKPnzO6gRoI
+qD9U4MFZgHlM2VnCNyiahAn3ssdz8Sq9/RAl1qrxK7J8/4KW3UT3vS+kOCWdBhPRfkWAW
9UQvA48VYWUW/HIdMvHbSJpIB77c0horxEv+yfmGGX8l9lAQdD4ly6qcTCbKrpRbY9/FAR
sTjxB1O5lfy4gPvYkVfCrmi97m
-----END OPENSSH PRIVATE KEY-----
";
/// `openssl ecparam -name prime256v1 -genkey -noout`.
const EC: &str = "\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIC86FbrjUuN5Qs9yTexW3A3hs8V86P/IlLlZxned8J03oAoGCCqGSM49
AwEHoUQDQgAEz3vb+kPNJFq1tgy7sGHp8DWwtpb9kXRzQPy+4bknFf201a7wtf2/
SNzzTZ9gDojU0O/UGz1Kmy5tN9Zblw4ZZw==
-----END EC PRIVATE KEY-----
";
/// A certificate of it that signs itself, by `openssl req -x509`.
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIICWzCCAgKgAwIBAgIIEjRWeJCrze8wCgYIKoZIzj0EAwIwRzELMAkGA1UEBhMC
U0UxGDAWBgNVBAoMD05vcnRod2luZCwgSW5jLjEeMBwGA1UEAwwVd3d3Lm5vcnRo
d2luZC5leGFtcGxlMB4XDTI2MTEyOTEwNDg1NFoXDTM2MTEyNjEwNDg1NFowRzEL
MAkGA1UEBhMCU0UxGDAWBgNVBAoMD05vcnRod2luZCwgSW5jLjEeMBwGA1UEAwwV
d3d3Lm5vcnRod2luZC5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
z3vb+kPNJFq1tgy7sGHp8DWwtpb9kXRzQPy+4bknFf201a7wtf2/SNzzTZ9gDojU
0O/UGz1Kmy5tN9Zblw4ZZ6OB1zCB1DAdBgNVHQ4EFgQUldy2nZEHCQaLO34n3NYz
uBaexBIwHwYDVR0jBBgwFoAUldy2nZEHCQaLO34n3NYzuBaexBIwDwYDVR0TAQH/
BAUwAwEB/zCBgAYDVR0RBHkwd4IVd3d3Lm5vcnRod2luZC5leGFtcGxlghMqLm5v
cnRod2luZC5leGFtcGxlhwTAAAIHhxAgAQ24AAAAAAAAAAAAAAAHgRVvcHNAbm9y
dGh3aW5kLmV4YW1wbGWGGmh0dHBzOi8vbm9ydGh3aW5kLmV4YW1wbGUvMAoGCCqG
SM49BAMCA0cAMEQCIG2taw/Ad6yUTSL01U4zQ9J/dVZATOltMoS2kTNE+BYRAiA4
PY2xK2h75OxInHwtFHTyvee8xV8G12m5HAbhNaLkkw==
-----END CERTIFICATE-----
";

fn ed25519() -> SshPublic {
    SshPublic {
        line: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE5bFCOFFKAuECVJHWFWef0jH2sEDlb1DF1K1PxW8zt6 mara@workshop"
            .to_owned(),
        fingerprint: "SHA256:Lm7KbAK+YdAJ39uQheqjsGWsMqpMxu02HBlow0gW8eE".to_owned(),
        kind: Some("Ed25519".to_owned()),
        locked: None,
    }
}

#[test]
fn a_private_key_tells_its_public_half() {
    let read = read_ssh_key(ED25519).unwrap();
    assert_eq!(read.public, Some(ed25519()));
    assert!(!read.locked && !read.unlockable);
    // As it comes out of a mail: other line ends, indented, text around it.
    let pasted = format!("The key:\r\n\r\n  {}\r\nRegards", ED25519.trim().replace('\n', "\r\n  "));
    assert_eq!(read_ssh_key(&pasted).unwrap().public, Some(ed25519()));
}

#[test]
fn a_locked_key_tells_it_too_and_opens_with_its_passphrase_alone() {
    let read = read_ssh_key(LOCKED).unwrap();
    assert!(read.locked && read.unlockable);
    let public = read.public.unwrap();
    assert_eq!(public.fingerprint, "SHA256:xxAJ54/PDP666pa9/dtyDrXRNmv9n1DBBB3XNHIjSdU");
    assert_eq!(public.locked, Some(true));
    assert_eq!(unlock_ssh_key(LOCKED, "open sesam").err(), Some(KeyFault::WrongPassphrase));
    let open = unlock_ssh_key(LOCKED, "open sesame").ok().unwrap();
    let read = read_ssh_key(open.expose()).unwrap();
    assert!(!read.locked);
    let opened = read.public.unwrap();
    assert_eq!(opened.fingerprint, public.fingerprint);
    assert_eq!(
        opened.line,
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINhJ4QDNd4HzrFAy7xBbw5SIvKpQKIqfEHd/Orx5ZJ9T mara@locked"
    );
}

#[test]
fn a_number_without_its_leading_zeros_is_one_too() {
    let open = read_ssh_key(SHORT).unwrap().public.unwrap();
    assert_eq!(open.fingerprint, "SHA256:fR3i2BfCY+7VHPCH3RkRlYK6dai4cWa0HhG1gAY/JhM");
    assert!(open.line.starts_with("ecdsa-sha2-nistp256 AAAAE2Vj") && open.line.ends_with("A= deploy@northwind"));
    for locked in [SHORT_LOCKED, SHORT_LOCKED_GCM] {
        assert_eq!(read_ssh_key(locked).unwrap().public.unwrap().fingerprint, open.fingerprint);
        assert_eq!(unlock_ssh_key(locked, "open sesam").err(), Some(KeyFault::WrongPassphrase));
        let opened = unlock_ssh_key(locked, "open sesame").ok().unwrap();
        assert_eq!(read_ssh_key(opened.expose()).unwrap().public, Some(open.clone()));
    }
    // What is wrong with it otherwise stays wrong.
    for (part, bent) in [("ikAAAAE2", "ilAAAAE2"), ("BNo8N9ambIa2e7MC\n", "BNo8N9ambIa2e7MD\n")] {
        assert!(SHORT.contains(part));
        assert_eq!(read_ssh_key(&SHORT.replace(part, bent)).err(), Some(KeyFault::Damaged));
    }
}

#[test]
fn a_key_cannot_make_us_stretch_its_passphrase_for_ever() {
    use base64ct::{Base64, Encoding};
    let body: String = LOCKED.lines().filter(|line| !line.starts_with('-')).collect();
    let mut bytes = Base64::decode_vec(&body).unwrap();
    // Four rounds, one key, and the length of its public half.
    let at = bytes.windows(12).position(|part| part == [0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 51]).unwrap();
    bytes[at..at + 4].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff]);
    let endless = super::pem::write("OPENSSH PRIVATE KEY", &bytes);
    assert_eq!(unlock_ssh_key(&endless, "open sesame").err(), Some(KeyFault::TooManyRounds));
}

#[test]
fn a_key_that_was_made_reads_back() {
    let made = make_ssh_key("deploy@mail-1", &mut OsRandom::new()).ok().unwrap();
    assert!(made.expose().starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
    assert!(made.expose().ends_with("-----END OPENSSH PRIVATE KEY-----\n"));
    let public = read_ssh_key(made.expose()).unwrap().public.unwrap();
    assert!(public.line.starts_with("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"), "{}", public.line);
    assert!(public.line.ends_with(" deploy@mail-1"), "{}", public.line);
    assert_eq!(make_ssh_key("a\nb", &mut OsRandom::new()).err(), Some(KeyFault::TooLong));
}

#[test]
fn keys_of_openssl_are_known() {
    let read = read_ssh_key(EC).unwrap();
    assert_eq!(read.public.unwrap().kind.as_deref(), Some("ECDSA P-256"));
    let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let read = read_ssh_key(locked).unwrap();
    assert!(read.locked && !read.unlockable && read.public.is_none());
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMAA=\n\
               -----END RSA PRIVATE KEY-----\n";
    assert!(read_ssh_key(old).unwrap().locked);
}

#[test]
fn what_is_no_private_key_is_refused_by_name() {
    let fault = |text: &str| read_ssh_key(text).err();
    assert_eq!(fault(""), Some(KeyFault::NotAKey));
    assert_eq!(fault("hunter2"), Some(KeyFault::NotAKey));
    assert_eq!(fault(&ed25519().line), Some(KeyFault::PublicHalf));
    assert_eq!(fault("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----"), Some(KeyFault::PublicHalf));
    assert_eq!(fault("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n"), Some(KeyFault::Putty));
    assert_eq!(fault(CERTIFICATE), Some(KeyFault::NotAKey));
    for cut in [60, 200, ED25519.len() - 5] {
        assert_eq!(fault(&ED25519[..cut]), Some(KeyFault::Damaged), "cut at {cut}");
    }
    assert_eq!(fault(&ED25519.replacen("b3Bl", "b3Bm", 1)), Some(KeyFault::Damaged));
    assert_eq!(fault(&"x".repeat(70_000)), Some(KeyFault::TooLong));
}

#[test]
fn a_certificate_says_what_openssl_says() {
    let read = read_certificate(CERTIFICATE).unwrap();
    let wanted = CertificatePublic {
        subject: r"CN=www.northwind.example,O=Northwind\, Inc.,C=SE".to_owned(),
        issuer: r"CN=www.northwind.example,O=Northwind\, Inc.,C=SE".to_owned(),
        names: [
            "www.northwind.example",
            "*.northwind.example",
            "192.0.2.7",
            "2001:db8::7",
            "ops@northwind.example",
            "https://northwind.example/",
        ]
        .map(str::to_owned)
        .to_vec(),
        serial: "1234567890ABCDEF".to_owned(),
        not_before: Timestamp(1_795_949_334_000),
        not_after: Timestamp(2_111_309_334_000),
        key: "ECDSA P-256".to_owned(),
        fingerprint: "D3:AB:05:6D:C8:83:D4:52:09:20:D2:A8:11:81:FF:37:6C:72:89:EC:BE:4F:06:B8:E9:34:9E:23:D8:10:93:D3"
            .to_owned(),
    };
    assert_eq!(read.public, wanted);
    assert_eq!((read.others, read.key), (0, PairedKey::Absent));
}

#[test]
fn a_key_beside_a_certificate_fits_or_does_not() {
    let key = |text: String| read_certificate(&text).unwrap().key;
    assert_eq!(key(format!("{CERTIFICATE}{EC}")), PairedKey::Fits);
    assert_eq!(key(format!("{EC}{CERTIFICATE}")), PairedKey::Fits);
    // The private key of RFC 8410, section 10.3.
    let foreign = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
                   -----END PRIVATE KEY-----\n";
    assert_eq!(key(format!("{CERTIFICATE}{foreign}")), PairedKey::Foreign);
    let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
    assert_eq!(key(format!("{CERTIFICATE}{locked}")), PairedKey::Unread);
    assert_eq!(read_certificate(&format!("{CERTIFICATE}{CERTIFICATE}{EC}")).unwrap().others, 1);
}

#[test]
fn files_become_text() {
    assert_eq!(to_text(ED25519.replace('\n', "\r\n").as_bytes()).ok().unwrap().expose(), ED25519);
    let body: String = CERTIFICATE.lines().filter(|line| !line.starts_with('-')).collect();
    let der = <base64ct::Base64 as base64ct::Encoding>::decode_vec(&body).unwrap();
    assert_eq!(to_text(&der).ok().unwrap().expose(), CERTIFICATE);
    assert_eq!(to_text(&der[..der.len() - 1]).err(), Some(KeyFault::NotAKey));
    assert_eq!(to_text(b"\x30\x82\x09\x00\x02\x01\x03\x30\x82").err(), Some(KeyFault::Pkcs12));
    assert_eq!(to_text(b"\xff\xfe").err(), Some(KeyFault::NotAKey));
}

#[test]
fn what_is_no_certificate_is_refused_by_name() {
    let fault = |text: &str| read_certificate(text).err();
    assert_eq!(fault(""), Some(KeyFault::NotAKey));
    assert_eq!(fault(EC), Some(KeyFault::NotAKey));
    assert_eq!(fault(&CERTIFICATE[..300]), Some(KeyFault::Damaged));
    assert_eq!(fault(&CERTIFICATE.replacen("MIIC", "MIID", 1)), Some(KeyFault::Damaged));
    assert_eq!(fault(&"x".repeat(70_000)), Some(KeyFault::TooLong));
}
