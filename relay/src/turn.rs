//! Credentials for a TURN server, as coturn's REST scheme has them (`use-auth-secret`): the server
//! shares a secret with the relay and asks nobody.

use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sotto_protocol::relay::Turn;

use crate::config::TurnConfig;

/// Credentials good from `now_s` for the time set. `None` when the secret is unusable.
#[must_use]
pub(crate) fn credentials(config: &TurnConfig, now_s: u64) -> Option<Turn> {
    let ends = now_s.saturating_add(config.ttl_s.into());
    let username = ends.to_string();
    let mut mac = Hmac::<Sha1>::new_from_slice(config.secret.0.as_bytes()).ok()?;
    mac.update(username.as_bytes());
    let password = Base64::encode_string(&mac.finalize().into_bytes());
    Some(Turn {
        ttl_s: config.ttl_s,
        username,
        password,
        uris: config.uris.join(" "),
    })
}

#[cfg(test)]
mod tests {
    use super::credentials;
    use crate::config::{Hidden, TurnConfig};

    #[test]
    fn the_password_is_that_of_openssl() {
        let config = TurnConfig {
            secret: Hidden("north".to_owned()),
            uris: vec!["turn:a:3478".to_owned(), "turns:a:5349".to_owned()],
            ttl_s: 600,
        };
        let turn = credentials(&config, 1_800_000_000 - 600).unwrap();
        // printf 1800000000 | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(turn.username, "1800000000");
        assert_eq!(turn.password, "4T8K1gDWaxdgRxU6Bb5OYX1vip8=");
        assert_eq!(turn.uris, "turn:a:3478 turns:a:5349");
    }
}
