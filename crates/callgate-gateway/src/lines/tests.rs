use std::fs;
use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Default)]
struct Seen {
    bytes: Arc<AtomicUsize>,
    failures: Arc<AtomicUsize>,
}

impl Observe for Seen {
    fn wrote(&mut self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::SeqCst);
    }
    fn failed(&mut self, _: &io::Error) {
        self.failures.fetch_add(1, Ordering::SeqCst);
    }
    fn moved(&mut self, _: &Destination, result: Result<(), &io::Error>) {
        assert!(result.is_ok());
    }
}

/// A sink that refuses or withholds until it is told otherwise, and takes at most 7 bytes at once.
#[derive(Clone, Default)]
struct Stubborn {
    taken: Arc<Mutex<Vec<u8>>>,
    refuses: Arc<AtomicBool>,
    congested: Arc<AtomicBool>,
}

impl Write for Stubborn {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.refuses.load(Ordering::SeqCst) {
            return Err(io::Error::other("no space left on device"));
        }
        if self.congested.load(Ordering::SeqCst) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let piece = &bytes[..bytes.len().min(7)];
        self.taken.lock().extend_from_slice(piece);
        Ok(piece.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn gap(sequence: u64, lost: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{sequence} gap {lost}\n").as_bytes());
}

fn start(capacity: usize, sink: &Stubborn) -> (Lines, Writing, Seen) {
    let seen = Seen::default();
    let sink = sink.clone();
    let open: Open = Box::new(move |_| Ok(Box::new(sink.clone())));
    let (lines, writing) = Lines::start("test", Destination::Stdout, capacity, Some(gap), open, seen.clone()).unwrap();
    (lines, writing, seen)
}

fn push(lines: &Lines, text: &str) -> Result<(), Full> {
    let write = |number, out: &mut Vec<u8>| out.extend_from_slice(format!("{number} {text}\n").as_bytes());
    lines.push(text.len() + 4, write)
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn lines_of_many_threads_arrive_whole_numbered_and_in_order() {
    let sink = Stubborn::default();
    let (lines, writing, seen) = start(1 << 20, &sink);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let lines = lines.clone();
            scope.spawn(move || (0..250).for_each(|n| push(&lines, &format!("{thread}:{n}")).unwrap()));
        }
    });
    writing.finish(PATIENCE).unwrap();
    let text = String::from_utf8(sink.taken.lock().clone()).unwrap();
    let numbers: Vec<u64> = text
        .lines()
        .map(|line| line.split(' ').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(numbers, (0..1000).collect::<Vec<u64>>());
    for thread in 0..4 {
        let own = text
            .lines()
            .filter_map(|line| line.split_once(' ')?.1.strip_prefix(&format!("{thread}:")));
        assert!(own.map(|n| n.parse::<u32>().unwrap()).eq(0..250));
    }
    assert_eq!(seen.bytes.load(Ordering::SeqCst), text.len());
}

#[test]
fn a_full_buffer_refuses_and_the_loss_is_told() {
    let sink = Stubborn::default();
    sink.congested.store(true, Ordering::SeqCst);
    let (lines, writing, _) = start(60, &sink);
    let kept = (0..20).take_while(|_| push(&lines, "0123456789").is_ok()).count();
    assert!((2..20).contains(&kept), "{kept}");
    lines.give_up();
    lines.give_up();
    sink.congested.store(false, Ordering::SeqCst);
    eventually("room", || lines.backlog() == 0);
    push(&lines, "after").unwrap();
    writing.finish(PATIENCE).unwrap();
    let text = String::from_utf8(sink.taken.lock().clone()).unwrap();
    assert!(text.ends_with(&format!("{kept} gap 2\n{} after\n", kept + 1)), "{text}");
}

#[test]
fn a_loss_is_told_although_no_line_follows() {
    let sink = Stubborn::default();
    let (lines, writing, _) = start(60, &sink);
    push(&lines, "last").unwrap();
    eventually("the line", || lines.backlog() == 0);
    lines.give_up();
    eventually("the gap", || sink.taken.lock().ends_with(b"1 gap 1\n"));
    writing.finish(PATIENCE).unwrap();
}

#[test]
fn waiting_for_room_ends_when_the_sink_moves_and_when_patience_ends() {
    let sink = Stubborn::default();
    sink.congested.store(true, Ordering::SeqCst);
    let (lines, writing, _) = start(60, &sink);
    while push(&lines, "0123456789").is_ok() {}
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let late = |_: u64, out: &mut Vec<u8>| out.extend_from_slice(b"late\n");
    let refused = runtime.block_on(lines.push_or_wait(20, Duration::from_millis(20), late));
    assert_eq!(refused, Err(Full));
    let opener = sink.clone();
    let helper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        opener.congested.store(false, Ordering::SeqCst);
    });
    runtime.block_on(lines.push_or_wait(20, PATIENCE, late)).unwrap();
    helper.join().unwrap();
    writing.finish(PATIENCE).unwrap();
    assert!(sink.taken.lock().ends_with(b"late\n"));
}

#[test]
fn a_sink_that_refuses_is_tried_again_and_nothing_is_lost() {
    let sink = Stubborn::default();
    sink.refuses.store(true, Ordering::SeqCst);
    let (lines, writing, seen) = start(1 << 16, &sink);
    push(&lines, "one").unwrap();
    eventually("a failure", || seen.failures.load(Ordering::SeqCst) > 0);
    push(&lines, "two").unwrap();
    sink.refuses.store(false, Ordering::SeqCst);
    eventually("both lines", || lines.backlog() == 0);
    writing.finish(PATIENCE).unwrap();
    assert_eq!(String::from_utf8(sink.taken.lock().clone()).unwrap(), "0 one\n1 two\n");
}

#[test]
fn the_end_with_a_refusing_sink_says_what_was_left() {
    let sink = Stubborn::default();
    sink.refuses.store(true, Ordering::SeqCst);
    let (lines, writing, _) = start(1 << 16, &sink);
    push(&lines, "lost").unwrap();
    assert_eq!(writing.finish(PATIENCE), Err(Unwritten { bytes: 7 }));
    assert_eq!(push(&lines, "too late"), Err(Full));
}

#[test]
fn a_file_that_was_moved_away_is_opened_anew_on_request() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.log");
    let (lines, writing) = Lines::start(
        "test",
        Destination::File(path.clone()),
        1 << 16,
        None,
        Box::new(open),
        Seen::default(),
    )
    .unwrap();
    push(&lines, "first").unwrap();
    eventually("the first line", || lines.backlog() == 0);
    fs::rename(&path, directory.path().join("audit.log.1")).unwrap();
    lines.order(Order::Reopen);
    eventually("the new file", || path.exists());
    push(&lines, "second").unwrap();
    eventually("the second line", || lines.backlog() == 0);
    let other = directory.path().join("other.log");
    lines.order(Order::Redirect(Destination::File(other.clone())));
    eventually("the other file", || other.exists());
    push(&lines, "third").unwrap();
    writing.finish(PATIENCE).unwrap();
    assert_eq!(
        fs::read_to_string(directory.path().join("audit.log.1")).unwrap(),
        "0 first\n"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "1 second\n");
    assert_eq!(fs::read_to_string(&other).unwrap(), "2 third\n");
}
