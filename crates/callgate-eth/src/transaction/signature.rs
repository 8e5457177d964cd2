//! Signatures: the ranges the curve and EIP-2 demand, checked once when the value is made, and recovery by
//! libsecp256k1 (the C library), the only recovery in the product. A `Signature` that exists is in range and low-s.
//!
//! EIP-2: <https://eips.ethereum.org/EIPS/eip-2>

use alloy_primitives::{Address, B256, U256, keccak256, uint};
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId};
use secp256k1::{Message, SECP256K1};
use thiserror::Error;

/// A signature in range: 0 < r < n and 0 < s <= n/2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    parity: Parity,
    r: U256,
    s: U256,
}

/// Which of the two points with the same x signed: the parity of y.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parity {
    /// `y_parity` 0.
    Even,
    /// `y_parity` 1.
    Odd,
}

/// Why three numbers are no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureFault {
    /// `y_parity` other than 0 or 1.
    #[error("`y_parity` is neither 0 nor 1")]
    Parity,
    /// r is 0 or not below the order of the curve.
    #[error("`r` is not between 1 and the order of the curve")]
    ROutOfRange,
    /// s is 0 or not below the order of the curve.
    #[error("`s` is not between 1 and the order of the curve")]
    SOutOfRange,
    /// s in the upper half: the same signature written a second way (EIP-2).
    #[error("`s` is in the upper half of the curve order")]
    HighS,
}

/// Why a signature in range names no sender: none exists, so nothing may be concluded from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RecoverError {
    /// r is the x of no point on the curve, or the key would be the point at infinity.
    #[error("the signature belongs to no key")]
    NoKey,
}

impl Signature {
    /// Checks the ranges.
    ///
    /// # Errors
    /// The first number that is out of range, and s in the upper half.
    pub fn new(parity: Parity, r: U256, s: U256) -> Result<Self, SignatureFault> {
        if r.is_zero() || r >= ORDER {
            return Err(SignatureFault::ROutOfRange);
        }
        if s.is_zero() || s >= ORDER {
            return Err(SignatureFault::SOutOfRange);
        }
        if s > HALF_ORDER {
            return Err(SignatureFault::HighS);
        }
        Ok(Self { parity, r, s })
    }

    /// The address whose key signed `digest`. About 25 to 40 µs: callers remember the answer.
    ///
    /// # Errors
    /// No key can have made this signature.
    pub fn recover(&self, digest: B256) -> Result<Address, RecoverError> {
        let mut compact = [0; 64];
        let (r, s) = compact.split_at_mut(32);
        r.copy_from_slice(&self.r.to_be_bytes::<32>());
        s.copy_from_slice(&self.s.to_be_bytes::<32>());
        let id = match self.parity {
            Parity::Even => RecoveryId::Zero,
            Parity::Odd => RecoveryId::One,
        };
        let signature = RecoverableSignature::from_compact(&compact, id).map_err(|_| RecoverError::NoKey)?;
        let key = SECP256K1
            .recover_ecdsa(&Message::from_digest(digest.0), &signature)
            .map_err(|_| RecoverError::NoKey)?
            .serialize_uncompressed();
        let [_form, point @ ..] = key;
        let [_, _, _, _, _, _, _, _, _, _, _, _, address @ ..] = keccak256(point).0;
        Ok(Address::new(address))
    }

    /// The form alloy encodes.
    pub(super) fn to_alloy(self) -> alloy_primitives::Signature {
        alloy_primitives::Signature::new(self.r, self.s, self.parity == Parity::Odd)
    }
}

impl TryFrom<u64> for Parity {
    type Error = SignatureFault;

    fn try_from(y_parity: u64) -> Result<Self, SignatureFault> {
        match y_parity {
            0 => Ok(Self::Even),
            1 => Ok(Self::Odd),
            _ => Err(SignatureFault::Parity),
        }
    }
}

impl SignatureFault {
    /// The stable snake_case name of the fault.
    pub fn code(self) -> &'static str {
        match self {
            Self::Parity => "signature_parity",
            Self::ROutOfRange => "signature_r_out_of_range",
            Self::SOutOfRange => "signature_s_out_of_range",
            Self::HighS => "signature_high_s",
        }
    }
}

/// The order n of secp256k1 (SEC 2).
const ORDER: U256 = uint!(0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141_U256);

/// n/2 rounded down, the highest s EIP-2 allows.
const HALF_ORDER: U256 = uint!(0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0_U256);

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: U256 = U256::ONE;

    #[test]
    fn r_is_accepted_at_its_limits_and_refused_past_them() {
        assert_eq!(
            Signature::new(Parity::Even, U256::ZERO, ONE),
            Err(SignatureFault::ROutOfRange)
        );
        assert!(Signature::new(Parity::Even, ONE, ONE).is_ok());
        assert!(Signature::new(Parity::Even, ORDER - ONE, ONE).is_ok());
        assert_eq!(
            Signature::new(Parity::Even, ORDER, ONE),
            Err(SignatureFault::ROutOfRange)
        );
        assert_eq!(
            Signature::new(Parity::Even, U256::MAX, ONE),
            Err(SignatureFault::ROutOfRange)
        );
    }

    #[test]
    fn s_is_accepted_at_its_limits_and_refused_past_them() {
        assert_eq!(
            Signature::new(Parity::Even, ONE, U256::ZERO),
            Err(SignatureFault::SOutOfRange)
        );
        assert!(Signature::new(Parity::Even, ONE, ONE).is_ok());
        assert!(Signature::new(Parity::Even, ONE, HALF_ORDER).is_ok());
        assert_eq!(
            Signature::new(Parity::Even, ONE, HALF_ORDER + ONE),
            Err(SignatureFault::HighS)
        );
        assert_eq!(
            Signature::new(Parity::Even, ONE, ORDER - ONE),
            Err(SignatureFault::HighS)
        );
        assert_eq!(
            Signature::new(Parity::Even, ONE, ORDER),
            Err(SignatureFault::SOutOfRange)
        );
    }

    #[test]
    fn half_order_is_half_of_the_order() {
        assert_eq!(HALF_ORDER, ORDER >> 1);
    }

    #[test]
    fn parity_is_zero_or_one() {
        assert_eq!(Parity::try_from(0), Ok(Parity::Even));
        assert_eq!(Parity::try_from(1), Ok(Parity::Odd));
        assert_eq!(Parity::try_from(2), Err(SignatureFault::Parity));
        assert_eq!(Parity::try_from(u64::MAX), Err(SignatureFault::Parity));
    }

    #[test]
    fn an_r_off_the_curve_belongs_to_no_key() {
        // x = 5 has no point on y^2 = x^3 + 7.
        let signature = Signature::new(Parity::Even, U256::from(5), ONE).unwrap();
        assert_eq!(signature.recover(B256::repeat_byte(1)), Err(RecoverError::NoKey));
    }
}
