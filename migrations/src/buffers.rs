//! Buffers that abandoned deployments left, and the lamports in them.

use solana_account_decoder_client_types::{UiAccountEncoding, UiDataSliceConfig};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_loader_v3_interface::{instruction as loader, state::UpgradeableLoaderState as State};
use solana_rpc_client_api::{
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    filter::{Memcmp, RpcFilterType},
};
use solana_sdk_ids::bpf_loader_upgradeable;
use solana_signer::Signer;

use crate::{
    error::{DeployError, Result},
    ledger::Node,
    transaction::Confirmation,
};

/// Buffers that one transaction closes.
const CLOSED_AT_ONCE: usize = 20;

/// Every buffer that an authority can write to, with its lamports.
///
/// # Errors
/// [`DeployError::Node`]; public nodes may refuse this request.
pub async fn open_buffers(node: &Node, authority: &Address) -> Result<Vec<(Address, u64)>> {
    let state = State::Buffer {
        authority_address: Some(*authority),
    };
    let head = wincode::serialize(&state).map_err(|error| node.nonsense(&error.to_string()))?;
    let config = RpcProgramAccountsConfig {
        filters: Some(vec![RpcFilterType::Memcmp(Memcmp::new_raw_bytes(0, head))]),
        account_config: RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            data_slice: Some(UiDataSliceConfig {
                offset: 0,
                length: 0,
            }),
            commitment: Some(node.commitment()),
            ..RpcAccountInfoConfig::default()
        },
        ..RpcProgramAccountsConfig::default()
    };
    let found = node
        .rpc()
        .get_program_ui_accounts_with_config(&bpf_loader_upgradeable::ID, config)
        .await;
    let mut buffers: Vec<(Address, u64)> = node
        .answer(found)?
        .into_iter()
        .map(|(address, account)| (address, account.lamports))
        .collect();
    buffers.sort();
    Ok(buffers)
}

/// Closes buffers and gives their lamports to the payer.
///
/// # Errors
/// [`DeployError::Refused`], [`DeployError::Stalled`], [`DeployError::Node`]. Buffers that were closed before stay closed.
pub async fn close_buffers(
    node: &Node,
    payer: &Keypair,
    authority: &Keypair,
    buffers: &[Address],
) -> Result<()> {
    let close = |buffer| loader::close(buffer, &payer.pubkey(), &authority.pubkey(), false);
    let all: Vec<Vec<Instruction>> = buffers
        .chunks(CLOSED_AT_ONCE)
        .map(|some| some.iter().map(close).collect())
        .collect();
    let action = "close buffers";
    let signers = [payer, authority];
    let batch = node.send(&signers, &all, |_| {}).await?;
    for (signature, confirmation) in batch.confirmations {
        match confirmation {
            Confirmation::Confirmed => {}
            Confirmation::Failed(error) => {
                return Err(DeployError::Refused {
                    action,
                    signature: Some(signature),
                    error,
                    logs: Vec::new(),
                });
            }
            Confirmation::Expired => {
                return Err(DeployError::Stalled {
                    action,
                    rounds: 1,
                    last: batch.refusal,
                });
            }
        }
    }
    Ok(())
}
