use js_sys::{Array, Uint8Array};
use sotto_chat::{ChatError, Device, Keys, Live, Step};
use sotto_core::app::live::{LiveOpened, LivePeople, LiveSealed, LiveStart};
use sotto_core::custody::{Bytes, Signed};
use sotto_core::identity::IdentityKey;
use sotto_core::vault::VaultId;
use sotto_protocol::ErrorCode;
use sotto_protocol::live::LiveRequest;
use sotto_session::Who;
use sotto_wasm_values::{malformed, now, rng, rows as rows_of, to_js};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use zeroize::Zeroizing;

use crate::convert::{chat_error, from_js, outputs_to_js, step_to_js};

/// One device's live sessions, loaded from the rows of the database.
#[wasm_bindgen]
#[derive(Debug)]
pub struct LiveModule {
    live: Live,
}

/// Decodes a request that claims to come from a page of the extension.
///
/// # Errors
/// `malformed-message`.
#[wasm_bindgen(unchecked_return_type = "LiveRequest")]
pub fn decode_live_request(value: JsValue) -> Result<JsValue, JsValue> {
    to_js(&from_js::<LiveRequest>(value)?)
}

#[wasm_bindgen]
impl LiveModule {
    /// Loads all rows of live sessions. `start` is the core's; `keys`, those of the classes
    /// *sessions* and, unless the vault is veiled, *history*, are wiped.
    ///
    /// # Errors
    /// A `CoreError` when a row is no row, or does not open.
    pub fn load(
        #[wasm_bindgen(unchecked_param_type = "any")] start: JsValue,
        keys: &Uint8Array,
        #[wasm_bindgen(unchecked_param_type = "LiveRow[]")] rows: JsValue,
    ) -> Result<Self, JsValue> {
        let start: LiveStart = from_js(start)?;
        let keys = take_keys(keys)?;
        let rows = rows_of(rows)?.into_iter();
        let rows = rows.map(|row| (row.table, row.key, row.value));
        let identity = IdentityKey::parse(&start.identity.0).map_err(|_| malformed())?;
        let device = Device {
            who: Who {
                identity,
                device: start.device.0,
            },
            name: start.name,
            vault: VaultId(start.vault.0),
            mailbox: start.mailbox,
            is_reachable: start.reachable,
        };
        let live = Live::load(device, &keys, rows, now(), &mut rng());
        Ok(Self {
            live: live.map_err(|error| chat_error(&error))?,
        })
    }

    /// Takes what came while veiled; connects to what is needed, if the person wants to be reached.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "LiveStep")]
    pub fn begin(&mut self) -> Result<JsValue, JsValue> {
        plain(self.live.begin(now(), &mut rng()))
    }

    /// A WebSocket is open.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "LiveStep")]
    pub fn connected(&mut self, relay: &str) -> Result<JsValue, JsValue> {
        plain(self.live.connected(relay, now(), &mut rng()))
    }

    /// A WebSocket is closed, or could not be opened.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "LiveStep")]
    pub fn disconnected(&mut self, relay: &str) -> Result<JsValue, JsValue> {
        plain(self.live.disconnected(relay, now(), &mut rng()))
    }

