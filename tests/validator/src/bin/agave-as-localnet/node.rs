//! The validator behind the front, and its clock.

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

/// Agave's program, where it is not on the PATH.
const VALIDATOR: &str = "GENERION_TEST_VALIDATOR";
/// Ticks per slot of a new ledger, if not the 64 of public clusters.
const TICKS: &str = "GENERION_TEST_TICKS_PER_SLOT";
const DEFAULT_TICKS: u64 = 64;
const MICROSECONDS_PER_TICK: u64 = 6_250;
/// So many that an epoch is more than a month, of short slots, too. (A validator makes a table of an epoch's leaders.)
const SLOTS_PER_EPOCH: u64 = 40_000_000;
/// By how much of a slot's time the ledger's clock goes on at least with every slot since the epoch's first, whatever
/// validators vote: `MAX_ALLOWABLE_DRIFT_PERCENTAGE_FAST` of Agave's `stake_weighted_timestamp.rs` is the rest.
const LEAST_PERCENT: u64 = 75;
/// The last vote was cast some slots ago, and its time is in whole seconds.
const MARGIN_MICROSECONDS: u64 = 10_000_000;
const CLOCK: Address = Address::from_str_const("SysvarC1ock11111111111111111111111111111111");

/// A running validator. It ends with the value.
pub struct Node {
    ledger: PathBuf,
    /// Generion's, if it has that.
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
        // It may have ended already; nothing depends on the outcome.
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
    /// Starts it on a ledger, which is made or gone on with.
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

    /// Has it give lamports to wallets.
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

    /// Has the ledger's clock show a time, by a jump over slots: it goes by the last vote's time and the slots since, if
    /// that is within bounds that go by the slots since the epoch's start. (It then stands still for a while, as later
    /// votes tell the real time again.) The jump begins at the newest snapshot, which has to have what is confirmed by
    /// now.
    pub async fn warp(&mut self, unix_time: u64) -> Result<(), Error> {
        let client = self.client();
        let slot_microseconds = self.ticks * MICROSECONDS_PER_TICK;
        let slot = spawn_blocking(move || {
            let confirmed = client.get_slot()?;
            // As long as there is none, that is an error.
            while !client
                .get_highest_snapshot_slot()
                .is_ok_and(|snapshot| snapshot.full >= confirmed)
            {
                thread::sleep(Duration::from_millis(100));
            }
            let clock = client.get_account_data(&CLOCK)?;
            // Of the slot, the epoch's start, the epoch, that of the next leaders, and the time, eight bytes each.
            let start = clock.get(8..16).ok_or("a clock that is none")?;
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
            return Err("that is more than a month ahead".into());
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
    // Not on a thread for what blocks: it ends with the thread that started it, and those end when they idle.
    let process = command.spawn()?;
    let mut running = Running { process, rpc };
    spawn_blocking(move || {
        agave::serving(&mut running.process, rpc)?;
        Ok(running)
    })
    .await?
}

/// A validator that was killed has its ledger until the system is through with it.
fn wait_for_the_last_one(lock: &Path) -> io::Result<()> {
    match File::open(lock) {
        Ok(lock) => lock.lock(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
