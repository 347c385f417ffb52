//! A node lies, and the client notices.

use anyhow::{Result, bail, ensure};
use generion_client::{
    Client, ClientError, Ledger, NewDocument,
    crypto::{keys::EncryptionSecret, rand_core::OsRng},
    rpc::{
        causes::with_causes,
        node::Node,
        url::{NodeUrl, PlainHttp},
        witness::WitnessOptions,
    },
};
use solana_commitment_config::CommitmentConfig;

use super::{Story, policy};
use crate::{
    cast::Cast,
    documents::{HOSPITAL, MEDIA_TYPE},
    liar::Liar,
};

/// The address of the lying node, with a secret in it that no message may show.
const LIAR: &str = "https://node.example/?key=of-the-clinic";

impl Story<'_> {
    /// The clinic asks a node for Ana's key, and is shown one that the node can open.
    pub(super) async fn node_lies(&mut self, cast: &Cast) -> Result<()> {
        self.narrator
            .chapter("A node lies: it shows the clinic its own key in place of Ana's");
        let (clinic, patient) = (&cast.hospital, &cast.patient);
        let truth = self.client.ledger.user(&patient.address()).await?;
        let own = EncryptionSecret::random(&mut OsRng).public_key();
        let (liar, captured) = Liar::new(
            self.stage.rpc_url.clone(),
            truth.encryption_key,
            own.to_bytes(),
        );
        let url = NodeUrl::parse(LIAR, PlainHttp::ThisMachineOnly)?;
        let node = Node::with_sender(url, liar, CommitmentConfig::confirmed());
        let ledger = Ledger::over(self.stage.deployment, vec![node], WitnessOptions::default())?;
        let misled = Client::new(ledger, policy())?;
        ensure!(
            misled.ledger.user(&patient.address()).await?.encryption_key == own.to_bytes(),
            "the node did not lie"
        );

        let path = self.stage.path("for-ana.json");
        std::fs::write(&path, HOSPITAL[0].bytes)?;
        let document = NewDocument {
            path,
            owner: patient.address(),
            media_type: MEDIA_TYPE.to_owned(),
            kind: HOSPITAL[0].kind.to_owned(),
            stores: vec![self.stage.store_url.clone()],
            needed_stores: None,
            erase_authority: None,
            sign: true,
        };
        match misled
            .create_record(&clinic.wallet, &clinic.wallet, &document, None)
            .await
        {
            Err(error @ ClientError::Unattested { .. }) => {
                let words = with_causes(&error);
                ensure!(
                    words.contains("node.example") && !words.contains("of-the-clinic"),
                    "the refusal names the node wrongly: {words}"
                );
                self.narrator
                    .say(&format!("{}'s client refuses that key:", clinic.name));
                self.narrator.say(&format!("\"{words}\""));
            }
            other => bail!("the clinic believed the node: {other:?}"),
        }
        let captured = captured
            .lock()
            .map_or(usize::MAX, |captured| captured.len());
        ensure!(captured == 0, "the node was given {captured} transactions");
        self.narrator.say(
            "the clinic encrypted nothing to that key, and the node got no transaction to simulate or send",
        );
        self.balances_are_right().await
    }
}
