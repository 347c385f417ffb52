//! A service of a package, installed below a temporary folder.

use std::{fs, process::Command};

use generion_packaging::Package;
use generion_test_support::program;
use tempfile::TempDir;

/// A package's service outside of systemd: the command of its unit, with all folders below a temporary one.
pub struct Service {
    root: TempDir,
    package: Package,
}

impl Service {
    /// Installs the configuration file, with an empty data folder.
    pub fn install(package: Package) -> Self {
        let root = TempDir::new().unwrap();
        let unit = package.unit();
        let state = unit.value("Service", "StateDirectory");
        for folder in [
            "etc/generion",
            "run/generion-signer",
            &format!("var/lib/{state}"),
        ] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let service = Self { root, package };
        let config = service.in_root(&service.package.config());
        let place = format!("etc/generion/{}.toml", package.name);
        fs::write(service.root.path().join(place), config).unwrap();
        service
    }

    /// A text with the system's folders replaced by those below the temporary folder, and fixed ports by free ones.
    fn in_root(&self, text: &str) -> String {
        let root = self.root.path().display().to_string();
        let mut text = text.to_owned();
        // The users of the packages don't exist on the machine of the test.
        text = text.replace("\"generion-gateway\"", "\"root\"");
        for folder in ["/etc/generion", "/var/lib/generion", "/run/generion-signer"] {
            text = text.replace(folder, &format!("{root}{folder}"));
        }
        for port in ["8787", "8788", "8790", "8791"] {
            text = text.replace(&format!("\"127.0.0.1:{port}\""), "\"127.0.0.1:0\"");
        }
        text
    }

    /// The names in a folder, sorted.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.root.path().join(folder)).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The command of the unit.
    pub fn command(&self) -> Command {
        let unit = self.package.unit();
        let line = self.in_root(unit.value("Service", "ExecStart"));
        let mut words = line.split(' ');
        let name = words.next().and_then(|path| path.strip_prefix("/usr/bin/"));
        let mut command = Command::new(program(name.unwrap()));
        command.args(words).current_dir(self.root.path());
        // What the operator has to name. Nothing listens there: the gateway starts, and waits for its node.
        command.env("GENERION_GATEWAY_NODES", "http://127.0.0.1:1");
        command
    }
}
