//! A node in memory, with a clock that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use egnatia_alerts::{ListEntry, ListedName, NameQuality};
use egnatia_app::{
    App, Caller, Catalogue, CheckAnswer, CheckRequest, ImportReport, Importing, IndexFiles,
    NewAccount, NoIndexFiles, Parts, Password, PasswordHasher, Role, Settings,
};
use egnatia_audit::Hash;
use egnatia_formats::ParsedList;
use egnatia_matching::{Description, Name, NameKind, Schema};
use egnatia_record::{Justification, Purpose};
use egnatia_testkit::{FixedClock, MemoryStore, SeededEntropy, test_seal};

/// Two nodes on one store never draw the same identifiers.
static SEED: AtomicU64 = AtomicU64::new(7);

pub const PASSWORD: &str = "correct horse battery";

pub struct World {
    pub app: App,
    pub store: Arc<MemoryStore>,
    pub clock: Arc<FixedClock>,
}

impl World {
    pub async fn new() -> Self {
        let store = Arc::new(MemoryStore::new(test_seal()));
        Self::started(store, Arc::new(NoIndexFiles), 200_000).await
    }

    /// A node that starts with this store and these files.
    pub async fn started(
        store: Arc<MemoryStore>,
        index_files: Arc<dyn IndexFiles>,
        index_in_memory: usize,
    ) -> Self {
        let clock = Arc::new(FixedClock::default());
        let app = App::start(Parts {
            index_files,
            store: store.clone(),
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(SEED.fetch_add(1, Ordering::Relaxed))),
            seal: test_seal(),
            hasher: PasswordHasher::weak_for_tests(),
            catalogue: Catalogue::shipped().unwrap(),
            identity: None,
            settings: Settings {
                index_in_memory,
                ..Settings::of("xx-test".parse().unwrap())
            },
        })
        .await
        .unwrap();
        Self { app, store, clock }
    }

    /// A node with one list of these names.
    pub async fn with_list(names: &[(&str, &str)]) -> Self {
        let world = Self::new().await;
        world.import(entries(names)).await;
        world
    }

    pub async fn import(&self, entries: Vec<ListEntry>) -> ImportReport {
        let importing = importing(false);
        self.app
            .import(&admin(), list(entries), importing)
            .await
            .unwrap()
    }

    pub async fn check(&self, caller: &Caller, name: &str) -> CheckAnswer {
        self.app.check(caller, request(name)).await.unwrap()
    }

    pub async fn account(&self, login: &str, role: Role) {
        let new = NewAccount {
            login: login.to_owned(),
            name: "Somebody Invented".to_owned(),
            role,
            password: Password::new(PASSWORD),
        };
        self.app.create_account(&admin(), new).await.unwrap();
    }
}

pub fn importing(dry_run: bool) -> Importing<'static> {
    Importing {
        checksum: Hash::of(b"a file"),
        dry_run,
        progress: &|_, _| {},
    }
}

pub fn list(entries: Vec<ListEntry>) -> ParsedList {
    ParsedList {
        list: "test-list".to_owned(),
        source_version: "2026-11-24".to_owned(),
        entries,
        orphans: Vec::new(),
    }
}

pub fn entries(names: &[(&str, &str)]) -> Vec<ListEntry> {
    names.iter().map(|(id, name)| entry(id, name)).collect()
}

pub fn entry(id: &str, name: &str) -> ListEntry {
    ListEntry {
        source_id: id.to_owned(),
        schema: Schema::Person,
        names: vec![ListedName {
            text: name.to_owned(),
            kind: NameKind::Primary,
            quality: NameQuality::Unstated,
            parts: None,
            note: None,
        }],
        ..ListEntry::default()
    }
}

pub fn request(name: &str) -> CheckRequest {
    let query = Description {
        names: vec![Name::new(name)],
        ..Description::default()
    };
    CheckRequest {
        query,
        ..CheckRequest::default()
    }
}

pub fn caller(login: &str, role: Role, purpose: Purpose) -> Caller {
    let case = "CASE-1".parse().unwrap();
    Caller {
        login: login.parse().unwrap(),
        role,
        justification: Some(Justification { purpose, case }),
    }
}

pub fn officer(login: &str) -> Caller {
    caller(login, Role::Officer, Purpose::BorderCheck)
}

pub fn verifier() -> Caller {
    caller("v.verifier", Role::VerifyingOfficer, Purpose::BorderCheck)
}

pub fn supervisor() -> Caller {
    caller("s.supervisor", Role::Supervisor, Purpose::Supervision)
}

pub fn admin() -> Caller {
    Caller {
        login: "a.admin".parse().unwrap(),
        role: Role::Administrator,
        justification: None,
    }
}
