//! What the machine has to have beside Rust: found by looking for the thing itself, installed by apt-get.

use anyhow::{Result, bail};

use crate::workspace::{Workspace, headline, show, succeeds};

/// Something that a build or test needs.
pub struct Need {
    /// The Debian package that has it.
    package: &'static str,
    /// A command that succeeds where it is there.
    probe: &'static [&'static str],
}

const C_COMPILER: Need = Need {
    package: "gcc",
    probe: &["cc", "--version"],
};
const C_LIBRARY: Need = Need {
    package: "libc6-dev",
    probe: &["sh", "-c", "echo '#include <stdio.h>' | cc -E -"],
};
const PKG_CONFIG: Need = Need {
    package: "pkg-config",
    probe: &["pkg-config", "--version"],
};
const OPENSSL: Need = Need {
    package: "libssl-dev",
    probe: &["pkg-config", "--exists", "openssl"],
};
const PATCH: Need = Need {
    package: "patch",
    probe: &["patch", "--version"],
};

/// Another implementation of the documents' format, which must open ours.
const AGE: Need = Need {
    package: "age",
    probe: &["age", "--version"],
};

/// An operator looks at a store's figures with it, in a guide that the tests follow.
const CURL: Need = Need {
    package: "curl",
    probe: &["curl", "--version"],
};

/// The proxies that a store's operator is shown, which a test of the store runs, and what makes their certificates.
const NGINX: Need = Need {
    package: "nginx",
    probe: &["nginx", "-v"],
};
const CADDY: Need = Need {
    package: "caddy",
    probe: &["caddy", "version"],
};
const OPENSSL_TOOL: Need = Need {
    package: "openssl",
    probe: &["openssl", "version"],
};

const LIBCLANG: Need = Need {
    package: "libclang-dev",
    probe: &["sh", "-c", "ls /usr/lib/llvm-*/lib/libclang.so"],
};
const PROTOBUF: Need = Need {
    package: "protobuf-compiler",
    probe: &["protoc", "--version"],
};
const UDEV: Need = Need {
    package: "libudev-dev",
    probe: &["pkg-config", "--exists", "libudev"],
};

/// libFuzzer is written in it.
const CXX_COMPILER: Need = Need {
    package: "g++",
    probe: &["c++", "--version"],
};

/// For the fuzz targets.
pub const FUZZ: &[Need] = &[C_COMPILER, C_LIBRARY, CXX_COMPILER];

/// Debian's of 2025 and later is new enough.
const NODE: Need = Need {
    package: "nodejs",
    probe: &[
        "node",
        "--eval",
        "const [major, minor] = process.versions.node.split('.').map(Number);
         process.exit(major > 20 || (major === 20 && minor >= 18) ? 0 : 1)",
    ],
};
const NPM: Need = Need {
    package: "npm",
    probe: &["npm", "--version"],
};

/// For the TypeScript client.
pub const TYPESCRIPT: &[Need] = &[NODE, NPM];

/// For the program's toolchain.
pub const PROGRAM_BUILD: &[Need] = &[C_COMPILER, C_LIBRARY, PATCH];

/// For every package of the workspace.
pub const WORKSPACE: &[Need] = &[C_COMPILER, C_LIBRARY, PKG_CONFIG, OPENSSL, PATCH];

/// For all tests.
pub const TESTS: &[Need] = &[
    C_COMPILER,
    C_LIBRARY,
    PKG_CONFIG,
    OPENSSL,
    PATCH,
    AGE,
    CURL,
    NGINX,
    CADDY,
    OPENSSL_TOOL,
];

/// For Agave's own validator: its ledger is kept in a database of C++.
pub const AGAVE: &[Need] = &[
    C_COMPILER,
    C_LIBRARY,
    CXX_COMPILER,
    PKG_CONFIG,
    OPENSSL,
    UDEV,
    LIBCLANG,
    PROTOBUF,
];

/// Packages that Debian starts as services, which the tests have no use for: they start programs of their own.
const SERVICES: [&str; 2] = ["nginx", "caddy"];

/// Installs what is missing, or says what to install.
pub fn ensure(workspace: &Workspace, needs: &[Need]) -> Result<()> {
    let missing = missing(workspace, needs);
    if missing.is_empty() {
        return Ok(());
    }
    install(workspace, &missing)
}

/// Installs packages, or says how to.
pub fn install(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    let Some(apt_get) = apt_get(workspace) else {
        bail!(
            "this machine lacks Debian's packages {names} (or what they hold); run `apt-get install {names}` as root"
        );
    };
    headline(&format!("install {names}"));
    let run = |arguments: &[&str]| {
        let (program, prefix) = apt_get;
        show(
            workspace
                .command(program)
                .args(prefix)
                .args(arguments)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )
    };
    run(&["update", "-q"])?;
    run(&[
        &["install", "-q", "--yes", "--no-install-recommends"],
        packages,
    ]
    .concat())?;
    for service in packages.iter().filter(|package| SERVICES.contains(package)) {
        // Where services are run by something else, or by nothing, there is nothing to end.
        let stop = format!(
            "systemctl disable --now {service} || sudo -n systemctl disable --now {service}"
        );
        succeeds(workspace.command("sh").args(["-c", &stop]));
    }
    Ok(())
}

fn missing(workspace: &Workspace, needs: &[Need]) -> Vec<&'static str> {
    let there = |need: &&Need| !succeeds(workspace.command(need.probe[0]).args(&need.probe[1..]));
    needs
        .iter()
        .filter(there)
        .map(|need| need.package)
        .collect()
}

/// How to call apt-get with the right to install, if there is a way that asks for no password.
fn apt_get(workspace: &Workspace) -> Option<(&'static str, &'static [&'static str])> {
    if !succeeds(workspace.command("apt-get").arg("--version")) {
        return None;
    }
    // What root may write to. apt-get itself would only tell after the download.
    if succeeds(workspace.command("test").args(["-w", "/var/lib/dpkg"])) {
        return Some(("apt-get", &[]));
    }
    let sudo: &[&str] = &[
        "--non-interactive",
        "--preserve-env=DEBIAN_FRONTEND",
        "apt-get",
    ];
    succeeds(
        workspace
            .command("sudo")
            .args(["--non-interactive", "true"]),
    )
    .then_some(("sudo", sudo))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_by_its_package() {
        let workspace = Workspace::open().unwrap();
        let needs = [
            Need {
                package: "coreutils",
                probe: &["true"],
            },
            Need {
                package: "no-such-package",
                probe: &["no-such-program"],
            },
            Need {
                package: "failing",
                probe: &["false"],
            },
        ];
        assert_eq!(missing(&workspace, &needs), ["no-such-package", "failing"]);
    }
}
