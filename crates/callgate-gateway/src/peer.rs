//! Who counts as one peer: an address, or what one customer of a provider has of them.

use std::net::{IpAddr, Ipv6Addr};

/// What `peer` is counted under. One customer of an IPv6 provider has a /64 at least: it counts as one peer.
pub(crate) fn network(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => IpAddr::V4(address),
            None => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        },
    }
}
