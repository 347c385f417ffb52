//! The programs take the configuration files that the packages install.

use std::{fs, process::Command};

use generion_packaging::Package;
use generion_test_support::{Running, program};

use crate::service::Service;

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

/// The installed configuration file is the one that the program prints, with the settings that the package changes. With
/// `UPDATE_PACKAGING` set, the test writes the file instead.
#[test]
fn the_configuration_is_the_programs_own_template() {
    for package in Package::ALL {
        let printed = Command::new(program(&package.program()))
            .arg("--print-config")
            .output()
            .unwrap();
        assert!(printed.status.success());
        let expected = package.config_from(&String::from_utf8(printed.stdout).unwrap());
        let path = package.path(&format!("{}.toml", package.name));
        if std::env::var_os("UPDATE_PACKAGING").is_some() {
            fs::write(&path, &expected).unwrap();
        }
        assert!(
            package.config() == expected,
            "{} is not of the present template: run this test with UPDATE_PACKAGING=1",
            path.display()
        );
    }
}
