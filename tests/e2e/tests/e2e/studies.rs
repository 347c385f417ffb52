//! Studies from their signed description to the documents that the sponsor opens: the library's flows, and the delivery agent
//! of the command line, which serves a seat as it serves any other purchase.

use std::{collections::BTreeMap, path::PathBuf};

use generion_client::{
    Applicant, Applying, Client, ClientError, JoinOptions, Joining, KeyedAccount, NewStudy,
    Participant, Wallet,
    accounts::{ApplicationAccount, PurchaseAccount, StudyAccount},
    store::FetchPolicy,
    studies::description::{Admission, Description, DescriptionFile, Requirement, Text},
};
use generion_e2e::{Person, Town};
use solana_address::Address;
use solana_keypair::{Keypair, read_keypair_file};
use solana_signer::Signer;

use crate::{CONDITION, OBSERVATION, number, verified_record};

const REWARD: u64 = 50_000_000;
const WINDOW: u32 = 3_600;

/// The library over a town's ledger.
fn client(town: &Town) -> Client {
    let policy = FetchPolicy {
        allow_private: true,
        ..FetchPolicy::default()
    };
    Client::new(town.another_ledger(), policy).expect("a client")
}

fn wallet(person: &Person) -> Keypair {
    read_keypair_file(&person.keypair).expect("a keypair")
}

/// A study of a sponsor, for observations by one clinic.
struct Study<'a> {
    town: &'a Town,
    client: Client,
    sponsor: Keypair,
    file: DescriptionFile,
    address: Address,
    id: u64,
}

impl<'a> Study<'a> {
    /// Describes, signs and creates a study, and funds it for a number of seats.
    fn found(
        town: &'a Town,
        sponsor: &Person,
        clinic: &Person,
        admission: Admission,
        seats: u64,
    ) -> Self {
        let (client, sponsor) = (client(town), wallet(sponsor));
        let (id, address) = town.wait(client.next_study(&sponsor.pubkey())).unwrap();
        let keys = Wallet { signer: &sponsor };
        let deployment = *client.ledger.deployment();
        let secret = keys.study_secret(&deployment, &address).unwrap();
        let say = |text: &str| text.to_owned();
        let text = Text {
            title: say("Blood pressure of many"),
            purpose: say("Finds out how blood pressure changes with age."),
            sponsor: say("Institute of the Heart"),
            contact: say("heart@example.org"),
            asked: say("One observation."),
            use_of_data: say("Statistics that name nobody."),
            retention: say("Five years."),
            criteria: say("An observation by the clinic."),
            ethics: None,
        };
        let description = Description {
            study: address,
            study_key: secret.public_key().to_bytes(),
            admission,
            reward: REWARD,
            delivery_window: WINDOW,
            records: 1,
            creators: vec![clinic.address],
            requirements: vec![Requirement {
                group: 0,
                fact: "resource=Observation".parse().unwrap(),
            }],
            texts: BTreeMap::from([(say("en"), text)]),
            fhirpath: None,
        };
        let sign = |line: &[u8]| sponsor.try_sign_message(line).map(Into::into);
        let file = DescriptionFile::sign(&description, deployment, sponsor.pubkey(), sign);
        let file = file.expect("the wallet signs").expect("a description");
        let new = NewStudy {
            closes_at: town.unix_time() + 86_400,
            ..NewStudy::default()
        };
        let created = town.wait(async {
            let creation = client.create_study(&sponsor, &sponsor, &file, &new).await?;
            creation.send().await
        });
        assert_eq!(created.unwrap().outcome, address);
        let study = Self {
            town,
            client,
            sponsor,
            file,
            address,
            id,
        };
        let budget = town.wait(
            study
                .client
                .budget(&address, &study.account().account.state),
        );
        let seat = budget.unwrap().seat;
        town.wait(async {
            let funding = study
                .client
                .fund_study(&study.sponsor, &address, seats * seat);
            funding.await?.send().await
        })
        .unwrap();
        study
    }

    fn account(&self) -> KeyedAccount<StudyAccount> {
        KeyedAccount {
            address: self.address,
            account: self.town.read(&self.address),
        }
    }

    fn vault(&self) -> Address {
        self.town.addresses().vault(&self.address)
    }

    fn seat(&self, participant: &Person) -> Address {
        let addresses = self.town.addresses();
        addresses.seat(&self.vault(), &participant.address)
    }

    fn offers(&self) -> PathBuf {
        self.town.folder.join("offers.json")
    }

