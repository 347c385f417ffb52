//! Uploads.

use futures::{FutureExt, future};
use generion_interface::store::{DocumentId, ErrorCode};

use crate::support::*;

on_every_storage! {
    a_document_comes_back_byte_for_byte,
    an_empty_document_can_be_stored,
    a_later_upload_changes_nothing,
    one_of_several_first_uploads_succeeds,
    other_bytes_than_the_signed_ones_are_refused,
    an_upload_that_breaks_off_leaves_nothing,
}

async fn a_document_comes_back_byte_for_byte(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    // Longer than two parts of a multipart upload.
    let content = content(11 * 1024 * 1024 + 7);
    let document = DocumentId::of(&content);
    let (uploader, owner) = (Key::new(1), Key::new(2));
    let request = store.request(
        generion_interface::store::Operation::Upload,
        document,
        owner.address(),
    );

    let answer = store.put(&uploader.sign(request), content.clone()).await;
    assert_eq!(answer.status(), 201);
    assert_eq!(authority(&answer), owner.address().to_string());

    let answer = store.get(document).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(authority(&answer), owner.address().to_string());
    assert!(answer.bytes().await.unwrap() == content);
    assert_eq!(files(&store.storage.path(), "pending"), [""; 0]);

    let store = store.restart().await;
    assert!(store.get(document).await.bytes().await.unwrap() == content);
}

async fn an_empty_document_can_be_stored(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let document = store.publish(&Key::new(1), b"").await;
    let answer = store.get(document).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-length"], "0");
    assert!(answer.bytes().await.unwrap().is_empty());
}

async fn a_later_upload_changes_nothing(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let (first, second) = (Key::new(1), Key::new(2));
    let document = store.publish(&first, b"ciphertext").await;
    let before = files(&store.storage.path(), "blobs");

    let answer = store
        .put(&store.upload(&second, document), "ciphertext")
        .await;
    assert_eq!(answer.status(), 200);
    assert_eq!(authority(&answer), first.address().to_string());
    assert_eq!(
        authority(&store.head(document).await),
        first.address().to_string()
    );
    assert_eq!(files(&store.storage.path(), "blobs"), before);
}

async fn one_of_several_first_uploads_succeeds(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    for round in 0..8_u8 {
        let content = [round; 1000];
        let document = DocumentId::of(&content);
        let keys = [Key::new(1), Key::new(2), Key::new(3)];
        let (mut senders, mut answers) = (Vec::new(), Vec::new());
        for key in &keys {
            let (pieces, body) = piecewise();
            pieces.unbounded_send(Ok(content[..500].to_vec())).unwrap();
            senders.push(pieces);
            let signed = store.upload(key, document);
            answers.push(async { store.put(&{ signed }, body).await }.boxed());
        }
        let finish = async {
            // All uploads have checked that the document does not exist.
            store.until_pending(keys.len()).await;
            for pieces in senders {
                pieces.unbounded_send(Ok(content[500..].to_vec())).unwrap();
            }
        };
        let (answers, ()) = future::join(future::join_all(answers), finish).await;

        let winners: Vec<_> = keys
            .iter()
            .zip(&answers)
            .filter(|(_, answer)| answer.status() == 201)
            .map(|(key, _)| key.address().to_string())
            .collect();
        let [winner] = &winners[..] else {
            panic!("{} uploads were the first", winners.len());
        };
        assert!(answers.iter().all(|answer| authority(answer) == winner));
        assert_eq!(answers.iter().filter(|a| a.status() == 200).count(), 2);
        assert_eq!(authority(&store.head(document).await), winner);
        assert!(store.get(document).await.bytes().await.unwrap() == content[..]);
        assert_eq!(files(&store.storage.path(), "pending"), [""; 0]);
        assert_eq!(
            files(&store.storage.path(), "blobs").len(),
            usize::from(round) + 1
        );
    }
}

async fn other_bytes_than_the_signed_ones_are_refused(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let document = DocumentId::of(b"ciphertext");
    let signed = store.upload(&Key::new(1), document);
    let answer = store.put(&signed, "other text").await;
    let message = assert_refused(answer, ErrorCode::HashMismatch).await;
    assert!(message.contains(&DocumentId::of(b"other text").to_string()));
    assert_refused(store.get(document).await, ErrorCode::NotFound).await;
    store.assert_no_bytes();
}

async fn an_upload_that_breaks_off_leaves_nothing(storage: TestStorage) {
    let store = TestStore::at(storage).await;
    let content = content(6 * 1024 * 1024);
    let document = DocumentId::of(&content);
    let (pieces, sending) = store.begin_upload(&Key::new(1), document);

    pieces.unbounded_send(Ok(content[1..].to_vec())).unwrap();
    store.until_pending(1).await;
    assert_refused(store.get(document).await, ErrorCode::NotFound).await;
    let broken = std::io::Error::other("the test hangs up");
    pieces.unbounded_send(Err(broken)).unwrap();
    assert!(sending.await.unwrap().is_err());

    store.until_pending(0).await;
    store.assert_no_bytes();
    assert_refused(store.get(document).await, ErrorCode::NotFound).await;
}
