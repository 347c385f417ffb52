//! The programs take the configuration files that the packages install.

use std::process::Command;

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
