//! The web app of a localnet: its built folder, and the file that names the programs to use.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::output::failure::{Failure, files::file_error};

/// The folder beside this program that `cargo xtask web` makes.
const FOLDER: &str = "generion-app";

/// The app's folder: the one that the user names, otherwise the one beside this program; `None`: nobody built it.
pub fn find(chosen: Option<&PathBuf>) -> Result<Option<PathBuf>, Failure> {
    let Some(chosen) = chosen else {
        let program = env::current_exe().ok();
        let beside = program.as_deref().and_then(Path::parent);
        return Ok(beside
            .map(|folder| folder.join(FOLDER))
            .filter(|folder| folder.is_dir()));
    };
    // The file that every build has.
    let page = chosen.join("index.html");
    fs::metadata(&page).map_err(|error| file_error(&page, error))?;
    Ok(Some(chosen.clone()))
}

/// The description of this localnet for the app.
pub struct Network<'a> {
    pub rpc_url: &'a str,
    pub program_id: &'a str,
    pub store_url: &'a str,
    pub gateway_url: &'a str,
}

impl Network<'_> {
    /// Writes the app's `networks.json` into localnet's folder. Returns its path.
    pub fn write(&self, folder: &Path) -> Result<PathBuf, Failure> {
        let path = folder.join("networks.json");
        let network = serde_json::json!({
            "name": "Local network",
            "cluster": "localnet",
            "program": self.program_id,
            "nodes": [self.rpc_url],
            "stores": [self.store_url],
            "gateway": self.gateway_url,
        });
        let text = format!("{:#}\n", serde_json::json!([network]));
        fs::write(&path, text).map_err(|error| file_error(&path, error))?;
        Ok(path)
    }
}

/// The flags of the program that serves the app.
pub fn flags(port: u16, folder: &Path, networks: &Path) -> Vec<String> {
    let listen = format!("127.0.0.1:{port}");
    [
        "--exit-with-stdin",
        "--listen",
        &listen,
        "--dir",
        &folder.to_string_lossy(),
        "--networks",
        &networks.to_string_lossy(),
    ]
    .map(str::to_owned)
    .into()
}
