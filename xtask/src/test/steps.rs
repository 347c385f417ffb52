//! The steps of `cargo xtask test`, cheap ones first. The tests come last: their summary ends the output.

use anyhow::{Result, bail};
use generion_sbf::Comparison;

use super::{
    outcome::{Outcome, build_programs, check},
    typescript,
};
use crate::{
    build_program, fuzz, idl, links, test_list, tool,
    workspace::{Workspace, progress, succeeds},
};

/// The compiler whose lints fail the step. A newer compiler has lints that this code was not written for.
const LINTED_WITH: &str = "rustc 1.95.";

/// cargo-deny, as `cargo install` takes it.
const CARGO_DENY: &str = "0.20.2";

/// A step of `cargo xtask test`.
pub struct Step {
    /// Its name, for `--only`.
    pub name: &'static str,
    /// What it checks.
    pub about: &'static str,
    /// Runs it.
    pub run: fn(&Workspace) -> Result<Outcome>,
}

/// All steps, in order.
pub const STEPS: [Step; 13] = [
    Step {
        name: "format",
        about: "rustfmt",
        run: format,
    },
    Step {
        name: "program",
        about: "a binary of the present sources",
        run: program,
    },
    Step {
        name: "reproduce",
        about: "the program's binary, built twice and compared; the steps after it test what it decides",
        run: reproduce,
    },
    Step {
        name: "generated",
        about: "generated files are those of the sources",
        run: generated,
    },
    Step {
        name: "deny",
        about: "licences, sources and advisories of the dependencies",
        run: deny,
    },
    Step {
        name: "packages",
        about: "the client crates can be packaged for a registry",
        run: packages,
    },
    Step {
        name: "features",
        about: "the client library compiles without its optional parts, and with each of them alone",
        run: features,
    },
    Step {
        name: "clippy",
        about: "lints",
        run: clippy,
    },
    Step {
        name: "docs",
        about: "the documentation builds, and its links lead somewhere",
        run: docs,
    },
    Step {
        name: "doctest",
        about: "the documentation's examples",
        run: doctest,
    },
    Step {
        name: "fuzz",
        about: "100,000 inputs for every fuzz target",
        run: fuzz,
    },
    Step {
        name: "typescript",
        about: "the TypeScript client and the web app: generated code, types, lints, tests against vectors, a ledger and a browser",
        run: typescript::run,
    },
    Step {
        name: "tests",
        about: "all tests",
        run: tests,
    },
];

fn format(workspace: &Workspace) -> Result<Outcome> {
    check(&mut workspace.cargo(["fmt", "--all", "--", "--check", "-l"]))?;
    // These programs are a workspace of their own, which no other step checks.
    let peers = ["fmt", "--manifest-path", "tests/peers/Cargo.toml", "--all"];
    check(workspace.cargo(peers).args(["--", "--check", "-l"]))
}

fn program(workspace: &Workspace) -> Result<Outcome> {
    generion_sbf::ensure_program(workspace.root(), &mut progress)?;
    Ok(Outcome::Passed)
}

fn generated(workspace: &Workspace) -> Result<Outcome> {
    if let Err(reason) = generion_sbf::committed_is_current(workspace.root())? {
        bail!(
            "the committed program binary is not current: {reason}; run `cargo xtask build-program` and commit it"
        );
    }
    idl::check(workspace)?;
    test_list::check(workspace)?;
    Ok(Outcome::Passed)
}

/// The crates that other programs are built on.
const PACKAGES: [&str; 10] = [
    "generion",
    "generion-facts",
    "generion-fhir",
    "generion-deidentify",
    "generion-interface",
    "generion-crypto",
    "generion-studies",
    "generion-rpc",
    "generion-client",
    "generion-history",
];

/// Packages them, without building them again: a dependency without a version, or a file that is not there, fails. Nothing is
/// published.
fn packages(workspace: &Workspace) -> Result<Outcome> {
    let packages = PACKAGES.iter().flat_map(|package| ["--package", *package]);
    let mut package = workspace.cargo(["package", "--no-verify", "--allow-dirty", "--offline"]);
    check(
        package
            .args(["--exclude-lockfile", "--quiet"])
            .args(packages),
    )
}

/// The features of the client library, each as cargo takes it. The default, all of them, is what other steps build.
const FEATURES: [&str; 3] = ["", "watch", "agent"];

fn features(workspace: &Workspace) -> Result<Outcome> {
    for features in FEATURES {
        let library = ["check", "--quiet", "--package", "generion-client", "--lib"];
        let mut cargo = workspace.cargo(library);
        check(cargo.args(["--no-default-features", "--features", features]))?;
    }
    Ok(Outcome::Passed)
}

