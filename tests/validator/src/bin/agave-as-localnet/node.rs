//! The validator behind the proxy, and its clock.

use std::{
    ffi::OsString,
    fs::File,
    io,
    path::{Path, PathBuf},
    process::Child,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use generion_validator_tests::agave;
use solana_address::Address;
use solana_rpc_client::rpc_client::RpcClient;
use tokio::task::spawn_blocking;

/// Any error of this program.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The variable with the path of Agave's validator, if that is not on the PATH.
const VALIDATOR: &str = "GENERION_TEST_VALIDATOR";
/// The variable with the ticks per slot of a new ledger. Public clusters have 64.
const TICKS: &str = "GENERION_TEST_TICKS_PER_SLOT";
const DEFAULT_TICKS: u64 = 64;
const MICROSECONDS_PER_TICK: u64 = 6_250;
/// Enough for an epoch of more than a month, also with short slots. (A validator makes a table of the leaders of an epoch.)
const SLOTS_PER_EPOCH: u64 = 40_000_000;
/// The minimum by which the ledger's clock advances with every slot of the epoch, as a part of the slot time, whatever
/// validators vote. It follows from `MAX_ALLOWABLE_DRIFT_PERCENTAGE_FAST` in Agave's `stake_weighted_timestamp.rs`.
const LEAST_PERCENT: u64 = 75;
/// A margin: the last vote was cast some slots ago, and its time is in whole seconds.
const MARGIN_MICROSECONDS: u64 = 10_000_000;
const CLOCK: Address = Address::from_str_const("SysvarC1ock11111111111111111111111111111111");

/// A running validator. It ends when this is dropped.
pub struct Node {
    ledger: PathBuf,
    /// The id of the Generion program, if it is loaded.
    program: Option<PathBuf>,
    ticks: u64,
    running: Running,
}

struct Running {
    process: Child,
    rpc: u16,
}

impl Running {
    fn stop(&mut self) {
        // Fails if the process has ended already, which is fine.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Node {
    /// Starts the validator on a new or an existing ledger.
    pub async fn start(
        ledger: PathBuf,
        program: Option<PathBuf>,
        reset: bool,
    ) -> Result<Self, Error> {
        let ticks = match std::env::var(TICKS) {
            Ok(ticks) => ticks.parse()?,
            Err(_) => DEFAULT_TICKS,
        };
        let mut flags = match ledger.join("genesis.bin").exists() && !reset {
            true => vec![],
            false => vec![
                "--slots-per-epoch".into(),
                SLOTS_PER_EPOCH.to_string(),
                "--ticks-per-slot".into(),
                ticks.to_string(),
            ],
        };
        flags.extend(reset.then(|| "--reset".into()));
        let running = run(&ledger, program.as_deref(), flags).await?;
        Ok(Self {
            ledger,
            program,
            ticks,
            running,
        })
    }

    pub fn rpc_port(&self) -> u16 {
        self.running.rpc
    }

    pub fn websocket_port(&self) -> u16 {
        self.running.rpc + 1
    }

    /// Requests airdrops for wallets.
    pub async fn give(&self, wallets: Vec<Address>, lamports: u64) -> Result<(), Error> {
        let client = self.client();
        spawn_blocking(move || {
            for wallet in wallets {
                let signature = client.request_airdrop(&wallet, lamports)?;
                while !client.confirm_transaction(&signature)? {
                    thread::sleep(Duration::from_millis(50));
                }
            }
            Ok(())
        })
        .await?
    }

    /// Advances the ledger's clock to a time by skipping slots. The clock follows the time of the last vote and the slots
    /// since then, within bounds that depend on the slots since the start of the epoch. (Afterwards the clock stands still
    /// for a while, because later votes contain the real time again.) The ledger continues from the newest snapshot, which
    /// must contain everything that is confirmed now.
    pub async fn warp(&mut self, unix_time: u64) -> Result<(), Error> {
        let client = self.client();
        let slot_microseconds = self.ticks * MICROSECONDS_PER_TICK;
        let slot = spawn_blocking(move || {
            let confirmed = client.get_slot()?;
            // An error while there is no snapshot.
            while !client
                .get_highest_snapshot_slot()
                .is_ok_and(|snapshot| snapshot.full >= confirmed)
            {
                thread::sleep(Duration::from_millis(100));
            }
            let clock = client.get_account_data(&CLOCK)?;
            // Eight bytes each: slot, start of the epoch, epoch, epoch of the next leaders, time.
            let start = clock.get(8..16).ok_or("the clock account is too short")?;
            let start = u64::from_le_bytes(start.try_into()?);
            let slots =
                |since: u64| unix_time.saturating_sub(since) * 1_000_000 / slot_microseconds;
            let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
            let slot = client.get_slot()?;
            let by_votes = slot + slots(now);
            let by_bounds = slots(start) * 100 / LEAST_PERCENT;
            let slot = by_votes.min(by_bounds).max(slot);
            Ok::<_, Error>(slot + MARGIN_MICROSECONDS.div_ceil(slot_microseconds))
        })
        .await??;
        if slot >= SLOTS_PER_EPOCH {
            return Err("the time is more than a month ahead".into());
        }
        self.running.stop();
        let flags = vec!["--warp-slot".into(), slot.to_string()];
        self.running = run(&self.ledger, self.program.as_deref(), flags).await?;
        Ok(())
    }

    fn client(&self) -> RpcClient {
        agave::client(self.rpc_port())
    }
}

async fn run(ledger: &Path, program: Option<&Path>, flags: Vec<String>) -> Result<Running, Error> {
    let lock = ledger.join("ledger.lock");
    spawn_blocking(move || wait_for_the_last_one(&lock)).await??;
    let rpc = agave::free_ports(2)?;
    let validator =
        std::env::var_os(VALIDATOR).unwrap_or_else(|| OsString::from("solana-test-validator"));
    let mut command = agave::command(&validator, ledger, rpc)?;
    command.args(flags);
    if let Some(program) = program {
        command
            .arg("--upgradeable-program")
            .arg(generion_artifact::PROGRAM_ID.to_string())
            .arg(program)
            .arg("none");
    }
    // Not on a blocking thread: the validator ends together with the thread that started it, and idle threads end.
    let process = command.spawn()?;
    let mut running = Running { process, rpc };
    spawn_blocking(move || {
        agave::serving(&mut running.process, rpc)?;
        Ok(running)
    })
    .await?
}

/// Waits until a killed validator has released its ledger.
fn wait_for_the_last_one(lock: &Path) -> io::Result<()> {
    match File::open(lock) {
        Ok(lock) => lock.lock(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
