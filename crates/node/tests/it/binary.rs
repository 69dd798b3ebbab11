//! Runs the binary that was built for this test.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A data folder and the binary on it.
pub struct Node {
    folder: TempDir,
}

/// What a command printed, and how it ended.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// What it printed, as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.out, self.err))
    }
}

impl Node {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A file or folder beside the node's data.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Writes the configuration of the data folder.
    pub fn configure(&self, toml: &str) {
        std::fs::create_dir_all(self.data()).unwrap();
        std::fs::write(self.data().join("egnatia.toml"), toml).unwrap();
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_egnatia"));
        command
            .env_remove("EGNATIA_LISTS")
            .env_remove("EGNATIA_CONFIG")
            .env("EGNATIA_DATA", self.data())
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output: Output = self.command().args(arguments).output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command that reads this from standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that ends before it reads closes the pipe: what it says is looked at below.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command that must succeed.
    pub fn done(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {} {}", ran.out, ran.err);
        ran
    }

    /// Writes a list of these names in FollowTheMoney format and returns its path.
    pub fn list(&self, file: &str, names: &[(String, String)]) -> PathBuf {
        let lines: Vec<String> = names
            .iter()
            .map(|(id, name)| {
                let properties = json!({ "name": [name], "topics": ["sanction"] });
                json!({ "id": id, "schema": "Person", "properties": properties }).to_string()
            })
            .collect();
        let path = self.path(file);
        std::fs::write(&path, lines.join("\n")).unwrap();
        path
    }

    pub fn import(&self, file: &Path) -> Value {
        self.done(&[
            "--json",
            "import",
            "ftm",
            file.to_str().unwrap(),
            "--list",
            "test",
        ])
        .json()
    }

    /// Makes an account and returns its password.
    pub fn account(&self, login: &str, role: &str) -> String {
        let ran = self.done(&[
            "--json",
            "user",
            "add",
            login,
            "--name",
            "Somebody Invented",
            "--role",
            role,
        ]);
        ran.json()["password"].as_str().unwrap().to_owned()
    }

    /// The command that serves on a free port.
    pub fn serve_command(&self) -> Command {
        let mut command = self.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        command
    }

    /// Starts the node on a free port and waits until it is ready.
    pub fn serve(&self) -> Serving {
        Self::serve_with(self.serve_command())
    }

    /// The same by a command that starts it in another way.
    pub fn serve_with(mut command: Command) -> Serving {
        let mut child = command
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines
                .next()
                .expect("the node ended before it was ready")
                .unwrap();
            if let Some((_, address)) = plain(&line).split_once("ready address=") {
                break address.trim().to_owned();
            }
        };
        // Somebody must read on, or the node stops at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Serving {
            child,
            url: format!("http://{address}"),
        }
    }
}

/// A line of the log without its colours.
fn plain(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain + rest
}

/// A node that serves. Killed when dropped.
pub struct Serving {
    child: Child,
    pub url: String,
}

impl Serving {
    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// A client that has signed in over the API, and its token.
    pub async fn sign_in(&self, login: &str, password: &str) -> (reqwest::Client, String) {
        let client = reqwest::Client::new();
        let answer = client
            .post(format!("{}/api/v1/sessions", self.url))
            .json(&json!({ "login": login, "password": password }))
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        let body: Value = answer.json().await.unwrap();
        let token = body["token"].as_str().unwrap().to_owned();
        let reason = json!({ "purpose": "border-check", "case": "TEST-1" });
        let set = client
            .put(format!("{}/api/v1/sessions/justification", self.url))
            .bearer_auth(&token)
            .json(&reason)
            .send()
            .await
            .unwrap();
        assert!(set.status().is_success(), "{}", set.status());
        (client, token)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Names of persons who do not exist: `count` of them, the same for the same `seed`.
pub fn names(seed: usize, count: usize) -> Vec<(String, String)> {
    const GIVEN: [&str; 11] = [
        "Dragoslav",
        "Burim",
        "Amina",
        "Ljupčo",
        "Veselin",
        "Xhemile",
        "Teodora",
        "Zoltan",
        "Elmaz",
        "Jovana",
        "Харалампије",
    ];
    const FAMILY: [&str; 13] = [
        "Perunčić",
        "Gjeravica",
        "Džaferbegić",
        "Trpenoski",
        "Karadak",
        "Qerimaj",
        "Krastnikov",
        "Őrhalmi",
        "Qukaj",
        "Mitrešić",
        "Vučković",
        "Çelikkanat",
        "Ћоровић",
    ];
    (0..count)
        .map(|n| {
            let given = GIVEN[(n * 7 + seed) % GIVEN.len()];
            let family = FAMILY[(n * 5 + n / 13 + seed * 3) % FAMILY.len()];
            let syllables = ["ba", "ko", "ri", "ne", "tu", "sha", "vo", "mi", "le", "gra"];
            let tail = format!("{}{}", syllables[n % 10], syllables[(n / 10) % 10]);
            (format!("p{n:04}"), format!("{given} {family}-{tail}"))
        })
        .collect()
}
