//! The command line as a whole: the tree of commands, and which code runs each.

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::{
    args::global::GlobalArgs,
    command::{
        deliver::{self, args::DeliverArgs},
        generate,
        history::HistoryArgs,
        key::KeyCommand,
        localnet::{self, LocalnetArgs, LocalnetCommand},
        node::NodeCommand,
        order::OrderCommand,
        purchase::PurchaseCommand,
        record::RecordCommand,
        share::ShareCommand,
        store::StoreCommand,
        study::StudyCommand,
        user::UserCommand,
    },
    context::Context,
    output::{failure::Failure, report::Output, waiting},
    signals::ending::Ending,
};

/// Keep, share and sell your own health records over Solana, without a trusted middleman
#[derive(Parser)]
// If an option is given twice, the last one counts, so that a shell alias can set its own and be overridden.
#[command(name = "generion", version, args_override_self = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Command,
}

/// The commands, one for each kind of thing.
#[derive(Subcommand)]
pub enum Command {
    /// Publish your encryption key, show users, and choose the creators that you trust
    #[command(subcommand)]
    User(UserCommand),
    /// Write, check, verify, open and delete records
    #[command(subcommand)]
    Record(RecordCommand),
    /// Share a record with somebody, free of charge
    #[command(subcommand)]
    Share(ShareCommand),
    /// Put records up for sale
    #[command(subcommand)]
    Order(OrderCommand),
    /// Buy records, open delivered ones, and get refunds
    #[command(subcommand)]
    Purchase(PurchaseCommand),
    /// Deliver the records that were bought from you, and collect the price. With --key-file and --fee-payer, the seller's
    /// wallet is not needed
    Deliver(DeliverArgs),
    /// Call for data with studies that pay their participants, and take part in them
    #[command(subcommand)]
    Study(StudyCommand),
    /// Show the audit trail of a record, share, order, purchase or user, rebuilt from the ledger's transactions
    History(HistoryArgs),
    /// Show, replace and export your encryption keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Show and erase documents in document stores
    #[command(subcommand)]
    Store(StoreCommand),
    /// Check the Solana nodes in use, and choose which of them to trust
    #[command(subcommand)]
    Node(NodeCommand),
    /// Run a local validator, a document store and a gateway, to try everything here
    Localnet(LocalnetArgs),
    /// Print a script with which your shell completes commands and options
    Completions {
        /// The shell to write the script for
        shell: Shell,
    },
    /// Write a manual page for each command
    Man {
        /// Folder to write the pages to
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
}

impl Cli {
    /// Whether the command handles signals itself from the start.
    pub fn handles_signals(&self) -> bool {
        matches!(&self.command, Command::Localnet(args) if args.command.is_none())
    }
}

/// Runs the command.
pub async fn run(Cli { global, command }: Cli, ending: Ending) -> Result<Output, Failure> {
    match command {
        Command::Completions { shell } => return Ok(generate::completions(shell, Cli::command())),
        Command::Man { to } => return generate::manual(&to, Cli::command()),
        // A localnet starts a ledger of its own, so nothing is read from another one first.
        Command::Localnet(LocalnetArgs {
            command: None,
            args,
        }) => {
            if global.dry_run {
                return Err(Failure::no_dry_run("generion localnet"));
            }
            return localnet::run(&args, global.output, global.style()).await;
        }
        Command::Deliver(args) if args.which.watch => {
            if global.dry_run {
                return Err(Failure::no_dry_run("generion deliver --watch"));
            }
            return deliver::watch::watch(&args, Context::new(global)?, ending).await;
        }
        _ => {}
    }
    let mut context = Context::new(global)?;
    // An import shows a progress bar of its own.
    if !matches!(command, Command::Record(RecordCommand::Import(_))) {
        context.show_progress();
    }
    let waiting = waiting::show(
        context.format(),
        format!("asking {}", context.nodes().first()),
    );
    let result = context
        .unless_no_program(on_ledger(command, &context).await)
        .await;
    drop(waiting);
    context.warn_of_lies();
    if result.is_ok() {
        context.warn_of_unusable_wallet();
    }
    result
}

async fn on_ledger(command: Command, context: &Context) -> Result<Output, Failure> {
    match command {
        Command::User(command) => command.run(context).await,
        Command::Record(command) => command.run(context).await,
        Command::Share(command) => command.run(context).await,
        Command::Order(command) => command.run(context).await,
        Command::Purchase(command) => command.run(context).await,
        Command::Deliver(args) => deliver::run(args, context).await,
        Command::Study(command) => command.run(context).await,
        Command::History(args) => args.run(context).await,
        Command::Key(command) => command.run(context).await,
        Command::Store(command) => command.run(context).await,
        Command::Node(command) => command.run(context).await,
        Command::Localnet(LocalnetArgs {
            command: Some(LocalnetCommand::Clock(args)),
            ..
        }) => args.run(context).await,
        // These need no ledger, and `run` has handled them.
        Command::Localnet(_) | Command::Completions { .. } | Command::Man { .. } => {
            Ok(Output::nothing())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    /// clap gives one value to both: the URL of a node, with its key, once became the public address of a study's description.
    #[test]
    fn no_option_of_a_command_has_the_name_of_a_global_one() {
        fn names(arg: &clap::Arg) -> [Option<String>; 3] {
            let short = arg.get_short().map(|short| format!("-{short}"));
            let long = arg.get_long().map(|long| format!("--{long}"));
            [Some(arg.get_id().to_string()), long, short]
        }
        fn check(command: &clap::Command, global: &[String], checked: &mut usize) {
            for arg in command.get_arguments().filter(|arg| !arg.is_global_set()) {
                for name in names(arg).into_iter().flatten() {
                    let command = command.get_name();
                    assert!(!global.contains(&name), "{name} of `{command}`");
                    *checked += 1;
                }
            }
            for command in command.get_subcommands() {
                check(command, global, checked);
            }
        }
        let cli = Cli::command();
        let global = cli.get_arguments().filter(|arg| arg.is_global_set());
        let global: Vec<String> = global.flat_map(names).flatten().collect();
        assert!(global.contains(&"--url".to_owned()), "{global:?}");
        let mut checked = 0;
        check(&cli, &global, &mut checked);
        assert!(checked > 100, "{checked}");
    }
}
