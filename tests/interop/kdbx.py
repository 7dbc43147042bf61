"""Compares KDBX files field by field in both directions: ours read by pykeepass and KeePassXC, theirs read by us.

usage: kdbx.py PROGRAM, where PROGRAM is the built example `interop` of the tests."""

import base64
import datetime
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from pykeepass import PyKeePass, create_database
from pykeepass.kdbx_parsing.kdbx4 import kdf_uuids

PASSWORD = "Interop-Passw0rd ü 密码"
SECRET = 'pä"ss<w>ö&rd 密码 🔑'
OTP = "otpauth://totp/Web:root?secret=JBSWY3DPEHPK3PXP&issuer=Web"
UTC = datetime.timezone.utc
failed = []


def same(what, found, wanted):
    if found != wanted:
        failed.append(f"{what}: {found!r} instead of {wanted!r}")


def keepassxc(*arguments, answers=(PASSWORD,)):
    run = subprocess.run(
        ["keepassxc-cli", *arguments], input="".join(f"{answer}\n" for answer in answers), text=True,
        capture_output=True, check=False,
    )
    if run.returncode != 0:
        failed.append(f"keepassxc-cli {arguments[0]}: {run.stderr.strip()}")
    return run.stdout


def read_by_us(program, file, *key_file):
    read = subprocess.run([program, "read", file, PASSWORD, *key_file], text=True, capture_output=True, check=False)
    if read.returncode != 0:
        failed.append(f"{file} is not read: {read.stderr.strip()}")
        return {"accounts": [], "rejected": None}
    return json.loads(read.stdout)


def ours(program, folder):
    file = str(folder / "ours.kdbx")
    subprocess.run([program, "write", file, PASSWORD], check=True)
    kp = PyKeePass(file, password=PASSWORD)
    same("version", kp.version, (4, 1))
    same("cipher", kp.encryption_algorithm, "aes256")
    kdf = kp.kdbx.header.value.dynamic_header.kdf_parameters.data.dict["$UUID"].value
    same("key derivation", kdf, kdf_uuids["argon2id"])
    same("root", kp.root_group.name, "Team & Söhne")
    group = kp.find_groups(path=["Operations", "Servers 西"])
    same("notes of the group", group.notes, "All of them")
    entry = kp.find_entries(title="Web server", group=group, first=True)
    same("user name", entry.username, "root")
    same("password", entry.password, SECRET)
    same("url", entry.url, "https://web.example/?a=1&b=2")
    same("notes", entry.notes, "Line one\nline <two>")
    same("otp", entry.otp, OTP)
    same("tags", entry.tags, ["production", "生产"])
    same("fields", entry.custom_properties, {"DNS name": "web.example", "Rack": "7b", "PIN": "0042"})
    same("protected", [entry.is_custom_property_protected(name) for name in ("Rack", "PIN")], [False, True])
    same("expires", (entry.expires, entry.expiry_time), (True, datetime.datetime(2031, 2, 3, tzinfo=UTC)))
    same("created", entry.ctime, datetime.datetime(2026, 11, 20, tzinfo=UTC))
    same("changed", entry.mtime, datetime.datetime(2026, 11, 21, tzinfo=UTC))
    past = [(version.password, version.mtime) for version in entry.history]
    same("history", past, [("older", datetime.datetime(2026, 11, 20, tzinfo=UTC))])
    same("files", [(one.filename, one.data) for one in entry.attachments], [("license.txt", b"license")])

    path = "Operations/Servers 西/Web server"
    tree = keepassxc("ls", "-q", "-R", "-f", file).splitlines()
    same("KeePassXC's tree", path in tree, True)
    shown = [
        keepassxc("show", "-q", "-s", "-a", name, file, path).removesuffix("\n")
        for name in ("Title", "UserName", "Password", "URL", "Notes", "Rack", "PIN", "otp")
    ]
    wanted = [
        "Web server", "root", SECRET, "https://web.example/?a=1&b=2", "Line one\nline <two>", "7b", "0042", OTP,
    ]
    same("KeePassXC's fields", shown, wanted)
    code = keepassxc("show", "-q", "-t", file, path).strip()
    same("KeePassXC's one-time code", (len(code), code.isdigit()), (6, True))
    exported = str(folder / "license.txt")
    keepassxc("attachment-export", "-q", file, path, "license.txt", exported)
    same("KeePassXC's file", Path(exported).read_bytes(), b"license")
    # KeePassXC writes it anew; what it wrote comes back.
    keepassxc("mkdir", "-q", file, "Added")
    check("ours, written by KeePassXC", read_by_us(program, file), ["Operations", "Servers 西"])


