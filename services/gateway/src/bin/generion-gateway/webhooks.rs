//! `generion-gateway webhooks`.

use std::process::ExitCode;

use anyhow::Context;
use generion_gateway::{
    storage::{Storage, WebhookAttempt, WebhookState},
    webhooks::read_subscriptions,
};
use serde::Serialize;

use crate::args::{Settings, WebhooksCommand};

/// Attempts that are shown of each subscription.
const ATTEMPTS_SHOWN: u32 = 10;

/// Times are in milliseconds since the Unix epoch.
#[derive(Serialize)]
struct Shown {
    webhook: String,
    state: &'static str,
    failures: u32,
    next_attempt_at: Option<i64>,
    ended_at: Option<i64>,
    cursor: String,
    attempts: Vec<ShownAttempt>,
}

#[derive(Serialize)]
struct ShownAttempt {
    attempted_at: i64,
    message_id: String,
    outcome: &'static str,
    status: Option<u16>,
}

impl From<WebhookAttempt> for ShownAttempt {
    fn from(attempt: WebhookAttempt) -> Self {
        Self {
            attempted_at: attempt.attempted_at,
            message_id: attempt.message_id,
            outcome: attempt.outcome.name(),
            status: attempt.status,
        }
    }
}

impl Shown {
    fn of(state: WebhookState, attempts: Vec<WebhookAttempt>) -> Self {
        Self {
            state: state.end.map_or("delivering", |end| end.name()),
            failures: state.failures,
            next_attempt_at: (state.end.is_none() && state.due_at > 0).then_some(state.due_at),
            ended_at: state.ended_at,
            cursor: state.cursor,
            webhook: state.name,
            attempts: attempts.into_iter().map(ShownAttempt::from).collect(),
        }
    }

    fn line(&self) -> String {
        let last = self.attempts.first().map_or("none", |last| last.outcome);
        format!(
            "{}: {}, {} failed attempts at the next event, last attempt: {last}",
            self.webhook, self.state, self.failures
        )
    }
}

/// Shows the webhooks, continues one, or forgets one. The exit code is 1 if one has ended, or if there is none of that name.
///
/// # Errors
/// The settings or the database can't be used.
pub async fn webhooks(command: WebhooksCommand) -> anyhow::Result<ExitCode> {
    match command {
        WebhooksCommand::Check { settings } => {
            let config = settings.read()?.config()?;
            let file = config.webhooks.context(
                "no file with webhooks is named: set `file` under `[webhooks]` in the configuration file",
            )?;
            for subscription in read_subscriptions(&file)? {
                println!("{}: {:?}", subscription.name, subscription.url);
            }
            Ok(ExitCode::SUCCESS)
        }
        WebhooksCommand::List { settings, json } => {
            let storage = open(settings).await?;
            let mut all = Vec::new();
            for state in storage.webhooks().await? {
                let attempts = storage
                    .webhook_attempts(&state.name, ATTEMPTS_SHOWN)
                    .await?;
                all.push(Shown::of(state, attempts));
            }
            match json {
                true => println!("{}", serde_json::to_string_pretty(&all)?),
                false => all.iter().for_each(|one| println!("{}", one.line())),
            }
            Ok(match all.iter().any(|one| one.ended_at.is_some()) {
                true => ExitCode::FAILURE,
                false => ExitCode::SUCCESS,
            })
        }
        WebhooksCommand::Resume { name, settings } => {
            let storage = open(settings).await?;
            anyhow::ensure!(
                storage.resume_webhook(&name).await?,
                "no webhook {name} has been delivered to yet: `generion-gateway webhooks list` shows all"
            );
            println!("{name} goes on");
            Ok(ExitCode::SUCCESS)
        }
        WebhooksCommand::Forget { name, settings } => {
            let config = settings.read()?.config()?;
            if let Some(file) = &config.webhooks {
                let subscriptions = read_subscriptions(file)?;
                anyhow::ensure!(
                    subscriptions.iter().all(|one| one.name != name),
                    "the webhook {name} is in {}: remove it there, and restart the gateway first",
                    file.display()
                );
            }
            let storage = Storage::open(&config.database).await?;
            anyhow::ensure!(
                storage.forget_webhook(&name).await?,
                "nothing is kept of a webhook {name}: `generion-gateway webhooks list` shows all"
            );
            println!("{name} is forgotten");
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn open(settings: Settings) -> anyhow::Result<Storage> {
    let config = settings.read()?.config()?;
    Ok(Storage::open(&config.database).await?)
}
