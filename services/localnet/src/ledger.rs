//! Opens the ledger, and fills it before the first client can reach the node.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use crossbeam_channel::Receiver;
use generion_interface::{GenesisHash, LOCAL_LEDGER};
use solana_sdk_ids::system_program;
use surfpool_core::{
    error::AirdropError,
    solana_account::Account,
    solana_commitment_config::CommitmentConfig,
    storage::{StorageBackend, StorageResult},
    surfnet::{
        BlockHeader, GeyserEvent,
        locker::SurfnetSvmLocker,
        svm::{CHECKPOINT_INTERVAL_MS, SurfnetSvm, SurfnetSvmConfig},
    },
};
use surfpool_types::{AccountSnapshot, DEFAULT_SLOT_TIME_MS, SimnetConfig, SimnetEvent};

use crate::{cli::StartArgs, programs::Programs};

/// A ledger with its channels and its lock.
pub struct Ledger {
    /// The ledger, shared with the servers.
    pub svm: SurfnetSvmLocker,
    /// The events of the ledger.
    pub events: Receiver<SimnetEvent>,
    /// The events for Geyser plugins, of which there are none.
    pub geyser_events: Receiver<GeyserEvent>,
    /// Locks the file against other nodes. Keep it until the ledger is closed.
    pub lock: Option<File>,
}

impl Ledger {
    /// Opens a new ledger in memory, or the ledger in `file`, which `reset` empties first.
    pub fn open(file: Option<&Path>, reset: bool, simnet: &SimnetConfig) -> Result<Self> {
        let url = file.map(sqlite_name).transpose()?;
        let lock = file.map(lock).transpose()?;
        if let (Some(file), Some(lock), true) = (file, &lock, reset) {
            empty(file, lock)?;
        }
        let config = SurfnetSvmConfig {
            slot_time: simnet.slot_time,
            instruction_profiling_enabled: simnet.instruction_profiling_enabled,
            ..SurfnetSvmConfig::default()
        };
        if let Some(url) = &url {
            go_on(url, &config).map_err(|error| anyhow!("cannot read the ledger: {error}"))?;
        }
        let failed = |error| anyhow!("cannot open the ledger: {error}");
        let (mut svm, events, geyser_events) =
            SurfnetSvm::new_with_db(url.as_deref(), config).map_err(failed)?;
        // At each start the node adds interface descriptions of unrelated programs to those in the ledger, so a persisted
        // ledger would take longer and longer to open. Nothing uses the descriptions.
        svm.registered_idls
            .clear()
            .map_err(|error| anyhow!("cannot tidy up the ledger: {error}"))?;
        // surfpool invents a genesis hash at each start. Clients pin the genesis hash, so it must not change.
        svm.cached_genesis_hash = Some(GenesisHash::LOCALNET.0.into());
        Ok(Self {
            svm: SurfnetSvmLocker::new(svm),
            events,
            geyser_events,
            lock,
        })
    }

    /// Adds the accounts that the command line requests.
    pub async fn fill(&self, args: &StartArgs, programs: &Programs) -> Result<()> {
        self.svm.with_svm_writer(identify)?;
        for (id, program) in programs {
            self.svm.with_svm_writer(|svm| program.deploy(*id, svm))?;
        }
        for address in &args.airdrop {
            let refusal = match self.svm.airdrop(address, args.airdrop_amount) {
                Ok(Ok(_)) => continue,
                Ok(Err(failed)) => failed.err.to_string(),
                Err(AirdropError::ZeroAmount) => "the amount is 0".to_owned(),
                Err(AirdropError::BelowRentExemption { min_rent, .. }) => {
                    format!("an account holds {min_rent} lamports at least")
                }
                Err(AirdropError::Other(error)) => error.to_string(),
            };
            bail!(
                "--airdrop: cannot give {address} {} lamports: {refusal}",
                args.airdrop_amount
            );
        }
        for file in &args.snapshot {
            self.load_snapshot(file)
                .await
                .with_context(|| format!("cannot load the snapshot {}", file.display()))?;
        }
        Ok(())
    }

