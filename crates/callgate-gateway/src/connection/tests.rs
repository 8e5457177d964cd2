//! Every stage has its time, and every connection its seat.

use std::net::IpAddr;

use super::*;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn limits() -> Limits {
    Limits {
        head_time: TICK * 2,
        idle_time: TICK * 3,
        body_grace: TICK,
        body_time: TICK * 5,
        answer_grace: TICK * 2,
        // one byte per tick
        slowest_bytes_per_second: 4,
        ..Limits::default()
    }
}

/// A connection of its own, and the list it stands in.
async fn admitted() -> (Arc<Connections>, Socket) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connect = TcpStream::connect(listener.local_addr().unwrap());
    let (accepted, _client) = tokio::join!(listener.accept(), connect);
    let connections = Connections::new(&limits());
    let seat = Seats::of(&limits()).take(HERE).unwrap_or_else(|_| panic!("a seat"));
    let socket = connections.admit(accepted.unwrap().0, seat);
    (connections, socket)
}

/// After how many ticks the connection is cut; none when it never is.
fn cut_after(connections: &Connections) -> Option<usize> {
    (1..100).find(|_| !connections.sweep().is_empty())
}

#[tokio::test]
async fn every_stage_has_its_time() {
    // the tick in which a stage starts is partly gone, so one more is granted; the next one cuts
    type Enter = fn(&Watch);
    let stages: [(&str, Enter, Option<usize>); 7] = [
        ("silent", |_| {}, Some(4)),
        ("body of nothing", |watch| watch.body_starts(0), Some(3)),
        ("body of three bytes", |watch| watch.body_starts(3), Some(6)),
        ("body that needs too long", |watch| watch.body_starts(1000), Some(7)),
        ("answer", Watch::answer_starts, Some(4)),
        ("ours", Watch::answering, None),
        ("upgraded", Watch::upgraded, None),
    ];
    for (name, enter, expected) in stages {
        let (connections, socket) = admitted().await;
        enter(&socket.watch());
        assert_eq!(cut_after(&connections), expected, "{name}");
    }
}

#[tokio::test]
async fn an_answer_that_was_read_leads_to_rest_and_a_byte_to_a_head() {
    let (connections, socket) = admitted().await;
    let watch = socket.watch();
    watch.answer_starts();
    watch.all_written();
    assert_eq!(watch.stage(), Stage::Idle);
    connections.sweep();
    watch.bytes_came();
    assert_eq!(watch.stage(), Stage::Head);
    watch.bytes_came();
    assert_eq!(cut_after(&connections), Some(4), "further bytes buy no time");
}

#[tokio::test]
async fn only_what_a_client_reads_of_an_answer_buys_time() {
    // a byte is worth a tick, the grace is two ticks, and the tick of the last byte is partly gone
    type Reads = fn(usize) -> usize;
    let clients: [(&str, Reads, Option<usize>); 4] = [
        ("never", |_| 0, Some(4)),
        ("at the slowest rate", |_| 1, None),
        ("every other byte", |tick| tick % 2, Some(8)),
        (
            "much, then never again",
            |tick| if tick == 1 { 1000 } else { 0 },
            Some(4),
        ),
    ];
    for (name, reads, expected) in clients {
        let (connections, socket) = admitted().await;
        let watch = socket.watch();
        watch.answer_starts();
        let cut = (1..100).find(|tick| {
            match reads(*tick) {
                0 => {}
                count => watch.wrote(&Poll::Ready(Ok(count))),
            }
            !connections.sweep().is_empty()
        });
        assert_eq!(cut, expected, "{name}");
    }
}

#[tokio::test]
async fn a_connection_leaves_the_list_and_its_seat() {
    let seats = Seats::of(&Limits {
        connections: 1,
        ..limits()
    });
    let (connections, socket) = admitted().await;
    assert_eq!(connections.count(), 1);
    drop(socket);
    assert_eq!(connections.count(), 0);
    let seat = seats.take(HERE);
    assert!(seat.is_ok() && seats.take(HERE).is_err());
    drop(seat);
    assert!(seats.take(HERE).is_ok());
}
