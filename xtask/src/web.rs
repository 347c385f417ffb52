//! `cargo xtask web`: builds the web app into a folder that any web server can serve.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    system::{self, WEB},
    workspace::{Workspace, headline, progress, show},
};

/// The folder beside the programs, where `generion localnet` and the demo find the app.
const FOLDER: &str = "generion-app";

/// Options of `cargo xtask web`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Folder for the built app, which is replaced [default: target/debug/generion-app, where localnet finds it]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Builds the app.
pub fn run(workspace: &Workspace, arguments: Arguments) -> Result<()> {
    let output = match arguments.output {
        Some(output) => output,
        None => workspace.target()?.join("debug").join(FOLDER),
    };
    build(workspace, &output)
}

/// Builds the app into the folder beside the programs.
pub fn build_beside_programs(workspace: &Workspace) -> Result<()> {
    run(workspace, Arguments { output: None })
}

fn build(workspace: &Workspace, output: &Path) -> Result<()> {
    system::ensure(workspace, WEB)?;
    headline("the web app");
    let client = workspace.root().join("client");
    let npm = |arguments: &[&str]| {
        let mut npm = workspace.command("npm");
        show(npm.current_dir(&client).arg("--silent").args(arguments))
    };
    npm(&["ci", "--prefer-offline"]).context(
        "the packages of client could not be installed: npm needs its registry once, and has them in its cache then",
    )?;
    npm(&["run", "build", "-w", "ts"])?;
    npm(&["run", "build", "-w", "web"])?;
    replace(&client.join("web/dist"), output)
        .with_context(|| format!("can't write {}", output.display()))?;
    progress(&format!("built: {}", output.display()));
    Ok(())
}

/// Puts a copy of a folder into the place of another one. Whoever looks meanwhile finds the old one, none or the new one.
fn replace(from: &Path, to: &Path) -> io::Result<()> {
    let Some(name) = to.file_name() else {
        return Err(io::Error::other(
            "name a folder of its own: the app takes its place",
        ));
    };
    if !is_empty_or_app(to)? {
        return Err(io::Error::other(
            "it has something else in it than the app: name another folder, or empty it",
        ));
    }
    let parent = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let mut name = name.to_owned();
    name.push(".new");
    let fresh = parent.join(name);
    remove(&fresh)?;
    copy(from, &fresh)?;
    remove(to)?;
    fs::rename(&fresh, to)
}

/// Files by which a build of the app is known.
const APP_FILES: [&str; 3] = ["index.html", "service-worker.js", "networks.json"];

/// Whether nothing but an earlier build would be lost.
fn is_empty_or_app(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(
            entries.next().is_none() || APP_FILES.iter().all(|file| folder.join(file).is_file())
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Removes a folder, if it is there.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Copies a folder, without the maps that only the app's developers need.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else if target
            .extension()
            .is_none_or(|extension| extension != "map")
        {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_replaced_as_a_whole() {
        let place = std::env::temp_dir().join(format!("generion-xtask-web-{}", std::process::id()));
        let (from, to) = (place.join("dist"), place.join("some/where"));
        fs::create_dir_all(from.join("assets")).unwrap();
        for file in ["index.html", "assets/index.js", "assets/index.js.map"] {
            fs::write(from.join(file), file).unwrap();
        }
        fs::create_dir_all(&to).unwrap();
        for file in APP_FILES {
            fs::write(to.join(file), "").unwrap();
        }
        fs::write(to.join("of-an-earlier-build.js"), "").unwrap();
        replace(&from, &to).unwrap();
        let text = |file: &str| fs::read_to_string(to.join(file)).ok();
        assert_eq!(text("assets/index.js").as_deref(), Some("assets/index.js"));
        assert_eq!(text("index.html").as_deref(), Some("index.html"));
        assert_eq!(text("assets/index.js.map"), None);
        assert_eq!(text("of-an-earlier-build.js"), None);
        assert!(!to.with_file_name("where.new").exists());
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn a_folder_with_something_else_in_it_is_kept() {
        let place =
            std::env::temp_dir().join(format!("generion-xtask-sites-{}", std::process::id()));
        let (from, to) = (place.join("dist"), place.join("sites"));
        for folder in [&from, &to] {
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join("index.html"), "").unwrap();
        }
        let refused = replace(&from, &to).unwrap_err().to_string();
        assert!(refused.contains("something else"), "{refused}");
        assert!(to.join("index.html").exists());
        let refused = replace(&from, Path::new("..")).unwrap_err().to_string();
        assert!(refused.contains("a folder of its own"), "{refused}");
        fs::remove_dir_all(place).unwrap();
    }
}
