//! `cargo xtask deploy`: deploys the program to a cluster, and verifies it.
//!
//! It prints the program on the ledger to standard output, as JSON; messages go to standard error. The exit code is 0
//! when the ledger has the binary, 1 with one line of explanation when it doesn't, and 2 for a wrong command line.

mod cli;
mod wallets;

use std::{
    io::{self, IsTerminal, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use generion_deploy::{
    Deployment, Event, Node, Signers, close_buffers,
    deployment_log::{self, Entry},
    open_buffers,
    plan::{Kind, Plan, Step},
};
use generion_rpc::{
    amount::{self, Sol},
    cluster::Cluster,
    explorer::Explorer,
    hidden::hide_typed,
};
use generion_sbf::{ProgramArtifact, Register};
use indicatif::{ProgressBar, ProgressStyle};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_signer::Signer;

use crate::{cli::Cli, wallets::Wallets};

/// The exit code of a wrong command line.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let text = error.to_string();
            let shown = hide_typed(&text);
            if shown == text {
                error.exit();
            }
            say(shown.trim_end());
            return ExitCode::from(USAGE);
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::new(error)),
    };
    match runtime.block_on(run(&cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    say(&format!("error: {error:#}"));
    ExitCode::FAILURE
}

/// Prints a message, without secrets of the command line. Unlike `eprintln!`, it doesn't panic when standard error is
/// closed.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{}", hide_typed(text));
}

async fn run(cli: &Cli) -> Result<()> {
    let (url, wallets) = wallets::open(cli)?;
    let node = Node::new(url, CommitmentConfig::confirmed());
    if cli.close_buffers {
        return reclaim(cli, &node, &wallets).await;
    }
    let artifact = artifact(cli, &wallets)?;
    let manifest = &artifact.manifest;
    Register::open(&cli.workspace)?.check(manifest)?;
    let program_id = program_id(&artifact, &wallets)?;
    let binary = std::fs::read(&artifact.binary)
        .with_context(|| format!("cannot read {}", artifact.binary.display()))?;

    let genesis = node.genesis().await?;
    let cluster = deployment_log::cluster_name(node.url(), &genesis);
    let explorer = Explorer::of(Cluster::of_genesis(&genesis), node.url());
    let signers = Signers {
        payer: &wallets.payer,
        authority: &wallets.authority,
        program: wallets.program.as_ref(),
    };
    let deployment = Deployment::new(
        &node,
        signers,
        program_id,
        binary,
        cli.max_len,
        cli.with_compute_unit_price,
    );
    let plan = deployment.plan().await?;
    say(&format!("cluster    {cluster}"));
    say(&format!("program    {program_id}"));
    say(&format!(
        "binary     {} bytes, sha256 {}, built with {}",
        manifest.size, manifest.sha256, manifest.toolchain
    ));
    describe(&plan, &deployment, &wallets);
    if cluster == "mainnet-beta" && manifest.toolchain.kind != "platform-tools" {
        say(
            "warning: nobody can reproduce this binary with Solana's verifiable builds; build it with platform-tools",
        );
    }
    if cli.dry_run {
        return Ok(());
    }
    if plan.kind != Kind::UpToDate {
        consent(cli, &format!("Spend {} now?", Sol(plan.fees + plan.rent)))?;
    }

    let bar = ProgressBar::new(plan.all_writes as u64);
    if let Ok(style) = ProgressStyle::with_template("  {bar:40} {pos} of {len} parts written") {
        bar.set_style(style);
    }
    let outcome = deployment.run(&mut |event| progress(&bar, &event)).await;
    bar.finish_and_clear();
    let outcome = outcome?;

    let entry = Entry::new(&program_id, manifest, &outcome);
    let file = deployment_log::write(
        &cli.workspace.join("deployments"),
        &cluster,
        &genesis,
        entry.clone(),
    )
    .context(
        "the program is on the ledger and verified, but the deployment log can't be written",
    )?;
    say(&format!(
        "verified: the finalized ledger has these bytes; logged in {}",
        file.display()
    ));
    if let Some(link) = outcome
        .signature
        .and_then(|signature| explorer.link(&signature))
    {
        say(&format!("explorer   {link}"));
    }
    if outcome.authority != Some(wallets.authority.pubkey()) {
        let authority = outcome
            .authority
            .map_or("nobody".to_owned(), |address| address.to_string());
        say(&format!(
            "note: {authority} may upgrade this program, and not the authority that you passed"
        ));
    }
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{}", serde_json::to_string_pretty(&entry)?)
        .context("cannot write to standard output")
}

