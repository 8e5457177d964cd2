//! The members that make an object a private transaction: GoQuorum's, and those of the EEA; and what an object with them
//! may not have.

use callgate_rpc::{Value, Writer};

use super::{CallObject, Purpose};
use crate::dialect::Dialect;
use crate::form::scalar;
use crate::misunderstood::{Misunderstood, Reason};
use crate::privacy::{MAX_PARTICIPANTS, Participant, Privacy, Protection, Recipients};
use crate::spot::Spot;
use crate::transaction::TransactionType;

/// The members as given.
#[derive(Default)]
pub(crate) struct PrivateMembers {
    from: Option<Participant>,
    members: Option<Vec<Participant>>,
    group: Option<Participant>,
    mandatory: Option<Vec<Participant>>,
    flag: Option<Protection>,
    restriction: Option<Protection>,
}

impl PrivateMembers {
    /// Whether a client that speaks `dialect` reads them at all in an object for this purpose.
    pub(super) fn are_read(purpose: Purpose, dialect: Dialect) -> bool {
        match purpose {
            Purpose::Simulate => false,
            Purpose::NodeSigns | Purpose::NodePrepares | Purpose::NodeFills => dialect == Dialect::Goquorum,
            Purpose::EeaSigns => true,
        }
    }

    /// The object GoQuorum takes beside a signed private transaction.
    pub(crate) fn read_arguments(value: Value<'_>, spot: &Spot<'_>) -> Result<Privacy, Misunderstood> {
        const KNOWN: &[&str] = &[
            "privateFrom",
            "privateFor",
            "mandatoryFor",
            "privacyFlag",
            "restriction",
        ];
        let object = value
            .as_object()
            .ok_or_else(|| spot.wrong_type(value, "an object of participants"))?;
        let mut members = Self::default();
        for (name, member) in object.iter() {
            let known = KNOWN.contains(&name.as_str());
            if !known || !members.set(name.as_str(), member, &spot.member(name.as_str()))? {
                return Err(spot.unknown_member(name.as_str(), name.offset(), KNOWN));
            }
        }
        members.into_privacy(Purpose::NodeSigns, value, spot)?.ok_or_else(|| {
            let what = "needs `privateFor`: without it the transaction would be public";
            spot.refuse(Reason::MissingMember, value, what)
        })
    }

