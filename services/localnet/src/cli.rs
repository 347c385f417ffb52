//! The command line.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use solana_address::Address;
use surfpool_types::BlockProductionMode;

/// Run a local Solana node with the Generion program loaded: the embedded node of surfpool. It is always offline.
///
/// `anchor test` and `anchor localnet` start the node if it is on the PATH under the name `surfpool`.
#[derive(Parser)]
#[command(name = "generion-localnet", version)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands. `anchor` uses `start`.
#[derive(Subcommand)]
pub enum Command {
    /// Start a node, and run it until SIGINT or SIGTERM.
    Start(Box<StartArgs>),
}

/// The flags of `generion-localnet start`.
#[derive(Args)]
pub struct StartArgs {
    /// Address to listen on. Anyone who can reach the node can change its clock and accounts.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub host: IpAddr,

    /// Port of the JSON-RPC server; 0 chooses a free port.
    #[arg(long, short = 'p', default_value_t = surfpool_types::DEFAULT_RPC_PORT)]
    pub port: u16,

    /// Port of the websocket server; 0 chooses a free port. Default: the port after `--port`, which Solana clients
    /// expect, or a free port with `--port 0`.
    #[arg(long)]
    pub ws_port: Option<u16>,

    /// Time between blocks, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = surfpool_types::DEFAULT_SLOT_TIME_MS,
          value_parser = clap::value_parser!(u64).range(1..=60_000))]
    pub slot_time: u64,

    /// When blocks are produced. Only with `clock`, time passes and block hashes expire while nobody sends transactions.
    #[arg(long, value_enum, default_value_t = BlockProduction::Clock)]
    pub block_production_mode: BlockProduction,

    /// Give `--airdrop-amount` lamports to this address at the start. Can be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub airdrop: Vec<Address>,

    /// Lamports for each `--airdrop`.
    #[arg(long, value_name = "LAMPORTS", default_value_t = 10_000_000_000_000)]
    pub airdrop_amount: u64,

    /// Load a program from a file. It replaces another program with the same id. Can be repeated.
    #[arg(long, value_name = "ID=PATH", value_parser = parse_program)]
    pub program: Vec<(Address, PathBuf)>,

    /// Load a program with its upgrade authority, or `none`, like solana-test-validator. Can be repeated.
    #[arg(long, num_args = 3, value_names = ["ID", "PATH", "UPGRADE_AUTHORITY"], action = ArgAction::Append)]
    pub upgradeable_program: Vec<String>,

    /// Don't load the Generion program.
    #[arg(long, visible_alias = "no-deploy")]
    pub no_generion: bool,

    /// Save the ledger in this SQLite file, and continue it at the next start. The clock then starts at the current time.
    #[arg(long, visible_alias = "db", value_name = "FILE")]
    pub persist: Option<PathBuf>,

    /// Delete the ledger of `--persist`, and start a new one.
    #[arg(long, requires = "persist")]
    pub reset: bool,

    /// Load accounts from a JSON file in surfpool's snapshot format. Can be repeated.
    #[arg(long, value_name = "FILE")]
    pub snapshot: Vec<PathBuf>,

    /// Also load the programs of `[programs.localnet]` in `./Anchor.toml` from the `deploy` folder of the target folder.
    #[arg(long)]
    pub legacy_anchor_compatibility: bool,

    /// Print `{"rpc_url", "ws_url", "program_id", "ready_ms"}` as one line of JSON when the node is ready.
    #[arg(long)]
    pub json: bool,

    /// Also exit at the end of standard input, so that the node does not outlive the program that started it.
    #[arg(long)]
    pub exit_with_stdin: bool,

    /// Minimum level of the messages on standard error.
    #[arg(long, value_enum, default_value_t = LogLevel::Warn)]
    pub log_level: LogLevel,

    #[command(flatten)]
    _accepted: AcceptedForAnchor,
}

/// Flags that `anchor` passes to the original `surfpool` and that have no effect here: this node is always offline, has no
/// user interface, and records no instruction profiles, which would take nine tenths of its speed.
#[derive(Args)]
struct AcceptedForAnchor {
    #[arg(long, hide = true)]
    offline: bool,
    #[arg(long, hide = true)]
    no_tui: bool,
    #[arg(long, hide = true)]
    no_studio: bool,
    #[arg(long, hide = true)]
    disable_instruction_profiling: bool,
    #[arg(long, hide = true)]
    max_profiles: Option<usize>,
    /// The configuration of a test suite, which contains nothing that concerns an offline node.
    #[arg(long, hide = true)]
    anchor_test_config_path: Option<PathBuf>,
}

/// A program of `--upgradeable-program`.
pub struct UpgradeableProgram {
    /// The program id.
    pub id: Address,
    /// The file with the binary.
    pub path: PathBuf,
    /// The upgrade authority, or `None` if nobody may upgrade the program.
    pub authority: Option<Address>,
}