    async fn load_snapshot(&self, file: &Path) -> Result<()> {
        let text = fs::read(file)?;
        let accounts: BTreeMap<String, Option<AccountSnapshot>> = serde_json::from_slice(&text)?;
        let loaded = self
            .svm
            .load_snapshot(&accounts, None, CommitmentConfig::confirmed())
            .await
            .map_err(|error| anyhow!("{error}"))?;
        // surfpool skips invalid accounts, and accounts that it would have to fetch from another network.
        ensure!(
            loaded == accounts.len(),
            "only {loaded} of its {} accounts are complete and valid",
            accounts.len()
        );
        Ok(())
    }
}

/// Makes a persisted ledger continue after every slot that its node has ever returned. The node saves its slot only about
/// once a minute, and clients treat a node whose slots repeat as one that lags behind.
fn go_on(url: &str, config: &SurfnetSvmConfig) -> StorageResult<()> {
    let storage = StorageBackend::open(&Some(url), &config.surfnet_id)?;
    let mut checkpoints = storage.open_store::<String, u64>("slot_checkpoint")?;
    let blocks = storage.open_store::<u64, BlockHeader>("blocks")?;
    let latest = "latest_slot".to_owned();
    let reached = checkpoints
        .get(&latest)?
        .max(blocks.keys()?.into_iter().max());
    if let Some(reached) = reached {
        let interval = CHECKPOINT_INTERVAL_MS / config.slot_time.clamp(1, DEFAULT_SLOT_TIME_MS);
        // One more, for the slot that was in progress.
        checkpoints.store(latest, reached + interval + 1)?;
    }
    storage.shutdown();
    Ok(())
}

/// Gives a new ledger its random identity. A persisted ledger has one already.
fn identify(svm: &mut SurfnetSvm) -> Result<()> {
    let known = svm
        .get_account(&LOCAL_LEDGER)
        .map_err(|error| anyhow!("cannot read the ledger: {error}"))?;
    if known.is_some() {
        return Ok(());
    }
    let mut data = vec![0; 32];
    getrandom::fill(&mut data).context("the system gave no random bytes")?;
    let account = Account {
        lamports: svm.inner.minimum_balance_for_rent_exemption(data.len()),
        data,
        owner: system_program::ID,
        executable: false,
        rent_epoch: u64::MAX,
    };
    svm.set_account(&LOCAL_LEDGER, account)
        .map_err(|error| anyhow!("cannot write to the ledger: {error}"))
}

/// Checks that this node can use the file exclusively. SQLite would try for half a minute to open an invalid file, and
/// would let several nodes write to one ledger.
fn lock(path: &Path) -> Result<File> {
    let problem = || format!("--persist: cannot use {}", path.display());
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .with_context(problem)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => bail!(
            "{}: another node is using it; end that one first",
            problem()
        ),
        Err(fs::TryLockError::Error(error)) => return Err(error).with_context(problem),
    }
    let mut magic = [0; 16];
    match file.read_exact(&mut magic) {
        Ok(()) if &magic == b"SQLite format 3\0" => {}
        Err(error)
            if error.kind() == ErrorKind::UnexpectedEof
                && file.metadata().is_ok_and(|file| file.len() == 0) => {}
        Err(error) if error.kind() != ErrorKind::UnexpectedEof => {
            return Err(error).with_context(problem);
        }
        _ => bail!(
            "{}: it is not the ledger of a node; choose a new file or one of an earlier --persist",
            problem()
        ),
    }
    Ok(file)
}

/// Empties a ledger that no other node uses: the file, which has been checked, and the files that SQLite keeps beside it.
fn empty(path: &Path, file: &File) -> Result<()> {
    let problem = || format!("--reset: cannot empty {}", path.display());
    file.set_len(0).with_context(problem)?;
    for suffix in ["-wal", "-shm", "-journal"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(suffix);
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(problem);
            }
            _ => {}
        }
    }
    Ok(())
}

/// The path in a form that SQLite, which expects a URI, takes for a plain path.
fn sqlite_name(path: &Path) -> Result<String> {
    let absolute: PathBuf = std::path::absolute(path).context("cannot find the current folder")?;
    let name = absolute
        .to_str()
        .filter(|name| !name.contains(['?', '#', '%']));
    name.map(ToOwned::to_owned).with_context(|| {
        format!(
            "--persist: the path {} has a character that SQLite would misread",
            absolute.display()
        )
    })
}
