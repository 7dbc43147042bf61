//! Puts the site together: content-hashed names, the style sheets in one file, index.html and boot.js with the hashes of
//! everything that they load, and a brotli file beside each that gains from it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::compression::compress_all;
use super::{Build, LATER, PROGRAMS, digest};
use crate::{shell, workspace};

/// Makes `dist/` from what Trunk compiled, `public/` and `frontend/style/`.
pub fn assemble(compiled: &Path, build: Build) -> Result<()> {
    let root = workspace::root();
    let mut site = Site::default();

    for path in files(&root.join("public"))? {
        site.put_named(&relative(&path, &root.join("public"))?, read(&path)?);
    }
    // Modules that crates bring along; the glue imports them by relative path.
    let snippets = compiled.join("snippets");
    let mut preloads = Vec::new();
    if snippets.is_dir() {
        for path in files(&snippets)? {
            let name = relative(&path, compiled)?;
            let bytes = read(&path)?;
            preloads.push((format!("/{name}"), digest::integrity(&bytes)));
            site.put_named(&name, bytes);
        }
    }

    let mut table = serde_json::Map::new();
    for program in PROGRAMS {
        let js = site.put_hashed(program, "js", read(&compiled.join(format!("{program}.js")))?);
        let wasm = site.put_hashed(program, "wasm", read(&compiled.join(format!("{program}_bg.wasm")))?);
        table.insert(program.to_owned(), json!({ "js": js.value(), "wasm": wasm.value() }));
        if program == "page" {
            preloads.push((js.url, js.integrity));
        }
    }
    let worker_boot = site.take("worker-boot.js")?;
    let worker_boot = site.put_hashed("worker-boot", "js", worker_boot);
    if let Some(Value::Object(worker)) = table.get_mut("worker") {
        worker.insert("boot".to_owned(), worker_boot.value());
    }

    let boot = String::from_utf8(site.take("boot.js")?)?;
    let boot = replace_once(&boot, "\"@assets@\"", &serde_json::to_string_pretty(&Value::Object(table))?)?;
    let boot = site.put_hashed("boot", "js", boot.into_bytes());
    let style = site.put_hashed("style", "css", style(&root.join("frontend/style"))?);

    let page = fs::read_to_string(root.join("frontend/index.html"))?;
    site.put_named("index.html", index(&page, &style, &boot, &preloads)?.into_bytes());
    let offline = String::from_utf8(site.take("offline.js")?)?;
    site.put_named("offline.js", list_files(&offline, &site.files)?.into_bytes());
    site.write(&workspace::dist(), build)
}

/// A file of the site under the name that its content gives it.
struct Hashed {
    url: String,
    integrity: String,
}

impl Hashed {
    fn value(&self) -> Value {
        json!({ "url": self.url, "integrity": self.integrity })
    }
}

/// The files of the site by their path.
#[derive(Default)]
struct Site {
    files: BTreeMap<String, Vec<u8>>,
}

impl Site {
    fn put_named(&mut self, name: &str, bytes: Vec<u8>) {
        self.files.insert(name.to_owned(), bytes);
    }

    /// Everything under `/assets/` may be kept by browsers for ever.
    fn put_hashed(&mut self, stem: &str, extension: &str, bytes: Vec<u8>) -> Hashed {
        let name = format!("assets/{stem}-{}.{extension}", digest::name(&bytes));
        let hashed = Hashed { url: format!("/{name}"), integrity: digest::integrity(&bytes) };
        self.files.insert(name, bytes);
        hashed
    }

    fn take(&mut self, name: &str) -> Result<Vec<u8>> {
        self.files.remove(name).with_context(|| format!("public/{name} is missing"))
    }

    /// Writes what changed and removes what is no longer part of the site.
    fn write(mut self, dist: &Path, build: Build) -> Result<()> {
        let mut compressed = BTreeMap::new();
        if build == Build::Full {
            compressed = compress_all(&self.files)?;
            weigh(&self.files, &compressed);
        }
        self.files.append(&mut compressed);
        fs::create_dir_all(dist)?;
        for path in files(dist)? {
            let name = relative(&path, dist)?;
            if name != ".gitignore" && !self.files.contains_key(&name) {
                fs::remove_file(&path)?;
            }
        }
        for (name, bytes) in &self.files {
            let path = dist.join(name);
            if fs::read(&path).is_ok_and(|present| present == *bytes) {
                continue;
            }
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&path, bytes).with_context(|| path.display().to_string())?;
        }
        Ok(())
    }
}

