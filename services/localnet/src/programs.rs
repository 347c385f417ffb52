//! The programs that the node starts with, and how they are loaded.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    env, fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use solana_address::Address;
use solana_loader_v3_interface::{get_program_data_address, state::UpgradeableLoaderState};
use solana_sdk_ids::bpf_loader_upgradeable;
use surfpool_core::{litesvm::LiteSVM, solana_account::Account, surfnet::svm::SurfnetSvm};

use crate::cli::StartArgs;

/// Programs by id.
pub type Programs = BTreeMap<Address, Program>;

/// A program's binary.
pub struct Program {
    elf: Cow<'static, [u8]>,
    /// The wallet that may upgrade the program.
    authority: Option<Address>,
    /// The origin of the binary, for messages.
    origin: String,
}

/// The programs that the command line requests. The VM accepts each of them.
///
/// If several programs have the same id, the most specific choice wins: `--upgradeable-program`, `--program`, then the
/// build of the Anchor workspace, then the bundled binary.
pub fn selected(args: &StartArgs) -> Result<Programs> {
    let mut programs = Programs::new();
    if !args.no_generion {
        let (id, program) = bundled();
        programs.insert(id, program);
    }
    if args.legacy_anchor_compatibility {
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
        add_anchor_workspace(
            &mut programs,
            Path::new("Anchor.toml"),
            &target.join("deploy"),
        )?;
    }
    for (id, path) in &args.program {
        programs.insert(*id, Program::read(path)?);
    }
    for program in args.upgradeable_programs()? {
        let read = Program {
            authority: program.authority,
            ..Program::read(&program.path)?
        };
        programs.insert(program.id, read);
    }
    for (id, program) in &programs {
        program.check(*id)?;
    }
    Ok(programs)
}

/// The Generion program, as committed or built with this crate.
fn bundled() -> (Address, Program) {
    let program = Program {
        elf: Cow::Borrowed(generion_artifact::PROGRAM),
        authority: None,
        origin: "the bundled Generion program".to_owned(),
    };
    (generion_artifact::PROGRAM_ID, program)
}

/// The programs that `anchor test` expects: those in `[programs.localnet]`, built to `<deploy>/<name>.so`.
fn add_anchor_workspace(programs: &mut Programs, manifest: &Path, deploy: &Path) -> Result<()> {
    let text = match fs::read_to_string(manifest) {
        // Outside of a workspace, `--legacy-anchor-compatibility` has no effect.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        text => text.with_context(|| format!("cannot read {}", manifest.display()))?,
    };
    let workspace: toml::Table = text
        .parse()
        .with_context(|| format!("{} is not valid TOML", manifest.display()))?;
    let Some(localnet) = workspace
        .get("programs")
        .and_then(|programs| programs.get("localnet"))
        .and_then(toml::Value::as_table)
    else {
        return Ok(());
    };
    for (name, value) in localnet {
        let id: Address = value
            .as_str()
            .or_else(|| value.get("address")?.as_str())
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| {
                anyhow!(
                    "{}: program {name} has no valid address",
                    manifest.display()
                )
            })?;
        let binary = deploy.join(name).with_extension("so");
        if programs.contains_key(&id) && !binary.exists() {
            continue;
        }
        let program = Program::read(&binary).with_context(|| {
            format!(
                "{} lists program {name}; run `anchor build`",
                manifest.display()
            )
        })?;
        programs.insert(id, program);
    }
    Ok(())
}

impl Program {
    fn read(path: &Path) -> Result<Self> {
        let elf = fs::read(path)
            .with_context(|| format!("cannot read the program {}", path.display()))?;
        Ok(Self {
            elf: Cow::Owned(elf),
            authority: None,
            origin: path.display().to_string(),
        })
    }

    /// Loads the binary into a separate VM. The node's VM would also refuse an invalid one, but only after the ledger was
    /// written.
    fn check(&self, id: Address) -> Result<()> {
        let mut vm = LiteSVM::default().with_mainnet_features().with_builtins();
        vm.add_program(id, &self.elf).map_err(|error| {
            anyhow!(
                "{} is not a program that a Solana node would load ({error}); build it with \
                 `cargo xtask build-program` or `cargo build-sbf`",
                self.origin
            )
        })
    }

