//! `generion localnet` with the web app.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::Stdio,
};

use super::{READY, Stage, interrupt, noting, serving};
use crate::support::Ended;

/// A validator, a store and a gateway that serve.
fn stage() -> Stage {
    let store = serving("echo listening on http://127.0.0.1:3");
    Stage::new(Some(&serving(READY)), Some(&store))
}

/// Makes a folder as a build of the web app.
fn build(stage: &Stage, folder: &str) -> PathBuf {
    let folder = stage.path(folder);
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("index.html"), "").unwrap();
    folder
}

/// The web app is told of the programs of this localnet, and is stopped with them.
#[test]
fn a_built_web_app_is_served() {
    let stage = stage();
    stage.put(
        "generion-web",
        &noting("echo listening on http://127.0.0.1:5"),
    );
    let beside = build(&stage, "generion-app");
    let up = |flags: &[&str]| -> serde_json::Value {
        let json = stage.run_until_it_serves(flags);
        fs::remove_file(stage.path("generion-web.stopped")).expect("it was stopped");
        serde_json::from_str(&json).unwrap()
    };
    let networks = stage.path("state/networks.json");
    let flags = |port: u16, folder: &Path| {
        format!(
            "--exit-with-stdin --listen 127.0.0.1:{port} --dir {} --networks {}\n",
            folder.display(),
            networks.display()
        )
    };
    assert_eq!(up(&[])["app_url"], "http://127.0.0.1:5");
    let given = || fs::read_to_string(stage.path("generion-web.flags")).unwrap();
    assert_eq!(given(), flags(8780, &beside));
    let told: serde_json::Value = serde_json::from_slice(&fs::read(&networks).unwrap()).unwrap();
    let expected = serde_json::json!([{
        "name": "Local network",
        "cluster": "localnet",
        "program": "P",
        "nodes": ["http://127.0.0.1:1"],
        "stores": ["http://127.0.0.1:3"],
        "gateway": "http://127.0.0.1:4",
    }]);
    assert_eq!(told, expected);

    let elsewhere = build(&stage, "elsewhere");
    let chosen = ["--app", elsewhere.to_str().unwrap(), "--app-port", "0"];
    assert_eq!(up(&chosen)["app_url"], "http://127.0.0.1:5");
    assert_eq!(given(), flags(0, &elsewhere));
    up(&["--port", "0"]);
    assert_eq!(given(), flags(0, &beside));
}

/// Without a built app there is a word on how to get one, and a folder that was named has to hold it.
#[test]
fn a_web_app_that_nobody_built() {
    let stage = stage();
    Ended::of(&mut stage.command(&["--app", "nowhere"])).assert_refused("nowhere/index.html", "");
    let mut child = stage.command(&[]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = lines.find(|line| line.as_ref().unwrap().starts_with("web app"));
    assert_eq!(
        told.unwrap().unwrap(),
        "web app            not built (`cargo xtask web` builds it)"
    );
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
