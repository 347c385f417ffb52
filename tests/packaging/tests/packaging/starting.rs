//! The programs take the configuration files that the packages install.

use std::{fs, process::Command};

use generion_packaging::Package;
use generion_test_support::{Running, program};
use tempfile::TempDir;

/// A package's service outside of systemd: the command of its unit, with all folders below a temporary one.
struct Service {
    root: TempDir,
    package: Package,
}

impl Service {
    fn install(package: Package) -> Self {
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
    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.root.path().join(folder)).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn command(&self) -> Command {
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

/// Each service starts with the command of its unit and the installed configuration, and ends on SIGTERM.
#[test]
fn each_service_starts_with_its_installed_configuration() {
    for package in Package::ALL {
        let service = Service::install(package);
        let mut running = Running::start(service.command(), None);
        let line = running.line();
        assert!(line.starts_with("listening on "), "{line}");
        running.signal("-TERM");
        assert!(running.ended().success());
        // It wrote to its own data folder only.
        assert_eq!(service.names(""), ["etc", "run", "var"]);
        let config = format!("{}.toml", package.name);
        assert_eq!(service.names("etc/generion"), [config]);
        assert_eq!(service.names("var/lib/generion"), [package.name]);
    }
}

/// The installed configuration file is the one that the program prints, with some of its example settings switched on.
#[test]
fn the_configuration_is_the_programs_own_template() {
    for package in Package::ALL {
        let printed = Command::new(program(&package.program()))
            .arg("--print-config")
            .output()
            .unwrap();
        assert!(printed.status.success());
        let template = String::from_utf8(printed.stdout).unwrap();
        let installed = package.config();
        let (template, installed): (Vec<_>, Vec<_>) =
            (template.lines().collect(), installed.lines().collect());
        assert_eq!(template.len(), installed.len(), "{}", package.name);
        let mut own_settings = package.own_settings.to_vec();
        for (template, installed) in template.into_iter().zip(installed) {
            if let Some(at) = own_settings.iter().position(|own| *own == installed) {
                own_settings.remove(at);
                let name = |line: &str| line.split('=').next().map(str::to_owned);
                assert_eq!(name(installed), name(template));
                continue;
            }
            assert!(
                installed == template || format!("#{installed}") == template,
                "{}: `{installed}` is `{template}` in the template",
                package.name
            );
        }
        assert_eq!(own_settings, [""; 0], "{}", package.name);
    }
}
