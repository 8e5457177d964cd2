//! Bodies made by chance, but by the grammar: a good or evil call with one to three breaks that a reader might overlook.
//! The same seed makes the same bodies.

use super::base::{Asked, PAIRS, pair};
use crate::case::Corpus;
use crate::world::{EVIL, EVIL_CONTRACT, EVIL_SAVER, GOOD, GOOD_CONTRACT, GOOD_SAVER};

/// How many there are.
const COUNT: usize = 600;

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let which = self.below(of.len());
        &of[which]
    }
}

/// A JSON text as a tree in which names may occur twice and values keep their spelling.
#[derive(Debug, Clone)]
enum Tree {
    /// A number, a word, or a text with its quotation marks.
    Leaf(String),
    List(Vec<Self>),
    /// Names with their quotation marks.
    Object(Vec<(String, Self)>),
}

impl Tree {
    fn of(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            serde_json::Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(name, value)| (format!("\"{name}\""), Self::of(value)))
                    .collect(),
            ),
            leaf => Self::Leaf(leaf.to_string()),
        }
    }

    fn write(&self, chance: &mut Chance, out: &mut String) {
        let mut space = |out: &mut String| {
            if chance.below(12) == 0 {
                out.push_str([" ", "\n", "\t", "\r\n", "  "][chance.below(5)]);
            }
        };
        match self {
            Self::Leaf(text) => {
                space(out);
                out.push_str(text);
            }
            Self::List(items) => {
                space(out);
                out.push('[');
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    item.write(chance, out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                space(out);
                out.push('{');
                for (place, (name, value)) in members.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    out.push_str(name);
                    out.push(':');
                    value.write(chance, out);
                }
                out.push('}');
            }
        }
    }

    /// Every place of the tree, by the way to it.
    fn places(&self, way: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
        all.push(way.clone());
        let count = match self {
            Self::Leaf(_) => 0,
            Self::List(items) => items.len(),
            Self::Object(members) => members.len(),
        };
        for place in 0..count {
            way.push(place);
            self.child(place).places(way, all);
            way.pop();
        }
    }

    fn child(&self, place: usize) -> &Self {
        match self {
            Self::List(items) => &items[place],
            Self::Object(members) => &members[place].1,
            Self::Leaf(_) => panic!("a leaf has no children"),
        }
    }

    fn at(&mut self, way: &[usize]) -> &mut Self {
        match (self, way) {
            (tree, []) => tree,
            (Self::List(items), [first, rest @ ..]) => items[*first].at(rest),
            (Self::Object(members), [first, rest @ ..]) => members[*first].1.at(rest),
            (Self::Leaf(_), _) => panic!("a leaf has no children"),
        }
    }
}

/// All of them.
pub(super) fn add(corpus: &mut Corpus, seed: u64) {
    let mut chance = Chance(seed);
    for number in 0..COUNT {
        let pair = pair(corpus, chance.below(PAIRS));
        let mut tree = tree_of(&pair.asked);
        let decoy = tree_of(&pair.decoy);
        if chance.below(4) == 0 {
            tree = Tree::List(match chance.below(3) {
                0 => vec![tree],
                1 => vec![decoy.clone(), tree],
                _ => vec![tree, decoy.clone()],
            });
        }
        for _ in 0..=chance.below(3) {
            change(&mut tree, &decoy, &mut chance);
        }
        let mut body = String::new();
        tree.write(&mut chance, &mut body);
        let body = if chance.below(8) == 0 {
            spoil(body.into_bytes(), &mut chance)
        } else {
            body.into_bytes()
        };
        corpus.add("mutation", number.to_string(), body);
    }
}

fn tree_of(asked: &Asked) -> Tree {
    Tree::of(&serde_json::from_str(&asked.body()).unwrap())
}

