//! The registry toolchain's set-up: what stops it, and that nothing half-made is trusted.

use std::{fs, fs::File, os::unix::fs::symlink, path::PathBuf, sync::mpsc, thread};

use super::Fixture;
use crate::{
    Error, ToolchainInfo,
    toolchain::{RECORD, STAGING, Toolchain},
};

const RUSTC: &str = "case $1 in --print) echo /sysroot;; *) printf 'rustc 1.95.0 (test)\nrelease: 1.95.0\ncommit-hash: c0\nhost: h\n';; esac";

impl Fixture {
    /// A machine that has the compiler and, by name, the tools that the set-up asks for.
    fn with_rustc_and_tools(self) -> Self {
        self.program("rustc", RUSTC);
        for tool in ["apt-get", "dpkg-deb", "patch"] {
            self.program(tool, "echo 'Could not resolve mirror.test' >&2; exit 100");
        }
        self
    }

    fn open(&self) -> crate::Result<(Toolchain, Vec<String>)> {
        let mut lines = Vec::new();
        let toolchain = Toolchain::open(&self.context, &mut |line| lines.push(line.to_owned()))?;
        Ok((toolchain, lines))
    }

    /// The step at which the set-up ends, and why.
    #[track_caller]
    fn stops(&self) -> (&'static str, String) {
        match self.open() {
            Err(Error::Setup { step, reason, .. }) => (step, reason),
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("it went through"),
        }
    }

    fn in_cache(&self) -> Vec<String> {
        let entries = fs::read_dir(self.context.cache().unwrap()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// A toolchain as a finished set-up for the compiler in `sysroot` leaves it.
    fn finished(&self, sysroot: &str) -> PathBuf {
        let folder = Toolchain::folder(
            &self.context,
            &crate::rustc::Rustc::find(&self.context).unwrap(),
        )
        .unwrap();
        fs::create_dir_all(&folder).unwrap();
        symlink(sysroot, folder.join("host")).unwrap();
        let info = ToolchainInfo::new("registry", ["rustc", "llvm", "linker"], ["test"]);
        fs::write(folder.join(RECORD), serde_json::to_string(&info).unwrap()).unwrap();
        folder
    }
}

#[test]
fn another_compiler_is_named() {
    let fixture = Fixture::new();
    let found = || match fixture.open() {
        Err(Error::NoRustc { found }) => found,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it went through"),
    };
    assert_eq!(found(), "no rustc was found");
    fixture.program("rustc", "printf 'rustc 1.97.1 (test)\nrelease: 1.97.1\n'");
    assert_eq!(found(), "this is rustc 1.97.1 (test)");
}

#[test]
fn a_missing_tool_is_named() {
    let fixture = Fixture::new();
    fixture.program("rustc", RUSTC);
    let (step, reason) = fixture.stops();
    assert_eq!(step, "platform");
    assert!(
        reason.starts_with("there is no `apt-get` on the PATH"),
        "{reason}"
    );
    assert_eq!(fixture.in_cache(), ["sbf-toolchain.lock"]);
}

#[test]
fn a_missing_network_is_named_with_what_the_command_said() {
    let fixture = Fixture::new().with_rustc_and_tools();
    let (step, reason) = fixture.stops();
    assert_eq!(step, "package lists");
    assert!(reason.contains("Could not resolve mirror.test"), "{reason}");
    assert_eq!(fixture.in_cache(), ["sbf-toolchain.lock"]);
}

#[test]
fn a_full_disk_and_missing_rights_say_what_to_do() {
    let fixture = Fixture::new().with_rustc_and_tools();
    let told = |words: &str| {
        fixture.program("apt-get", &format!("echo '{words}' >&2; exit 1"));
        fixture.open().map(drop).unwrap_err().to_string()
    };
    assert!(told("write error: No space left on device").contains("free some space"));
    assert!(told("mkdir: Permission denied").contains("set XDG_CACHE_HOME"));
}

#[test]
fn a_cache_that_cannot_be_made_is_named() {
    let mut fixture = Fixture::new().with_rustc_and_tools();
    fixture.context.cache = Some(fixture.file("Cargo.toml/cache"));
    match fixture.open().map(drop) {
        Err(Error::Io { action, path, .. }) => {
            assert_eq!(action, "make the cache folder");
            assert_eq!(Some(path), fixture.context.cache);
        }
        other => panic!("{other:?}"),
    }
    fixture.context.cache = None;
    assert!(matches!(
        fixture.open().map(drop),
        Err(Error::NoCacheFolder)
    ));
}

#[test]
fn a_finished_toolchain_is_taken_as_it_is() {
    let fixture = Fixture::new().with_rustc_and_tools();
    let folder = fixture.finished("/sysroot");
    let (toolchain, lines) = fixture.open().unwrap();
    assert!(matches!(toolchain, Toolchain::Registry(home, _) if home == folder));
    assert!(lines.is_empty(), "{lines:?}");
}

#[test]
fn an_interrupted_set_up_is_not_trusted_and_goes_away() {
    let fixture = Fixture::new().with_rustc_and_tools();
    let folder = fixture.finished("/sysroot");
    fs::remove_file(folder.join(RECORD)).unwrap();
    fs::create_dir(folder.with_file_name(format!("{STAGING}x"))).unwrap();
    assert_eq!(fixture.stops().0, "package lists");
    assert_eq!(fixture.in_cache(), ["sbf-toolchain.lock"]);
}

#[test]
fn a_toolchain_of_a_compiler_that_moved_is_not_trusted() {
    let fixture = Fixture::new().with_rustc_and_tools();
    fixture.finished("/another/sysroot");
    assert_eq!(fixture.stops().0, "package lists");
}

#[test]
fn a_second_process_waits_for_the_first() {
    let fixture = Fixture::new().with_rustc_and_tools();
    let lock = File::create(fixture.context.cache().unwrap().join("sbf-toolchain.lock")).unwrap();
    lock.lock().unwrap();
    let (waiting, waits) = mpsc::channel();
    thread::scope(|scope| {
        let second = scope.spawn(|| {
            let log = &mut |line: &str| waiting.send(line.to_owned()).unwrap();
            Toolchain::open(&fixture.context, log).map(|toolchain| toolchain.info().id.clone())
        });
        assert_eq!(
            waits.recv().unwrap(),
            "waiting for another process that sets up the SBF toolchain"
        );
        // The first one finishes: the second takes what it made.
        fixture.finished("/sysroot");
        drop(lock);
        assert!(second.join().unwrap().is_ok());
    });
}

#[test]
fn a_toolchain_can_be_asked_for_by_name() {
    let mut fixture = Fixture::new().with_rustc_and_tools();
    fixture.compiler("");
    let (toolchain, _) = fixture.open().unwrap();
    let ToolchainInfo {
        kind, rustc, llvm, ..
    } = toolchain.info();
    assert_eq!(
        (kind.as_str(), rustc.as_str(), llvm.as_str()),
        ("platform-tools", "rustc 1", "platform-tools v1")
    );

    fixture.context.toolchain = Some("registry".to_owned());
    assert_eq!(fixture.stops().0, "package lists");

    fixture.context.toolchain = Some("gcc".to_owned());
    match fixture.open().map(drop) {
        Err(Error::UnknownToolchain(name)) => assert_eq!(name, "gcc"),
        other => panic!("{other:?}"),
    }
}
