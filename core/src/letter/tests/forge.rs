//! Makes letters step by step, each step open to be done wrongly.

use super::super::addressee::Addressee;
use super::super::claims::Claims;
use super::super::seal_stanza::{self, SEAL_TAG};
use super::super::{Envelope, Kind, Statement, padded_len};
use super::{Person, envelope, rng};
use crate::age::{FileKey, Header, PayloadKey, PayloadNonce, PayloadSealer, Stanza, wrap_for_all};
use crate::identity::Signature;
use crate::sealed_box::seal_box;

type Step<I, O> = Box<dyn Fn(I) -> O>;

pub(super) struct Forge<'a> {
    pub(super) sender: &'a Person,
    pub(super) envelope: Envelope,
    pub(super) content: Vec<u8>,
    /// Content with padding.
    pub(super) pad: Step<Vec<u8>, Vec<u8>>,
    /// The claims before they are encoded.
    pub(super) claim: Step<Claims, Claims>,
    /// The signed map.
    pub(super) encode: Step<Vec<u8>, Vec<u8>>,
    /// The map put into the seal, after signing.
    pub(super) swap: Step<Vec<u8>, Vec<u8>>,
    pub(super) signature: Step<Signature, Signature>,
    /// The plaintext of the seal.
    pub(super) frame: Step<Vec<u8>, Vec<u8>>,
    /// All stanzas, the seal last.
    pub(super) arrange: Step<Vec<Stanza>, Vec<Stanza>>,
    /// The finished file.
    pub(super) file: Step<Vec<u8>, Vec<u8>>,
}

impl<'a> Forge<'a> {
    /// An honest text letter to Alice and Bob.
    pub(super) fn new(sender: &'a Person, to: &[&Person]) -> Self {
        Self {
            sender,
            envelope: envelope(Kind::Text, sender, to),
            content: b"At eight.".to_vec(),
            pad: Box::new(|mut content| {
                let len = padded_len(content.len() as u64) as usize;
                content.resize(len, b'\n');
                content
            }),
            claim: Box::new(|claims| claims),
            encode: Box::new(|tbs| tbs),
            swap: Box::new(|tbs| tbs),
            signature: Box::new(|signature| signature),
            frame: Box::new(|pt| pt),
            arrange: Box::new(|stanzas| stanzas),
            file: Box::new(|file| file),
        }
    }

    pub(super) fn address(mut self, to: Vec<Addressee>) -> Self {
        self.envelope.recipients = to;
        self
    }

    pub(super) fn make(self) -> Vec<u8> {
        let mut rng = rng();
        let file_key = FileKey::generate(&mut rng);
        let nonce = PayloadNonce::generate(&mut rng);
        let length = self.content.len() as u64;
        let plaintext = (self.pad)(self.content);
        let recipients: Vec<_> = self
            .envelope
            .recipients
            .iter()
            .map(|one| one.recipient.clone())
            .collect();
        let mut stanzas = wrap_for_all(&recipients, &file_key, &mut rng).unwrap();
        let head = seal_stanza::head(&Header::prefix(&stanzas));

        let digest = blake3::hash(&plaintext).into();
        let claims = (self.claim)(Claims::new(self.envelope, length, digest));
        let statement = Statement {
            head,
            nonce,
            tbs: (self.encode)(claims.encode()),
        };
        let signature = self.sender.secret.sign(&statement.signed_bytes());
        let signature = (self.signature)(signature);
        let tbs = (self.swap)(statement.tbs);

        let mut pt = [&(tbs.len() as u16).to_be_bytes(), &*tbs, &signature.0].concat();
        pt.resize(pt.len().next_multiple_of(512), 0);
        let pt = (self.frame)(pt);
        let body = seal_box(file_key.expose(), "sotto/v1/seal", &head, &pt, &mut rng).unwrap();
        stanzas.push(Stanza::new(SEAL_TAG, Vec::new(), body));
        let header = Header::create((self.arrange)(stanzas), &file_key).unwrap();

        let mut file = [header.as_bytes(), nonce.as_bytes()].concat();
        let mut sealer = PayloadSealer::new(PayloadKey::derive(&file_key, &nonce));
        sealer.push(&plaintext, &mut file).unwrap();
        sealer.finish(&mut file).unwrap();
        (self.file)(file)
    }
}