fn deny(workspace: &Workspace) -> Result<Outcome> {
    let deny = if succeeds(workspace.command("cargo-deny").arg("--version")) {
        "cargo-deny".into()
    } else {
        tool::installed(workspace, "cargo-deny", CARGO_DENY)?
    };
    let run =
        |arguments: &[&str]| check(workspace.command(&deny).args(["--locked"]).args(arguments));
    // Some packages have no licence field: their licence is recognised from the file.
    run(&[
        "check",
        "--allow",
        "no-license-field",
        "bans",
        "licenses",
        "sources",
    ])?;

    if !succeeds(workspace.command(&deny).args(["fetch", "db"])) {
        progress("advisories were not checked: their database can't be fetched from here");
    } else if run(&["check", "--disable-fetch", "advisories"]).is_err() {
        // New advisories appear without any change here, most of them about the local validator's dependencies.
        progress("the advisories above are for the maintainers; they fail no test");
    }
    Ok(Outcome::Passed)
}

fn clippy(workspace: &Workspace) -> Result<Outcome> {
    let lints: &[&str] = if lints_are_ours(workspace)? {
        &["-D", "warnings"]
    } else {
        &["--cap-lints", "warn"]
    };
    check(
        workspace
            .cargo(["clippy", "--locked", "--workspace", "--all-targets", "--"])
            .args(lints),
    )
}

fn docs(workspace: &Workspace) -> Result<Outcome> {
    links::check(workspace)?;
    let lints = if lints_are_ours(workspace)? {
        "-D warnings"
    } else {
        "--cap-lints warn"
    };
    // Binaries first: `generion` is a library and a binary, and the library's pages have to be written last.
    for targets in ["--bins", "--lib"] {
        let mut doc = workspace.cargo(["doc", "--locked", "--workspace", "--no-deps", targets]);
        check(doc.env("RUSTDOCFLAGS", lints))?;
    }
    Ok(Outcome::Passed)
}

/// Whether lints fail the step. With another compiler they are only shown.
fn lints_are_ours(workspace: &Workspace) -> Result<bool> {
    let version = workspace.command("rustc").arg("--version").output()?.stdout;
    let version = String::from_utf8_lossy(&version);
    if !version.starts_with(LINTED_WITH) {
        progress(&format!(
            "findings are shown and fail nothing: this is {}, not {LINTED_WITH}x",
            version.trim_end()
        ));
    }
    Ok(version.starts_with(LINTED_WITH))
}

fn doctest(workspace: &Workspace) -> Result<Outcome> {
    check(&mut workspace.cargo(["test", "--locked", "--workspace", "--doc"]))
}

fn reproduce(workspace: &Workspace) -> Result<Outcome> {
    if std::env::var_os("CI").is_none() {
        return Ok(Outcome::Skipped(
            "it takes some minutes, and CI does it; `cargo xtask build-program --verify-reproducible` here",
        ));
    }
    test_what_was_built(workspace, &build_program::verify(workspace)?);
    Ok(Outcome::Passed)
}

/// Decides which binary the next steps test. A difference from the committed binary is an error already. With another
/// toolchain, the committed binary can't be compared with the sources: the next steps then test this machine's build.
fn test_what_was_built(workspace: &Workspace, committed: &Comparison) {
    if let Comparison::OtherToolchain(_) = committed {
        progress("from here on this build is tested, not the committed binary");
        workspace.use_fresh_program();
    }
}

fn fuzz(workspace: &Workspace) -> Result<Outcome> {
    fuzz::check(workspace).map(|()| Outcome::Passed)
}

fn tests(workspace: &Workspace) -> Result<Outcome> {
    build_programs(workspace)?;
    if succeeds(
        workspace
            .command("cargo-nextest")
            .args(["nextest", "--version"]),
    ) {
        check(&mut workspace.cargo([
            "nextest",
            "run",
            "--locked",
            "--workspace",
            "--no-fail-fast",
        ]))
    } else {
        check(&mut workspace.cargo([
            "test",
            "--locked",
            "--workspace",
            "--lib",
            "--bins",
            "--tests",
            "--no-fail-fast",
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The program that commands of the workspace load.
    fn told(workspace: &Workspace) -> Option<String> {
        let command = workspace.cargo(["test"]);
        let mut variables = command.get_envs();
        let told = variables.find(|(name, _)| *name == generion_sbf::BUILD_VARIABLE);
        told.and_then(|(_, value)| Some(value?.to_str()?.to_owned()))
    }

    #[test]
    fn suites_run_against_the_fresh_build_where_the_toolchain_is_another_one() {
        let reason = "a reason".to_owned();
        for (committed, expected) in [
            (Comparison::Same, None),
            (Comparison::None(reason.clone()), None),
            (Comparison::OtherToolchain(reason), Some("fresh")),
        ] {
            let workspace = Workspace::open().unwrap();
            test_what_was_built(&workspace, &committed);
            assert_eq!(told(&workspace).as_deref(), expected, "{committed:?}");
        }
    }

    /// It decides what is embedded, so that nothing may have been embedded before.
    #[test]
    fn the_decision_comes_before_whatever_embeds_the_program() {
        let position = |name| STEPS.iter().position(|step| step.name == name).unwrap();
        for later in ["clippy", "docs", "doctest", "tests"] {
            assert!(position("reproduce") < position(later), "{later}");
        }
    }
}
