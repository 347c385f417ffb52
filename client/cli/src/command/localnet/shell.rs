//! The text that a localnet prints once it is up: a block to paste into another terminal, and the commands to try there.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use generion_client::rpc::amount::Sol;

use crate::{
    command::localnet::up::Up,
    output::{
        failure::{Failure, files::file_error},
        report::Report,
        text::Text,
    },
};

/// A sample document.
const REPORT: &str = include_str!("report.json");

/// The commands from the clinic to the buyer. Words in capitals stand for values that earlier commands print.
const TOUR: &str = r#"  generion user set-key -k "$PATIENT_KEY"
  generion record create "$REPORT" --owner $PATIENT -k "$CLINIC_KEY"
  generion record list -k "$PATIENT_KEY"
  generion record verify RECORD --to checked.json -k "$PATIENT_KEY"
  generion user set-key -k "$DOCTOR_KEY"
  generion share create RECORD --with $DOCTOR -k "$PATIENT_KEY"
  generion share list -k "$DOCTOR_KEY"
  generion share open SHARE --to shared.json -k "$DOCTOR_KEY"
  generion order create --record RECORD --price 0.25SOL --window 1h --label "One report" -k "$PATIENT_KEY"
  generion purchase buy $PATIENT/0 -k "$BUYER_KEY"
  generion deliver --all -k "$PATIENT_KEY"
  generion purchase list -k "$BUYER_KEY"
  generion purchase open PURCHASE --to bought -k "$BUYER_KEY""#;

/// Instead of the web app's address.
const NO_APP: &str = "not built (`cargo xtask web` builds it)";

impl Report for Up {
    fn describe(&self, text: &mut Text) {
        text.field("validator", &self.rpc_url)
            .field("websocket", &self.ws_url)
            .field("program", &self.program_id)
            .field("genesis hash", &self.genesis_hash)
            .field("document store", &self.store_url)
            .field("gateway", &self.gateway_url)
            .field("web app", self.app_url.as_deref().unwrap_or(NO_APP))
            .line("");
        let rows = self.wallets.iter().map(|wallet| {
            let keypair = wallet.keypair.display().to_string();
            [
                wallet.role.to_owned(),
                wallet.address.clone(),
                Sol(wallet.balance_lamports).to_string(),
                keypair,
            ]
        });
        text.table(
            ["ROLE", "WALLET", "BALANCE", "KEYPAIR FILE"],
            rows,
            "no wallets",
        );

        text.line("\nPaste this into another terminal:\n")
            .line(exports(self).trim_end())
            .line("\nThen try this. RECORD, SHARE and PURCHASE stand for addresses that these commands print; their first letters are enough:\n")
            .line(TOUR)
            .line(format_args!(
                "\nTo let a deadline pass: generion localnet clock 2h. Ctrl-C stops everything. The next start finds {}.",
                self.kept
            ));
    }
}

/// Writes the sample document unless it exists, and returns its path.
pub fn write_report(folder: &Path) -> Result<PathBuf, Failure> {
    let path = folder.join("report.json");
    if !path.exists() {
        fs::write(&path, REPORT).map_err(|error| file_error(&path, error))?;
    }
    Ok(path)
}

/// The `export` lines that point another shell's commands to this localnet.
fn exports(up: &Up) -> String {
    let mut lines = String::new();
    let mut export = |assignments: String| {
        // Writing to a string can't fail.
        let _ = writeln!(lines, "  export {assignments}");
    };
    let program = env::current_exe().ok();
    if let Some(folder) = program.as_deref().and_then(Path::parent) {
        export(format!("PATH={}:\"$PATH\"", quoted(folder)));
    }
    export(format!(
        "GENERION_URL={} GENERION_WS={}",
        up.rpc_url, up.ws_url
    ));
    // The store runs on this machine, whose address counts as private.
    export(format!(
        "GENERION_STORE={} GENERION_ALLOW_PRIVATE=1",
        up.store_url
    ));
    export(format!("GENERION_GATEWAY={}", up.gateway_url));
    export(format!("GENERION_DATA={}", quoted(&up.data_dir)));
    for wallet in &up.wallets {
        let role = wallet.role.to_uppercase();
        export(format!(
            "{role}={} {role}_KEY={}",
            wallet.address,
            quoted(&wallet.keypair)
        ));
    }
    export(format!("REPORT={}", quoted(&up.report)));
    lines
}

/// Quotes a path as one word for a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_of_a_shell() {
        for path in ["/home/ana/my data", "/home/o'brien/$HOME/`id`"] {
            let line = format!("printf %s {}", quoted(Path::new(path)));
            let printed = std::process::Command::new("sh")
                .args(["-c", &line])
                .output();
            assert_eq!(printed.unwrap().stdout, path.as_bytes());
        }
    }

    #[test]
    fn a_report_that_is_there_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = write_report(folder.path()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), REPORT);
        fs::write(&path, "mine").unwrap();
        assert_eq!(write_report(folder.path()).unwrap(), path);
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    }
}
