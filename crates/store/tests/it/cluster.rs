//! A PostgreSQL server of the test's own: made in a temporary folder, reached by a socket in it,
//! gone with the test.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection};
use tokio::sync::OnceCell;

/// Makes the cluster, starts it, says so, and waits for the end of its input, which comes with
/// the end of the test's process however that ends. Then it stops what it started.
const SCRIPT: &str = r#"
set -e
"$1/initdb" -D "$2/data" -U egnatia -A trust -E UTF8 --locale=C --no-sync >"$2/initdb.log" 2>&1
"$1/pg_ctl" -D "$2/data" -w -t 60 -l "$2/server.log" -o \
    "-k $2 -c listen_addresses='' -c fsync=off -c max_connections=400" start >/dev/null
echo ready
read -r _ || true
"$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null
rm -rf "$2"
"#;

const MISSING: &str = "PostgreSQL is not installed: install the package `postgresql` (Debian, \
     Ubuntu), or set EGNATIA_POSTGRES_BIN to the folder that holds `initdb` and `pg_ctl`";

struct Cluster {
    folder: PathBuf,
    databases: AtomicU32,
    /// Its end stops the server.
    _input: ChildStdin,
    _script: Child,
}

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();

/// The folder of `initdb`: from the environment, the path, or where Debian has it.
fn programs() -> PathBuf {
    let holds = |folder: &PathBuf| folder.join("initdb").is_file();
    if let Some(folder) = std::env::var_os("EGNATIA_POSTGRES_BIN").map(PathBuf::from) {
        assert!(holds(&folder), "EGNATIA_POSTGRES_BIN holds no `initdb`");
        return folder;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut versions: Vec<_> = debian
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    versions.sort();
    std::env::split_paths(&path)
        .chain(versions.into_iter().rev())
        .find(holds)
        .expect(MISSING)
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

fn start() -> Cluster {
    let programs = programs();
    let folder = tempfile::tempdir().unwrap().keep();
    // PostgreSQL refuses to run as root; its package brings a user.
    let mut command = if is_root() {
        let given = Command::new("chown").arg("postgres").arg(&folder).status();
        assert!(given.unwrap().success(), "{MISSING}");
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh", "-c", SCRIPT, "cluster"]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "cluster"]);
        command
    };
    let mut script = command
        .arg(&programs)
        .arg(&folder)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = script.stdin.take().unwrap();
    let mut said = String::new();
    let mut output = BufReader::new(script.stdout.take().unwrap());
    output.read_line(&mut said).unwrap();
    assert_eq!(said, "ready\n", "the logs are in {}", folder.display());
    Cluster {
        folder,
        databases: AtomicU32::new(0),
        _input: input,
        _script: script,
    }
}

/// The address of a new, empty database.
pub async fn new_database() -> String {
    let cluster = CLUSTER.get_or_init(async || start()).await;
    let url = |name: &str| {
        let folder = cluster.folder.display();
        format!("postgres://egnatia@localhost/{name}?host={folder}")
    };
    let name = format!("test{}", cluster.databases.fetch_add(1, Ordering::Relaxed));
    let mut server = sqlx::PgConnection::connect(&url("postgres")).await.unwrap();
    let sql = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::raw_sql(sql).execute(&mut server).await.unwrap();
    server.close().await.unwrap();
    url(&name)
}
