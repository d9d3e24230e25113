//! Bytes that are wiped.

use std::fmt;

use zeroize::Zeroize;

/// A code as it is typed: never reallocated, never shown, wiped when it goes.
pub struct Secret {
    bytes: [u8; Secret::MAX_LEN],
    len: usize,
}

impl Secret {
    /// The most bytes that it takes.
    pub const MAX_LEN: usize = 64;

    /// An empty one.
    pub const fn new() -> Self {
        Self { bytes: [0; Self::MAX_LEN], len: 0 }
    }

    /// Takes one more character; `false`, and nothing taken, if it is full.
    pub fn push(&mut self, c: char) -> bool {
        let mut utf8 = [0; 4];
        let taken = self.push_bytes(c.encode_utf8(&mut utf8).as_bytes());
        utf8.zeroize();
        taken
    }

    /// Takes the last character back.
    pub fn pop(&mut self) {
        while self.len > 0 {
            self.len -= 1;
            let byte = std::mem::take(&mut self.bytes[self.len]);
            let continues_a_character = byte & 0xc0 == 0x80;
            if !continues_a_character {
                return;
            }
        }
    }

    /// Bytes in it.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is in it.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes. Copies of them are not wiped.
    pub fn expose(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Takes more bytes; `false`, and nothing taken, if they are too many. The caller wipes its
    /// own copy.
    pub fn push_bytes(&mut self, bytes: &[u8]) -> bool {
        let Some(room) = self.bytes.get_mut(self.len..self.len + bytes.len()) else { return false };
        room.copy_from_slice(bytes);
        self.len += bytes.len();
        true
    }

    /// A secret of `bytes`; `None` if they are too many. The caller wipes its own copy.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut secret = Self::new();
        secret.push_bytes(bytes).then_some(secret)
    }
}

impl Default for Secret {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_and_taking_back_goes_by_characters() {
        let mut secret = Secret::new();
        for c in "1é€9".chars() {
            assert!(secret.push(c));
        }
        secret.pop();
        assert_eq!(secret.expose(), "1é€".as_bytes());
        secret.pop();
        assert_eq!(secret.expose(), "1é".as_bytes());
        secret.pop();
        secret.pop();
        secret.pop();
        assert!(secret.is_empty());
        assert_eq!(secret.bytes, [0; Secret::MAX_LEN], "what was taken back is wiped");
    }

    #[test]
    fn a_full_one_takes_no_part_of_a_character() {
        let mut secret = Secret::from_bytes(&[b'1'; Secret::MAX_LEN - 1]).unwrap();
        assert!(!secret.push('é'));
        assert!(secret.push('2'));
        assert!(!secret.push('3'));
        assert_eq!(secret.len(), Secret::MAX_LEN);
        assert!(Secret::from_bytes(&[0; Secret::MAX_LEN + 1]).is_none());
    }

    #[test]
    fn it_shows_nothing() {
        let secret = Secret::from_bytes(b"2468").unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
