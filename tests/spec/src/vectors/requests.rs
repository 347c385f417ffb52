use ed25519_dalek::Signer;
use generion_interface::store::{
    DocumentId, FileId, Nonce, Operation, StoreRequest, canonical_host,
};
use serde_json::{Map, Value, json};

use super::support::{address_of, base58, decimal, hex, seed, wallet, wallet_address};

pub(super) fn all() -> Value {
    let cases = [
        (
            "upload",
            Operation::Upload as fn(FileId) -> Operation,
            "Store.Example",
            None,
            "clinic",
            "patient",
        ),
        (
            "upload to a port",
            Operation::Upload,
            "store.example",
            Some(8787),
            "clinic",
            "clinic",
        ),
        (
            "erase",
            Operation::Erase,
            "[::1]",
            Some(8787),
            "patient",
            "patient",
        ),
    ];
    let cases = cases.map(|(name, operation, host, port, signer, authority)| {
        let document = DocumentId::of(b"ciphertext");
        let operation = operation(document.into());
        let body: &[u8] = match operation {
            Operation::Upload(_) => b"ciphertext",
            Operation::Erase(_) | Operation::ListLinks => b"",
        };
        let (wallet, nonce) = (wallet(signer), seed(name));
        let request = StoreRequest {
            operation,
            host: canonical_host(host, port),
            erase_authority: wallet_address(authority),
            unix_time: 1_790_000_000,
            nonce: Nonce(nonce[..16].try_into().expect("16 bytes")),
        };
        let text = request.text();
        let signature = wallet.sign(text.as_bytes()).to_bytes();
        let path = operation.path();
        let signed = request.signed(address_of(&wallet), signature.into());
        let headers: Map<String, Value> = signed
            .headers()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        json!({
            "name": name,
            "method": operation.method(),
            "host": signed.request.host,
            "path": path,
            "document": document.to_string(),
            "body": hex(body),
            "signer_seed": hex(seed(signer)),
            "erase_authority": base58(&wallet_address(authority)),
            "unix_time": decimal(signed.request.unix_time),
            "nonce": hex(signed.request.nonce.0),
            "text": text,
            "headers": headers,
        })
    });
    json!({
        "about": "Signed requests to a document store (docs/PROTOCOL.md, section 7): `text` is signed with the Ed25519 key \
                  of `signer_seed`.",
        "cases": cases,
    })
}
