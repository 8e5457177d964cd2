//! Sockets that take connections: one per worker and listener, all workers on the same address.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

/// Connections the kernel keeps for us before they are accepted: a burst of reconnecting clients.
const BACKLOG: i32 = 1024;

/// Opens `address` once for each of `workers`. Port 0 lets the system choose; all get the one it chose.
///
/// # Errors
/// When another process listens there, or the address is not ours.
pub(super) fn open(address: SocketAddr, workers: usize) -> io::Result<(SocketAddr, Vec<TcpListener>)> {
    if address.port() != 0 {
        // sharing would also let a second gateway in: see that nobody listens before starting to share
        drop(bound(address, Sharing::Alone)?);
    }
    let first = bound(address, Sharing::WithOurselves)?;
    first.listen(BACKLOG)?;
    let actual = first.local_addr()?.as_socket().ok_or(io::ErrorKind::InvalidInput)?;
    let mut listeners = vec![TcpListener::from(first)];
    while listeners.len() < workers {
        listeners.push(another(actual, &listeners)?);
    }
    Ok((actual, listeners))
}

/// A socket of its own for the next worker, so that the kernel spreads connections without a shared queue.
#[cfg(target_os = "linux")]
fn another(address: SocketAddr, _: &[TcpListener]) -> io::Result<TcpListener> {
    let socket = bound(address, Sharing::WithOurselves)?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Elsewhere `SO_REUSEPORT` does not spread connections: the workers share one queue.
#[cfg(not(target_os = "linux"))]
fn another(_: SocketAddr, listeners: &[TcpListener]) -> io::Result<TcpListener> {
    listeners.first().ok_or(io::ErrorKind::InvalidInput)?.try_clone()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sharing {
    Alone,
    WithOurselves,
}

fn bound(address: SocketAddr, sharing: Sharing) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    // an address whose last connections are still in TIME_WAIT is free
    socket.set_reuse_address(true)?;
    if sharing == Sharing::WithOurselves && cfg!(target_os = "linux") {
        #[cfg(unix)]
        socket.set_reuse_port(true)?;
    }
    socket.bind(&address.into())?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_workers_share_the_port_the_system_chose() {
        let (address, listeners) = open("127.0.0.1:0".parse().unwrap(), 3).unwrap();
        assert_ne!(address.port(), 0);
        assert_eq!(listeners.len(), 3);
        for listener in &listeners {
            assert_eq!(listener.local_addr().unwrap(), address);
        }
    }

    #[test]
    fn an_address_in_use_is_refused() {
        let (address, _listeners) = open("127.0.0.1:0".parse().unwrap(), 2).unwrap();
        let error = open(address, 2).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }

    #[test]
    fn an_address_is_free_again_after_it_was_closed() {
        let (address, listeners) = open("127.0.0.1:0".parse().unwrap(), 2).unwrap();
        drop(listeners);
        assert!(open(address, 2).is_ok());
    }
}