    /// Joins, and sends what has to be sent. `false`: the participant had a seat.
    fn join(&self, participant: &Person, record: &str) -> Result<bool, Box<ClientError>> {
        let (signer, offers) = (wallet(participant), self.offers());
        let keys = Wallet { signer: &signer };
        let participant = Participant {
            wallet: &signer,
            keys: &keys,
            payer: &signer,
            offers: &offers,
        };
        let records = [record.parse().unwrap()];
        let options = JoinOptions::default();
        self.town.wait(async {
            let step = self
                .client
                .join_study(participant, &self.file, &records, options);
            match step.await? {
                Joining::Joined(_) => Ok(false),
                Joining::OrderFirst(_) => panic!("one record and one fact fit"),
                Joining::Join(joining) => Ok(joining.send().await.map(|_| true)?),
            }
        })
    }

    /// Applies, and sends what has to be sent.
    fn apply(&self, participant: &Person, record: &str) -> Result<&'static str, Box<ClientError>> {
        let (signer, offers) = (wallet(participant), self.offers());
        let keys = Wallet { signer: &signer };
        let participant = Participant {
            wallet: &signer,
            keys: &keys,
            payer: &signer,
            offers: &offers,
        };
        let records = [record.parse().unwrap()];
        self.town.wait(async {
            let step = self
                .client
                .apply_for_study(participant, &self.file, &records, "I smoke.");
            match step.await? {
                Applying::Admitted(_) => Ok("admitted"),
                Applying::Applied(_) => Ok("applied"),
                Applying::OrderFirst(_) => panic!("one record and one fact fit"),
                Applying::Apply(applying) => Ok(applying.send().await.map(|_| "new")?),
            }
        })
    }

    /// Delivers a participant's seat by the command line's agent, which settles it, too.
    fn deliver(&self, participant: &Person) {
        let (before, offers) = (
            self.town.lamports(&participant.address),
            self.offers().display().to_string(),
        );
        let mut command = participant.command(&["deliver", "--all", "--orders", &offers]);
        let output = command.output().expect("the program starts");
        assert!(output.status.success(), "{output:?}");
        let done = serde_json::from_slice(&output.stdout).expect("a report in JSON");
        assert_eq!(number(&done, "/totals/settled_purchases"), 1, "{done}");
        assert_eq!(number(&done, "/totals/earned_lamports"), REWARD, "{done}");
        let seat: PurchaseAccount = self.town.read(&self.seat(participant));
        assert!(seat.state.is_settled());
        let fees = number(&done, "/totals/fee_lamports");
        let paid = self.town.lamports(&participant.address) + fees - before;
        assert_eq!(paid, REWARD, "the participant is paid, once");
    }

    /// The sponsor opens a seat. Returns the documents.
    fn open(&self, participant: &Person) -> Vec<Vec<u8>> {
        let (receipts, to) = (
            self.town.folder.join("receipts"),
            self.town.folder.join("collected"),
        );
        let seat = self.seat(participant);
        let opened = self.town.wait(async {
            let receipt =
                self.client
                    .save_seat_receipt(&self.address, &participant.address, &receipts);
            receipt.await?;
            let opening = self
                .client
                .open_purchase(&self.sponsor, &seat, &receipts, &to);
            opening.await
        });
        let read = |path: &PathBuf| std::fs::read(path).expect("the document is there");
        opened.unwrap().iter().map(|one| read(&one.path)).collect()
    }
}

#[track_caller]
fn refused<T>(result: Result<T, impl Into<Box<ClientError>>>, said: &str) {
    match result.map_err(Into::into) {
        Err(error) => match *error {
            ClientError::Argument(reason) => assert!(reason.contains(said), "{reason}"),
            other => panic!("{other}"),
        },
        Ok(_) => panic!("not refused: {said}"),
    }
}

