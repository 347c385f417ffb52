//! One file for each noun: its verbs, their options, what they do and what they print.

mod creators;
pub mod deliver;
pub mod generate;
pub mod history;
pub mod key;
pub mod localnet;
pub mod node;
pub mod order;
pub mod purchase;
pub mod record;
pub mod reveal;
pub mod share;
pub mod store;
pub mod user;

use crate::{
    cli::{Cli, Command},
    command::{localnet::LocalnetCommand, record::RecordCommand},
    context::Context,
    failure::Failure,
    output::Output,
};

/// Runs any command that works with a ledger.
pub async fn run(Cli { global, command }: Cli) -> Result<Output, Failure> {
    match command {
        Command::Completions { shell } => return Ok(generate::completions(shell)),
        Command::Man { to } => return generate::manual(&to),
        _ => {}
    }
    let mut context = Context::new(global)?;
    // A batch has a bar of its own.
    if !matches!(command, Command::Record(RecordCommand::Import(_))) {
        context.show_progress();
    }
    let result = on_ledger(command, &context).await;
    context.tell_lies();
    if result.is_ok() {
        context.tell_unusable_wallet();
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
        Command::Deliver(args) => args.run(context).await,
        Command::History(args) => args.run(context).await,
        Command::Key(command) => command.run(context).await,
        Command::Store(command) => command.run(context).await,
        Command::Node(command) => command.run(context).await,
        Command::Localnet(args) => match args.command {
            Some(LocalnetCommand::Clock(args)) => args.run(context).await,
            // It works with a ledger of its own, before anything is read from this one.
            None => Ok(Output::nothing()),
        },
        // They need none, and are done.
        Command::Completions { .. } | Command::Man { .. } => Ok(Output::nothing()),
    }
}
