//! Keypairs and the Solana CLI's configuration.

use std::{
    env, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use generion_rpc::{
    solana_config::SolanaConfig,
    url::{NodeUrl, redacted},
};
use solana_keypair::{Keypair, read_keypair, read_keypair_file};

use crate::cli::{Cli, node_url};

/// The wallets of a deployment. Their secrets are wiped when they are dropped.
pub struct Wallets {
    /// The wallet that pays.
    pub payer: Keypair,
    /// The wallet that may upgrade.
    pub authority: Keypair,
    /// The keypair of the program id.
    pub program: Option<Keypair>,
}

/// The node and the wallets that the command line and the configuration name.
///
/// # Errors
/// If a file can't be read, or none is named.
pub fn open(cli: &Cli) -> Result<(NodeUrl, Wallets)> {
    let config = SolanaConfig::read(cli.config.as_deref())?;
    let url = match (&cli.url, &config.json_rpc_url[..]) {
        (Some(url), _) => url.clone(),
        (None, "") => anyhow::bail!("no cluster is named; pass one with --url"),
        (None, url) => node_url(url).map_err(|error| {
            let url = redacted(url);
            anyhow!("the Solana CLI's configuration names the node {url:?}: {error}")
        })?,
    };
    let default = || -> Result<Keypair> {
        let path = match (&cli.keypair, &config.keypair_path[..]) {
            (Some(path), _) => path.clone(),
            (None, "") => home()?.join(".config/solana/id.json"),
            (None, path) => path.into(),
        };
        keypair(&path, "--keypair")
    };
    let or_default = |path: &Option<PathBuf>, flag| match path {
        Some(path) => keypair(path, flag),
        None => default(),
    };
    let program = cli.program_id.as_deref();
    let wallets = Wallets {
        payer: or_default(&cli.fee_payer, "--fee-payer")?,
        authority: or_default(&cli.upgrade_authority, "--upgrade-authority")?,
        program: program
            .map(|path| keypair(path, "--program-id"))
            .transpose()?,
    };
    Ok((url, wallets))
}

fn keypair(path: &Path, flag: &str) -> Result<Keypair> {
    let read = if path == Path::new("-") {
        read_keypair(&mut io::stdin().lock())
    } else {
        read_keypair_file(path)
    };
    // The error describes what is wrong with the content, and quotes none of it.
    read.map_err(|error| {
        anyhow!(
            "cannot read the keypair file {} ({flag}): {error}; a keypair file is what `solana-keygen new` writes",
            path.display()
        )
    })
}

fn home() -> Result<PathBuf> {
    env::home_dir()
        .context("there is no home folder to look for a keypair file in; pass one with --keypair")
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use solana_keypair::write_keypair_file;
    use solana_signer::Signer;

    use super::*;

    /// A folder with a configuration that names a node and a keypair file, and the files `other` and `program`.
    fn folder() -> (tempfile::TempDir, [Keypair; 3]) {
        let folder = tempfile::tempdir().unwrap();
        let keypairs = ["configured", "other", "program"].map(|name| {
            let keypair = Keypair::new();
            write_keypair_file(&keypair, folder.path().join(name)).unwrap();
            keypair
        });
        let configured = folder.path().join("configured");
        let text = format!(
            "---\njson_rpc_url: \"http://127.0.0.1:7\"\nwebsocket_url: ''\nkeypair_path: {}\naddress_labels:\n  \
             '11111111111111111111111111111111': System Program\ncommitment: confirmed\n",
            configured.display()
        );
        std::fs::write(folder.path().join("config.yml"), text).unwrap();
        (folder, keypairs)
    }

    fn opened(folder: &tempfile::TempDir, flags: &[&str]) -> Result<(NodeUrl, Wallets)> {
        let in_folder = |flag: &&str| match flag.strip_prefix('@') {
            Some(name) => folder.path().join(name).display().to_string(),
            None => (*flag).to_owned(),
        };
        let config = match flags {
            ["--config", ..] => &["deploy"][..],
            _ => &["deploy", "--config", "@config.yml"],
        };
        let words = config.iter().chain(flags).map(in_folder);
        open(&Cli::try_parse_from(words)?)
    }

    #[test]
    fn the_solana_clis_configuration_counts_and_flags_count_more() {
        let (folder, [configured, other, program]) = folder();
        let (url, wallets) = opened(&folder, &[]).unwrap();
        assert_eq!(url.to_string(), "http://127.0.0.1:7");
        assert_eq!(wallets.payer.pubkey(), configured.pubkey());
        assert_eq!(wallets.authority.pubkey(), configured.pubkey());
        assert!(wallets.program.is_none());

        let flags = [
            "-u",
            "devnet",
            "--fee-payer",
            "@other",
            "--program-id",
            "@program",
        ];
        let (url, wallets) = opened(&folder, &flags).unwrap();
        assert_eq!(url.to_string(), "https://api.devnet.solana.com");
        assert_eq!(wallets.payer.pubkey(), other.pubkey());
        assert_eq!(wallets.authority.pubkey(), configured.pubkey());
        assert_eq!(wallets.program.unwrap().pubkey(), program.pubkey());

        let flags = ["-k", "@other", "--upgrade-authority", "@configured"];
        let (_, wallets) = opened(&folder, &flags).unwrap();
        assert_eq!(wallets.payer.pubkey(), other.pubkey());
        assert_eq!(wallets.authority.pubkey(), configured.pubkey());
    }

    #[test]
    fn a_file_that_is_no_keypair_is_named() {
        let (folder, _) = folder();
        for (flags, named) in [
            (["-k", "@missing"], "missing (--keypair)"),
            (["--program-id", "@config.yml"], "config.yml (--program-id)"),
            (["--config", "@nowhere.yml"], "nowhere.yml"),
        ] {
            let error = opened(&folder, &flags).err().unwrap().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