/// Open admission: nobody of the sponsor's has to be there until the documents are opened.
#[test]
fn an_open_study_pays_who_matches_and_its_sponsor_opens_what_was_delivered() {
    let town = Town::found();
    let [patient, clinic, sponsor] = ["patient", "clinic", "buyer"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    sponsor.does(&["user", "set-key"]);
    let record = verified_record(&town, &clinic, &patient, OBSERVATION);
    let other = verified_record(&town, &clinic, &patient, CONDITION);
    let study = Study::found(&town, &sponsor, &clinic, Admission::Open, 3);

    // Matched on the patient's machine.
    let signer = wallet(&patient);
    let keys = Wallet { signer: &signer };
    let judged = town.wait(study.client.match_study(&keys, study.file.description()));
    let judged = judged.unwrap();
    let matches: Vec<_> = judged
        .matches
        .iter()
        .map(|one| one.record.to_string())
        .collect();
    assert_eq!(matches, std::slice::from_ref(&record));
    assert_eq!(judged.others.len(), 1);
    refused(study.join(&patient, &other), "does not match study");
    refused(study.join(&sponsor, &record), "sponsor");

    let vault = town.lamports(&study.vault());
    assert!(study.join(&patient, &record).unwrap());
    // Joining again finds the seat: nothing is paid or disclosed twice.
    assert!(!study.join(&patient, &record).unwrap());
    assert_eq!(study.account().account.state.seats, 1);
    let seat: PurchaseAccount = town.read(&study.seat(&patient));
    assert_eq!(
        (seat.state.price, seat.state.buyer),
        (REWARD, study.vault())
    );
    assert_eq!(
        town.lamports(&study.vault()),
        vault - town.lamports(&study.seat(&patient))
    );

    study.deliver(&patient);
    assert_eq!(study.open(&patient), [OBSERVATION]);

    // The sponsor ends it, and gets back what nobody was paid.
    let (client, signer) = (&study.client, &study.sponsor);
    refused(
        town.wait(client.update_study(signer, &study.address, Some(town.unix_time() - 1))),
        "",
    );
    let ended = town.wait(async {
        client
            .update_study(signer, &study.address, None)
            .await?
            .send()
            .await
    });
    town.move_clock(ended.unwrap().outcome);
    town.wait(async {
        client
            .close_seat(signer, study.id, &patient.address)
            .send()
            .await?;
        client
            .withdraw_budget(signer, study.id, None)
            .await?
            .send()
            .await?;
        client
            .close_study(signer, &study.address)
            .await?
            .send()
            .await
    })
    .unwrap();
    assert_eq!(town.lamports(&study.vault()), 0);
    assert_eq!(town.lamports(&study.address), 0);
    assert_eq!(town.lamports(&study.seat(&patient)), 0);
}

/// By selection: the sponsor reads the letter, looks whether the ciphertext is there, and admits.
#[test]
fn a_study_by_selection_pays_whom_its_sponsor_admits() {
    let town = Town::found();
    let [patient, clinic, sponsor] = ["patient", "clinic", "buyer"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    sponsor.does(&["user", "set-key"]);
    let record = verified_record(&town, &clinic, &patient, OBSERVATION);
    let study = Study::found(&town, &sponsor, &clinic, Admission::Selection, 1);
    refused(study.join(&patient, &record), "apply for it");

    assert_eq!(study.apply(&patient, &record).unwrap(), "new");
    assert_eq!(study.apply(&patient, &record).unwrap(), "applied");
    let (client, signer) = (&study.client, &study.sponsor);
    let mut found: Vec<KeyedAccount<ApplicationAccount>> =
        town.wait(client.applications(&study.address)).unwrap();
    let application = found.pop().expect("an application");
    assert!(found.is_empty());

    let deployment = *client.ledger.deployment();
    let keys = Wallet { signer };
    let secret = keys.study_secret(&deployment, &study.address).unwrap();
    let account = study.account();
    // A letter that was changed on its way opens nothing.
    let mut forged = application.clone();
    forged.account.letter[100] ^= 1;
    refused(
        town.wait(client.check_application(&account, &secret, forged)),
        "is not admitted",
    );
    let applicant: Applicant = town
        .wait(client.check_application(&account, &secret, application))
        .unwrap();
    assert_eq!(applicant.letter.words, "I smoke.");
    town.wait(client.has_ciphertexts(&applicant)).unwrap();

    let admitted = town.wait(async { client.admit(signer, &applicant)?.send().await });
    assert_eq!(admitted.unwrap().outcome, study.seat(&patient));
    assert_eq!(study.apply(&patient, &record).unwrap(), "admitted");
    study.deliver(&patient);
    assert_eq!(study.open(&patient), [OBSERVATION]);
}

/// A store that lost the ciphertext is noticed before anything is paid.
#[test]
fn an_application_without_its_ciphertext_is_noticed_before_it_is_paid_for() {
    let town = Town::found();
    let [patient, clinic, sponsor] = ["patient", "clinic", "buyer"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    sponsor.does(&["user", "set-key"]);
    let record = verified_record(&town, &clinic, &patient, OBSERVATION);
    let study = Study::found(&town, &sponsor, &clinic, Admission::Selection, 1);
    study.apply(&patient, &record).unwrap();
    for blob in town.blobs() {
        std::fs::remove_file(blob).unwrap();
    }
    let client = &study.client;
    let application = town.wait(client.applications(&study.address)).unwrap();
    let application = application.into_iter().next().expect("an application");
    let keys = Wallet {
        signer: &study.sponsor,
    };
    let deployment = *client.ledger.deployment();
    let secret = keys.study_secret(&deployment, &study.address).unwrap();
    let applicant = town
        .wait(client.check_application(&study.account(), &secret, application))
        .unwrap();
    let failed = town.wait(client.has_ciphertexts(&applicant)).unwrap_err();
    assert!(
        matches!(
            failed,
            ClientError::Fetch { .. } | ClientError::StoreOfRecord { .. }
        ),
        "{failed}"
    );
}