/// Says what a first visit loads: everything but the programs that are loaded when needed, compressed.
fn weigh(files: &BTreeMap<String, Vec<u8>>, compressed: &BTreeMap<String, Vec<u8>>) {
    let weight = |name: &str, bytes: &[u8]| compressed.get(&format!("{name}.br")).map_or(bytes.len(), Vec::len);
    let mut total = 0;
    for (name, bytes) in files {
        let weight = weight(name, bytes);
        println!("{:>9} bytes, {weight:>8} compressed  {name}", bytes.len());
        if !LATER.iter().any(|program| name.starts_with(&format!("assets/{program}-"))) {
            total += weight;
        }
    }
    shell::say(&format!("The site weighs {} KiB up to sign-in, compressed", total.div_ceil(1024)));
}

fn index(page: &str, style: &Hashed, boot: &Hashed, preloads: &[(String, String)]) -> Result<String> {
    let mut head = format!(r#"<link rel="stylesheet" href="{}" integrity="{}">"#, style.url, style.integrity);
    for (url, integrity) in preloads {
        head += &format!("\n<link rel=\"modulepreload\" href=\"{url}\" integrity=\"{integrity}\">");
    }
    head += &format!("\n<script type=\"module\" src=\"{}\" integrity=\"{}\"></script>", boot.url, boot.integrity);
    let marker = page
        .lines()
        .find(|line| line.starts_with("<!-- built:"))
        .context("index.html has no place for what is built")?;
    let page = replace_once(page, marker, &head)?;
    Ok(page.lines().filter(|line| !line.contains("data-trunk")).map(|line| format!("{line}\n")).collect())
}

/// The service worker with the list of what it keeps: all but what is loaded when needed and read by nobody.
fn list_files(worker: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<String> {
    let kept = files.iter().filter(|(name, _)| {
        let later = LATER.iter().any(|program| name.starts_with(&format!("assets/{program}-")));
        !later && !name.ends_with(".txt")
    });
    let list: Vec<Value> = kept
        .map(|(name, bytes)| match name.as_str() {
            // Its tag changes with the build, and it is small: asked for anew.
            "index.html" => json!({ "url": "/" }),
            _ => json!({ "url": format!("/{name}"), "integrity": digest::integrity(bytes) }),
        })
        .collect();
    let list = serde_json::to_string_pretty(&Value::Array(list))?;
    let build = digest::name(&files.values().flatten().copied().collect::<Vec<u8>>());
    replace_once(&replace_once(worker, "\"@files@\"", &list)?, "@build@", &build)
}

fn style(folder: &Path) -> Result<Vec<u8>> {
    let mut sheet = Vec::new();
    for path in files(folder)?.iter().filter(|path| path.extension().is_some_and(|extension| extension == "css")) {
        sheet.extend(read(path)?);
        sheet.push(b'\n');
    }
    Ok(sheet)
}

fn replace_once(text: &str, marker: &str, replacement: &str) -> Result<String> {
    if text.matches(marker).count() != 1 {
        bail!("{marker} must stand in the file exactly once");
    }
    Ok(text.replace(marker, replacement))
}

/// Every file below `folder`, sorted by path.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| path.display().to_string())
}

fn relative(path: &Path, folder: &Path) -> Result<String> {
    Ok(path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/"))
}

#[cfg(test)]
mod tests {
    use super::{Hashed, index, list_files};

    fn hashed(url: &str) -> Hashed {
        Hashed { url: url.to_owned(), integrity: "sha384-x".to_owned() }
    }

    #[test]
    fn index_loads_nothing_without_integrity() {
        let page = include_str!("../../../frontend/index.html");
        let page = index(
            page,
            &hashed("/assets/s.css"),
            &hashed("/assets/b.js"),
            &[("/assets/p.js".to_owned(), "sha384-y".to_owned())],
        );
        let page = page.expect("the page has a place for what is built");
        assert!(!page.contains("data-trunk"));
        for line in page.lines().filter(|line| line.contains("/assets/")) {
            assert!(line.contains("integrity=\"sha384-"), "{line}");
        }
        assert_eq!(page.matches("<script").count(), 1, "boot.js alone");
        assert!(!page.contains("style="), "the policy refuses style attributes");
    }

    #[test]
    fn what_starts_without_the_server_is_listed_with_its_hash() {
        let files = ["index.html", "assets/page-1.js", "assets/strength-1.js", "robots.txt"];
        let files = files.map(|name| (name.to_owned(), name.as_bytes().to_vec())).into();
        let worker = list_files(include_str!("../../../public/offline.js"), &files).expect("it has both markers");
        assert!(worker.contains("\"url\": \"/\"") && worker.contains("\"url\": \"/assets/page-1.js\""));
        assert_eq!(worker.matches("\"integrity\": \"sha384-").count(), 1);
        assert!(!worker.contains("strength") && !worker.contains("robots"));
    }
}
