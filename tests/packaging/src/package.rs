//! A Debian package's files in the repository.

use std::{
    fs,
    path::{Path, PathBuf},
};

use toml::Table;

use crate::unit::Unit;

/// A Debian package of one of the servers.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    /// The part of its name behind `generion-`, which is also its folder in `packaging` and in `services`.
    pub name: &'static str,
    /// The example settings of the template that the installed configuration file switches on.
    switched_on: &'static [&'static str],
    /// The lines that the installed configuration file has in place of the template's.
    replaced: &'static [(&'static str, &'static str)],
}

impl Package {
    /// All packages that `cargo xtask package-debian` makes.
    pub const ALL: [Self; 3] = [
        Self {
            name: "store",
            switched_on: &["admin_listen", "storage"],
            replaced: &[],
        },
        Self {
            name: "gateway",
            switched_on: &["admin_listen"],
            replaced: &[],
        },
        Self {
            name: "signer",
            switched_on: &[],
            replaced: &[("users = []", "users = [\"generion-gateway\"]")],
        },
    ];

    /// The name of the program, the package, the service and its user.
    pub fn program(&self) -> String {
        format!("generion-{}", self.name)
    }

    /// The folder of the workspace.
    pub fn workspace() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    /// The text of a file in the package's folder in `packaging`.
    ///
    /// # Panics
    /// If the file can't be read.
    pub fn file(&self, name: &str) -> String {
        read(&self.path(name))
    }

    /// The path of a file in the package's folder in `packaging`.
    pub fn path(&self, name: &str) -> PathBuf {
        Self::workspace()
            .join("packaging")
            .join(self.name)
            .join(name)
    }

    /// The unit of the service.
    pub fn unit(&self) -> Unit {
        Unit::parse(&self.file(&format!("{}.service", self.program())))
    }

    /// The configuration file, as the package installs it.
    pub fn config(&self) -> String {
        self.file(&format!("{}.toml", self.name))
    }

    /// The configuration file that the package has to install, made from the template of the program.
    ///
    /// # Panics
    /// If the template lacks a setting that the package changes.
    pub fn config_from(&self, template: &str) -> String {
        let mut lines: Vec<&str> = template.trim_end().lines().collect();
        for setting in self.switched_on {
            let start = format!("#{setting} = ");
            let line = lines.iter_mut().find(|line| line.starts_with(&start));
            let line = line.unwrap_or_else(|| panic!("the template has no line `{start}`"));
            *line = line.strip_prefix('#').expect("it begins with `#`");
        }
        for (from, to) in self.replaced {
            let line = lines.iter_mut().find(|line| *line == from);
            *line.unwrap_or_else(|| panic!("the template has no line `{from}`")) = *to;
        }
        lines.join("\n") + "\n"
    }

    /// The metadata for cargo-deb, from the manifest of the server's crate.
    ///
    /// # Panics
    /// If the manifest has none.
    pub fn metadata(&self) -> Table {
        let manifest = Self::workspace()
            .join("services")
            .join(self.name)
            .join("Cargo.toml");
        let manifest: Table = read(&manifest).parse().expect("a manifest is TOML");
        let deb = &manifest["package"]["metadata"]["deb"];
        deb.as_table().expect("the metadata is a table").clone()
    }

    /// The files that the package installs, as paths from the root, each with its source relative to the workspace.
    ///
    /// # Panics
    /// If an asset has not the form `[source, target folder, mode]`.
    pub fn assets(&self) -> Vec<(String, String)> {
        let metadata = self.metadata();
        let assets = metadata["assets"].as_array().expect("assets are a list");
        assets
            .iter()
            .map(|asset| {
                let text = |index: usize| asset[index].as_str().expect("a text");
                let (source, target) = (text(0), text(1));
                let source = source.strip_prefix("../../").unwrap_or(source);
                let (_, file) = source.rsplit_once('/').expect("a source is in a folder");
                assert!(target.ends_with('/'), "{target} is not a folder");
                (format!("/{target}{file}"), source.to_owned())
            })
            .collect()
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
