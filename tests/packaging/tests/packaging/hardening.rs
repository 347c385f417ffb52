//! systemd's own judgement of the units.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use generion_packaging::Package;

/// The highest exposure that `systemd-analyze security` may give a unit, in tenths: 20 is "OK", and a unit without any
/// restriction has 96.
const MAX_EXPOSURE: u32 = 20;

fn analyze(arguments: &[&str]) -> std::process::Output {
    Command::new("systemd-analyze")
        .args(arguments)
        .output()
        .expect("the Debian package `systemd` is installed, which these tests need")
}

/// systemd gives each service a low exposure: it has no privileges, and can write to its own data only.
#[test]
fn the_services_are_hardened() {
    for package in Package::ALL {
        let unit = package.path(&format!("{}.service", package.program()));
        let unit = unit.to_str().unwrap();
        let threshold = format!("--threshold={MAX_EXPOSURE}");
        let judged = analyze(&["security", "--offline=true", "--no-pager", &threshold, unit]);
        let said = String::from_utf8_lossy(&judged.stdout);
        assert!(judged.status.success(), "{unit}: {said}");
    }
}

/// Without its restrictions, the same unit fails: the test before can fail.
#[test]
fn a_service_without_restrictions_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("open.service");
    fs::write(&unit, "[Service]\nExecStart=/bin/true\n").unwrap();
    let unit = unit.to_str().unwrap();
    let threshold = format!("--threshold={MAX_EXPOSURE}");
    let judged = analyze(&["security", "--offline=true", "--no-pager", &threshold, unit]);
    assert!(!judged.status.success());
}

/// systemd knows every setting of the units.
#[test]
fn systemd_knows_every_setting() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, text: &str| {
        // The program is not installed here: any file that can be run takes its place.
        let program = folder.path().join("program");
        fs::write(&program, "").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let text = text
            .lines()
            .map(|line| match line.strip_prefix("ExecStart=") {
                Some(_) => format!("ExecStart={}", program.display()),
                None => line.to_owned(),
            })
            .collect::<Vec<_>>()
            .join("\n");
        let unit = folder.path().join(name);
        fs::write(&unit, text).unwrap();
        let verified = analyze(&["verify", "--man=no", unit.to_str().unwrap()]);
        String::from_utf8_lossy(&verified.stderr)
            .lines()
            .filter(|line| line.contains(name))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for package in Package::ALL {
        let name = format!("{}.service", package.program());
        let text = package.file(&name);
        assert_eq!(check(&name, &text), [""; 0]);
        let misspelt = text.replace("ProtectSystem=", "ProtectSytem=");
        assert!(!check(&name, &misspelt).is_empty());
    }
}