def check(what, read, path):
    same(f"{what}: rejected", read["rejected"], 0)
    accounts = [account for account in read["accounts"] if account["title"] == "Web server"]
    same(f"{what}: accounts", len(accounts), 1)
    if not accounts:
        return
    wanted = {
        "path": path,
        "title": "Web server",
        "url": "https://web.example/?a=1&b=2",
        "user_name": "root",
        "password": SECRET,
        "otp": OTP,
        "notes": "Line one\nline <two>",
        "tags": ["production", "生产"],
        "expiry": (datetime.date(2031, 2, 3) - datetime.date(1970, 1, 1)).days,
        "fields": {"Rack": ["7b", False], "PIN": ["0042", True]},
        "files": [["license.txt", "license"]],
        "history": [["older", 1795219200000]],
        "created": 1795132800000,
        "changed": 1795219200000,
    }
    for name, value in wanted.items():
        same(f"{what}: {name}", accounts[0][name], value)


def fill(kp):
    """What check() asks for: pykeepass writes the history of the entry between its strings."""
    group = kp.add_group(kp.root_group, "Servers 西")
    entry = kp.add_entry(
        group, "Web server", "root", "older", url="https://web.example/?a=1&b=2", notes="Line one\nline <two>",
        tags=["production", "生产"], otp=OTP, expiry_time=datetime.datetime(2031, 2, 3, tzinfo=UTC),
    )
    entry.set_custom_property("Rack", "7b")
    entry.ctime = entry.mtime = datetime.datetime(2026, 11, 20, tzinfo=UTC)
    entry.save_history()
    # Behind the history.
    entry.set_custom_property("PIN", "0042", protect=True)
    entry.password = SECRET
    entry.mtime = datetime.datetime(2026, 11, 21, tzinfo=UTC)
    entry.add_attachment(kp.add_binary(b"license"), "license.txt")


def tune(kp, kdf, cipher):
    """Another key derivation and cipher, and costs that a test can pay."""
    header = kp.kdbx.header.value.dynamic_header
    parameters = header.kdf_parameters.data.dict
    parameters["$UUID"].value = kdf_uuids[kdf]
    parameters["M"].value = 1024 * 1024
    parameters["I"].value = 2
    header.cipher_id.data = cipher


def theirs(program, folder):
    key = str(folder / "theirs.key")
    Path(key).write_text("any file at all\n", encoding="utf-8")
    for kdf, cipher in [("argon2", "aes256"), ("argon2id", "chacha20"), ("argon2id", "twofish")]:
        name = f"{kdf}, {cipher}"
        file = str(folder / f"{kdf}-{cipher}.kdbx")
        kp = create_database(file, password=PASSWORD, keyfile=key)
        fill(kp)
        tune(kp, kdf, cipher)
        kp.save()
        check(f"pykeepass, {name}", read_by_us(program, file, key), ["Servers 西"])
        keepassxc("mkdir", "-q", "-k", key, file, "Added")
        check(f"pykeepass, {name}, saved by KeePassXC", read_by_us(program, file, key), ["Servers 西"])

    # A new file of KeePassXC's, in the older version of the format, with everything of pykeepass's.
    merged = str(folder / "merged.kdbx")
    keepassxc("db-create", "-q", "-p", "-t", "100", merged, answers=(PASSWORD, PASSWORD))
    keepassxc("merge", "-q", "--key-file-from", key, merged, file, answers=(PASSWORD, PASSWORD))
    check("KeePassXC", read_by_us(program, merged), ["Servers 西"])
    # pykeepass makes no file of that version, and leaves the old hash of the header in those that it changes.
    kp = PyKeePass(merged, password=PASSWORD)
    same("older version", kp.version, (3, 1))
    entry = kp.find_entries(title="Web server", first=True)
    entry.set_custom_property("PIN", "0042", protect=True)
    kp.save()
    check("KeePassXC, saved by pykeepass", read_by_us(program, merged), ["Servers 西"])
    key_files(program, folder)


def key_files(program, folder):
    """Key files of every kind, as pykeepass understands them."""
    key = bytes(range(32))
    checked = hashlib.sha256(key).hexdigest()[:8].upper()
    parts = '<KeyFile><Meta><Version>{}</Version></Meta><Key><Data{}>{}</Data></Key></KeyFile>'
    kinds = {
        "raw": key,
        "digits": key.hex().encode(),
        "one": parts.format("1.00", "", base64.b64encode(key).decode()).encode(),
        "two": parts.format("2.0", f' Hash="{checked}"', f"\n\t{key.hex(' ', 4).upper()}\n").encode(),
    }
    file = str(folder / "raw.kdbx")
    for kind, content in kinds.items():
        path = str(folder / f"{kind}.key")
        Path(path).write_bytes(content)
        if kind == "raw":
            kp = create_database(file, password=PASSWORD, keyfile=path)
            fill(kp)
            tune(kp, "argon2", "aes256")
            kp.save()
        check(f"key file, {kind}", read_by_us(program, file, path), ["Servers 西"])
        PyKeePass(file, password=PASSWORD, keyfile=path)


def main():
    with tempfile.TemporaryDirectory() as folder:
        ours(sys.argv[1], Path(folder))
        theirs(sys.argv[1], Path(folder))
    print("\n".join(failed) if failed else "KDBX files are the same for pykeepass, KeePassXC and Sealward")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
