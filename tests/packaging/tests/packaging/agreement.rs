//! The paths and names in a package's files agree.

use std::collections::BTreeMap;

use generion_packaging::{Package, sysusers_users};
use toml::Value;

/// The unit runs the program that the package installs, with the configuration file that it installs.
#[test]
fn the_unit_runs_what_the_package_installs() {
    for package in Package::ALL {
        let assets: BTreeMap<_, _> = package.assets().into_iter().collect();
        let unit = package.unit();
        let mut words = unit.value("Service", "ExecStart").split(' ');
        let program = words.next().unwrap();
        assert_eq!(program, format!("/usr/bin/{}", package.program()));
        assert!(assets.contains_key(program), "{program}: {assets:?}");
        let config = words.skip_while(|word| *word != "--config").nth(1).unwrap();
        let source = format!("packaging/{0}/{0}.toml", package.name);
        assert_eq!(assets[config], source);
    }
}

/// Every file that a package installs exists, except for the program.
#[test]
fn the_files_of_a_package_exist() {
    for package in Package::ALL {
        for (target, source) in package.assets() {
            let is_program = source == format!("target/release/{}", package.program());
            let exists = Package::workspace().join(&source).exists();
            assert!(is_program || exists, "{target} from {source}");
        }
    }
}

/// The service runs as a user of its own, whose home is the data folder, and which the package creates.
#[test]
fn the_service_runs_as_the_user_that_the_package_creates() {
    for package in Package::ALL {
        let unit = package.unit();
        let user = unit.value("Service", "User");
        assert_eq!(user, package.program());
        assert_eq!(unit.value("Service", "Group"), user);
        let users = package.file(&format!("{user}.sysusers"));
        let data = format!("/var/lib/{}", unit.value("Service", "StateDirectory"));
        assert_eq!(
            sysusers_users(&users),
            BTreeMap::from([(user.to_owned(), data)])
        );
    }
}

/// All paths in the configuration file are in the folders that the unit lets the service write to, or in /etc/generion.
#[test]
fn the_configuration_stays_in_the_services_folders() {
    for package in Package::ALL {
        let unit = package.unit();
        let data = format!("/var/lib/{}/", unit.value("Service", "StateDirectory"));
        let config: Value = toml::from_str(&package.config()).unwrap();
        let mut texts = Vec::new();
        collect(&config, &mut texts);
        let is_path = |text: &&String| text.contains("/var/") || text.starts_with('/');
        let paths: Vec<_> = texts.iter().filter(is_path).collect();
        assert!(!paths.is_empty(), "{}", package.name);
        for path in paths {
            let in_data = format!("{path}/").contains(&data);
            let runtime = unit.values("Service", "RuntimeDirectory");
            let in_runtime = runtime
                .iter()
                .any(|folder| path.starts_with(&format!("/run/{folder}/")));
            assert!(in_data || in_runtime, "{path}");
        }
    }
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        Value::Table(table) => table.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}

/// Purging a package touches the data folder of its own service, and no other.
#[test]
fn purging_is_about_the_services_own_data() {
    for package in Package::ALL {
        let script = package.file("postrm");
        assert!(script.contains("#DEBHELPER#"));
        let data = format!(
            "/var/lib/{}",
            package.unit().value("Service", "StateDirectory")
        );
        assert!(script.contains(&data), "{data}");
        let others = Package::ALL
            .iter()
            .filter(|other| other.name != package.name);
        for other in others {
            assert!(!script.contains(&format!("generion/{}", other.name)));
        }
    }
}

/// The services can run on one machine: no two of them listen on the same address.
#[test]
fn the_services_listen_on_different_addresses() {
    let mut taken = BTreeMap::new();
    for package in Package::ALL {
        let config: Value = toml::from_str(&package.config()).unwrap();
        for setting in ["listen", "admin_listen"] {
            if let Some(address) = config.get(setting) {
                let other = taken.insert(address.to_string(), (package.name, setting));
                assert_eq!(other, None, "{address} of {}", package.name);
            }
        }
    }
}

/// The gateway may use the socket of the signer: the example in its configuration names the signer's socket, its user is
/// one that the signer's configuration names, and its unit joins the group of the socket, which its package creates.
#[test]
fn the_gateway_may_use_the_signers_socket() {
    let [_, gateway, signer] = Package::ALL;
    let config: Value = toml::from_str(&signer.config()).unwrap();
    let socket = config["socket"].as_str().unwrap();
    assert!(gateway.config().contains(&format!("#socket = {socket:?}")));

    let (gateway_unit, signer_unit) = (gateway.unit(), signer.unit());
    let user = gateway_unit.value("Service", "User");
    assert_eq!(config["users"], Value::from(vec![user]));
    let runtime = signer_unit.value("Service", "RuntimeDirectory");
    assert!(socket.starts_with(&format!("/run/{runtime}/")));

    let group = signer_unit.value("Service", "Group");
    assert_eq!(gateway_unit.value("Service", "SupplementaryGroups"), group);
    let created = gateway.file("generion-gateway.sysusers");
    assert!(created.lines().any(|line| line == format!("g {group} -")));
}
