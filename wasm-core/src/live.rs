//! What the module of live sessions gets from the custodian, carried by TypeScript unseen.

use js_sys::Uint8Array;
use sotto_core::app::live::LiveStart;
use sotto_core::app::{AppError, Outcome};
use sotto_core::custody::{Base64Url, Bytes, Leaf};
use sotto_wasm_values::{now, rng, to_js};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::convert::{app_error, outcome_to_js};
use crate::core::Core;
use crate::decode::from_js;

#[wasm_bindgen]
impl Core {
    /// What the sessions begin with.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "Outcome<LiveStart>")]
    pub fn live_start(&mut self) -> Result<JsValue, JsValue> {
        started(self.app.live_start(now(), &mut rng()))
    }

    /// The keys of the classes *sessions* and, unless the vault is veiled, *history*: hand them
    /// over and wipe them.
    ///
    /// # Errors
    /// A `CoreError`.
    pub fn live_keys(&self) -> Result<Uint8Array, JsValue> {
        let keys = self.app.live_keys().map_err(|error| app_error(&error))?;
        Ok(keys.as_slice().into())
    }

    /// Locks, but for what the live sessions need where the person wants to be reached. The
    /// instance is to be thrown away after it.
    ///
    /// # Errors
    /// A `CoreError`: `vault-locked`.
    #[wasm_bindgen(unchecked_return_type = "Outcome<null>")]
    pub fn veil(&mut self) -> Result<JsValue, JsValue> {
        let veiled = self.app.veil(now(), &mut rng());
        outcome_to_js(veiled.map_err(|error| app_error(&error))?)
    }

    /// The person switches *Reachable*, or chooses a relay (empty: none) with its pass (empty: none).
    ///
    /// # Errors
    /// A `CoreError`: `relay-invalid`, `relay-pass-needed`, `relay-missing`.
    #[wasm_bindgen(unchecked_return_type = "Outcome<LiveStart>")]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "wasm-bindgen hands over optional texts by value"
    )]
    pub fn live_reach(
        &mut self,
        reachable: Option<bool>,
        relay: Option<String>,
        pass: Option<String>,
    ) -> Result<JsValue, JsValue> {
        let pass = pass.map(Zeroizing::new);
        let pass = pass.as_ref().map_or("", |pass| pass.as_str());
        let relay = relay.as_deref().map(|relay| (relay, pass));
        started(self.app.live_reach(reachable, relay, now(), &mut rng()))
    }

    /// The mailbox stands at its relay.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "Outcome<null>")]
    pub fn live_mailbox_made(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Wire")] stream: JsValue,
    ) -> Result<JsValue, JsValue> {
        let stream: Bytes<16> = from_js(stream)?;
        let made = self.app.live_mailbox_made(&stream, now(), &mut rng());
        outcome_to_js(made.map_err(|error| app_error(&error))?)
    }

    /// The contacts, and a look at the cards of requests.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "Wire")]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "wasm-bindgen hands over lists by value"
    )]
    pub fn live_people(&self, cards: Vec<String>) -> Result<JsValue, JsValue> {
        let people = self.app.live_people(&cards);
        to_js(&people.map_err(|error| app_error(&error))?)
    }

    /// The person wants nothing from whoever signed a card.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "Outcome<null>")]
    pub fn live_refuse(&mut self, card: &str) -> Result<JsValue, JsValue> {
        let refused = self.app.live_refuse(card, now(), &mut rng());
        outcome_to_js(refused.map_err(|error| app_error(&error))?)
    }

    /// Signs a leaf of this device.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "Wire")]
    pub fn live_sign(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Wire")] leaf: JsValue,
    ) -> Result<JsValue, JsValue> {
        let leaf: Leaf = from_js(leaf)?;
        let signed = self.app.live_sign(leaf, now());
        to_js(&signed.map_err(|error| app_error(&error))?)
    }

    /// Seals an introduction for a contact.
    ///
    /// # Errors
    /// A `CoreError`: `not-reachable`, `contact-unknown`, `contact-blocked`, `contact-changed`.
    #[wasm_bindgen(unchecked_return_type = "Outcome<Wire>")]
    pub fn live_seal(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Wire")] to: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Wire")] content: JsValue,
    ) -> Result<JsValue, JsValue> {
        let (to, content): (Bytes<33>, Base64Url) = (from_js(to)?, from_js(content)?);
        let sealed = self.app.live_seal(&to, &content, now(), &mut rng());
        outcome_to_js(sealed.map_err(|error| app_error(&error))?)
    }

    /// Opens what came through the mailbox.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "Outcome<Wire>")]
    pub fn live_open(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Wire")] letter: JsValue,
    ) -> Result<JsValue, JsValue> {
        let letter: Base64Url = from_js(letter)?;
        let opened = self.app.live_open(&letter, now(), &mut rng());
        outcome_to_js(opened.map_err(|error| app_error(&error))?)
    }
}

fn started(start: Result<Outcome<LiveStart>, AppError>) -> Result<JsValue, JsValue> {
    outcome_to_js(start.map_err(|error| app_error(&error))?)
}
