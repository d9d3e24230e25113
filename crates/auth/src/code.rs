//! The device code's hash.

use argon2::{
    Algorithm, Argon2, Block, Params, PasswordHasher, Version,
    password_hash::phc::{Output, PasswordHash},
};
use zeroize::{Zeroize, Zeroizing};

use crate::{Error, Secret};

/// 19 MiB and two passes: about 50 ms of a phone's fast core and 200 ms of an old one's. A code of
/// few digits lives by the waits, not by this; it makes a stolen file cost more than a glance.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What a file may ask for: a tampered one must not make the verifier eat the phone's memory, or
/// skip the work.
const MEMORY_ACCEPTED: std::ops::RangeInclusive<u32> = 8 * 1024..=256 * 1024;
const PASSES_ACCEPTED: std::ops::RangeInclusive<u32> = 1..=16;
const LANES_ACCEPTED: std::ops::RangeInclusive<u32> = 1..=4;
const MIN_OUTPUT: usize = 32;
const MIN_SALT: usize = 16;

/// A hash that codes can be held against.
#[derive(Debug)]
pub(crate) struct CodeHash {
    params: Params,
    salt: Vec<u8>,
    output: Output,
}

impl CodeHash {
    /// Reads a PHC string; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let hash = PasswordHash::new(text.trim_end_matches('\n'))
            .map_err(|e| format!("holds no PHC string ({e})"))?;
        if hash.algorithm.as_str() != Algorithm::Argon2id.as_str() {
            return Err("is not of Argon2id".into());
        }
        if hash.version != Some(Version::V0x13.into()) {
            return Err("is not of Argon2 version 19".into());
        }
        let params = Params::try_from(&hash).map_err(|e| format!("has unfit parameters ({e})"))?;
        let fits = MEMORY_ACCEPTED.contains(&params.m_cost())
            && PASSES_ACCEPTED.contains(&params.t_cost())
            && LANES_ACCEPTED.contains(&params.p_cost());
        if !fits {
            return Err("has parameters out of range".into());
        }
        let salt = hash.salt.as_ref().map(|salt| salt.as_ref().to_vec()).unwrap_or_default();
        let output = hash.hash.filter(|output| output.len() >= MIN_OUTPUT);
        match output {
            Some(output) if salt.len() >= MIN_SALT => Ok(Self { params, salt, output }),
            _ => Err("lacks a whole salt or hash".into()),
        }
    }

    /// Whether `secret` is the code. Takes as long whatever the answer is.
    pub(crate) fn matches(&self, secret: &Secret) -> Result<bool, Error> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        // Not in one go through the crate's verifier, which leaves its memory unwiped.
        let mut memory = Zeroizing::new(Vec::new());
        memory
            .try_reserve_exact(self.params.block_count())
            .map_err(|e| Error::Hash(e.to_string()))?;
        memory.resize(self.params.block_count(), Block::default());
        let mut computed = Zeroizing::new(vec![0; self.output.len()]);
        argon2
            .hash_password_into_with_memory(
                secret.expose(),
                &self.salt,
                &mut computed,
                memory.as_mut_slice(),
            )
            .map_err(|e| Error::Hash(e.to_string()))?;
        let computed = Output::new(&computed).map_err(|e| Error::Hash(e.to_string()))?;
        // This type's equality takes constant time.
        Ok(computed == self.output)
    }
}

/// The PHC string of a new code with a fresh salt.
pub(crate) fn hash(secret: &Secret) -> Result<String, Error> {
    let digits = secret.expose();
    let fits = (Error::MIN_DIGITS..=Error::MAX_DIGITS).contains(&digits.len())
        && digits.iter().all(u8::is_ascii_digit);
    if !fits {
        return Err(Error::UnfitCode);
    }
    let refused = |e: &dyn std::fmt::Display| Error::Hash(e.to_string());
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, Some(MIN_OUTPUT)).map_err(|e| refused(&e))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password(digits).map_err(|e| refused(&e))?;
    let mut text = hash.to_string();
    let line = format!("{text}\n");
    text.zeroize();
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::from_bytes(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_code_matches_its_own_hash_only_and_hashes_differ_by_salt() {
        let text = hash(&secret("2580")).unwrap();
        assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
        assert_ne!(text, hash(&secret("2580")).unwrap());
        let code = CodeHash::parse(&text).unwrap();
        assert!(code.matches(&secret("2580")).unwrap());
        for wrong in ["2581", "258", "25800", "", "\u{0}2580"] {
            assert!(!code.matches(&secret(wrong)).unwrap(), "{wrong:?}");
        }
    }

    #[test]
    fn only_digits_and_enough_of_them_make_a_code() {
        for unfit in ["", "123", "12a4", "1234 ", "１２３４", &"1".repeat(33)] {
            assert!(matches!(hash(&secret(unfit)), Err(Error::UnfitCode)), "{unfit}");
        }
    }

    #[test]
    fn a_hash_that_is_weakened_or_torn_is_not_taken() {
        let good = hash(&secret("2580")).unwrap();
        for (from, to) in [
            ("argon2id", "argon2i"),
            ("v=19", "v=16"),
            ("$v=19", ""),
            ("m=19456", "m=8"),
            ("m=19456", "m=4000000"),
            ("t=2", "t=4000000"),
            ("p=1", "p=64"),
            ("m=19456,t=2,p=1", "m=19456"),
        ] {
            let bad = good.replace(from, to);
            assert_ne!(bad, good);
            // Leaving a parameter out means its default, which is in range: the hash still binds.
            if let Ok(code) = CodeHash::parse(&bad) {
                assert_eq!(to, "m=19456", "{bad}");
                assert!(code.matches(&secret("2580")).unwrap());
            }
        }
        let (head, _) = good.rsplit_once('$').unwrap();
        for torn in ["", "\n", head, &good[..good.len() - 20], &good[..20], "2580"] {
            assert!(CodeHash::parse(torn).is_err(), "{torn}");
        }
    }
}