    /// Messages that came of relays, in order: `[relay, bytes]…`.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "LiveStep")]
    pub fn received(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "[string, Uint8Array][]")] messages: &Array,
    ) -> Result<JsValue, JsValue> {
        let message = |pair: JsValue| {
            let pair: Array = pair.dyn_into().ok()?;
            let bytes: Uint8Array = pair.get(1).dyn_into().ok()?;
            Some((pair.get(0).as_string()?, bytes.to_vec()))
        };
        let messages: Option<Vec<_>> = messages.iter().map(message).collect();
        let messages = messages.ok_or_else(malformed)?;
        plain(self.live.received(&messages, now(), &mut rng()))
    }

    /// Time has passed.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "LiveStep")]
    pub fn tick(&mut self) -> Result<JsValue, JsValue> {
        plain(self.live.tick(now(), &mut rng()))
    }

    /// The custodian has signed a leaf.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "LiveStep")]
    pub fn signed(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "any")] signed: JsValue,
    ) -> Result<JsValue, JsValue> {
        let signed: Signed = from_js(signed)?;
        plain(self.live.signed(signed, now(), &mut rng()))
    }

    /// The custodian has sealed an introduction, or refuses with a code.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "LiveStep")]
    pub fn sealed(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "any")] to: JsValue,
        #[wasm_bindgen(unchecked_param_type = "any")] sealed: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ErrorCode")] refusal: JsValue,
    ) -> Result<JsValue, JsValue> {
        let to: Bytes<33> = from_js(to)?;
        let to = IdentityKey::parse(&to.0).map_err(|_| malformed())?;
        let sealed: Result<LiveSealed, ErrorCode> = if refusal.is_undefined() {
            Ok(from_js(sealed)?)
        } else {
            Err(from_js(refusal)?)
        };
        plain(self.live.sealed(to, sealed, now(), &mut rng()))
    }

    /// The custodian has opened what lay in the mailbox; `undefined` where it is no introduction.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "LiveStep")]
    pub fn opened(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] seq: JsValue,
        #[wasm_bindgen(unchecked_param_type = "any")] opened: JsValue,
    ) -> Result<JsValue, JsValue> {
        let seq: u64 = from_js(seq)?;
        let opened: Option<LiveOpened> = from_js(opened)?;
        plain(self.live.opened(seq, opened, now(), &mut rng()))
    }

    /// The contacts are others.
    ///
    /// # Errors
    /// A `CoreError`.
    #[wasm_bindgen(unchecked_return_type = "LiveStep")]
    pub fn set_people(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "any")] people: JsValue,
    ) -> Result<JsValue, JsValue> {
        let people: LivePeople = from_js(people)?;
        plain(self.live.set_people(people, now(), &mut rng()))
    }

    /// The cards of requests, which the core is to look at.
    #[must_use]
    pub fn cards(&self) -> Vec<String> {
        self.live.cards()
    }

    /// The card of one request.
    #[must_use]
    pub fn card_of(&self, conversation: &str) -> Option<String> {
        self.live.card_of(conversation)
    }

    /// The id of whoever a request is of.
    #[must_use]
    pub fn asker_of(&self, conversation: &str) -> Option<String> {
        self.live.asker_of(conversation)
    }

    /// Answers a page.
    ///
    /// # Errors
    /// A `CoreError`; a refusal is none, but in the step.
    #[wasm_bindgen(unchecked_return_type = "LiveStep")]
    pub fn request(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "LiveRequest")] request: JsValue,
    ) -> Result<JsValue, JsValue> {
        let request: LiveRequest = from_js(request)?;
        let (step, answer) = self
            .live
            .request(request, now(), &mut rng())
            .map_err(|error| chat_error(&error))?;
        step_to_js(step, answer)
    }

    /// The reply to a request whose step had none, once everything of that step is done.
    ///
    /// # Errors
    /// A `CoreError`, the refusal of that request.
    #[wasm_bindgen(unchecked_return_type = "LiveReply")]
    pub fn later(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "LiveRequest")] request: JsValue,
    ) -> Result<JsValue, JsValue> {
        let request: LiveRequest = from_js(request)?;
        let reply = self.live.later(&request);
        to_js(&reply.map_err(|error| chat_error(&error))?)
    }

    /// What is to be sent before the module is thrown away, where the person is not reached any
    /// more: that they are here is taken back. There is nothing to commit.
    ///
    /// # Errors
    /// None in practice.
    #[wasm_bindgen(unchecked_return_type = "LiveOutput[]")]
    pub fn farewell(&mut self) -> Result<JsValue, JsValue> {
        outputs_to_js(self.live.farewell())
    }

    /// Loaded without the key of the history: it receives, and shows nothing.
    #[must_use]
    pub fn is_veiled(&self) -> bool {
        self.live.is_veiled()
    }

    /// The status, to begin with.
    ///
    /// # Errors
    /// None in practice.
    #[wasm_bindgen(unchecked_return_type = "import('../protocol').LiveStatus")]
    pub fn status(&self) -> Result<JsValue, JsValue> {
        to_js(&self.live.status())
    }
}

/// The keys of the classes, from 32 bytes or 64.
fn take_keys(keys: &Uint8Array) -> Result<Keys, JsValue> {
    let bytes = Zeroizing::new(keys.to_vec());
    keys.fill(0, 0, keys.length());
    let (sessions, history) = bytes.split_first_chunk::<32>().ok_or_else(malformed)?;
    let history = match history {
        [] => None,
        key => Some(Zeroizing::new(key.try_into().map_err(|_| malformed())?)),
    };
    Ok(Keys {
        sessions: Zeroizing::new(*sessions),
        history,
    })
}

fn plain(step: Result<Step, ChatError>) -> Result<JsValue, JsValue> {
    step_to_js(step.map_err(|error| chat_error(&error))?, Ok(None))
}
