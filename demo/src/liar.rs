//! A node that lies about one wallet's encryption key, and keeps the transactions that clients hand to it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD};
use generion_client::rpc::transport;
use serde_json::Value;
use solana_rpc_client::{
    http_sender::HttpSender,
    rpc_sender::{RpcSender, RpcTransportStats},
};
use solana_rpc_client_api::{client_error::Result, request::RpcRequest};

/// Requests to simulate or send a transaction that the lying node got.
pub type Captured = Arc<Mutex<Vec<RpcRequest>>>;

/// Passes every request on to the validator, and replaces the true key in every answer.
pub struct Liar {
    validator: HttpSender,
    shown: [u8; 32],
    truth: [u8; 32],
    captured: Captured,
}

impl Liar {
    /// A node in front of `validator` that shows the key `shown` in place of `truth`, and the list of what it captures.
    pub fn new(validator: String, truth: [u8; 32], shown: [u8; 32]) -> (Self, Captured) {
        let captured = Captured::default();
        let liar = Self {
            validator: transport::sender(validator),
            shown,
            truth,
            captured: Arc::clone(&captured),
        };
        (liar, captured)
    }

    /// Replaces the key in every account's data in an answer.
    fn lie(&self, answer: &mut Value) {
        match answer {
            Value::String(text) => {
                let Ok(mut data) = BASE64_STANDARD.decode(&text) else {
                    return;
                };
                let position = data
                    .windows(self.truth.len())
                    .position(|window| window == self.truth);
                if let Some(position) = position {
                    data[position..position + self.shown.len()].copy_from_slice(&self.shown);
                    *text = BASE64_STANDARD.encode(data);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.lie(item)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.lie(field)),
            _ => {}
        }
    }
}

#[async_trait]
impl RpcSender for Liar {
    async fn send(&self, request: RpcRequest, params: Value) -> Result<Value> {
        if matches!(
            request,
            RpcRequest::SimulateTransaction | RpcRequest::SendTransaction
        ) && let Ok(mut captured) = self.captured.lock()
        {
            captured.push(request);
        }
        let mut answer = self.validator.send(request, params).await?;
        self.lie(&mut answer);
        Ok(answer)
    }

    fn get_transport_stats(&self) -> RpcTransportStats {
        self.validator.get_transport_stats()
    }

    fn url(&self) -> String {
        self.validator.url()
    }
}
