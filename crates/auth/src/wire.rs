//! What goes through the pair of sockets.
//!
//! One datagram is one message. A request is the byte `v` and the secret's bytes. A reply is one
//! JSON object: `{"ok":true}`, `{"ok":false,"wait_s":30}`, `{"no_code":true}` or
//! `{"error":"…"}`. A wrong code and one that came before the wait was over look alike.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::Secret;

const VERIFY: u8 = b'v';
/// The longest request, in bytes.
pub(crate) const MAX_REQUEST: usize = 1 + Secret::MAX_LEN;
/// The longest reply, in bytes.
pub(crate) const MAX_REPLY: usize = 4096;

/// What the verifier says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the code.
    Right,
    /// It is not, or was not looked at because it came too early.
    Wrong {
        /// How long no code is judged; zero if the next one may come at once.
        wait: Duration,
    },
    /// No code is set: there is nothing to hold it against.
    NoCode,
    /// The verifier cannot work. The phone stays locked.
    Failed {
        /// What to tell the owner: file, cause and mend.
        message: String,
    },
}

#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Reply {
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_s: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_code: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(crate) fn encode_request(secret: &Secret) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_REQUEST));
    bytes.push(VERIFY);
    bytes.extend_from_slice(secret.expose());
    bytes
}

pub(crate) fn decode_request(bytes: &[u8]) -> Option<Secret> {
    let (&VERIFY, secret) = bytes.split_first()? else { return None };
    Secret::from_bytes(secret)
}

pub(crate) fn encode_reply(verdict: &Verdict) -> Vec<u8> {
    let reply = match verdict {
        Verdict::Right => Reply { ok: Some(true), ..Reply::default() },
        Verdict::Wrong { wait } => {
            Reply { ok: Some(false), wait_s: Some(whole_seconds(*wait)), ..Reply::default() }
        }
        Verdict::NoCode => Reply { no_code: Some(true), ..Reply::default() },
        Verdict::Failed { message } => {
            Reply { error: Some(message.chars().take(500).collect()), ..Reply::default() }
        }
    };
    // Numbers, booleans and a string: nothing of this can fail to serialise.
    serde_json::to_vec(&reply).unwrap_or_default()
}

/// Reads a reply. What is none is a failure, never a yes.
pub(crate) fn decode_reply(bytes: &[u8]) -> Verdict {
    match serde_json::from_slice(bytes).unwrap_or_default() {
        Reply { ok: Some(true), wait_s: None, no_code: None, error: None } => Verdict::Right,
        Reply { ok: Some(false), wait_s: Some(wait), no_code: None, error: None } => {
            Verdict::Wrong { wait: Duration::from_secs(wait.into()) }
        }
        Reply { ok: None, wait_s: None, no_code: Some(true), error: None } => Verdict::NoCode,
        Reply { ok: None, wait_s: None, no_code: None, error: Some(message) } => {
            Verdict::Failed { message }
        }
        _ => Verdict::Failed {
            message: "purje-auth gave an answer of another version; install matching ones".into(),
        },
    }
}

/// Rounded up: who comes back after that time must not be too early.
pub(crate) fn whole_seconds(wait: Duration) -> u32 {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_have_the_documented_form_and_come_back() {
        for (verdict, text) in [
            (Verdict::Right, r#"{"ok":true}"#),
            (Verdict::Wrong { wait: Duration::from_secs(30) }, r#"{"ok":false,"wait_s":30}"#),
            (Verdict::NoCode, r#"{"no_code":true}"#),
            (Verdict::Failed { message: "x".into() }, r#"{"error":"x"}"#),
        ] {
            let bytes = encode_reply(&verdict);
            assert_eq!(str::from_utf8(&bytes).unwrap(), text);
            assert_eq!(decode_reply(&bytes), verdict);
        }
        let long = Verdict::Failed { message: "€".repeat(5000) };
        assert!(encode_reply(&long).len() <= MAX_REPLY);
    }

    #[test]
    fn waits_are_rounded_up() {
        assert_eq!(whole_seconds(Duration::from_millis(1)), 1);
        assert_eq!(whole_seconds(Duration::from_secs(30)), 30);
        assert_eq!(whole_seconds(Duration::ZERO), 0);
    }

    #[test]
    fn nothing_but_the_exact_reply_is_a_yes() {
        for text in [
            "",
            "{}",
            "true",
            "{\"ok\":1}",
            "{\"ok\":\"true\"}",
            "{\"ok\":true,\"wait_s\":1}",
            "{\"ok\":true",
            "{\"no_code\":false}",
            "{\"ok\":false}",
        ] {
            let verdict = decode_reply(text.as_bytes());
            assert!(matches!(verdict, Verdict::Failed { .. }), "{text} {verdict:?}");
        }
    }

    #[test]
    fn requests_come_back_and_foreign_ones_are_refused() {
        let secret = Secret::from_bytes(b"2580").unwrap();
        let bytes = encode_request(&secret);
        assert_eq!(decode_request(&bytes).unwrap().expose(), b"2580");
        assert!(decode_request(b"").is_none());
        assert!(decode_request(b"x2580").is_none());
        assert!(decode_request(&[b'v'; MAX_REQUEST + 1]).is_none());
    }
}