    /// Sets one member. False when there is none of this name.
    pub(super) fn set(&mut self, name: &str, value: Value<'_>, spot: &Spot<'_>) -> Result<bool, Misunderstood> {
        match name {
            "privateFrom" => self.from = Some(participant(value, spot)?),
            "privateFor" => self.members = Some(participants(value, spot)?),
            "privacyGroupId" => self.group = Some(participant(value, spot)?),
            "mandatoryFor" => self.mandatory = Some(participants(value, spot)?),
            "privacyFlag" => self.flag = Some(flag(value, spot)?),
            "restriction" => self.restriction = Some(restriction(value, spot)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What the members say together; none when there are none.
    pub(super) fn into_privacy(
        self,
        purpose: Purpose,
        value: Value<'_>,
        spot: &Spot<'_>,
    ) -> Result<Option<Privacy>, Misunderstood> {
        if purpose == Purpose::EeaSigns {
            self.restricted(value, spot).map(Some)
        } else {
            self.quorum(value, spot)
        }
    }

    /// GoQuorum: `privateFor` alone makes it private. A missing or null one makes it public whatever stands beside it, so
    /// nothing may stand beside a missing one, and null is refused where it is read. `restriction` is let in and not
    /// written: GoQuorum has the member and looks at it nowhere, so only what it does anyway may be asked for.
    fn quorum(self, value: Value<'_>, spot: &Spot<'_>) -> Result<Option<Privacy>, Misunderstood> {
        let refuse = |what: &str| Err(spot.refuse(Reason::Conflict, value, what));
        if self.group.is_some() {
            return refuse("has `privacyGroupId`, which this node's client does not know");
        }
        if self.restriction == Some(Protection::Unrestricted) {
            return refuse("asks for an unrestricted transaction, which this node's client would not make");
        }
        let Some(members) = self.members else {
            let beside =
                self.from.is_some() || self.mandatory.is_some() || self.flag.is_some() || self.restriction.is_some();
            if beside {
                return refuse("has members of a private transaction without `privateFor`, which would make it public");
            }
            return Ok(None);
        };
        let mandatory = self.mandatory.unwrap_or_default();
        let protection = self.flag.unwrap_or(Protection::Standard);
        if (protection == Protection::MandatoryParties) == mandatory.is_empty() {
            return refuse("must have `mandatoryFor` with `privacyFlag` 2, and only then");
        }
        // The transaction manager counts the sender among the participants.
        let takes_part = |party: &Participant| members.contains(party) || self.from == Some(*party);
        if !mandatory.iter().all(takes_part) {
            return refuse("has somebody in `mandatoryFor` who is neither in `privateFor` nor `privateFrom`");
        }
        Ok(Some(Privacy {
            from: self.from,
            to: Recipients::Members(members),
            mandatory,
            protection,
        }))
    }

    /// The EEA: `privateFrom`, either `privateFor` or `privacyGroupId`, and `restriction`.
    fn restricted(self, value: Value<'_>, spot: &Spot<'_>) -> Result<Privacy, Misunderstood> {
        let refuse = |reason, what: &str| Err(spot.refuse(reason, value, what));
        if self.mandatory.is_some() || self.flag.is_some() {
            return refuse(Reason::Conflict, "has members of GoQuorum, which the EEA does not know");
        }
        let to = match (self.members, self.group) {
            (Some(members), None) => Recipients::Members(members),
            (None, Some(group)) => Recipients::Group(group),
            (Some(_), Some(_)) => return refuse(Reason::Conflict, "has both `privateFor` and `privacyGroupId`"),
            (None, None) => return refuse(Reason::MissingMember, "needs `privateFor` or `privacyGroupId`"),
        };
        let (Some(from), Some(protection)) = (self.from, self.restriction) else {
            return refuse(Reason::MissingMember, "needs `privateFrom` and `restriction`");
        };
        Ok(Privacy {
            from: Some(from),
            to,
            mandatory: Vec::new(),
            protection,
        })
    }
}

/// What the rest of a private transaction may not be. GoQuorum signs only legacy ones: of another type it sends the
/// payload to the participants and then fails. Its pool wants data and no ether; Besu wants no ether either.
pub(super) fn check(object: &CallObject<'_>, value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
    let refuse = |reason, what: &str| Err(spot.refuse(reason, value, what));
    if object.privacy.is_none() {
        return Ok(());
    }
    if object.kind != TransactionType::Legacy {
        return refuse(
            Reason::Conflict,
            "is private and has members of later types: private transactions are legacy ones",
        );
    }
    if object.value.is_some_and(|value| !value.is_zero()) {
        return refuse(
            Reason::Conflict,
            "is private and has a `value`: private transactions move no ether",
        );
    }
    let has_data = object.input.is_some_and(|data| data.len() > 0);
    if matches!(object.purpose, Purpose::NodeSigns | Purpose::NodePrepares) && !has_data {
        return refuse(Reason::MissingMember, "is private and needs `data`");
    }
    Ok(())
}

/// A base64 key of 32 bytes.
pub(crate) fn participant(value: Value<'_>, spot: &Spot<'_>) -> Result<Participant, Misunderstood> {
    let text = scalar::string(value, spot)?;
    Participant::parse(text).ok_or_else(|| {
        spot.refuse(
            Reason::WrongType,
            value,
            "is not a key of a participant: 32 bytes in base64 expected",
        )
    })
}

fn participants(value: Value<'_>, spot: &Spot<'_>) -> Result<Vec<Participant>, Misunderstood> {
    if value.is_null() {
        let what = "is null, which makes the transaction public: an empty array makes it private to the sender";
        return Err(spot.refuse(Reason::NullParameter, value, what));
    }
    let list = value
        .as_array()
        .ok_or_else(|| spot.wrong_type(value, "an array of participants"))?;
    if list.len() > MAX_PARTICIPANTS {
        return Err(spot.refuse(
            Reason::TooMany,
            value,
            format_args!("has more than {MAX_PARTICIPANTS} participants"),
        ));
    }
    list.iter()
        .enumerate()
        .map(|(index, item)| participant(item, &spot.item(index)))
        .collect()
}

/// GoQuorum reads a plain number, not a quantity.
fn flag(value: Value<'_>, spot: &Spot<'_>) -> Result<Protection, Misunderstood> {
    let number = value
        .as_number()
        .ok_or_else(|| spot.wrong_type(value, "a plain number"))?;
    number
        .as_u64()
        .and_then(Protection::of_flag)
        .ok_or_else(|| spot.refuse(Reason::OutOfRange, value, "must be 0, 1, 2 or 3"))
}

fn restriction(value: Value<'_>, spot: &Spot<'_>) -> Result<Protection, Misunderstood> {
    let text = scalar::string(value, spot)?;
    Protection::of_restriction(text)
        .ok_or_else(|| spot.refuse(Reason::OutOfRange, value, "must be `restricted` or `unrestricted`"))
}

/// The members of a privacy, within an object.
pub(crate) fn write(privacy: &Privacy, out: &mut Writer<'_>) {
    if let Some(from) = privacy.from {
        out.name("privateFrom");
        out.string(&from.to_string());
    }
    match &privacy.to {
        Recipients::Members(members) => write_participants("privateFor", members, out),
        Recipients::Group(group) => {
            out.name("privacyGroupId");
            out.string(&group.to_string());
        }
    }
    if !privacy.mandatory.is_empty() {
        write_participants("mandatoryFor", &privacy.mandatory, out);
    }
    if let Some(flag) = privacy.protection.flag() {
        out.name("privacyFlag");
        out.u64(flag);
    }
    if let Some(restriction) = privacy.protection.restriction() {
        out.name("restriction");
        out.string(restriction);
    }
}

fn write_participants(name: &str, participants: &[Participant], out: &mut Writer<'_>) {
    out.name(name);
    out.begin_array();
    participants
        .iter()
        .for_each(|participant| out.string(&participant.to_string()));
    out.end_array();
}
