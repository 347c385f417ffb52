//! `cargo xtask idl`: writes the program's interface description, as `anchor idl build` would.
//!
//! Anchor's macros put the parts of the description into tests of the program, which print them between marker lines.
//! `generion-spec` uses the program's crate to add what the macros don't know (tails, some addresses, constants).

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::workspace::{Workspace, headline, progress};

/// Writes `idl/generion.json`.
pub fn run(workspace: &Workspace) -> Result<()> {
    headline("read the program's interface");
    let idl = build(workspace)?;
    let file = file(workspace);
    let text = serde_json::to_string_pretty(&idl)? + "\n";
    // Replace the file in one step, so that a reader never sees half of it.
    let temporary = file.with_extension("json.tmp");
    fs::write(&temporary, text).with_context(|| format!("cannot write {}", temporary.display()))?;
    fs::rename(&temporary, &file).with_context(|| format!("cannot write {}", file.display()))?;
    progress(&format!("{}", file.display()));
    Ok(())
}

/// Fails if the committed description is not that of the present sources.
pub fn check(workspace: &Workspace) -> Result<()> {
    let file = file(workspace);
    let text = fs::read(&file)
        .with_context(|| format!("cannot read {}; run `cargo xtask idl`", file.display()))?;
    if serde_json::from_slice::<Value>(&text).ok() != Some(build(workspace)?) {
        bail!(
            "{} is not that of the present sources; run `cargo xtask idl` and commit it",
            file.display()
        );
    }
    Ok(())
}

fn file(workspace: &Workspace) -> PathBuf {
    workspace.root().join("idl/generion.json")
}

fn build(workspace: &Workspace) -> Result<Value> {
    let mut test = workspace.cargo([
        "test",
        "--locked",
        "--quiet",
        "--package",
        "generion",
        "--lib",
    ]);
    test.args([
        "--features",
        "idl-build",
        "__anchor_private_print_idl",
        "--",
        "--show-output",
    ]);
    // The committed description contains the committed program id.
    test.env_remove(generion_sbf::ID_VARIABLE)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    let output = test.output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!(
            "cargo could not build the program's interface description: {}",
            output.status
        );
    }
    let printed = assemble(&String::from_utf8(output.stdout)?)?;
    let mut spec = spec(workspace);
    complete(spec.arg("idl"), &printed)
}

/// The tool that makes what other implementations are built from. The caller adds its arguments.
pub fn spec(workspace: &Workspace) -> Command {
    let mut spec = workspace.cargo(["run", "--locked", "--quiet", "--package", "generion-spec"]);
    spec.arg("--");
    spec
}

/// Passes a description to a command and reads its answer.
fn complete(command: &mut Command, printed: &Value) -> Result<Value> {
    let mut tool = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let mut input = tool.stdin.take().context("the tool takes no input")?;
    // It reads all before it answers. Where it ends early, its own message and status say why.
    let _ = serde_json::to_writer(&mut input, printed).map(|()| input.flush());
    drop(input);
    let output = tool.wait_with_output()?;
    if !output.status.success() {
        bail!("the description could not be completed: {}", output.status);
    }
    serde_json::from_slice(&output.stdout).context("the completed description is not JSON")
}

/// Joins the printed parts.
fn assemble(output: &str) -> Result<Value> {
    let parts = parts(output);
    let json = |kind: &str| -> Result<Vec<Value>> {
        let texts = parts.iter().filter(|(name, _)| *name == kind);
        texts
            .map(|(_, text)| {
                serde_json::from_str(text).with_context(|| format!("the {kind} part is not JSON"))
            })
            .collect()
    };
    let Some(Value::Object(mut idl)) = json("program")?.pop() else {
        bail!("the program printed no description")
    };
    let address = parts
        .iter()
        .find(|(name, _)| *name == "address")
        .context("the program printed no address")?
        .1
        .trim();
    idl.insert("address".to_owned(), address.into());

    let mut types = BTreeMap::new();
    let mut add_types = |of: &mut Map<String, Value>| {
        let Some(Value::Array(all)) = of.remove("types") else {
            return;
        };
        types.extend(all.into_iter().map(|one| (name(&one), one)));
    };
    add_types(&mut idl);
    let mut events = Vec::new();
    for event in json("event")? {
        let Value::Object(mut event) = event else {
            bail!("the event part is no object")
        };
        add_types(&mut event);
        events.extend(event.remove("event"));
    }
    idl.insert("events".to_owned(), events.into());
    idl.insert("types".to_owned(), types.into_values().collect());
    let constants = json("const")?;
    if !constants.is_empty() {
        idl.insert("constants".to_owned(), constants.into());
    }
    if let Some(errors) = json("errors")?.pop() {
        idl.insert("errors".to_owned(), errors);
    }
    for list in ["accounts", "events", "constants"] {
        if let Some(Value::Array(list)) = idl.get_mut(list) {
            list.sort_by_key(name);
        }
    }
    Ok(Value::Object(idl))
}

/// The texts between `--- IDL begin KIND ---` and `--- IDL end KIND ---`, by kind.
fn parts(output: &str) -> Vec<(&str, &str)> {
    let begins = output.split("--- IDL begin ").skip(1);
    begins
        .filter_map(|rest| {
            let (kind, rest) = rest.split_once(" ---\n")?;
            Some((kind, rest.split_once("--- IDL end ")?.0))
        })
        .collect()
}

fn name(of: &Value) -> String {
    of["name"].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const OUTPUT: &str = r#"
running 3 tests
--- IDL begin address ---
Addr
--- IDL end address ---
---- noise ----
--- IDL begin program ---
{"address":"","instructions":[{"name":"b"},{"name":"a"}],"types":[{"name":"T"},{"name":"Shared"}]}
--- IDL end program ---
--- IDL begin event ---
{"event":{"name":"Later"},"types":[{"name":"Later"},{"name":"Shared"}]}
--- IDL end event ---
--- IDL begin event ---
{"event":{"name":"Early"},"types":[]}
--- IDL end event ---
--- IDL begin errors ---
[{"code":6000}]
--- IDL end errors ---
"#;

    #[test]
    fn the_parts_make_one_description() {
        let expected = json!({
            "address": "Addr",
            "instructions": [{"name": "b"}, {"name": "a"}],
            "events": [{"name": "Early"}, {"name": "Later"}],
            "types": [{"name": "Later"}, {"name": "Shared"}, {"name": "T"}],
            "errors": [{"code": 6000}],
        });
        assert_eq!(assemble(OUTPUT).unwrap(), expected);
    }

    #[test]
    fn a_completed_description_is_read_back_and_a_failure_told() {
        let printed = json!({"name": "generion"});
        assert_eq!(
            complete(&mut Command::new("cat"), &printed).unwrap(),
            printed
        );
        for (command, reason) in [
            (
                "false",
                "the description could not be completed: exit status: 1",
            ),
            ("true", "the completed description is not JSON"),
        ] {
            let error = complete(&mut Command::new(command), &printed).unwrap_err();
            assert_eq!(error.to_string(), reason);
        }
    }

    #[test]
    fn output_without_a_program_is_refused() {
        let error = assemble(&OUTPUT.replace("begin program", "begin other")).unwrap_err();
        assert_eq!(error.to_string(), "the program printed no description");
        let error = assemble(&OUTPUT.replace("begin address", "begin other")).unwrap_err();
        assert_eq!(error.to_string(), "the program printed no address");
        let error = assemble(&OUTPUT.replace("[{\"code\":6000}]", "[")).unwrap_err();
        assert_eq!(error.to_string(), "the errors part is not JSON");
    }
}
