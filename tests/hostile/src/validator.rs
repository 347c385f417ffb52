use std::ops::Deref;

use generion_test_support::{Chain, LocalNode};

/// A local validator of a test's own, asked directly: the truth. It ends when it is dropped.
pub struct Validator {
    /// Its websocket server.
    pub ws_url: String,
    chain: Chain,
    _node: LocalNode,
}

impl Validator {
    /// Starts one on free ports with the program in it, and short slots.
    pub fn start() -> Self {
        Self::on(LocalNode::with_program(None))
    }

    /// Starts one with this many milliseconds from block to block. A block hash is good for 150 blocks.
    pub fn start_with_slots(slot_time: u64) -> Self {
        Self::on(LocalNode::with_program_and_slots(None, slot_time))
    }

    fn on(node: LocalNode) -> Self {
        Self {
            ws_url: node.ws_url.clone(),
            chain: Chain::at(&node.rpc_url),
            _node: node,
        }
    }
}

impl Deref for Validator {
    type Target = Chain;

    fn deref(&self) -> &Chain {
        &self.chain
    }
}
