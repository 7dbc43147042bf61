use std::path::{Path, PathBuf};

use sealward_contract::operations::{Empty, PageQuery, session::ListSessions};

use super::{backup::backup, restore::restore, verify::verify_folder, *};
use crate::{
    config::{Config, DataPlace},
    testing::{ORIGIN, World},
};

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("sealward-maintenance-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn world(folder: &Path) -> World {
    World::with(Config { data: DataPlace::Folder(folder.to_owned()), ..Config::in_memory(ORIGIN) })
}

fn sound(file: &Path) -> bool {
    verify::verify_file(file).unwrap().is_sound()
}

#[tokio::test]
async fn a_stopped_server_is_backed_up_and_restored() {
    let folder = Folder::new();
    let (data, file, again) = (folder.join("data"), folder.join("backup.redb"), folder.join("again"));
    let world = world(&data);
    let mut ada = world.found("ada").await;
    let vault = ada.make_vault(&world).await;
    world.server.close().await.unwrap();
    drop(world);
    let before = std::fs::read(data_file(&data)).unwrap();

    let backed = backup(&data, &file).unwrap();
    assert!(backed.rows > 10 && backed.bytes == std::fs::metadata(&file).unwrap().len());
    assert_eq!(std::fs::read(data_file(&data)).unwrap(), before, "a backup changed the data");
    assert!(matches!(backup(&data, &file), Err(Failed::Exists(_))));
    assert_eq!(folder.names(), ["backup.redb", "data"]);
    assert!(sound(&file));

    restore(&file, &again, &mut |_| ()).unwrap();
    assert!(matches!(restore(&file, &again, &mut |_| ()), Err(Failed::NotEmpty(_))));
    assert!(verify_folder(&again).unwrap().1);
    let world = self::world(&again);
    let state = world.server.app().store.read(|tx| world.server.app().teams.state(tx, &ada.team)).unwrap().unwrap();
    assert_eq!(state.position(), ada.state.position());
    assert!(state.vault(&vault).is_some());
    // The session of before is not there any more; a new one begins.
    let old = world.call::<ListSessions>(Some(&ada.token), &ada.path(), &PageQuery::default(), &Empty {}).await;
    assert_eq!(old.unwrap_err().code(), "unauthenticated");
    assert!(world.sign_in(&ada).await.is_ok());
}

#[tokio::test]
async fn a_damaged_backup_is_not_restored() {
    let folder = Folder::new();
    let (data, file) = (folder.join("data"), folder.join("backup.redb"));
    let world = world(&data);
    let ada = world.found("ada").await;
    let team = ada.team;
    let lost = world.server.app().store.write(move |tx| {
        tables::AUDIT_EVENTS.delete(tx, &(team, 1));
        Ok::<_, StoreError>(())
    });
    lost.await.unwrap();
    world.server.close().await.unwrap();
    drop(world);
    backup(&data, &file).unwrap();
    let mut told = 0;
    let refused = restore(&file, &folder.join("again"), &mut |report| told = report.found());
    assert!(matches!(refused, Err(Failed::Unsound { findings, .. }) if findings == told && told > 0));
    assert_eq!(folder.names(), ["backup.redb", "data"]);

    // Torn in the middle, it is no data file or its pages do not fit.
    let bytes = std::fs::read(&file).unwrap();
    let torn = folder.join("torn.redb");
    for at in (0..bytes.len()).step_by(4096).filter(|at| bytes[*at..*at + 4096].iter().any(|byte| *byte != 0)) {
        let mut changed = bytes.clone();
        changed[at + 100..at + 140].iter_mut().for_each(|byte| *byte ^= 0x55);
        std::fs::write(&torn, &changed).unwrap();
        assert!(!verify::verify_file(&torn).is_ok_and(|report| report.is_sound()), "page {}", at / 4096);
    }
    assert!(matches!(verify::verify_file(&folder.join("none")), Err(Failed::Open(_))));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_server_is_asked() {
    let folder = Folder::new();
    let (data, file) = (folder.join("data"), folder.join("backup.redb"));
    let world = world(&data);
    world.found("ada").await;
    let ask = |act: fn(&Path, &Path) -> Result<bool, Failed>| {
        let (data, file) = (data.clone(), file.clone());
        async move { tokio::task::spawn_blocking(move || act(&data, &file)).await.unwrap() }
    };
    // Without its socket the file cannot be had.
    assert!(matches!(ask(|data, file| backup(data, file).map(|_| true)).await, Err(Failed::Unreachable(_))));
    assert_eq!(folder.names(), ["data"]);
    let socket = crate::admin::Socket::open(&data).unwrap();
    let serving = tokio::spawn(socket.serve(std::sync::Arc::clone(world.server.app())));
    assert!(ask(|data, file| backup(data, file).map(|backed| backed.rows > 10)).await.unwrap());
    assert!(ask(|_, file| Ok(sound(file))).await.unwrap());
    assert!(ask(|data, _| verify_folder(data).map(|(_, sound)| sound)).await.unwrap());
    // Only its own user may ask.
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(data.join("admin.sock")).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    serving.abort();
    drop(serving.await);
    assert!(!data.join("admin.sock").exists());
}
