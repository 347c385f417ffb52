//! What is opened: documents by the clinic, and capsules by their owner's key.

use std::{
    io::Write,
    sync::{Arc, Mutex},
    thread::{self, ThreadId},
};

use generion_client::{
    Activity, ClientError, DocumentFile, NewDocument, Notice, Progress, Task, Wallet, state::User,
};
use solana_signer::Signer;

use crate::{
    account_data::user_data,
    records::{Clinic, Store},
    town::{addresses, attested},
};

/// A pipe gives what is in it once, to whoever opens it first.
#[tokio::test]
async fn a_document_from_a_pipe_becomes_a_record_of_all_of_it() {
    let (clinic, store) = (Clinic::new(), Store::start().await);
    let client = clinic.client();
    let text: String = (0..100_000).map(|number| format!("{number} ")).collect();
    let (reader, mut writer) = std::io::pipe().unwrap();
    let copy = text.clone();
    let writing = std::thread::spawn(move || writer.write_all(copy.as_bytes()).unwrap());
    let document = NewDocument {
        path: format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader)).into(),
        ..clinic.document(&[&store])
    };
    let created = client
        .create_record(&clinic.wallet, &clinic.wallet, &document, None)
        .await
        .unwrap();
    writing.join().unwrap();
    let keys = clinic.town.keys();
    let to = clinic.target("opened");
    client
        .open_record(&keys, &created.address, &to)
        .await
        .unwrap();
    assert_eq!(std::fs::read_to_string(to).unwrap(), text);
}

/// Where documents are read for the cipher.
#[derive(Clone, Default)]
struct Threads(Arc<Mutex<Vec<(Activity, ThreadId)>>>);

struct Seen(Threads, Activity);

impl Progress for Threads {
    fn begin(&self, activity: Activity, _: Option<u64>) -> Box<dyn Task> {
        Box::new(Seen(self.clone(), activity))
    }
}

impl Task for Seen {
    fn advance(&self, _: u64) {
        let Self(threads, activity) = self;
        let here = (*activity, thread::current().id());
        threads.0.lock().unwrap().push(here);
    }
}

/// The runtime has one thread here: it hears signals, and other tasks go on, however long a cipher takes.
#[tokio::test]
async fn ciphers_work_beside_the_runtime() {
    let (clinic, store) = (Clinic::new(), Store::start().await);
    let (mut client, threads) = (clinic.client(), Threads::default());
    client.set_progress(Arc::new(threads.clone()));
    let created = clinic.create(&client, &store).await;
    let keys = clinic.town.keys();
    client
        .open_record(&keys, &created.address, &clinic.target("opened"))
        .await
        .unwrap();
    let seen = threads.0.lock().unwrap();
    for activity in [Activity::Encrypting, Activity::Decrypting] {
        let mut of_it = seen.iter().filter(|(other, _)| *other == activity);
        let runtime = thread::current().id();
        assert!(of_it.clone().count() > 0, "{activity:?}");
        assert!(of_it.all(|(_, thread)| *thread != runtime), "{activity:?}");
    }
}

/// What is agreed to is what was opened; nothing else becomes a record.
#[tokio::test]
async fn a_document_that_changed_since_it_was_opened_becomes_no_record() {
    let (clinic, store) = (Clinic::new(), Store::start().await);
    let client = clinic.client();
    let document = clinic.document(&[&store]);
    let file = DocumentFile::open(&document.path).unwrap();
    std::fs::write(&document.path, "{} and more").unwrap();
    let error = client
        .create_record_from(&clinic.wallet, &clinic.wallet, &document, &file, None)
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::Changed { .. }), "{error:?}");
    assert_eq!(
        (store.documents(), clinic.node.count("sendTransaction")),
        (0, 0)
    );
}

/// Two that publish a wallet's first key at once could leave the key of index 0 under index 1.
#[tokio::test]
async fn a_key_of_another_index_opens_and_is_told() {
    let (clinic, store) = (Clinic::new(), Store::start().await);
    let client = clinic.client();
    let seller = &clinic.town.seller;
    for (shown, own) in [(1, 0), (12, 11), (30, 22)] {
        let (_, user) = attested(seller, own);
        let line = client.key_statement(
            &seller.pubkey(),
            shown,
            &attested(seller, own).0.public_key(),
        );
        let (attestation, _) = line
            .sign(|line| seller.try_sign_message(line).map(Into::into))
            .unwrap();
        let user = User {
            key_index: shown,
            attestation,
            ..user
        };
        let address = addresses().user(&user.wallet);
        {
            let mut world = clinic.town.world.lock().unwrap();
            world.accounts.insert(address, user_data(&user));
        }
        let created = clinic.create(&client, &store).await;
        let keys = Wallet { signer: seller };
        let to = clinic.target(&format!("opened by {own}"));
        client
            .open_record(&keys, &created.address, &to)
            .await
            .unwrap();
        assert_eq!(std::fs::read(to).unwrap(), b"{}");
        let expected = Notice::OtherIndex {
            wallet: seller.pubkey(),
            index: shown,
            own,
        };
        assert_eq!(client.take_notices(), [expected]);
        assert_eq!(client.take_notices(), []);
    }
}
