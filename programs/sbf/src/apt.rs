//! Fetches Debian packages of suites other than the machine's, without changing the machine.
//!
//! The mirror, proxies and keys are those of the machine's apt configuration. State, cache and the list of suites are
//! private. Nothing needs root, nothing is installed, and Debian's signatures of every package are verified.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{command::run, context::Context};

/// The suites that packages are taken from. New LLVM releases arrive in the first one; the second one keeps older
/// compilers.
const SUITES: [&str; 2] = ["sid", "trixie-backports"];

/// The files in which `debian-archive-keyring` keeps Debian's keys, the newest name first. Without that package, the
/// keys count that the machine's apt trusts for any source.
const KEYRINGS: [&str; 2] = [
    "/usr/share/keyrings/debian-archive-keyring.pgp",
    "/usr/share/keyrings/debian-archive-keyring.gpg",
];

/// A private apt that can fetch packages.
pub(crate) struct Apt<'a> {
    context: &'a Context,
    folder: PathBuf,
}

/// A downloaded package.
pub(crate) struct Package {
    pub name: String,
    pub version: String,
    pub file: PathBuf,
}

impl<'a> Apt<'a> {
    /// Sets up a private apt in `folder` and reads the package lists of [`SUITES`].
    pub fn open(context: &'a Context, folder: PathBuf) -> Result<Self, String> {
        let apt = Self { context, folder };
        for part in ["lists/partial", "archives/partial"] {
            fs::create_dir_all(apt.folder.join(part))
                .map_err(|error| format!("{}: {error}", apt.folder.display()))?;
        }
        apt.write("status", "")?;
        apt.write("apt.conf", &apt.private_state())?;
        let uris = run(apt.command().args(["update", "--print-uris"]))?;
        let mirror = mirror(&uris)?;
        let signed_by = KEYRINGS.iter().find(|keyring| Path::new(keyring).is_file());
        let options = signed_by
            .map(|keyring| format!("[signed-by={keyring}] "))
            .unwrap_or_default();
        let sources = SUITES
            .map(|suite| format!("deb {options}{mirror} {suite} main\n"))
            .concat();
        apt.write("sources.list", &sources)?;
        apt.write("apt.conf", &(apt.private_state() + &apt.private_sources()))?;
        run(apt.command().arg("update"))?;
        Ok(apt)
    }

    /// Downloads a package (`name` or `name=version-pattern`) and all its dependencies.
    pub fn fetch(&self, package: &str) -> Result<Vec<Package>, String> {
        let archives = self.folder.join("archives");
        // Files of an earlier call do not belong to this package's dependencies.
        run(self.command().arg("clean"))?;
        run(self.command().args([
            "install",
            "--yes",
            "--download-only",
            "--no-install-recommends",
            package,
        ]))?;
        let entries =
            fs::read_dir(&archives).map_err(|error| format!("{}: {error}", archives.display()))?;
        let mut packages: Vec<_> = entries
            .filter_map(|entry| Package::of_file(entry.ok()?.path()))
            .collect();
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(packages)
    }

    /// Settings that keep apt away from the machine's own state. apt reads them after the machine's configuration.
    fn private_state(&self) -> String {
        let folder = self.folder.display();
        // The machine's hooks clean the machine's caches, which an ordinary user is not allowed to do. As root, apt
        // would switch to the user `_apt`, who can't enter root's cache folder.
        format!(
            r#"#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State "{folder}";
Dir::State::status "{folder}/status";
Dir::State::lists "lists";
Dir::Cache "{folder}";
Dir::Cache::archives "archives";
APT::Sandbox::User "";
"#
        )
    }

    /// Settings that replace the machine's suites by [`SUITES`].
    fn private_sources(&self) -> String {
        let folder = self.folder.display();
        format!(
            r#"Dir::Etc::SourceList "{folder}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
"#
        )
    }

    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let file = self.folder.join(name);
        fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))
    }

    fn command(&self) -> Command {
        let mut command = self.context.command("apt-get");
        command
            .arg("-c")
            .arg(self.folder.join("apt.conf"))
            .env("LC_ALL", "C");
        command
    }
}

impl Package {
    /// Parses the name that apt gives a file: `name_version_architecture.deb`, with `%3a` for the version's colon.
    fn of_file(file: PathBuf) -> Option<Self> {
        let mut parts = file.file_name()?.to_str()?.strip_suffix(".deb")?.split('_');
        let (name, version) = (parts.next()?.to_owned(), parts.next()?.replace("%3a", ":"));
        Some(Self {
            name,
            version,
            file,
        })
    }
}

/// The Debian mirror among the addresses that the machine's apt would update from.
fn mirror(uris: &str) -> Result<&str, String> {
    uris.lines()
        .filter_map(|line| line.trim_start_matches('\'').split_once("/dists/"))
        .map(|(mirror, _)| mirror)
        .find(|mirror| mirror.contains("debian") && !mirror.contains("security"))
        .ok_or_else(|| "this machine's apt configuration names no Debian mirror".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_the_archive_and_not_its_security_updates() {
        let uris = "'http://mirror.test/debian-security/dists/x-security/InRelease' a 0\n\
                    'http://mirror.test/debian/dists/x/InRelease' b 0 \n";
        assert_eq!(mirror(uris).unwrap(), "http://mirror.test/debian");
        let ubuntu = "'http://mirror.test/ubuntu/dists/noble/InRelease' a 0";
        assert!(
            mirror(ubuntu)
                .unwrap_err()
                .contains("names no Debian mirror")
        );
    }

    #[test]
    fn a_package_is_known_by_its_file() {
        let package = Package::of_file("/x/libllvm23_1%3a23.1.4-2_amd64.deb".into()).unwrap();
        assert_eq!(
            (package.name.as_str(), package.version.as_str()),
            ("libllvm23", "1:23.1.4-2")
        );
        assert!(Package::of_file("/x/lock".into()).is_none());
    }
}