impl StartArgs {
    /// The programs of all `--upgradeable-program` options.
    pub fn upgradeable_programs(&self) -> anyhow::Result<Vec<UpgradeableProgram>> {
        let address = |text: &str| {
            text.parse().map_err(|error| {
                anyhow::anyhow!("--upgradeable-program: {text:?} is not an address: {error}")
            })
        };
        // clap appends the three values of each occurrence.
        let (triples, _) = self.upgradeable_program.as_chunks::<3>();
        triples
            .iter()
            .map(|[id, path, authority]| {
                Ok(UpgradeableProgram {
                    id: address(id)?,
                    path: path.into(),
                    authority: match authority.as_str() {
                        "none" => None,
                        text => Some(address(text)?),
                    },
                })
            })
            .collect()
    }
}

/// [`BlockProductionMode`] for the command line.
#[derive(Clone, Copy, ValueEnum)]
pub enum BlockProduction {
    /// Produce a block every `--slot-time`.
    Clock,
    /// Produce a block for each transaction.
    Transaction,
    /// Produce no blocks until a client sets another mode.
    Manual,
}

impl From<BlockProduction> for BlockProductionMode {
    fn from(mode: BlockProduction) -> Self {
        match mode {
            BlockProduction::Clock => Self::Clock,
            BlockProduction::Transaction => Self::Transaction,
            BlockProduction::Manual => Self::Manual,
        }
    }
}

/// The minimum level of messages.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
#[allow(missing_docs, reason = "the names are self-explanatory")]
pub enum LogLevel {
    None,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

fn parse_program(text: &str) -> Result<(Address, PathBuf), String> {
    let (id, path) = text
        .split_once('=')
        .ok_or("expected ID=PATH: a program id and the file with its binary")?;
    let id = id
        .parse()
        .map_err(|error| format!("{id:?} is not a program id: {error}"))?;
    Ok((id, PathBuf::from(path)))
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser, error::ErrorKind};

    use super::*;

    fn start(flags: &[&str]) -> Result<StartArgs, clap::Error> {
        let Cli {
            command: Command::Start(args),
        } = Cli::try_parse_from(["generion-localnet", "start"].iter().chain(flags))?;
        Ok(*args)
    }

    fn refusal(flags: &[&str]) -> clap::Error {
        match start(flags) {
            Ok(_) => panic!("accepted {flags:?}"),
            Err(error) => error,
        }
    }

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    /// All flags that `surfpool_flags` of anchor-cli 1.2.2 passes for an offline node.
    #[test]
    fn anchors_flags_are_accepted() {
        let airdrop = Address::new_from_array([7; 32]).to_string();
        let args = start(&[
            "--snapshot",
            "accounts.json",
            "--airdrop",
            &airdrop,
            "--host",
            "127.0.0.1",
            "--port",
            "8899",
            "--ws-port",
            "8900",
            "--slot-time",
            "400",
            "--offline",
            "--block-production-mode",
            "transaction",
            "--log-level",
            "none",
            "--no-tui",
            "--disable-instruction-profiling",
            "--max-profiles",
            "1",
            "--no-studio",
            "--legacy-anchor-compatibility",
            "--anchor-test-config-path",
            "Anchor.toml",
        ])
        .unwrap();
        assert_eq!(args.airdrop, [Address::new_from_array([7; 32])]);
        assert!(args.legacy_anchor_compatibility && !args.no_generion);
        assert!(start(&["--no-deploy"]).unwrap().no_generion);
    }

    #[test]
    fn going_online_is_refused() {
        assert_eq!(
            refusal(&["--rpc-url", "http://127.0.0.1:1"]).kind(),
            ErrorKind::UnknownArgument
        );
    }

    #[test]
    fn a_malformed_program_is_refused() {
        let no_path = refusal(&["--program", "11111111111111111111111111111111"]).to_string();
        assert!(no_path.contains("expected ID=PATH"), "{no_path}");
        let no_id = refusal(&["--program", "nonsense=program.so"]).to_string();
        assert!(
            no_id.contains("\"nonsense\" is not a program id"),
            "{no_id}"
        );
    }

    #[test]
    fn upgradeable_programs_have_an_authority_or_none() {
        let [one, two] = [[1; 32], [2; 32]].map(|bytes| Address::new_from_array(bytes).to_string());
        let flag = "--upgradeable-program";
        let args = start(&[flag, &one, "a.so", &two, flag, &two, "b.so", "none"]).unwrap();
        let programs = args.upgradeable_programs().unwrap();
        let told: Vec<_> = programs
            .iter()
            .map(|program| (program.id.to_string(), program.path.to_str().unwrap()))
            .collect();
        assert_eq!(told, [(one.clone(), "a.so"), (two.clone(), "b.so")]);
        assert_eq!(programs[0].authority.unwrap().to_string(), two);
        assert_eq!(programs[1].authority, None);

        let nonsense = start(&[flag, &one, "a.so", "me"]).unwrap();
        let error = nonsense.upgradeable_programs().err().unwrap().to_string();
        assert!(error.contains("\"me\" is not an address"), "{error}");
        assert!(start(&[flag, &one, "a.so"]).is_err());
    }

    #[test]
    fn only_a_kept_ledger_can_be_begun_anew() {
        assert_eq!(
            refusal(&["--reset"]).kind(),
            ErrorKind::MissingRequiredArgument
        );
        assert!(start(&["--persist", "ledger", "--reset"]).unwrap().reset);
    }

    #[test]
    fn a_slot_time_of_zero_is_refused() {
        assert_eq!(
            refusal(&["--slot-time", "0"]).kind(),
            ErrorKind::ValueValidation
        );
    }
}
