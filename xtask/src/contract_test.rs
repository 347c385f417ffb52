//! `cargo xtask contract-test`: the gateway's OpenAPI document against a running gateway, with inputs that Schemathesis
//! generates from it. No answer is an error of the server, and each is one that the document describes.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{
    system::{self, TESTS},
    workspace::{Workspace, headline, progress, show, succeeds},
};

/// As pip takes it. It is MIT-licensed, and no part of what is built here.
const SCHEMATHESIS: &str = "4.32.5";
/// What must hold for every answer. A request that the document does not allow may well be answered (a filter that says
/// the same twice, say), so that is not among it.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method";

/// What a localnet is made of.
const PROGRAMS: [&str; 4] = [
    "generion",
    "generion-localnet",
    "generion-store",
    "generion-gateway",
];

/// How many inputs, and which.
#[derive(clap::Args)]
pub struct Arguments {
    /// Inputs for each route
    #[arg(long, default_value_t = 50)]
    examples: u32,
    /// The seed of the inputs
    #[arg(long, default_value_t = 13)]
    seed: u64,
}

/// Runs it against a gateway over a local node.
pub fn run(workspace: &Workspace, Arguments { examples, seed }: Arguments) -> Result<()> {
    system::ensure(workspace, TESTS)?;
    headline("build the programs");
    let mut build = workspace.cargo(["build", "--locked", "--workspace"]);
    for program in PROGRAMS {
        build.args(["--bin", program]);
    }
    show(build.stdin(Stdio::null()))?;
    let schemathesis = installed(workspace)?;
    headline("start a ledger and a gateway");
    let folder = workspace.target()?.join("contract-test");
    let localnet = Localnet::start(workspace, &folder)?;
    localnet.act(workspace, &folder)?;
    headline(&format!(
        "ask {} what its document allows",
        localnet.gateway
    ));
    let mut ask = workspace.command(&schemathesis);
    ask.arg("run")
        .arg(format!("{}/v1/openapi.json", localnet.gateway))
        .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
        .args(["--mode", "all", "--workers", "1", "--request-timeout", "30"])
        .args(["--max-examples", &examples.to_string()])
        .args(["--seed", &seed.to_string()])
        // An address may send 100 requests a second.
        .args(["--rate-limit", "90/s"])
        // An event stream has no end.
        .args(["--exclude-path", "/v1/events"])
        .current_dir(&folder);
    show(ask.stdin(Stdio::null()))
}

/// Schemathesis, installed into a virtual environment once.
fn installed(workspace: &Workspace) -> Result<PathBuf> {
    let environment = workspace
        .cache()?
        .join(format!("schemathesis-{SCHEMATHESIS}"));
    let program = environment.join("bin/schemathesis");
    if !succeeds(workspace.command(&program).arg("--version")) {
        headline("install Schemathesis");
        let mut create = workspace.command("python3");
        show(create.args(["-m", "venv"]).arg(&environment))
            .context("Python's venv is missing: install python3-venv")?;
        let mut install = workspace.command(environment.join("bin/pip"));
        show(install.args([
            "install",
            "--quiet",
            &format!("schemathesis=={SCHEMATHESIS}"),
        ]))?;
    }
    Ok(program)
}

/// A running `generion localnet`, ended when it is dropped.
struct Localnet {
    process: Child,
    up: serde_json::Value,
    gateway: String,
}

impl Localnet {
    fn start(workspace: &Workspace, folder: &std::path::Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let program = workspace.target()?.join("debug/generion");
        let mut process = Command::new(program)
            .args(["--output", "json", "localnet", "--reset"])
            .args(["--port", "0", "--store-port", "0", "--gateway-port", "0"])
            .arg("--dir")
            .arg(folder.join("localnet"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start generion localnet")?;
        let stdout = process.stdout.take().context("it has no output")?;
        let mut text = String::new();
        for line in BufReader::new(stdout).lines() {
            text.push_str(&line?);
            if let Ok(up) = serde_json::from_str::<serde_json::Value>(&text) {
                let gateway = up["gateway_url"].as_str().unwrap_or_default().to_owned();
                return Ok(Self {
                    process,
                    up,
                    gateway,
                });
            }
        }
        bail!("generion localnet ended before it was up")
    }

    /// Writes a record, an order and a purchase, so that there is something to ask for.
    fn act(&self, workspace: &Workspace, folder: &std::path::Path) -> Result<()> {
        let wallet = |role: &str, field: &str| {
            let wallets = self.up["wallets"].as_array().into_iter().flatten();
            let mut of_role = wallets.filter(|wallet| wallet["role"] == role);
            let wallet = of_role.next().and_then(|wallet| wallet[field].as_str());
            wallet.unwrap_or_default().to_owned()
        };
        let (patient, owner) = (wallet("patient", "keypair"), wallet("patient", "address"));
        let report = folder.join("localnet/report.json").display().to_string();
        let buyer = wallet("buyer", "keypair");
        let order = format!("{owner}/0");
        let program = workspace.target()?.join("debug/generion");
        let mut record = String::new();
        let steps: [&[&str]; 5] = [
            &["user", "set-key", "-k", &patient],
            &[
                "record", "create", &report, "--owner", &owner, "-k", &patient,
            ],
            &[
                "order",
                "create",
                "--record",
                "RECORD",
                "--price",
                "0.1SOL",
                "--window",
                "1h",
                "--label",
                "a label",
                "--reveal-identifiers",
                "-k",
                &patient,
            ],
            &[
                "purchase",
                "buy",
                &order,
                "--accept-self-issued",
                "-k",
                &buyer,
            ],
            &["deliver", "--all", "-k", &patient],
        ];
        for step in steps {
            let words = step.iter().map(|word| match *word {
                "RECORD" => record.as_str(),
                word => word,
            });
            let output = Command::new(&program)
                .args(words)
                .args(["--yes", "--output", "json", "--allow-private-addresses"])
                .args(["--url", self.text("rpc_url"), "--ws", self.text("ws_url")])
                .args(["--data-dir", self.text("data_dir")])
                .env("GENERION_STORE", self.text("store_url"))
                .current_dir(folder)
                .stderr(Stdio::inherit())
                .output()?;
            if !output.status.success() {
                bail!("generion {} failed", step.join(" "));
            }
            let said: serde_json::Value =
                serde_json::from_slice(&output.stdout).unwrap_or_default();
            if let Some(address) = said["record"]["address"].as_str() {
                record = address.to_owned();
            }
        }
        progress("there is a record, an order and a sale to ask for");
        Ok(())
    }

    fn text(&self, field: &str) -> &str {
        self.up[field].as_str().unwrap_or_default()
    }
}

impl Drop for Localnet {
    fn drop(&mut self) {
        // As by Ctrl-C, so that it ends its own programs.
        let process = self.process.id().to_string();
        let _ = Command::new("kill").args(["-INT", &process]).status();
        let _ = self.process.wait();
    }
}
