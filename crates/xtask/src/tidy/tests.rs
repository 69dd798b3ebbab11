//! The rules on small trees: each test breaks one rule and looks for that finding alone.

use std::fs;

use tempfile::TempDir;

use super::check;

const EDGES: &str = r#"
impure = ["tokio"]
impure_paths = ["std::fs"]
[only]
sqlx = ["store"]
[crates.record]
pure = true
uses = []
[crates.store]
uses = ["record"]
dev = ["testkit"]
[crates.testkit]
uses = ["record"]
"#;

/// A tree that obeys every rule, to be changed by a test.
struct Project(TempDir);

impl Project {
    fn tidy() -> Self {
        let project = Self(TempDir::new().unwrap());
        for (path, text) in [
            ("LICENSE", "EUPL"),
            (
                "Cargo.toml",
                "[workspace.dependencies]\negnatia-record = { path = \"crates/record\" }\n\
                 serde = \"1\" # MIT: records as JSON\n",
            ),
            ("crates/xtask/edges.toml", EDGES),
            ("crates/xtask/sizes.toml", "limit = 10\n[files]\n"),
            ("crates/xtask/bans.toml", include_str!("../../bans.toml")),
            ("docs/adr/README.md", "- [First](0001-first.md)\n"),
            ("docs/adr/0001-first.md", "# First\n"),
            ("crates/record/src/lib.rs", "//! Records.\n"),
            ("crates/store/src/lib.rs", "//! The store.\n"),
            ("crates/testkit/src/lib.rs", "//! Fakes.\n"),
        ] {
            project.write(path, text);
        }
        project.manifest("record", "");
        project.manifest("store", "[dependencies]\negnatia-record.workspace = true\n");
        project.manifest("testkit", "");
        project
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.0.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn manifest(&self, name: &str, dependencies: &str) {
        self.write(
            &format!("crates/{name}/Cargo.toml"),
            &format!("[package]\nname = \"egnatia-{name}\"\n\n{dependencies}"),
        );
    }

    fn findings(&self) -> Vec<String> {
        let findings = check(self.0.path()).unwrap();
        findings.iter().map(ToString::to_string).collect()
    }

    /// There is one finding, and it starts so.
    #[track_caller]
    fn refuses(&self, start: &str) {
        let findings = self.findings();
        assert!(
            findings.len() == 1 && findings.iter().all(|f| f.starts_with(start)),
            "expected `{start}`, found {findings:#?}"
        );
    }

    #[track_caller]
    fn accepts(&self) {
        assert_eq!(self.findings(), Vec::<String>::new());
    }
}

#[test]
fn accepts_a_tidy_tree() {
    Project::tidy().accepts();
}

#[test]
fn refuses_an_edge_that_is_not_listed() {
    let project = Project::tidy();
    project.manifest("record", "[dependencies]\negnatia-store.workspace = true\n");
    project.refuses("crates/record/Cargo.toml:5: [crate-edge] `record` may not depend on `store`");
}

#[test]
fn keeps_edges_of_tests_apart_from_those_of_the_code() {
    let project = Project::tidy();
    let testkit = "egnatia-testkit.workspace = true\n";
    project.manifest("store", &format!("[dev-dependencies]\n{testkit}"));
    project.accepts();
    project.manifest("store", &format!("[dependencies]\n{testkit}"));
    project.refuses("crates/store/Cargo.toml:5: [crate-edge]");
}

#[test]
fn keeps_pure_crates_pure_but_not_their_tests() {
    let project = Project::tidy();
    project.manifest("record", "[dev-dependencies]\ntokio.workspace = true\n");
    project.write(
        "crates/record/src/lib.rs",
        "//! Records.\n\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n",
    );
    project.accepts();
    project.manifest("record", "[dependencies]\ntokio.workspace = true\n");
    project.refuses("crates/record/Cargo.toml:5: [pure-crate]");
}

#[test]
fn refuses_input_and_output_in_a_pure_crate() {
    let project = Project::tidy();
    project.write(
        "crates/record/src/lib.rs",
        "//! Not std::fs.\nuse std::fs;\n",
    );
    project.refuses("crates/record/src/lib.rs:2: [pure-crate]");
}

#[test]
fn keeps_outside_crates_at_home() {
    let project = Project::tidy();
    project.manifest("testkit", "[dependencies]\nsqlx.workspace = true\n");
    project.refuses("crates/testkit/Cargo.toml:5: [crate-edge] `sqlx` belongs to store only");
}

#[test]
fn refuses_crates_that_are_not_listed_and_entries_without_a_crate() {
    let project = Project::tidy();
    project.manifest("weather", "");
    project.refuses("crates/weather/Cargo.toml:2: [unlisted-crate]");
    let project = Project::tidy();
    project.write(
        "crates/xtask/edges.toml",
        &format!("{EDGES}[crates.weather]\nuses = []\n"),
    );
    project.refuses("crates/xtask/edges.toml: [unlisted-crate] there is no crate `weather`");
}

#[test]
fn refuses_a_package_that_is_not_called_as_its_folder() {
    let project = Project::tidy();
    project.write(
        "crates/record/Cargo.toml",
        "[package]\nname = \"records\"\n",
    );
    project.refuses("crates/record/Cargo.toml:2: [crate-name]");
}

#[test]
fn refuses_a_dependency_without_licence_and_reason() {
    let project = Project::tidy();
    for line in [
        "serde = \"1\"",
        "serde = \"1\" # MIT",
        "serde = \"1\" # MIT: ",
    ] {
        let text = format!("[workspace.dependencies]\n{line}\n");
        project.write("Cargo.toml", text.trim_end());
        project.refuses("Cargo.toml:2: [dependency-reason] `serde`");
    }
}

#[test]
fn refuses_a_dependency_that_a_crate_chooses_by_itself() {
    let project = Project::tidy();
    project.manifest("store", "[dependencies]\nserde = \"1\"\n");
    project.refuses("crates/store/Cargo.toml:5: [dependency-reason]");
}

#[test]
fn refuses_a_long_file_but_does_not_count_its_tests() {
    let project = Project::tidy();
    let code = "//! Line.\n".repeat(10);
    let tests = format!(
        "#[cfg(test)]\nmod tests {{\n{}}}\n",
        "    // Line.\n".repeat(30)
    );
    project.write("crates/record/src/lib.rs", &format!("{code}{tests}"));
    project.write("crates/record/tests/it/main.rs", &code.repeat(3));
    project.accepts();
    project.write(
        "crates/record/src/lib.rs",
        &format!("{code}{tests}//! Line.\n"),
    );
    project.refuses("crates/record/src/lib.rs: [file-size] 11 lines without tests");
}

#[test]
fn a_listed_size_may_only_shrink() {
    let project = Project::tidy();
    project.write("crates/record/src/lib.rs", &"//! Line.\n".repeat(20));
    for (listed, advice) in [
        (20, None),
        (19, Some("the number may only shrink")),
        (21, Some("lower the number")),
    ] {
        project.write(
            "crates/xtask/sizes.toml",
            &format!("limit = 10\n[files]\n\"crates/record/src/lib.rs\" = {listed}\n"),
        );
        match advice {
            None => project.accepts(),
            Some(advice) => {
                project.refuses("crates/record/src/lib.rs: [file-size]");
                assert!(project.findings().concat().contains(advice), "{advice}");
            }
        }
    }
}

#[test]
fn a_listed_size_without_need_is_refused() {
    let project = Project::tidy();
    let sizes = "limit = 10\n[files]\n\"crates/record/src/lib.rs\" = 1\n";
    project.write("crates/xtask/sizes.toml", sizes);
    project.refuses("crates/record/src/lib.rs: [file-size] 1 lines without tests: within");
    let sizes = "limit = 10\n[files]\n\"crates/record/src/gone.rs\" = 11\n";
    project.write("crates/xtask/sizes.toml", sizes);
    project.refuses("crates/xtask/sizes.toml: [file-size] there is no file");
}

#[test]
fn refuses_what_the_style_guide_bans() {
    for (line, rule) in [
        ("#[allow(dead_code)]", "no-allow"),
        ("#![allow(dead_code)]", "no-allow"),
        ("pub fn get_name() {}", "no-get-prefix"),
        ("    pub async fn get_name() {}", "no-get-prefix"),
        ("fn f() { todo!() }", "no-unfinished-code"),
        ("fn f() { dbg!(1); }", "no-unfinished-code"),
        ("// TODO: later", "no-unfinished-notes"),
        ("// FIXME", "no-unfinished-notes"),
        ("use anyhow::Result;", "anyhow-at-the-edge-only"),
        ("fn f() { Timestamp::now(); }", "no-clock-of-its-own"),
        (
            "const PLACE: &str = \"/home/me/egnatia\";",
            "no-machine-path",
        ),
        ("fn f() {} ", "trailing-white-space"),
    ] {
        let project = Project::tidy();
        project.write(
            "crates/store/src/lib.rs",
            &format!("//! The store.\n{line}\n"),
        );
        project.refuses(&format!("crates/store/src/lib.rs:2: [{rule}]"));
    }
}

#[test]
fn accepts_what_only_looks_like_a_banned_word() {
    for line in [
        "fn get_name() {}",
        "pub fn target_name() {}",
        "// dbg! is banned.",
        "const WORD: &str = \"TODOS\";",
        "fn f(clock: &dyn Clock) { clock.now(); }",
    ] {
        let project = Project::tidy();
        project.write(
            "crates/store/src/lib.rs",
            &format!("//! The store.\n{line}\n"),
        );
        project.accepts();
    }
}

#[test]
fn allows_the_edge_what_it_forbids_inside() {
    let project = Project::tidy();
    project.write(
        "crates/node/src/main.rs",
        "use anyhow::Result;\nfn f() { Timestamp::now(); }\n",
    );
    project.accepts();
}

#[test]
fn refuses_the_path_of_the_very_folder_that_it_checks() {
    let project = Project::tidy();
    let root = project.0.path().canonicalize().unwrap();
    project.write("docs/notes.md", &format!("See {}/docs.\n", root.display()));
    project.refuses("docs/notes.md:1: [no-machine-path]");
}

#[test]
fn refuses_modules_that_are_called_after_nothing() {
    for path in [
        "crates/store/src/utils.rs",
        "crates/store/src/common/mod.rs",
    ] {
        let project = Project::tidy();
        project.write(path, "//! Things.\n");
        project.refuses(&format!("{path}: [module-name]"));
    }
}

#[test]
fn does_not_look_into_what_others_wrote() {
    let project = Project::tidy();
    project.write("node_modules/left/index.js", "// TODO \n");
    project.write("target/debug/build.rs", "// TODO \n");
    project.write("docs/list.csv", "TODO \n");
    project.accepts();
}

#[test]
fn looks_into_scripts_without_an_ending() {
    let project = Project::tidy();
    project.write("run", "#!/usr/bin/env bash\n# TODO\n");
    project.refuses("run:2: [no-unfinished-notes]");
}

#[test]
fn refuses_decisions_that_are_not_listed_and_lines_without_a_decision() {
    let project = Project::tidy();
    project.write("docs/adr/0002-second.md", "# Second\n");
    project.refuses("docs/adr/0002-second.md: [decision-listed]");
    let project = Project::tidy();
    project.write(
        "docs/adr/README.md",
        "- [First](0001-first.md)\n- [Second](0002-second.md)\n",
    );
    project.refuses("docs/adr/README.md:2: [decision-listed]");
}

#[test]
fn refuses_a_tree_without_a_licence() {
    let project = Project::tidy();
    fs::remove_file(project.0.path().join("LICENSE")).unwrap();
    project.refuses("LICENSE: [licence]");
}

#[test]
fn says_which_data_file_it_cannot_read() {
    let project = Project::tidy();
    project.write("crates/xtask/sizes.toml", "limit = \"many\"\n");
    let error = check(project.0.path()).unwrap_err().to_string();
    assert!(error.contains("crates/xtask/sizes.toml"), "{error}");
}
