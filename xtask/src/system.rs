//! The Debian packages that the machine needs beside Rust. A probe shows whether one is missing; apt-get installs it.

use anyhow::{Result, bail};

use crate::workspace::{Workspace, headline, show, succeeds};

/// Something that a build or test needs.
pub struct Need {
    /// The Debian package.
    package: &'static str,
    /// A command that succeeds if the package, or another source of the same thing, is installed.
    probe: &'static [&'static str],
}

/// The needs of a build or test, in groups.
pub type Needs = &'static [&'static [Need]];

const fn need(package: &'static str, probe: &'static [&'static str]) -> Need {
    Need { package, probe }
}

const C_COMPILER: Need = need("gcc", &["cc", "--version"]);
const C_LIBRARY: Need = need(
    "libc6-dev",
    &["sh", "-c", "echo '#include <stdio.h>' | cc -E -"],
);
const PKG_CONFIG: Need = need("pkg-config", &["pkg-config", "--version"]);
const OPENSSL: Need = need("libssl-dev", &["pkg-config", "--exists", "openssl"]);
const PATCH: Need = need("patch", &["patch", "--version"]);

/// Another implementation of the document format: tests open our documents with it.
const AGE: Need = need("age", &["age", "--version"]);

/// The operator's and the integrator's guides, which the tests follow, ask servers with it.
const CURL: Need = need("curl", &["curl", "--version"]);
/// The integrator's guide reads answers with it.
const JQ: Need = need("jq", &["jq", "--version"]);

/// The proxies of the operator's guide, which a test of the store runs, and the tool that makes their certificates.
const NGINX: Need = need("nginx", &["nginx", "-v"]);
const CADDY: Need = need("caddy", &["caddy", "version"]);
const OPENSSL_TOOL: Need = need("openssl", &["openssl", "version"]);

/// The server that the gateway's tests keep an index in.
const POSTGRESQL: Need = need(
    "postgresql",
    &["sh", "-c", "ls /usr/lib/postgresql/*/bin/initdb"],
);

/// What judges the units of the Debian packages.
const SYSTEMD: Need = need("systemd", &["systemd-analyze", "--version"]);

/// What finds the libraries that a Debian package depends on.
const DPKG_DEV: Need = need("dpkg-dev", &["dpkg-shlibdeps", "--version"]);

const LIBCLANG: Need = need(
    "libclang-dev",
    &["sh", "-c", "ls /usr/lib/llvm-*/lib/libclang.so"],
);
const PROTOBUF: Need = need("protobuf-compiler", &["protoc", "--version"]);
const UDEV: Need = need("libudev-dev", &["pkg-config", "--exists", "libudev"]);

/// libFuzzer is written in C++.
const CXX_COMPILER: Need = need("g++", &["c++", "--version"]);

/// Debian's of 2025 and later is new enough.
const NODE: Need = need(
    "nodejs",
    &[
        "node",
        "--eval",
        "const [major, minor] = process.versions.node.split('.').map(Number);
         process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)",
    ],
);
const NPM: Need = need("npm", &["npm", "--version"]);

/// The browser that the web app's tests use.
const CHROMIUM: Need = need("chromium", &["sh", "-c", "test -x /usr/bin/chromium"]);

const COMPILER: &[Need] = &[C_COMPILER, C_LIBRARY];
const LIBRARIES: &[Need] = &[PKG_CONFIG, OPENSSL];

/// For the fuzz targets.
pub const FUZZ: Needs = &[COMPILER, &[CXX_COMPILER]];

/// For the TypeScript client and the web app.
pub const TYPESCRIPT: Needs = &[&[NODE, NPM, CHROMIUM]];

/// For the web app, without its tests.
pub const WEB: Needs = &[&[NODE, NPM]];

/// For the program's toolchain.
pub const PROGRAM_BUILD: Needs = &[COMPILER, &[PATCH]];

/// For every package of the workspace.
pub const WORKSPACE: Needs = &[COMPILER, LIBRARIES, &[PATCH]];

/// For all tests.
pub const TESTS: Needs = &[
    COMPILER,
    LIBRARIES,
    &[
        PATCH,
        AGE,
        CURL,
        JQ,
        NODE,
        NGINX,
        CADDY,
        OPENSSL_TOOL,
        POSTGRESQL,
        SYSTEMD,
    ],
];

/// For the Debian packages.
pub const PACKAGING: Needs = &[COMPILER, LIBRARIES, &[PATCH, DPKG_DEV]];

/// For Agave's own validator: its ledger is kept in a database of C++.
pub const AGAVE: Needs = &[
    COMPILER,
    LIBRARIES,
    &[CXX_COMPILER, UDEV, LIBCLANG, PROTOBUF],
];

/// Packages that Debian starts as services. The tests start programs of their own.
const SERVICES: [&str; 3] = ["nginx", "caddy", "postgresql"];

/// Installs the missing packages, or fails and names them.
pub fn ensure(workspace: &Workspace, needs: Needs) -> Result<()> {
    let missing = missing(workspace, needs);
    if missing.is_empty() {
        return Ok(());
    }
    install(workspace, &missing)
}

/// Installs packages, or fails and tells how to install them.
pub fn install(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    let Some(apt_get) = apt_get(workspace) else {
        bail!(
            "this machine lacks the Debian packages {names}, or their contents; run `apt-get install {names}` as root"
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
        // It fails where there is no systemd, and then there is no service to stop.
        let stop = format!(
            "systemctl disable --now {service} || sudo -n systemctl disable --now {service}"
        );
        succeeds(workspace.command("sh").args(["-c", &stop]));
    }
    Ok(())
}

fn missing(workspace: &Workspace, needs: &[&[Need]]) -> Vec<&'static str> {
    let there = |need: &&Need| !succeeds(workspace.command(need.probe[0]).args(&need.probe[1..]));
    needs
        .iter()
        .copied()
        .flatten()
        .filter(there)
        .map(|need| need.package)
        .collect()
}

/// How to call apt-get with the right to install, if there is a way that asks for no password.
fn apt_get(workspace: &Workspace) -> Option<(&'static str, &'static [&'static str])> {
    if !succeeds(workspace.command("apt-get").arg("--version")) {
        return None;
    }
    // Only root may write there. apt-get itself would fail after the download only.
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
            need("coreutils", &["true"]),
            need("no-such-package", &["no-such-program"]),
            need("failing", &["false"]),
        ];
        assert_eq!(
            missing(&workspace, &[&needs]),
            ["no-such-package", "failing"]
        );
    }
}