    /// Writes the two accounts of a deployment by the upgradeable loader: the program account at `id`, which points to the
    /// program data account, and the program data account with the binary and the upgrade authority, if there is one.
    pub fn deploy(&self, id: Address, svm: &mut SurfnetSvm) -> Result<()> {
        let data_address = get_program_data_address(&id);
        let program = UpgradeableLoaderState::Program {
            programdata_address: data_address,
        };
        let program = wincode::serialize(&program).context("cannot encode the program account")?;

        let header = UpgradeableLoaderState::ProgramData {
            slot: svm.get_latest_absolute_slot(),
            upgrade_authority_address: self.authority,
        };
        let mut program_data =
            wincode::serialize(&header).context("cannot encode the program data account")?;
        // The position of the binary does not depend on whether there is an authority.
        program_data.resize(UpgradeableLoaderState::size_of_programdata_metadata(), 0);
        program_data.extend_from_slice(&self.elf);

        // The order matters: the VM compiles the binary when it gets the program account.
        for (address, data, executable) in
            [(data_address, program_data, false), (id, program, true)]
        {
            let account = Account {
                lamports: svm.inner.minimum_balance_for_rent_exemption(data.len()),
                data,
                owner: bpf_loader_upgradeable::ID,
                executable,
                rent_epoch: u64::MAX,
            };
            svm.set_account(&address, account)
                .map_err(|error| anyhow!("cannot load {} at {address}: {error}", self.origin))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUNDLED: Address = Address::new_from_array([6; 32]);
    const ID: Address = Address::new_from_array([7; 32]);

    /// The programs of a workspace, together with a bundled program at [`BUNDLED`].
    fn workspace(localnet: &str, binaries: &[&str]) -> (tempfile::TempDir, Result<Programs>) {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("Anchor.toml");
        fs::write(&manifest, localnet).unwrap();
        for name in binaries {
            fs::write(folder.path().join(name), b"elf").unwrap();
        }
        let bundled = Program {
            elf: Cow::Borrowed(b"bundled"),
            authority: None,
            origin: "bundled".to_owned(),
        };
        let mut programs = Programs::from([(BUNDLED, bundled)]);
        let result = add_anchor_workspace(&mut programs, &manifest, folder.path());
        (folder, result.map(|()| programs))
    }

    fn contents(programs: Programs) -> Vec<(Address, Vec<u8>)> {
        programs
            .into_iter()
            .map(|(id, program)| (id, program.elf.into_owned()))
            .collect()
    }

    #[test]
    fn an_anchor_workspace_gives_its_programs() {
        let toml =
            format!("[programs.localnet]\none = \"{ID}\"\ntwo = {{ address = \"{BUNDLED}\" }}\n");
        let (_folder, programs) = workspace(&toml, &["one.so", "two.so"]);
        let expected = [(BUNDLED, b"elf".to_vec()), (ID, b"elf".to_vec())];
        assert_eq!(contents(programs.unwrap()), expected);
    }

    #[test]
    fn the_bundled_binary_stands_in_for_its_program_until_that_is_built() {
        let toml = format!("[programs.localnet]\ntwo = \"{BUNDLED}\"\n");
        let (_folder, programs) = workspace(&toml, &[]);
        assert_eq!(
            contents(programs.unwrap()),
            [(BUNDLED, b"bundled".to_vec())]
        );
    }

    #[test]
    fn no_workspace_and_an_empty_one_add_nothing() {
        let mut programs = Programs::new();
        let missing = Path::new("no/such/Anchor.toml");
        add_anchor_workspace(&mut programs, missing, Path::new("no/such")).unwrap();
        assert!(programs.is_empty());
        let (_folder, programs) = workspace("[provider]\ncluster = \"localnet\"\n", &[]);
        assert_eq!(
            contents(programs.unwrap()),
            [(BUNDLED, b"bundled".to_vec())]
        );
    }

    #[test]
    fn a_program_that_was_not_built_is_an_error_that_names_it() {
        let (folder, programs) = workspace(&format!("[programs.localnet]\none = \"{ID}\"\n"), &[]);
        let error = format!("{:#}", programs.err().unwrap());
        assert!(
            error.contains("lists program one; run `anchor build`"),
            "{error}"
        );
        assert!(
            error.contains(&folder.path().join("one.so").display().to_string()),
            "{error}"
        );
    }

    #[test]
    fn an_address_that_is_none_is_an_error_that_names_it() {
        let error = workspace("[programs.localnet]\none = \"nonsense\"\n", &[])
            .1
            .err()
            .unwrap();
        assert!(
            error
                .to_string()
                .contains("program one has no valid address"),
            "{error}"
        );
    }

    #[test]
    fn a_file_that_is_no_program_is_refused() {
        let program = Program {
            elf: Cow::Borrowed(b"not an ELF file"),
            authority: None,
            origin: "a.so".to_owned(),
        };
        let error = program.check(ID).unwrap_err().to_string();
        assert!(
            error.starts_with("a.so is not a program that a Solana node would load"),
            "{error}"
        );
    }
}
