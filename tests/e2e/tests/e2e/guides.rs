//! The guides of `docs/guides`, typed in: each on a new ledger, in an empty home folder, at a terminal. Their output is
//! compared with the guide. `docs/guides/README.md` explains the placeholders. (trycmd is similar, but runs each
//! command alone. Here a command needs the output of the one before, answers questions, and programs keep running in
//! another terminal, so the test uses a shell.)

mod expected;
mod page;
mod terminal;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use generion_e2e::{Running, Town, program};

use self::{
    page::{Manner, Page, Step},
    terminal::Terminal,
};

/// The guides that have a test below.
const GUIDES: [&str; 5] = ["buyer", "clinic", "integrator", "operator", "patient"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides")
}

/// The buyer's guide works as written.
#[test]
fn the_buyers_guide() {
    play("buyer");
}

/// The clinic's guide works as written.
#[test]
fn the_clinics_guide() {
    play("clinic");
}

/// The integrator's guide works as written.
#[test]
fn the_integrators_guide() {
    play("integrator");
}

/// The operator's guide works as written.
#[test]
fn the_operators_guide() {
    play("operator");
}

/// The patient's guide works as written.
#[test]
fn the_patients_guide() {
    play("patient");
}

/// Every guide in the folder has a test.
#[test]
fn every_guide_is_played() {
    let mut found: Vec<_> = fs::read_dir(folder())
        .expect("there are guides")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name != "README")
        .collect();
    found.sort();
    assert_eq!(found, GUIDES);
}

/// Store, gateway and signer accept the settings in the operator's guide, except for addresses, files and nodes, which are
/// replaced.
#[test]
fn the_servers_take_the_settings_that_are_shown() {
    let mut programs = Vec::new();
    for mut settings in read("operator").settings {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("the file is written");
            path
        };
        // The first line of the settings names their file.
        let name = settings
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("# /etc/generion/"))
            .and_then(|file| file.strip_suffix(".toml"))
            .expect("settings begin with the name of their file")
            .to_owned();
        let mut command = Command::new(program(&format!("generion-{name}")));
        let addresses = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
        match name.as_str() {
            "store" => command
                .arg("--allowlist")
                .arg(file("allowlist.txt", ""))
                .arg("--dir")
                .arg(folder.path().join("documents"))
                .args(addresses),
            "gateway" => command
                .arg("serve")
                .args(["--node", "http://127.0.0.1:1"])
                .arg(format!(
                    "--database=sqlite:{}/index.sqlite",
                    folder.path().display()
                ))
                .args(addresses),
            "signer" => {
                let folder = folder.path().display();
                settings.insert_str(
                    0,
                    &format!("socket = \"{folder}/signer.sock\"\nstate = \"{folder}\"\n"),
                );
                command.arg("serve")
            }
            other => panic!("no program takes {other}.toml"),
        };
        command
            .arg("--config")
            .arg(file("settings.toml", &settings));
        let line = Running::start(command, None).line();
        assert!(line.starts_with("listening on "), "{line}");
        programs.push(name);
    }
    assert_eq!(programs, ["store", "gateway", "signer"]);
}

/// The folder of the programs.
fn programs() -> PathBuf {
    let file = program("generion");
    file.parent().expect("a file has a folder").to_owned()
}

fn read(name: &str) -> Page {
    let path = folder().join(name).with_extension("md");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}.md: {error}"));
    Page::read(&text).unwrap_or_else(|error| panic!("docs/guides/{name}.md: {error}"))
}

/// Plays a guide from its first command to its last.
#[track_caller]
fn play(name: &str) {
    let page = read(name);
    assert!(
        !page.steps.is_empty(),
        "docs/guides/{name}.md has no commands"
    );

    let town = Town::found();
    let mut reader = Reader::new(&town);
    for step in &page.steps {
        if let Err(what) = reader.follow(step) {
            panic!(
                "docs/guides/{name}.md, line {}: {what}\n\n{}",
                step.line, step.commands
            );
        }
    }
}

/// A reader of a guide: sits at the terminals, and names values in the output.
struct Reader {
    names: BTreeMap<String, String>,
    /// Variables that `generion localnet` prints. The guide does not show them.
    environment: Vec<(String, String)>,
    folder: PathBuf,
    terminal: Terminal,
    others: Vec<Terminal>,
}

impl Reader {
    /// A reader in a town, with the variables of its `generion localnet`.
    fn new(town: &Town) -> Self {
        let home = town.folder.join("home");
        fs::create_dir(&home).expect("a home");
        let mut names = BTreeMap::new();
        for role in ["patient", "clinic", "doctor", "buyer"] {
            let person = town.person(role);
            let variable = role.to_uppercase();
            names.insert(
                format!("{variable}_KEY"),
                person.keypair.display().to_string(),
            );
            names.insert(variable, person.address.to_string());
        }
        let data = town.folder.join("localnet/clients").display().to_string();
        names.insert("GENERION_URL".to_owned(), town.rpc_url.clone());
        names.insert("GENERION_STORE".to_owned(), town.store_url.clone());
        let environment = [
            ("GENERION_URL", town.rpc_url.as_str()),
            // By default it follows from the URL, but only with the usual ports.
            ("GENERION_WS", &town.ws_url),
            ("GENERION_DATA", &data),
            ("GENERION_STORE", &town.store_url),
            ("GENERION_ALLOW_PRIVATE", "1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        Self {
            terminal: Terminal::open(&home, &programs(), &environment),
            names,
            environment,
            folder: home,
            others: Vec::new(),
        }
    }

    fn follow(&mut self, step: &Step) -> Result<(), String> {
        let block = step.script(&self.names);
        let expected = step.expected.as_deref();
        match step.manner {
            Manner::Elsewhere => {
                let mut other = Terminal::open(&self.folder, &programs(), &self.environment);
                let named = other.start(&block, expected.unwrap_or("..."), &self.names)?;
                self.names.extend(named);
                self.others.push(other);
            }
            manner => {
                let printed = self
                    .terminal
                    .run(&block, expected, manner == Manner::Fails)?;
                if let Some(expected) = expected {
                    let named = expected::compare(expected, &printed, &self.names)?;
                    self.names.extend(named);
                }
            }
        }
        Ok(())
    }
}
