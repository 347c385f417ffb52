//! A gateway that starts again on an index that is there: from the start of its process to the first answer that it is ready.

use std::time::Duration;

use anyhow::Result;
use generion_gateway::{config::Config, server::Server, storage::StorageUrl};
use generion_rpc::url::{NodeUrl, PlainHttp};
use tokio::task::spawn_blocking;

use crate::beside_node::wait_until_ready;

/// How long it may take.
const DEADLINE: Duration = Duration::from_secs(60);

/// Starts a gateway, and returns once `/health/ready` answers 200. Its node is away: what it needs of one is no part of a restart.
pub async fn until_ready(database: &StorageUrl) -> Result<()> {
    let mut config = Config {
        nodes: vec![NodeUrl::parse(
            "http://127.0.0.1:1",
            PlainHttp::ThisMachineOnly,
        )?],
        database: database.clone(),
        // The index is as old as the measurement.
        max_behind: Duration::from_secs(86_400),
        ..Config::default()
    };
    config.listen.set_port(0);
    config.admin_listen = None;
    let gateway = Server::bind(config).await?;
    let host = gateway.address().to_string();
    let serving = tokio::spawn(gateway.run(std::future::pending()));
    spawn_blocking(move || wait_until_ready(&host, DEADLINE)).await??;
    serving.abort();
    Ok(())
}
