//! Certificates against openssl.

use super::run;
use crate::harness::empty_folder;
use sealward_client::{
    keys::{PairedKey, read_certificate, to_text},
    model::CertificatePublic,
};
use std::{fs, path::Path};

/// What `openssl x509` says of a certificate, line by line.
fn said(folder: &Path, name: &str) -> CertificatePublic {
    let ask = |what: &[&str]| {
        let fixed = ["x509", "-in", name, "-noout", "-nameopt", "RFC2253,-esc_msb,utf8", "-dateopt", "iso_8601"];
        let line = run(folder, "openssl", &[&fixed, what].concat());
        line.split_once('=').map(|(_, value)| value.to_owned()).unwrap()
    };
    let seconds = |date: &str| run(folder, "date", &["-u", "-d", date, "+%s"]).parse::<u64>().unwrap();
    let time = |what: &str| sealward_contract::ids::Timestamp(seconds(&ask(&[what])) * 1_000);
    let text = run(folder, "openssl", &["x509", "-in", name, "-noout", "-text"]);
    let names = text.lines().skip_while(|line| !line.contains("Subject Alternative Name")).nth(1).unwrap_or_default();
    let names = names.split(", ").filter(|name| !name.trim().is_empty());
    let names = names.map(|name| name.trim().split_once(':').unwrap().1.to_owned()).collect();
    CertificatePublic {
        subject: ask(&["-subject"]),
        issuer: ask(&["-issuer"]),
        names,
        serial: ask(&["-serial"]),
        not_before: time("-startdate"),
        not_after: time("-enddate"),
        key: String::new(),
        fingerprint: ask(&["-fingerprint", "-sha256"]),
    }
}

#[test]
fn a_certificate_says_to_us_what_it_says_to_openssl() {
    let folder = empty_folder("openssl-certificates");
    let keys: [(&str, &[&str], &str); 6] = [
        ("rsa", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "RSA 2048"),
        ("p256", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "ECDSA P-256"),
        ("p384", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], "ECDSA P-384"),
        ("p521", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"], "ECDSA P-521"),
        ("ed25519", &["-algorithm", "ED25519"], "Ed25519"),
        ("ed448", &["-algorithm", "ED448"], "Ed448"),
    ];
    for (at, (name, options, kind)) in keys.into_iter().enumerate() {
        let key = format!("{name}.key");
        run(&folder, "openssl", &[&["genpkey", "-out", &key], options].concat());
        let days = ["1", "30", "397", "3650", "9000", "20000"][at];
        // The last serial number has its first bit set.
        let serial =
            ["1", "0x7f", "0x1234567890abcdef", "0x10", "0x0123456789abcdef0123456789abcdef01234567", "0xf0"][at];
        let make = [
            "req",
            "-x509",
            "-utf8",
            "-key",
            &key,
            "-out",
            name,
            "-days",
            days,
            "-set_serial",
            serial,
            "-subj",
            "/C=SE/O=Northwind, Inc./OU=Größe 运维/CN=*.northwind.example",
            "-addext",
            "subjectAltName=DNS:northwind.example,DNS:*.northwind.example,IP:192.0.2.7,email:ops@northwind.example,URI:https://northwind.example/",
        ];
        run(&folder, "openssl", &make);
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let read = read_certificate(&text).unwrap();
        assert_eq!(read.public, CertificatePublic { key: kind.to_owned(), ..said(&folder, name) });
        assert_eq!((read.others, read.key), (0, PairedKey::Absent));

        let der = format!("{name}.der");
        run(&folder, "openssl", &["x509", "-in", name, "-outform", "DER", "-out", &der]);
        assert_eq!(to_text(&fs::read(folder.join(der)).unwrap()).ok().unwrap().expose(), text);
        let with_key = text + &fs::read_to_string(folder.join(&key)).unwrap();
        // Of a key on Curve448 only that it is one can be seen.
        let wanted = if name == "ed448" { PairedKey::Unread } else { PairedKey::Fits };
        assert_eq!(read_certificate(&with_key).unwrap().key, wanted, "{name}");
    }
}

#[test]
fn a_bundle_names_the_certificate_of_its_key() {
    let folder = empty_folder("openssl-bundle");
    let extensions = "basicConstraints=critical,CA:TRUE";
    let root = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "root.key", "-out", "root", "-days", "3650"];
    run(&folder, "openssl", &[&root[..], &["-subj", "/CN=Northwind Root", "-addext", extensions]].concat());
    let leaf = ["req", "-newkey", "rsa:2048", "-nodes", "-keyout", "leaf.key", "-out", "leaf.csr"];
    run(&folder, "openssl", &[&leaf[..], &["-subj", "/CN=mail.northwind.example"]].concat());
    let sign = ["x509", "-req", "-in", "leaf.csr", "-CA", "root", "-CAkey", "root.key", "-days", "90", "-out", "leaf"];
    run(&folder, "openssl", &sign);
    let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    // As `openssl pkcs12 -nodes` writes it: the chain first, with lines of attributes between.
    let bundle =
        format!("Bag Attributes\n    friendlyName: root\n{}\n{}\n{}", text("root"), text("leaf"), text("leaf.key"));
    let read = read_certificate(&bundle).unwrap();
    assert_eq!(read.public.subject, "CN=mail.northwind.example");
    assert_eq!(read.public.issuer, "CN=Northwind Root");
    assert_eq!((read.others, read.key), (1, PairedKey::Fits));
    assert_eq!(read.public.fingerprint, said(&folder, "leaf").fingerprint);

    let foreign = format!("{}{}", text("leaf"), text("root.key"));
    assert_eq!(read_certificate(&foreign).unwrap().key, PairedKey::Foreign);
    run(
        &folder,
        "openssl",
        &["rsa", "-in", "leaf.key", "-aes128", "-passout", "pass:xyzw", "-traditional", "-out", "locked.key"],
    );
    let locked = format!("{}{}", text("leaf"), text("locked.key"));
    assert_eq!(read_certificate(&locked).unwrap().key, PairedKey::Unread);
}
