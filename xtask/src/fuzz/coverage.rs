//! How much of the code that reads strangers' bytes the fuzz targets reached: LLVM's source-based coverage.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    system,
    workspace::{Workspace, progress, show, succeeds},
};

use super::target::Target;

/// The compiler flag that adds the counters.
pub const FLAG: &str = "-Cinstrument-coverage";

/// The files that read strangers' bytes.
const DECODERS: [&str; 36] = [
    "programs/generion/src/args.rs",
    "programs/generion/src/proof.rs",
    "programs/generion/src/proof/capsule.rs",
    "programs/generion/src/proof/delivery.rs",
    "programs/generion/src/proof/disclosure.rs",
    "programs/generion/src/proof/scalar.rs",
    "client/interface/src/accounts.rs",
    "client/interface/src/attestation.rs",
    "client/interface/src/card.rs",
    "client/interface/src/events.rs",
    "client/interface/src/locator.rs",
    "client/interface/src/locator/reach.rs",
    "client/interface/src/locator/store_url.rs",
    "client/interface/src/signed_line.rs",
    "client/interface/src/signed_line/envelope.rs",
    "client/interface/src/store/document_id.rs",
    "client/interface/src/store/request.rs",
    "client/crypto/src/capsule.rs",
    "client/crypto/src/document.rs",
    "client/crypto/src/document/header.rs",
    "client/crypto/src/document/payload.rs",
    "client/crypto/src/facts.rs",
    "client/facts/src/decimal.rs",
    "client/facts/src/fact.rs",
    "client/facts/src/fhir.rs",
    "client/facts/src/fhir/coding.rs",
    "client/facts/src/fhir/date.rs",
    "client/facts/src/fhir/negation.rs",
    "client/facts/src/fhir/parts.rs",
    "client/facts/src/fhir/patient.rs",
    "client/facts/src/fhir/value.rs",
    "client/facts/src/json/cursor.rs",
    "client/facts/src/json/reader.rs",
    "client/facts/src/json/string.rs",
    "client/facts/src/json/value.rs",
    "client/crypto/src/locator.rs",
];

/// LLVM's tools of the compiler's own release, because the format changes between releases.
pub struct Coverage {
    profdata: String,
    cov: String,
}

impl Coverage {
    /// Finds the tools: rustup's component, or the distribution's package, which is installed if possible. Without them
    /// nothing fails, but a message says that coverage is not measured.
    pub fn find(workspace: &Workspace, llvm: &str) -> Result<Option<Self>> {
        let major = llvm.split('.').next().unwrap_or(llvm);
        let sysroot = workspace
            .command("rustc")
            .args(["--print", "target-libdir"])
            .output()?;
        let libraries = String::from_utf8(sysroot.stdout)?;
        let component = Path::new(libraries.trim()).with_file_name("bin");
        let found = || {
            [
                (component.display().to_string() + "/", String::new()),
                (String::new(), format!("-{major}")),
            ]
            .into_iter()
            .map(|(folder, suffix)| Self {
                profdata: format!("{folder}llvm-profdata{suffix}"),
                cov: format!("{folder}llvm-cov{suffix}"),
            })
            .find(|tools| {
                let works = |tool: &String| succeeds(workspace.command(tool).arg("--version"));
                works(&tools.profdata) && works(&tools.cov)
            })
        };
        if let Some(tools) = found() {
            return Ok(Some(tools));
        }
        let installed = system::install(workspace, &[&format!("llvm-{major}")]);
        let tools = found();
        if tools.is_none() {
            let reason = installed
                .err()
                .map_or(String::new(), |error| format!(" ({error:#})"));
            progress(&format!(
                "coverage is not measured: neither rustup's llvm-tools nor Debian's llvm-{major} is here{reason}"
            ));
        }
        Ok(tools)
    }

    /// Prints how much of each decoder the targets reached.
    pub fn report(&self, workspace: &Workspace, folder: &Path, targets: &[Target]) -> Result<()> {
        let merged = folder.join("profiles/all.profdata");
        let mut merge = workspace.command(&self.profdata);
        merge.args(["merge", "--sparse", "--output"]).arg(&merged);
        merge.args(targets.iter().map(|target| &target.profile));
        show(&mut merge)?;

        let mut export = workspace.command(&self.cov);
        export
            .args(["export", "--summary-only", "--instr-profile"])
            .arg(&merged);
        for target in targets {
            export.arg("--object").arg(&target.program);
        }
        let output = export.output().context("cannot start llvm-cov")?;
        ensure!(
            output.status.success(),
            "llvm-cov failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        fs::write(folder.join("coverage.json"), &output.stdout)?;
        let summary: Value = serde_json::from_slice(&output.stdout)?;
        for line in table(&summary)? {
            progress(&line);
        }
        Ok(())
    }
}

/// A line for each decoder: how many of its lines, regions and functions were reached.
fn table(summary: &Value) -> Result<Vec<String>> {
    let files = summary
        .pointer("/data/0/files")
        .and_then(Value::as_array)
        .context("llvm-cov named no files")?;
    let mut lines = vec![format!(
        "{:<44} {:>12} {:>12} {:>12}",
        "coverage", "lines", "regions", "functions"
    )];
    for decoder in DECODERS {
        // Compare the ends of paths: if clones share a target folder, a file has the path of the clone that compiled
        // it.
        let file = files
            .iter()
            .find(|file| {
                let path = file["filename"].as_str().map(Path::new);
                path.is_some_and(|path| path.ends_with(decoder))
            })
            .with_context(|| format!("llvm-cov does not know {decoder}"))?;
        let share = |of: &str| {
            let of = &file["summary"][of];
            format!("{}/{}", of["covered"], of["count"])
        };
        lines.push(format!(
            "{decoder:<44} {:>12} {:>12} {:>12}",
            share("lines"),
            share("regions"),
            share("functions")
        ));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_decoder_has_a_line() {
        let count = json!({"count": 10, "covered": 9});
        let files: Vec<_> = DECODERS
            .iter()
            .map(|decoder| {
                json!({
                    "filename": format!("/anywhere/{decoder}"),
                    "summary": {"lines": count, "regions": count, "functions": count},
                })
            })
            .collect();
        let mut summary = json!({"data": [{"files": files}]});
        let lines = table(&summary).unwrap();
        assert_eq!(lines.len(), 1 + DECODERS.len());
        assert!(
            lines[1..]
                .iter()
                .all(|line| line.matches("9/10").count() == 3)
        );
        summary["data"][0]["files"].as_array_mut().unwrap().pop();
        assert!(table(&summary).is_err());
    }
}
