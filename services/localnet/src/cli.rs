//! The command line.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use solana_address::Address;
use surfpool_types::BlockProductionMode;

/// A local Solana node with the Generion program loaded: surfpool's node, embedded. It never goes online.
///
/// `anchor test` and `anchor localnet` start it when it is on the PATH under the name `surfpool`.
#[derive(Parser)]
#[command(name = "generion-localnet", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands, of which `anchor` knows one.
#[derive(Subcommand)]
pub enum Command {
    /// Start a node and serve until SIGINT or SIGTERM.
    Start(Box<StartArgs>),
}

/// The flags of `generion-localnet start`.
#[derive(Args)]
pub struct StartArgs {
    /// Address to listen on. Anyone who reaches the node can move its clock and set its accounts.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub host: IpAddr,

    /// Port of the JSON-RPC server; 0 takes a free one.
    #[arg(long, short = 'p', default_value_t = surfpool_types::DEFAULT_RPC_PORT)]
    pub port: u16,

    /// Port of the websocket server; 0 takes a free one. By default the one after `--port`, where Solana clients look
    /// for it, or a free one with `--port 0`.
    #[arg(long)]
    pub ws_port: Option<u16>,

    /// Milliseconds from block to block.
    #[arg(long, value_name = "MS", default_value_t = surfpool_types::DEFAULT_SLOT_TIME_MS,
          value_parser = clap::value_parser!(u64).range(1..=60_000))]
    pub slot_time: u64,

    /// What makes a block. Only `clock` lets time pass, and block hashes expire, while nobody sends anything.
    #[arg(long, value_enum, default_value_t = BlockProduction::Clock)]
    pub block_production_mode: BlockProduction,

    /// Give this address `--airdrop-amount` lamports at the start. May be repeated.
    #[arg(long, value_name = "ADDRESS")]
    pub airdrop: Vec<Address>,

    /// Lamports for each `--airdrop`.
    #[arg(long, value_name = "LAMPORTS", default_value_t = 10_000_000_000_000)]
    pub airdrop_amount: u64,

    /// Load a program from a file, in place of the program that would otherwise have this id. May be repeated.
    #[arg(long, value_name = "ID=PATH", value_parser = parse_program)]
    pub program: Vec<(Address, PathBuf)>,

    /// Load a program with a wallet that may upgrade it, or `none`, as solana-test-validator does. May be repeated.
    #[arg(long, num_args = 3, value_names = ["ID", "PATH", "UPGRADE_AUTHORITY"], action = ArgAction::Append)]
    pub upgradeable_program: Vec<String>,

    /// Leave the Generion program out.
    #[arg(long, visible_alias = "no-deploy")]
    pub no_generion: bool,

    /// Keep the ledger in this SQLite file and continue it from there. The clock starts again at the present time.
    #[arg(long, visible_alias = "db", value_name = "FILE")]
    pub persist: Option<PathBuf>,

    /// Delete the ledger of `--persist` and begin a new one.
    #[arg(long, requires = "persist")]
    pub reset: bool,

    /// Load accounts from a JSON file in surfpool's snapshot format. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub snapshot: Vec<PathBuf>,

    /// Also load the programs of `[programs.localnet]` in `./Anchor.toml`, from the target folder's `deploy`.
    #[arg(long)]
    pub legacy_anchor_compatibility: bool,

    /// When ready, print `{"rpc_url", "ws_url", "program_id", "ready_ms"}` as one line of JSON.
    #[arg(long)]
    pub json: bool,

    /// Also end when standard input ends, so that a node started with a pipe does not outlive its parent.
    #[arg(long)]
    pub exit_with_stdin: bool,

    /// Which of the node's messages go to standard error.
    #[arg(long, value_enum, default_value_t = LogLevel::Warn)]
    pub log_level: LogLevel,

    #[command(flatten)]
    _accepted: AcceptedForAnchor,
}

/// Flags that `anchor` passes to the original `surfpool` and that change nothing here: this node is always offline, has
/// no user interface and records no instruction profiles, which would cost nine tenths of its speed.
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
    /// Names a test suite's own configuration; nothing in it concerns an offline node.
    #[arg(long, hide = true)]
    anchor_test_config_path: Option<PathBuf>,
}

/// A program with its upgrade authority, as `--upgradeable-program` names them.
pub struct UpgradeableProgram {
    /// Its address.
    pub id: Address,
    /// The file of its binary.
    pub path: PathBuf,
    /// Who may upgrade it; `None`: nobody.
    pub authority: Option<Address>,
}

impl StartArgs {
    /// What `--upgradeable-program` asks for.
    pub fn upgradeable_programs(&self) -> anyhow::Result<Vec<UpgradeableProgram>> {
        let address = |text: &str| {
            text.parse().map_err(|error| {
                anyhow::anyhow!("--upgradeable-program: {text:?} is not an address: {error}")
            })
        };
        // clap takes three values each time, and appends them.
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
    /// A block every `--slot-time`.
    Clock,
    /// A block for every transaction.
    Transaction,
    /// No block, until a client asks for another mode.
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

/// The least important message that is still shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
#[allow(missing_docs, reason = "the names say it")]
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
        .ok_or("expected ID=PATH, a program id and the file of its binary")?;
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

    /// Every flag that `surfpool_flags` of anchor-cli 1.2.2 writes for an offline node.
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
