/// What is set on a ticket where it is: it keeps its line, its place in it and its claim.
///
/// One command and one event carry all of them, so that the next thing that a ticket can have is one case here.
package enum Amendment: Hashable, Sendable {
    /// Nil takes the kind away.
    case kind(String?)
    case priority(Priority)
    case tag(String, isOn: Bool)
    /// An empty value takes the field away.
    case field(Field)
    /// Somebody of another line or department sees the ticket and may write notes.
    case participant(Name, isOn: Bool)
    /// Spam is left out of every figure; the mark can be taken back.
    case spam(Bool, reason: String)
    /// The ticket that this one is a part of.
    case parent(TicketNumber?)
    case link(TicketNumber, isOn: Bool)
    /// Who answers to the customer from now on; nil is whoever claims it next.
    case owner(Name?, reason: String)
    /// What its author has written of a reply so far; an empty one is thrown away.
    case draft(String)
    /// What it says of the product, for the list by topics; empty takes it away.
    case feedback(topic: String)
    /// The fields that it came with, by name. Said by the desk alone, of tickets whose kind needs some.
    case given([String])
    /// Whoever was granted the ticket must accept it within so many milliseconds, or it goes to somebody else. Said by
    /// the desk alone.
    case offered(milliseconds: Int64)
    /// Its holder works on it.
    case accepted
    /// It waits for its customer or for somebody else, or is solved, as soon as it came. Said by the desk alone.
    case status(Status, reason: String)

    /// The word in every output.
    package var word: String {
        switch self {
        case .kind: "kind-set"
        case .priority: "priority-set"
        case .tag(_, let isOn): isOn ? "tagged" : "untagged"
        case .field: "field-set"
        case .participant(_, let isOn): isOn ? "joined" : "parted"
        case .spam(let isOn, _): isOn ? "spam" : "not-spam"
        case .parent: "parent-set"
        case .link(_, let isOn): isOn ? "linked" : "unlinked"
        case .owner: "owner-changed"
        case .draft: "drafted"
        case .feedback: "feedback"
        case .given: "examined"
        case .offered: "offered"
        case .accepted: "accepted"
        case .status: "set-aside"
        }
    }
}

/// An amendment as it is stored and sent: flat, because most have one value. Which fields mean something depends on
/// the subject; the others are empty.
package struct AmendmentFields: Hashable, Sendable {
    /// What is set. Numbers never change, for they are in logs.
    package enum Subject: UInt8, CaseIterable, Sendable {
        case kind = 1
        case priority = 2
        case tag = 3
        case field = 4
        case participant = 5
        case spam = 6
        case parent = 7
        case link = 8
        case owner = 9
        case draft = 10
        case feedback = 11
        case given = 12
        case offered = 13
        case accepted = 14
        case status = 15
    }

    package var subject: Subject
    package var name = ""
    package var text = ""
    package var number: UInt64 = 0
    package var isOff = false
    package var values: [String] = []

    package init(_ subject: Subject) {
        self.subject = subject
    }
}

extension AmendmentFields {
    package init(_ amendment: Amendment) {
        switch amendment {
        case .kind(let kind): self = Self(.kind, text: kind ?? "", isOff: kind == nil)
        case .priority(let priority): self = Self(.priority, number: UInt64(priority.rawValue))
        case .tag(let tag, let isOn): self = Self(.tag, text: tag, isOff: !isOn)
        case .field(let field): self = Self(.field, name: field.name, text: field.value)
        case .participant(let name, let isOn): self = Self(.participant, name: name.text, isOff: !isOn)
        case .spam(let isOn, let reason): self = Self(.spam, text: reason, isOff: !isOn)
        case .parent(let ticket): self = Self(.parent, number: ticket?.rawValue ?? 0)
        case .link(let ticket, let isOn): self = Self(.link, number: ticket.rawValue, isOff: !isOn)
        case .owner(let owner, let reason): self = Self(.owner, name: owner?.text ?? "", text: reason)
        case .draft(let text): self = Self(.draft, text: text)
        case .feedback(let topic): self = Self(.feedback, text: topic)
        case .given(let names):
            self.init(.given)
            values = names
        case .offered(let milliseconds): self = Self(.offered, number: UInt64(clamping: milliseconds))
        case .accepted: self.init(Subject.accepted)
        case .status(let status, let reason):
            self = Self(.status, text: reason, number: UInt64(status.rawValue))
        }
    }

    private init(
        _ subject: Subject, name: String = "", text: String = "", number: UInt64 = 0, isOff: Bool = false
    ) {
        self.init(subject)
        (self.name, self.text, self.number, self.isOff) = (name, text, number, isOff)
    }

    /// What the fields say; nil when they have no sense.
    package var amendment: Amendment? {
        let ticket = TicketNumber(number)
        switch subject {
        case .kind: return .kind(isOff ? nil : text)
        case .priority: return UInt8(exactly: number).flatMap(Priority.init(rawValue:)).map { .priority($0) }
        case .tag: return .tag(text, isOn: !isOff)
        case .field: return .field(Field(name: name, value: text))
        case .participant: return Name(name).map { .participant($0, isOn: !isOff) }
        case .spam: return .spam(!isOff, reason: text)
        case .parent: return .parent(number == 0 ? nil : ticket)
        case .link: return .link(ticket, isOn: !isOff)
        case .owner:
            if name.isEmpty { return .owner(nil, reason: text) }
            return Name(name).map { .owner($0, reason: text) }
        case .draft: return .draft(text)
        case .feedback: return .feedback(topic: text)
        case .given: return .given(values)
        case .offered: return .offered(milliseconds: Int64(clamping: number))
        case .accepted: return .accepted
        case .status:
            guard let status = UInt8(exactly: number).flatMap(Status.init(rawValue:)), status.isAside else {
                return nil
            }
            return .status(status, reason: text)
        }
    }
}