/// The binary, built for the program id if it isn't yet.
fn artifact(cli: &Cli, wallets: &Wallets) -> Result<ProgramArtifact> {
    if let Some(folder) = &cli.artifact {
        return Ok(ProgramArtifact::open(folder)?);
    }
    let mut log = |line: &str| say(&format!("   {line}"));
    let id = wallets
        .program
        .as_ref()
        .map(|keypair| keypair.pubkey().to_string());
    let artifact = generion_sbf::ensure_program_for(&cli.workspace, id.as_deref(), &mut log);
    Ok(artifact?)
}

/// The id that the binary was built for. If a keypair was passed, it has to be the keypair of this id.
fn program_id(artifact: &ProgramArtifact, wallets: &Wallets) -> Result<Address> {
    let id: Address = artifact.program_id.as_str().parse()?;
    if let Some(keypair) = &wallets.program {
        ensure!(
            keypair.pubkey() == id,
            "the binary was built for program {id}, and --program-id is the keypair of {}: it would refuse to run \
             there; build it for that id with GENERION_PROGRAM_ID={} cargo xtask build-program --record",
            keypair.pubkey(),
            keypair.pubkey()
        );
    }
    Ok(id)
}

fn describe(plan: &Plan, deployment: &Deployment<'_>, wallets: &Wallets) {
    let target = deployment.target();
    let what = match plan.kind {
        Kind::Deploy => "deploy it for the first time",
        Kind::Upgrade => "upgrade the program that is there",
        Kind::UpToDate => "nothing: the ledger has this binary already",
    };
    say(&format!("to do      {what}"));
    if plan.kind == Kind::UpToDate {
        return;
    }
    if plan.extension > 0 {
        say(&format!(
            "           extend its account by {} bytes",
            plan.extension
        ));
    }
    let found = plan.all_writes - plan.writes;
    if found > 0 {
        say(&format!(
            "           an earlier run wrote {found} of {} parts already",
            plan.all_writes
        ));
    }
    say(&format!("authority  {}", target.authority));
    say(&format!("payer      {}", wallets.payer.pubkey()));
    say(&format!("buffer     {}", target.buffer));
    say(&format!("cost       {} in fees", Sol(plan.fees)));
    say(&format!(
        "           {} as rent in the program's accounts",
        Sol(plan.rent)
    ));
    say(&format!(
        "           {} in the buffer until the end, then returned",
        Sol(plan.lent)
    ));
    say(&format!(
        "           {} needed in the payer's wallet",
        Sol(plan.needed)
    ));
}

fn progress(bar: &ProgressBar, event: &Event) {
    match event {
        Event::Begins(step) => {
            let text = match step {
                Step::CreateBuffer => "creating the buffer".to_owned(),
                Step::Extend(bytes) => format!("extending the program's account by {bytes} bytes"),
                Step::Write(parts) => format!("writing {} parts", parts.len()),
                Step::Deploy => "deploying".to_owned(),
                Step::Upgrade => "upgrading".to_owned(),
                Step::AwaitSlot | Step::Done => return,
            };
            bar.suspend(|| say(&text));
        }
        Event::Written { done, of } => {
            bar.set_length(*of as u64);
            bar.set_position(*done as u64);
        }
        Event::Finalizing => bar.suspend(|| say("waiting until the program is finalized")),
    }
}

/// Closes the buffers of abandoned deployments.
async fn reclaim(cli: &Cli, node: &Node, wallets: &Wallets) -> Result<()> {
    let buffers = open_buffers(node, &wallets.authority.pubkey()).await?;
    if buffers.is_empty() {
        say("this authority has no buffer");
        return Ok(());
    }
    for (address, lamports) in &buffers {
        say(&format!("{address}  {}", Sol(*lamports)));
    }
    let lamports = amount::total(buffers.iter().map(|(_, lamports)| *lamports));
    let question = format!(
        "Close {} buffers, and give {} to {}?",
        buffers.len(),
        Sol(lamports),
        wallets.payer.pubkey()
    );
    consent(cli, &question)?;
    let addresses: Vec<Address> = buffers.into_iter().map(|(address, _)| address).collect();
    close_buffers(node, &wallets.payer, &wallets.authority, &addresses).await?;
    say("closed");
    Ok(())
}

/// Asks, unless `--yes` answers.
fn consent(cli: &Cli, question: &str) -> Result<()> {
    if cli.yes {
        return Ok(());
    }
    ensure!(
        io::stdin().is_terminal() && cli.keypair.as_deref() != Some(Path::new("-")),
        "the terminal can't be asked; pass --yes to go on without a question"
    );
    let mut stderr = io::stderr().lock();
    write!(stderr, "{question} [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if !matches!(answer.trim(), "y" | "Y" | "yes") {
        bail!("nothing was sent");
    }
    Ok(())
}