/// One break somewhere.
fn change(tree: &mut Tree, decoy: &Tree, chance: &mut Chance) {
    let mut places = Vec::new();
    tree.places(&mut Vec::new(), &mut places);
    let way = chance.one(&places).clone();
    let other = chance.one(&places).clone();
    let copy = tree.at(&other).clone();
    match tree.at(&way) {
        Tree::Leaf(text) => *text = respelled(text, chance),
        Tree::List(items) => match chance.below(5) {
            0 => items.push(copy),
            1 => items.insert(0, Tree::Leaf("null".to_owned())),
            2 => {
                let items = std::mem::take(items);
                *tree.at(&way) = Tree::List(vec![Tree::List(items)]);
            }
            3 => {
                items.pop();
            }
            _ => items.reverse(),
        },
        Tree::Object(members) => {
            let which = chance.below(members.len());
            match chance.below(9) {
                // The same name again, with what it has in the decoy, before or after.
                0 | 1 => {
                    let Some((name, _)) = members.get(which).cloned() else {
                        return;
                    };
                    let value = in_decoy(decoy, &name).unwrap_or(copy);
                    let at = if chance.below(2) == 0 { members.len() } else { 0 };
                    members.insert(at, (name, value));
                }
                // The same name in another spelling, beside it or instead of it.
                2..=4 => {
                    let Some((name, value)) = members.get(which).cloned() else {
                        return;
                    };
                    let spelled = misspelled(&name, chance);
                    if chance.below(2) == 0 {
                        members[which].0 = spelled;
                    } else {
                        let value = in_decoy(decoy, &name).unwrap_or(value);
                        let at = if chance.below(2) == 0 { members.len() } else { 0 };
                        members.insert(at, (spelled, value));
                    }
                }
                5 => {
                    let names = [
                        "\"x\"",
                        "\"input\"",
                        "\"data\"",
                        "\"gasLimit\"",
                        "\"result\"",
                        "\"to\"",
                        "\"\"",
                        "\"privateFor\"",
                    ];
                    members.push(((*chance.one(&names)).to_owned(), copy));
                }
                6 => {
                    if which < members.len() {
                        members.remove(which);
                    }
                }
                7 => {
                    let values = members.iter().map(|(_, value)| value.clone()).collect();
                    *tree.at(&way) = Tree::List(values);
                }
                _ => members.reverse(),
            }
        }
    }
}

fn in_decoy(decoy: &Tree, name: &str) -> Option<Tree> {
    match decoy {
        Tree::Leaf(_) => None,
        Tree::List(items) => items.iter().find_map(|item| in_decoy(item, name)),
        Tree::Object(members) => members
            .iter()
            .find(|(member, _)| member == name)
            .map(|(_, value)| value.clone())
            .or_else(|| members.iter().find_map(|(_, value)| in_decoy(value, name))),
    }
}

/// A name as another reader might still take it.
fn misspelled(name: &str, chance: &mut Chance) -> String {
    match chance.below(7) {
        0 => name.to_ascii_uppercase(),
        1 => name[..2].to_ascii_uppercase() + &name[2..],
        2 => name.replace('s', "\u{17f}"),
        3 => name.replacen(&name[1..2], &escaped(&name[1..2]), 1),
        4 => name
            .replace('"', " \"")
            .trim_start()
            .replacen('"', "\" ", 1)
            .replace("\" \"", "\""),
        5 => format!("{}\\u0000\"", &name[..name.len() - 1]),
        _ => format!("{}_\"", &name[..name.len() - 1]),
    }
}

fn escaped(char: &str) -> String {
    char.chars().map(|char| format!("\\u{:04x}", u32::from(char))).collect()
}

/// A value in another spelling, or another value.
fn respelled(text: &str, chance: &mut Chance) -> String {
    let swaps = [(GOOD, EVIL), (GOOD_CONTRACT, EVIL_CONTRACT), (GOOD_SAVER, EVIL_SAVER)];
    match chance.below(12) {
        0 | 1 => {
            for (good, evil) in swaps {
                if text.contains(good) {
                    return text.replace(good, evil);
                }
                if text.contains(evil) {
                    return text.replace(evil, good);
                }
            }
            "null".to_owned()
        }
        2 => text.to_ascii_uppercase(),
        3 => text.replacen("0x", "0X", 1),
        4 => text.replacen("0x", "", 1),
        5 => text.replacen("0x", "0x0", 1),
        6 => text.replacen('"', "\" ", 1),
        7 => text.replacen("0x", "0\\u0078", 1),
        8 => format!("[{text}]"),
        9 => text.trim_matches('"').to_owned(),
        10 => ["null", "true", "0", "1", "\"\"", "{}", "[]", "\"0x\"", "-1", "1e3"][chance.below(10)].to_owned(),
        _ => {
            let mut text = text.to_owned();
            if text.len() > 3 && text.is_ascii() {
                text.truncate(text.len() - 2);
                text.push('"');
            }
            text
        }
    }
}

/// Bytes that do not belong there.
fn spoil(mut body: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let at = chance.below(body.len());
    match chance.below(5) {
        0 => body.truncate(at),
        1 => body.insert(
            at,
            *chance.one(&[0, 0x0b, 0x80, 0xc0, 0xff, b',', b'"', b'}', b' ', b'\\']),
        ),
        2 => {
            body.remove(at);
        }
        3 => body.extend_from_slice(["{}", "[]", "\0", ",", " null"][chance.below(5)].as_bytes()),
        _ => {
            let first = ["\u{feff}", "\u{c}", "[", "null", "//\n"][chance.below(5)];
            body.splice(0..0, first.bytes());
        }
    }
    body
}
